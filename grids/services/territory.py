"""Which units lie in a micro-grid, and what goes along when one is given to another."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.services import record
from estates.models import Unit
from grids import rules
from grids.models import FEWEST, MOST, CareFlag, Grid, Household, Visit
from grids.services.moves import VISIT_MOVES
from grids.services.planning import sole_members
from workflow.actors import SYSTEM
from workflow.moves import lock, move, write_many
from workflow.refusals import Invalid, NotAllowed, WrongState

CODE = "grids.draw"


@dataclass
class Change:
    """What a new drawing would do: units that come, from which micro-grids, and that go."""

    comes: list[Household] = field(default_factory=list)
    new: set[int] = field(default_factory=set)
    goes: set[int] = field(default_factory=set)
    visits: int = 0
    flags: int = 0
    households: int = 0

    @property
    def from_grids(self) -> list[tuple[Grid, int]]:
        counts: dict[int, list[Household]] = {}
        for household in self.comes:
            counts.setdefault(household.grid_id, []).append(household)
        return [(rows[0].grid, len(rows)) for rows in counts.values()]

    @property
    def is_nothing(self) -> bool:
        return not (self.comes or self.new or self.goes)

    @property
    def load(self) -> str:
        return load_of(self.households)


def load_of(households: int) -> str:
    """Whether somebody can look after so many."""
    if households > MOST:
        return "late"
    return "wait" if households < FEWEST else "go"


def units_of(grid: Grid) -> QuerySet[Unit]:
    """What may lie in a grid of the community: no parking spaces, no cellars."""
    found: QuerySet[Unit] = Unit.objects.filter(
        entrance__building__estate__community=grid.community_id
    ).exclude(use__in=[Unit.Use.PARKING, Unit.Use.STORAGE])
    return found


def change_of(grid: Grid, units: Collection[int]) -> Change:
    """What `draw` would do with these units, by key."""
    wanted = set(units)
    there = set(Household.objects.filter(grid=grid).values_list("pk", flat=True))
    come = list(
        Household.objects.filter(pk__in=wanted - there).select_related("grid").order_by("pk")
    )
    moved = {h.pk for h in come} | (there - wanted)
    return Change(
        comes=come,
        new=wanted - there - {h.pk for h in come},
        goes=there - wanted,
        visits=Visit.objects.planned().filter(unit__in=moved).count(),
        flags=CareFlag.objects.standing().filter(occupant__unit__in=moved).count(),
        households=len(wanted),
    )


def draw(grid: Grid, units: Iterable[int], *, actor: Any, at: datetime) -> Change:
    """The micro-grid has these units and no others. What comes from another one takes its open
    visits along; what goes to none is looked after by nobody, and its visits are called off.

    Raises NotAllowed, and Invalid for units of elsewhere or in the hands of another leader.
    """
    wanted = set(units)
    with transaction.atomic():
        locked = lock(grid)
        if not rules.can_arrange(actor, locked):
            raise NotAllowed(_("The territory is drawn by the leader of the grid."))
        if not locked.is_micro:
            raise Invalid(_("Households lie in micro-grids."))
        if units_of(locked).filter(pk__in=wanted).count() != len(wanted):
            raise Invalid(_("These homes are not all of the community."))
        _lock_all(wanted, locked)
        change = change_of(locked, wanted)
        for other, _count in change.from_grids:
            if not rules.can_arrange(actor, other):
                raise NotAllowed(
                    _("“%(grid)s” has another leader, who must give these homes away.")
                    % {"grid": other}
                )
        Household.objects.bulk_create(
            [Household(unit_id=pk, grid=locked) for pk in sorted(change.new)], ignore_conflicts=True
        )
        if Household.objects.filter(pk__in=change.new, grid=locked).count() != len(change.new):
            raise WrongState(_("Somebody has just given these homes to another grid; look again."))
        Household.objects.filter(pk__in=[h.pk for h in change.comes]).update(grid=locked)
        _let_go(change.goes, at)
        _hand_visits(locked, [h.pk for h in change.comes], at)
        told = {
            "came": sorted({h.pk for h in change.comes} | change.new),
            "went": sorted(change.goes),
        }
        if not change.is_nothing:
            record(CODE, locked, actor=actor, at=at, after=told)
    return change


def _lock_all(wanted: set[int], grid: Grid) -> None:
    """Households in order of key, as all who lock several do."""
    rows = Household.objects.filter(pk__in=wanted) | Household.objects.filter(grid=grid)
    list(rows.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))


def _let_go(units: set[int], at: datetime) -> None:
    for visit in Visit.objects.planned().filter(unit__in=units).order_by("pk"):
        move(VISIT_MOVES, "call_off", visit, actor=SYSTEM, at=at)
    Household.objects.filter(pk__in=units).delete()


def _hand_visits(grid: Grid, units: Collection[int], at: datetime) -> None:
    """To the member of the new micro-grid, or to whoever looks after it."""
    visits = list(Visit.objects.planned().filter(unit__in=units).order_by("pk"))
    member = sole_members([grid.pk], at).get(grid.pk)
    for visit in visits:
        visit.assignee_id = member
    if visits:
        write_many(visits, {"assignee"})
