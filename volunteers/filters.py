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
from volunteers.models import (
    Certificate,
    Entry,
    HourLine,
    Membership,
    Qualification,
    Shift,
    Swap,
    Team,
)
from volunteers.models.shifts import WORDS

TEAM = pgettext_lazy("volunteers", "Team")


def teams(request: HttpRequest | None) -> Any:
    seen: Any = Team.objects.none()
    return Team.objects.visible_to(request.user) if request else seen


class TeamFilter(ByName):
    fields_of_q = ("name", "name_en")

    class Meta:
        model = Team
        fields = ["q", "kind", "community"]


class MembershipFilter(ByName):
    fields_of_q = ("user__display_name",)
    team = df.ModelChoiceFilter(queryset=teams, label=TEAM)

    class Meta:
        model = Membership
        fields = ["q", "team", "status", "role"]


class QualificationFilter(df.FilterSet):  # type: ignore[misc]
    class Meta:
        model = Qualification
        fields = ["kind", "status"]


class ShiftFilter(df.FilterSet):  # type: ignore[misc]
    q = df.CharFilter(method="find", label=_("Search"))
    team = df.ModelChoiceFilter(queryset=teams, label=TEAM)
    from_day = FromDay(field_name="starts_at", label=_("From day"))
    until_day = UntilDay(field_name="starts_at", label=_("Until day"))
    upcoming = df.BooleanFilter(method="ahead", label=_("Not over yet"))

    class Meta:
        model = Shift
        fields = ["q", "team", "status"]

    def find(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(WORDS.saying(value)) if value.strip() else rows

    def ahead(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        now = timezone.now()
        return rows.filter(ends_at__gt=now) if value else rows.filter(ends_at__lte=now)


class EntryFilter(df.FilterSet):  # type: ignore[misc]
    class Meta:
        model = Entry
        fields = ["status", "shift"]


class SwapFilter(df.FilterSet):  # type: ignore[misc]
    class Meta:
        model = Swap
        fields = ["status"]


class HourFilter(df.FilterSet):  # type: ignore[misc]
    team = df.ModelChoiceFilter(queryset=teams, label=TEAM)
    from_day = df.DateFilter(field_name="on", lookup_expr="gte", label=_("From day"))
    until_day = df.DateFilter(field_name="on", lookup_expr="lte", label=_("Until day"))

    class Meta:
        model = HourLine
        fields = ["team", "source"]


class CertificateFilter(df.FilterSet):  # type: ignore[misc]
    class Meta:
        model = Certificate
        fields = ["status"]
