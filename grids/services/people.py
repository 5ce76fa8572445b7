"""Who may be sent, and who lives behind which door."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from estates.models import Building, Entrance, Estate, Occupant, Unit
from grids.models import Grid, GridPosting, Household
from grids.states import Duty

CARERS = (Duty.LEADER, Duty.MEMBER)


def living_in(households: Any, on: date) -> QuerySet[Any]:
    """The people of households that the caller has scoped."""
    homes = households.order_by().values("pk")
    people: QuerySet[Any] = Occupant.objects.current(on).filter(unit__in=homes)
    return people.select_related("unit__entrance__building", "unit__household")


def houses_around(grids: Any) -> QuerySet[Any]:
    """The buildings of the communities of grids that the caller has scoped."""
    around = grids.order_by().values("community")
    found: QuerySet[Any] = Building.objects.filter(estate__community__in=around)
    return found.select_related("estate")


def doors_around(grids: Any) -> QuerySet[Any]:
    around = grids.order_by().values("community")
    found: QuerySet[Any] = Entrance.objects.filter(building__estate__community__in=around)
    return found.select_related("building")


def without_rhythm(grids: Any) -> QuerySet[Any]:
    """The estates around the grids that go by the usual one."""
    around = grids.order_by().values("community")
    found: QuerySet[Any] = Estate.objects.filter(community__in=around, visit_rhythm__isnull=True)
    return found


def nobody() -> QuerySet[Any]:
    people: QuerySet[Any] = User.objects.none()
    return people


def carers(unit: Unit, at: datetime | None = None) -> QuerySet[Any]:
    """Who leads or keeps the micro-grid in which a unit lies now."""
    household = Household.objects.select_related("grid").filter(pk=unit.pk).first()
    return carers_of(household.grid, at) if household else nobody()


def carers_of(grid: Grid, at: datetime | None = None) -> QuerySet[Any]:
    held = GridPosting.objects.holding(at or timezone.now())
    here = Q(grid=grid.pk, duty__in=CARERS) | Q(grid=grid.parent_id, duty=Duty.LEADER)
    people: QuerySet[Any] = User.objects.filter(
        is_active=True, pk__in=held.filter(here).values("user")
    )
    return people.order_by("pk")
