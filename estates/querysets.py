"""Which rows of the estate people may see, written once.

Standing is a posting (staff) or an occupancy (residents), read once per request in
`estates.standing`; here it enters as literal ids.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone

from estates.standing import (
    DESK,
    at_home,
    at_home_or_work,
    at_work,
    communities_staffed,
    estates_lived_in,
    estates_staffed,
    homes_of,
    today,
)


def current(on: date, path: str = "") -> Q:
    """From–to rows, at the end of `path`, that hold on a day; the last day counts."""
    begun = _none_or(path, "from_date", "lte", on)
    return begun & _none_or(path, "to_date", "gte", on)


def holding(at: datetime, path: str = "") -> Q:
    """Postings that hold, to the minute: one that was ended today holds no more from then on."""
    return current(timezone.localdate(at), path) & _none_or(path, "ended_at", "gt", at)


def _none_or(path: str, name: str, lookup: str, value: date) -> Q:
    field = f"{path}__{name}" if path else name
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__{lookup}": value})


class CommunityQuerySet(models.QuerySet[Any]):
    def staffed_by(self, user: Any, *duties: str) -> Self:
        """Communities for which `user` holds a posting today, not only for one of its estates."""
        return (
            self.all()
            if user.is_superuser
            else self.filter(pk__in=communities_staffed(user, *duties))
        )

    def visible_to(self, user: Any) -> Self:
        """Everybody sees the community around their estate."""
        if user.is_superuser:
            return self.all()
        mine = estates_staffed(user) | estates_lived_in(user)
        estates = apps.get_model("estates", "Estate").objects.filter(pk__in=mine)
        return self.filter(pk__in=estates.values("community"))


class EstateQuerySet(models.QuerySet[Any]):
    def staffed_by(self, user: Any, *duties: str) -> Self:
        """Estates where `user` holds a posting today, of one of `duties` if any are named."""
        return self.filter(at_work(user, "pk", *duties))

    def lived_in_by(self, user: Any) -> Self:
        return self.filter(at_home(user, "pk"))

    def visible_to(self, user: Any) -> Self:
        return self.filter(at_home_or_work(user, "pk"))


class InEstateQuerySet(models.QuerySet[Any]):
    """Rows that everybody of an estate may see; `estate_path` leads to the estate."""

    estate_path = "estate"

    def visible_to(self, user: Any) -> Self:
        return self.filter(at_home_or_work(user, self.estate_path))


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
        return self.filter(pk__in=homes_of(user))

    def staffed_by(self, user: Any, *duties: str) -> Self:
        return self.filter(at_work(user, "entrance__building__estate", *duties))

    def visible_to(self, user: Any) -> Self:
        """One's own homes, and all of an estate for its staff."""
        homes = Q(pk__in=homes_of(user))
        return self.filter(at_work(user, "entrance__building__estate") | homes)

    def with_address(self) -> Self:
        return self.select_related("entrance__building__estate")


class OccupantQuerySet(models.QuerySet[Any]):
    def current(self, on: date) -> Self:
        return self.filter(current(on))

    def of(self, user: Any, at: datetime | None = None) -> Self:
        """The occupancies of a person today, or on another day."""
        day = timezone.localdate(at) if at else today()
        return self.filter(user_id=user.pk or 0).current(day)

    def visible_to(self, user: Any) -> Self:
        """The roster is for the desk and the manager; others see the people of their own homes."""
        homes = Q(unit__in=homes_of(user))
        return self.filter(at_work(user, "unit__entrance__building__estate", *DESK) | homes)

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
        own = Q(user_id=user.pk or 0)
        return self.filter(at_work(user, "unit__entrance__building__estate", *DESK) | own)

    def at_desk_of(self, user: Any) -> Self:
        """Those of the estates whose roster somebody keeps."""
        return self.filter(at_work(user, "unit__entrance__building__estate", *DESK))

    def pending(self) -> Self:
        return self.filter(status="pending")

    def with_address(self) -> Self:
        return self.select_related("unit__entrance__building__estate", "user")


class InvitationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Letters are the desk's; a resident knows the code from paper, never from here."""
        return self.filter(at_work(user, "unit__entrance__building__estate", *DESK))

    def with_address(self) -> Self:
        return self.select_related("unit__entrance__building__estate", "used_by")

    def usable(self, at: datetime) -> Self:
        return self.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at)


class PostingQuerySet(models.QuerySet[Any]):
    def holding(self, at: datetime) -> Self:
        return self.filter(holding(at))

    def of(self, user: Any, at: datetime | None = None) -> Self:
        return self.filter(user_id=user.pk or 0).holding(at or timezone.now())

    def visible_to(self, user: Any) -> Self:
        """Colleagues see one another, and who works for the community around them."""
        return self.all() if user.is_superuser else self.at(estates_staffed(user))

    def at(self, estates: Iterable[int]) -> Self:
        """For one of the estates, or for a community that one of them lies in."""
        keys = list(estates)
        around = apps.get_model("estates", "Estate").objects.filter(pk__in=keys)
        return self.filter(Q(estate__in=keys) | Q(community__in=around.values("community")))


class DutyShiftQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(
            posting__in=apps.get_model("estates", "Posting").objects.visible_to(user)
        )

    def on_at(self, at: datetime) -> Self:
        return self.standing().filter(starts_at__lte=at, ends_at__gt=at)

    def standing(self) -> Self:
        """Not called off."""
        return self.filter(called_off_at__isnull=True)


class WorkdayQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """The calendar of workdays is public."""
        return self.all()


class ImportQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(at_work(user, "estate", *DESK))


class SavedViewQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(user_id=user.pk or 0)


class CalendarFeedQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own, which administrators too leave alone, and an estate's for its staff."""
        own = Q(user_id=user.pk or 0)
        return self.filter(own | Q(at_work(user, "estate"), estate__isnull=False))
