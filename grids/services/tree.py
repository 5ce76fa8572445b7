"""The tree of grids with their load, and the table from which a territory is picked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from common.keys import key_of
from estates.models import Unit
from grids.models import Grid, GridPosting, Household
from grids.services.territory import load_of, units_of
from grids.states import Duty


def with_load(grids: QuerySet[Any], at: datetime) -> QuerySet[Any]:
    """`homes` in a micro-grid, or in all of a grid's; `members`: names of those who keep it."""
    own = Household.objects.filter(grid=OuterRef("pk")).order_by().values("grid")
    below = Household.objects.filter(grid__parent=OuterRef("pk")).order_by().values("grid__parent")
    held = GridPosting.objects.holding(at).filter(grid=OuterRef("pk"), duty=Duty.MEMBER)
    names = held.order_by().values("grid").annotate(names=ArrayAgg("user__display_name"))
    loaded: QuerySet[Any] = grids.annotate(
        homes=Coalesce(
            Subquery(own.annotate(n=Count("pk")).values("n")),
            Subquery(below.annotate(n=Count("pk")).values("n")),
            0,
        ),
        members=Coalesce(Subquery(names.values("names")), []),
    )
    return loaded


def entrances_of(grid: Grid) -> list[tuple[str, int]]:
    """“3 栋 2 单元”, 24 — the doors of a micro-grid by their entrance."""
    counts: dict[str, int] = {}
    for household in Household.objects.filter(grid=grid).with_address().in_order():
        entrance = str(household.unit.entrance)
        counts[entrance] = counts.get(entrance, 0) + 1
    return list(counts.items())


@dataclass
class Room:
    unit: Unit
    here: bool
    # The name of another micro-grid in which it lies.
    elsewhere: str = ""


@dataclass
class Stairs:
    entrance: Any
    rooms: list[Room] = field(default_factory=list)

    @property
    def here(self) -> int:
        return sum(room.here for room in self.rooms)

    @property
    def others(self) -> str:
        return ", ".join(dict.fromkeys(room.elsewhere for room in self.rooms if room.elsewhere))


@dataclass
class House:
    building: Any
    stairs: list[Stairs] = field(default_factory=list)

    @property
    def here(self) -> int:
        return sum(one.here for one in self.stairs)

    @property
    def rooms(self) -> int:
        return sum(len(one.rooms) for one in self.stairs)


class Table:
    """All homes of the community by building and entrance, those of the micro-grid ticked."""

    def __init__(self, grid: Grid) -> None:
        self.houses: list[House] = []
        lies = {
            pk: (grid_pk, name)
            for pk, grid_pk, name in Household.objects.filter(
                grid__community=grid.community_id
            ).values_list("pk", "grid", "grid__name")
        }
        rows = (
            units_of(grid)
            .select_related("entrance__building__estate")
            .order_by(
                "entrance__building__estate",
                "entrance__building__order",
                "entrance__building__name",
                "entrance__order",
                "entrance__name",
                "floor",
                "number",
            )
        )
        for unit in rows:
            if not self.houses or self.houses[-1].building != unit.entrance.building:
                self.houses.append(House(unit.entrance.building))
            stairs = self.houses[-1].stairs
            if not stairs or stairs[-1].entrance != unit.entrance:
                stairs.append(Stairs(unit.entrance))
            where, name = lies.get(unit.pk, (None, ""))
            stairs[-1].rooms.append(
                Room(unit, where == grid.pk, "" if where in (None, grid.pk) else name)
            )

    @property
    def rooms(self) -> list[Room]:
        return [r for house in self.houses for stairs in house.stairs for r in stairs.rooms]

    @property
    def here(self) -> int:
        return sum(room.here for room in self.rooms)

    @property
    def load(self) -> str:
        return load_of(self.here)

    def chosen(self, sent: Any) -> set[int]:
        """The units that were ticked, and all of a building or an entrance that was."""
        picked = {name: _keys(sent, name) for name in ("unit", "entrance", "building")}
        return {
            room.unit.pk
            for house in self.houses
            for stairs in house.stairs
            for room in stairs.rooms
            if room.unit.pk in picked["unit"]
            or stairs.entrance.pk in picked["entrance"]
            or house.building.pk in picked["building"]
        }

    def mark(self, units: Collection[int]) -> None:
        for room in self.rooms:
            room.here = room.unit.pk in units


def _keys(sent: Any, name: str) -> set[int]:
    values = sent.getlist(name) if hasattr(sent, "getlist") else sent.get(name, ())
    return {pk for pk in map(key_of, map(str, values)) if pk}
