"""Which grids, households, flags and visits people may see, written once.

Everything about a household is seen by where its unit lies now: a unit that goes to another
micro-grid takes all of it along, and a posting that ends shows nothing from that minute on.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, Max, Min, OuterRef, Q, Subquery
from django.utils import timezone

from estates.querysets import current, holding
from estates.standing import EVERYTHING, communities_staffed
from grids.standing import grids_kept, grids_led, grids_seen, stands_of
from grids.states import (
    RANK,
    REACHED,
    REVIEW_WITHIN,
    SPECIAL,
    STANDING,
    FlagStatus,
    Tier,
    VisitStatus,
)

MANAGER = "manager"
# One looks a week ahead: today and the six days after.
A_WEEK = timedelta(days=6)


def _in_grids(user: Any, path: str) -> Q:
    return EVERYTHING if user.is_superuser else Q(**{f"{path}__in": grids_seen(user)})


class GridQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own and those below; all of a community for its manager, who founds them."""
        if user.is_superuser:
            return self.all()
        mine = {pk for stand in stands_of(user) for pk in stand.below}
        return self.filter(Q(pk__in=mine) | Q(community__in=communities_staffed(user, MANAGER)))

    def led_by(self, user: Any) -> Self:
        return self.all() if user.is_superuser else self.filter(pk__in=grids_led(user))

    def micro(self) -> Self:
        return self.filter(parent__isnull=False)

    def with_all(self) -> Self:
        return self.select_related("community", "parent")


class GridPostingQuerySet(models.QuerySet[Any]):
    def holding(self, at: datetime) -> Self:
        return self.filter(holding(at))

    def of(self, user: Any, at: datetime | None = None) -> Self:
        return self.filter(user_id=user.pk or 0).holding(at or timezone.now())

    def visible_to(self, user: Any) -> Self:
        """Those of the grids that somebody leads or keeps; one's own."""
        if user.is_superuser:
            return self.all()
        return self.filter(
            Q(user_id=user.pk or 0)
            | Q(grid__in=grids_seen(user))
            | Q(grid__community__in=communities_staffed(user, MANAGER))
        )

    def with_all(self) -> Self:
        return self.select_related("user", "grid__community", "building", "entrance__building")


class RhythmQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Of the estates around the grids that somebody leads or keeps."""
        if user.is_superuser:
            return self.all()
        around = {stand.community_id for stand in stands_of(user)}
        return self.filter(estate__community__in=around | communities_staffed(user, MANAGER))


class HouseholdQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(_in_grids(user, "grid")) if user.pk else self.none()

    def with_address(self) -> Self:
        return self.select_related("unit__entrance__building__estate", "grid")

    def in_order(self) -> Self:
        """As one climbs: building by building, the top floor first, as the drawn page has it."""
        return self.order_by(
            "unit__entrance__building__estate",
            "unit__entrance__building__order",
            "unit__entrance__building__name",
            "unit__entrance__order",
            "unit__entrance__name",
            models.F("unit__floor").desc(nulls_last=True),
            "unit__number",
        )

    def flagged(self, on: date) -> Self:
        return self.filter(Exists(_flags_of_household(on)))

    def to_plan(self, on: date) -> Self:
        """Looked after, and nothing planned."""
        visits = apps.get_model("grids", "Visit").objects
        planned = visits.planned().filter(unit=OuterRef("unit"))
        return self.flagged(on).exclude(Exists(planned))

    def with_care(self, on: date) -> Self:
        """`rank` of the highest tier, `since` the first flag was confirmed, and `reached_on`: what
        the next visit is reckoned from. Empty where nobody is looked after."""
        flags = _flags_of_household(on)
        rank = models.Case(*(models.When(tier=tier, then=rank) for tier, rank in RANK.items()))
        visits = apps.get_model("grids", "Visit").objects
        seen = visits.filter(unit=OuterRef("unit"), status__in=REACHED).order_by()
        return self.annotate(
            rank=_one(flags, Min(rank), models.IntegerField()),
            since=_one(flags, Min("confirmed_at"), models.DateTimeField()),
            reached_at=Subquery(
                seen.values("unit").annotate(value=Max("visited_at")).values("value")[:1]
            ),
        )


def _flags_of_household(on: date) -> models.QuerySet[Any]:
    flags = apps.get_model("grids", "CareFlag").objects.confirmed(on)
    found: models.QuerySet[Any] = flags.filter(occupant__unit=OuterRef("unit"))
    return found


def _one(rows: models.QuerySet[Any], of: Any, field: models.Field[Any, Any]) -> Subquery:
    grouped = rows.order_by().values("occupant__unit").annotate(value=of)
    return Subquery(grouped.values("value")[:1], output_field=field)


class CareFlagQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Of the households that somebody looks after, those who live there now: whoever has moved
        out takes it along."""
        if not user.pk:
            return self.none()
        if user.is_superuser:
            return self.all()
        today = timezone.localdate()
        mine = Q(occupant__unit__household__grid__in=grids_seen(user))
        return self.filter(mine, current(today, "occupant"))

    def standing(self) -> Self:
        return self.filter(status__in=STANDING)

    def confirmed(self, on: date) -> Self:
        """Of people who live there on that day."""
        return self.filter(current(on, "occupant"), status=FlagStatus.CONFIRMED)

    def special(self) -> Self:
        """Elders in special difficulty."""
        return self.filter(is_elder=True, kind__in=SPECIAL)

    def to_review(self, on: date) -> Self:
        """Their day of review has come, and nobody has been asked."""
        return self.filter(
            status=FlagStatus.CONFIRMED, review_on__lte=on, review_asked_at__isnull=True
        )

    def expired(self, on: date) -> Self:
        """Asked for, and nobody gave word."""
        return self.filter(
            status=FlagStatus.CONFIRMED,
            review_on__lte=on - REVIEW_WITHIN,
            review_asked_at__isnull=False,
        )

    def moved_out(self, on: date) -> Self:
        return self.standing().filter(occupant__to_date__lt=on)

    def by_tier(self) -> Self:
        rank = models.Case(*(models.When(tier=tier, then=rank) for tier, rank in RANK.items()))
        return self.order_by(rank, "review_on", "pk")

    def with_all(self) -> Self:
        return self.select_related(
            "occupant__unit__entrance__building__estate",
            "occupant__unit__household__grid",
            "proposed_by",
        )


class VisitQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(_in_grids(user, "unit__household__grid")) if user.pk else self.none()

    def planned(self) -> Self:
        return self.filter(status=VisitStatus.PLANNED)

    def held(self) -> Self:
        """Somebody stood at the door, or called."""
        return self.filter(visited_at__isnull=False)

    def to_pay(self, user: Any, on: date) -> Self:
        """Due within a week in the micro-grids that somebody keeps."""
        mine = self.filter(unit__household__grid__in=grids_kept(user))
        return mine.planned().filter(due_on__lte=on + A_WEEK)

    def late(self, on: date) -> Self:
        return self.planned().filter(due_on__lt=on)

    def to_climb(self, on: date) -> Self:
        """Red ones that are late, and of which no leader has heard."""
        return self.late(on).filter(tier=Tier.RED, climbed_at__isnull=True)

    def with_all(self) -> Self:
        return self.select_related(
            "unit__entrance__building__estate", "unit__household__grid", "assignee", "logged_by"
        )


class OfVisitQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        if not user.pk:
            return self.none()
        return self.filter(_in_grids(user, "visit__unit__household__grid"))
