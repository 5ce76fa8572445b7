"""One FilterSet per noun, for its list, its API and its export."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters as df
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.days import FromDay, UntilDay
from estates.filters import ByName
from parties.models import (
    Matter,
    MicroWish,
    Organisation,
    OrganisationPost,
    PartyMember,
    Registration,
)
from parties.models.matter import WORDS
from parties.standing import acts_for
from parties.states import (
    CALLED,
    ENDED,
    OPEN,
    WITH_CALLER,
    WITH_LEAD,
    MatterStatus,
    Supervision,
)
from workflow.desk import View, views


def organisations(request: HttpRequest | None) -> Any:
    seen: Any = Organisation.objects.none()
    return Organisation.objects.visible_to(request.user) if request else seen


class OrganisationFilter(ByName):
    fields_of_q = ("name", "name_en")

    class Meta:
        model = Organisation
        fields = ["q", "kind", "community"]


class PostFilter(df.FilterSet):  # type: ignore[misc]
    organisation = df.ModelChoiceFilter(queryset=organisations, label=_("Organisation"))

    class Meta:
        model = OrganisationPost
        fields = ["organisation", "role"]


class MemberFilter(df.FilterSet):  # type: ignore[misc]
    """Not by name: who asks for one would learn whether they are on the roster."""

    branch = df.ModelChoiceFilter(queryset=organisations, label=_("Branch"))

    class Meta:
        model = PartyMember
        fields = ["branch"]


class RegistrationFilter(df.FilterSet):  # type: ignore[misc]
    class Meta:
        model = Registration
        fields = ["status", "basis"]


class WishFilter(df.FilterSet):  # type: ignore[misc]
    class Meta:
        model = MicroWish
        fields = ["status", "grid"]


def to_sign(at: datetime, user: Any) -> Q:
    return Q(lead__in=acts_for(user), status__in=CALLED)


def with_us(at: datetime, user: Any) -> Q:
    return Q(lead__in=acts_for(user), status__in=WITH_LEAD)


def to_judge(at: datetime, user: Any) -> Q:
    mine = Q(caller__in=acts_for(user)) | Q(raised_by=user.pk)
    return mine & Q(status__in=WITH_CALLER)


def late(at: datetime, user: Any) -> Q:
    return Q(status__in=WITH_LEAD, due_on__lt=timezone.localdate(at))


VIEWS = views(
    View("to_sign", _("to sign"), to_sign),
    View("with_us", _("with us"), with_us),
    View("to_judge", _("to accept"), to_judge),
    View("late", _("late"), late, late=True),
    View("open", _("all open"), lambda at, user: Q(status__in=OPEN)),
    View(
        "ended",
        _("done"),
        lambda at, user: Q(status__in=ENDED),
        counted=False,
        newest_first=True,
    ),
    View("all", _("All"), lambda at, user: Q(), counted=False, newest_first=True),
)


class MatterFilter(df.FilterSet):  # type: ignore[misc]
    view = df.ChoiceFilter(
        label=_("View"), choices=[(v.key, v.label) for v in VIEWS.values()], method="in_view"
    )
    q = df.CharFilter(method="find", label=_("Search"))
    status = df.MultipleChoiceFilter(choices=MatterStatus.choices, label=_("State"))
    supervision = df.MultipleChoiceFilter(choices=Supervision.choices, label=_("Supervision"))
    lead = df.ModelChoiceFilter(queryset=organisations, label=pgettext_lazy("matter", "Who leads"))
    caller = df.ModelChoiceFilter(queryset=organisations, label=_("Who calls"))
    from_day = FromDay(field_name="raised_at", label=_("Raised from"))
    until_day = UntilDay(field_name="raised_at", label=_("Raised until"))

    class Meta:
        model = Matter
        fields: list[str] = []

    def in_view(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        view = VIEWS.get(value)
        return rows.filter(view.rows(timezone.now(), self.request.user)) if view else rows

    def find(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(WORDS.saying(value)) if value.strip() else rows
