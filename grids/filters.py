"""One FilterSet per noun, for its list, its API and its export."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.days import FromDay, UntilDay
from estates.filters import ByName
from grids.models import CareFlag, Grid, GridPosting, Household, Rhythm, Visit
from grids.services.households import saying
from grids.states import FlagStatus, Tier, VisitStatus


def grids(request: HttpRequest | None) -> QuerySet[Any]:
    return Grid.objects.visible_to(request.user) if request else Grid.objects.none()


def micro_grids(request: HttpRequest | None) -> Any:
    return Grid.objects.visible_to(request.user).micro() if request else Grid.objects.none()


def around(request: HttpRequest | None) -> Any:
    return grids(request).filter(parent__isnull=True)


class GridFilter(ByName):
    parent = df.ModelChoiceFilter(queryset=around, label=_("lies in grid"))

    class Meta:
        model = Grid
        fields = ["q", "parent", "kind"]


class GridPostingFilter(ByName):
    fields_of_q = ("user__display_name", "user__username")
    grid = df.ModelChoiceFilter(queryset=grids, label=_("Grid"))

    class Meta:
        model = GridPosting
        fields = ["q", "grid", "duty"]


class RhythmFilter(df.FilterSet):  # type: ignore[misc]
    class Meta:
        model = Rhythm
        fields: list[str] = []


class HouseholdFilter(df.FilterSet):  # type: ignore[misc]
    q = df.CharFilter(method="find", label=_("Room or name"))
    grid = df.ModelChoiceFilter(queryset=micro_grids, label=_("Micro-grid"))

    class Meta:
        model = Household
        fields: list[str] = []

    def find(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(saying(value)) if value.strip() else rows


class FlagFilter(df.FilterSet):  # type: ignore[misc]
    status = df.MultipleChoiceFilter(choices=FlagStatus.choices, label=_("State"))
    tier = df.MultipleChoiceFilter(choices=Tier.choices, label=_("Tier"))
    grid = df.ModelChoiceFilter(
        "occupant__unit__household__grid", queryset=micro_grids, label=_("Micro-grid")
    )
    household = df.NumberFilter("occupant__unit", label=_("Household"))
    due = df.BooleanFilter(method="to_review", label=_("To be reviewed"))

    class Meta:
        model = CareFlag
        fields = ["kind", "is_elder"]

    def to_review(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        today = timezone.localdate()
        due = {"status": FlagStatus.CONFIRMED, "review_on__lte": today}
        return rows.filter(**due) if value else rows.exclude(**due)


class VisitFilter(df.FilterSet):  # type: ignore[misc]
    status = df.MultipleChoiceFilter(choices=VisitStatus.choices, label=_("State"))
    tier = df.MultipleChoiceFilter(choices=Tier.choices, label=_("Tier"))
    grid = df.ModelChoiceFilter(
        "unit__household__grid", queryset=micro_grids, label=_("Micro-grid")
    )
    household = df.NumberFilter("unit", label=_("Household"))
    late = df.BooleanFilter(method="is_late", label=pgettext_lazy("visit", "late"))
    from_day = FromDay(field_name="visited_at", label=_("Visited from"))
    until_day = UntilDay(field_name="visited_at", label=_("Visited until"))

    class Meta:
        model = Visit
        fields: list[str] = []

    def is_late(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        late = {"status": VisitStatus.PLANNED, "due_on__lt": timezone.localdate()}
        return rows.filter(**late) if value else rows.exclude(**late)
