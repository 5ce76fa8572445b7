"""One FilterSet per noun, for its list, its API and its export."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Replace
from django.db.models.lookups import Contains
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.days import FromDay, UntilDay
from common.search import Folded
from common.written import folded, key, with_digits
from estates.models import (
    NAMES,
    PHONES,
    Building,
    Claim,
    Community,
    DutyShift,
    Entrance,
    Estate,
    Facility,
    Invitation,
    Occupant,
    Place,
    Posting,
    Unit,
    Workday,
)
from estates.querysets import InvitationQuerySet, PostingQuerySet


def estates(request: HttpRequest | None) -> QuerySet[Any]:
    return Estate.objects.visible_to(request.user) if request else Estate.objects.none()


def communities(request: HttpRequest | None) -> QuerySet[Any]:
    return Community.objects.visible_to(request.user) if request else Community.objects.none()


def buildings(request: HttpRequest | None) -> QuerySet[Any]:
    return Building.objects.visible_to(request.user) if request else Building.objects.none()


TEXT = TextField()


class ByName(df.FilterSet):  # type: ignore[misc]
    """`q` finds a part of the name, with or without its spaces: 三栋 finds 3 栋."""

    q = df.CharFilter(method="find", label=_("Search"))
    fields_of_q: tuple[str, ...] = ("name",)

    def find(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        asked = folded(value).replace(" ", "")
        found = Q()
        for field in self.fields_of_q:
            written = Replace(Folded(F(field)), Value(" ", TEXT), Value("", TEXT))
            for text in {asked, with_digits(asked)}:
                found |= Q(Contains(written, text))
        return rows.filter(found)


class CommunityFilter(ByName):
    fields_of_q = ("name", "name_en", "code")

    class Meta:
        model = Community
        fields = ["q", "code"]


class EstateFilter(ByName):
    fields_of_q = ("name", "name_en", "code")

    class Meta:
        model = Estate
        fields: list[str] = []


class BuildingFilter(ByName):
    estate = df.ModelChoiceFilter(queryset=estates, label=_("Estate"))

    class Meta:
        model = Building
        fields = ["q", "estate", "use"]


class EntranceFilter(ByName):
    building = df.ModelChoiceFilter(queryset=buildings, label=_("Building"))

    class Meta:
        model = Entrance
        fields = ["q", "building"]


class UnitFilter(ByName):
    fields_of_q = ("number",)
    building = df.ModelChoiceFilter(
        field_name="entrance__building", queryset=buildings, label=_("Building")
    )

    class Meta:
        model = Unit
        fields = ["q", "building", "use", "state"]


class PlaceFilter(ByName):
    building = df.ModelChoiceFilter(queryset=buildings, label=_("Building"))

    class Meta:
        model = Place
        fields = ["q", "building", "kind"]


class FacilityFilter(ByName):
    fields_of_q = ("name", "serial", "place__name")

    class Meta:
        model = Facility
        fields = ["q", "kind", "state"]


def of_building() -> Any:
    return df.ModelChoiceFilter(
        field_name="unit__entrance__building", queryset=buildings, label=_("Building")
    )


class OccupantFilter(df.FilterSet):  # type: ignore[misc]
    q = df.CharFilter(method="find", label=_("Name, phone or room"))
    building = of_building()
    standing = df.ChoiceFilter(
        method="stand",
        label=_("Standing"),
        choices=[
            ("here", _("lives here")),
            ("leaving", _("is leaving")),
            ("ended", _("has left")),
            ("signed_up", _("has signed up")),
            ("paper", _("on paper only")),
        ],
    )

    class Meta:
        model = Occupant
        fields = ["q", "building", "relation"]

    def find(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """A name; a phone as a whole or by its last four digits; a room."""
        homes = Unit.objects.visible_to(self.request.user).filter(number=key(value))
        rooms = Q(unit__in=list(homes.values_list("pk", flat=True)))
        return rows.filter(NAMES.saying(value) | PHONES.matching(value) | rooms)

    def stand(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        here = Q(to_date__isnull=True) | Q(to_date__gte=timezone.localdate())
        asked = {
            "here": here,
            "leaving": here & Q(leaving_on__isnull=False),
            "ended": Q(to_date__lt=timezone.localdate()),
            "signed_up": Q(user__isnull=False),
            "paper": Q(user__isnull=True),
        }
        return rows.filter(asked[value])


class ClaimFilter(ByName):
    class Meta:
        model = Claim
        fields = ["q", "status"]


class InvitationFilter(df.FilterSet):  # type: ignore[misc]
    building = of_building()
    standing = df.ChoiceFilter(
        method="stand",
        label=_("Standing"),
        choices=[
            ("open", _("can be used")),
            ("used", _("used")),
            ("over", _("revoked or expired")),
        ],
    )

    class Meta:
        model = Invitation
        fields = ["building"]

    def stand(self, rows: InvitationQuerySet, name: str, value: str) -> QuerySet[Any]:
        at = timezone.now()
        if value == "open":
            return rows.usable(at)
        if value == "used":
            return rows.filter(used_at__isnull=False)
        return rows.filter(Q(revoked_at__isnull=False) | Q(expires_at__lte=at), used_at=None)


class PostingFilter(ByName):
    fields_of_q = ("user__display_name", "user__username")
    estate = df.ModelChoiceFilter(queryset=estates, label=_("Estate"), method="at")
    community = df.ModelChoiceFilter(queryset=communities, label=_("Community"))

    def at(self, rows: PostingQuerySet, name: str, value: Estate) -> QuerySet[Any]:
        """Whoever works for the estate, also by a posting for its community."""
        return rows.at([value.pk])

    class Meta:
        model = Posting
        fields = ["q", "estate", "community", "duty"]


class ShiftFilter(df.FilterSet):  # type: ignore[misc]
    after = FromDay(field_name="ends_at", label=_("From"))
    before = UntilDay(field_name="starts_at", label=_("To"))

    class Meta:
        model = DutyShift
        fields: list[str] = []


class WorkdayFilter(ByName):
    year = df.NumberFilter(field_name="day", lookup_expr="year", label=_("Year"))

    class Meta:
        model = Workday
        fields = ["q", "year", "is_workday"]
