"""Which rows of the estate people may see, written once.

Standing is a posting (staff) or an occupancy (residents). The two root questions are
`staffed_by` and `lived_in_by`; everything else composes them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone

DESK = ("manager", "dispatcher", "desk")


def today() -> date:
    return timezone.localdate()


def current(on: date) -> Q:
    """From–to rows that hold on a day; the last day counts."""
    return (Q(from_date__isnull=True) | Q(from_date__lte=on)) & (
        Q(to_date__isnull=True) | Q(to_date__gte=on)
    )


class EstateQuerySet(models.QuerySet[Any]):
    def staffed_by(self, user: Any, *duties: str) -> Self:
        """Estates where `user` holds a posting today, of one of `duties` if any are named."""
        if user.is_superuser:
            return self.all()
        postings = apps.get_model("estates", "Posting").objects.of(user)
        if duties:
            postings = postings.filter(duty__in=duties)
        return self.filter(pk__in=postings.values("estate"))

    def lived_in_by(self, user: Any) -> Self:
        occupants = apps.get_model("estates", "Occupant").objects.of(user)
        return self.filter(pk__in=occupants.values("unit__entrance__building__estate"))

    def visible_to(self, user: Any) -> Self:
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        postings = apps.get_model("estates", "Posting").objects.of(user)
        occupants = apps.get_model("estates", "Occupant").objects.of(user)
        return self.filter(
            Q(pk__in=postings.values("estate"))
            | Q(pk__in=occupants.values("unit__entrance__building__estate"))
        )


class InEstateQuerySet(models.QuerySet[Any]):
    """Rows that everybody of an estate may see; `estate_path` leads to the estate."""

    estate_path = "estate"

    def visible_to(self, user: Any) -> Self:
        estates = apps.get_model("estates", "Estate").objects.visible_to(user)
        return self.filter(**{f"{self.estate_path}__in": estates})


class BuildingQuerySet(InEstateQuerySet):
    pass


class EntranceQuerySet(InEstateQuerySet):
    estate_path = "building__estate"


class PlaceQuerySet(InEstateQuerySet):
    pass


class FacilityQuerySet(InEstateQuerySet):
    estate_path = "place__estate"


class UnitQuerySet(models.QuerySet[Any]):
    def lived_in_by(self, user: Any) -> Self:
        return self.filter(
            pk__in=apps.get_model("estates", "Occupant").objects.of(user).values("unit")
        )

    def staffed_by(self, user: Any, *duties: str) -> Self:
        estates = apps.get_model("estates", "Estate").objects.staffed_by(user, *duties)
        return self.filter(entrance__building__estate__in=estates)

    def visible_to(self, user: Any) -> Self:
        """One's own homes, and all of an estate for its staff."""
        if not user.pk:
            return self.none()
        estates = apps.get_model("estates", "Estate").objects.staffed_by(user)
        homes = apps.get_model("estates", "Occupant").objects.of(user).values("unit")
        return self.filter(Q(entrance__building__estate__in=estates) | Q(pk__in=homes))

    def with_address(self) -> Self:
        return self.select_related("entrance__building__estate")


class OccupantQuerySet(models.QuerySet[Any]):
    def current(self, on: date) -> Self:
        return self.filter(current(on))

    def of(self, user: Any) -> Self:
        """The occupancies of a person today."""
        return self.filter(user_id=user.pk or 0).current(today())

    def visible_to(self, user: Any) -> Self:
        """The roster is for the desk and the manager; others see the people of their own homes."""
        if not user.pk:
            return self.none()
        estates = apps.get_model("estates", "Estate").objects.staffed_by(user, *DESK)
        return self.filter(
            Q(unit__entrance__building__estate__in=estates)
            | Q(unit__in=apps.get_model("estates", "Occupant").objects.of(user).values("unit"))
        )

    def standing(self) -> Self:
        """On the roster with no end in sight."""
        return self.filter(to_date__isnull=True)

    def with_address(self) -> Self:
        return self.select_related("unit__entrance__building__estate", "user")

    def with_show_phone(self, user: Any) -> Self:
        """Everybody's number is masked but one's own; a reason reveals it (services.privacy)."""
        return self.annotate(
            show_phone=models.Case(
                models.When(user_id=user.pk or 0, then=True),
                default=False,
                output_field=models.BooleanField(),
            )
        )


class ClaimQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        if not user.pk:
            return self.none()
        estates = apps.get_model("estates", "Estate").objects.staffed_by(user, *DESK)
        return self.filter(Q(user_id=user.pk) | Q(unit__entrance__building__estate__in=estates))

    def pending(self) -> Self:
        return self.filter(status="pending")

    def with_address(self) -> Self:
        return self.select_related("unit__entrance__building__estate", "user")


class InvitationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Letters are the desk's; a resident knows the code from paper, never from here."""
        estates = apps.get_model("estates", "Estate").objects.staffed_by(user, *DESK)
        return self.filter(unit__entrance__building__estate__in=estates)

    def with_address(self) -> Self:
        return self.select_related("unit__entrance__building__estate", "used_by")

    def usable(self, at: datetime) -> Self:
        return self.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at)


class PostingQuerySet(models.QuerySet[Any]):
    def current(self, on: date) -> Self:
        return self.filter(current(on))

    def of(self, user: Any) -> Self:
        return self.filter(user_id=user.pk or 0).current(today())

    def visible_to(self, user: Any) -> Self:
        """Colleagues see one another."""
        if user.is_superuser:
            return self.all()
        mine = apps.get_model("estates", "Posting").objects.of(user)
        return self.filter(estate__in=mine.values("estate"))


class DutyShiftQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(
            posting__in=apps.get_model("estates", "Posting").objects.visible_to(user)
        )

    def on_at(self, at: datetime) -> Self:
        return self.filter(starts_at__lte=at, ends_at__gt=at)


class WorkdayQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """The calendar of workdays is public."""
        return self.all()


class ImportQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        estates = apps.get_model("estates", "Estate").objects.staffed_by(user, *DESK)
        return self.filter(estate__in=estates)
