"""What is to be practised how often: by when each building is due, and who is reminded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Max
from django.db.models.functions import TruncDate
from django.utils import timezone

from common.days import begin_of
from estates.models import Building
from notifications.services import Occasion, notify_many
from safety.models import Drill, DrillBuilding, DrillRequirement
from safety.services.drill_moves import REQUIREMENT_MOVES as MOVES
from safety.states import DRILL_AHEAD, DRILL_HELD, DrillForm, DrillStatus
from workflow.actors import SYSTEM
from workflow.moves import move

# Days before a deadline on which the managers hear of it; at nought it is over.
LEADS = (90, 30, 7, 0)


def switch_on(requirement: DrillRequirement, *, actor: Any, at: datetime) -> DrillRequirement:
    def counted(locked: DrillRequirement) -> Mapping[str, Any]:
        return {"since": locked.since or timezone.localdate(at)}

    return move(MOVES, "switch_on", requirement, actor=actor, at=at, changes=counted)


def switch_off(requirement: DrillRequirement, *, actor: Any, at: datetime) -> DrillRequirement:
    return move(MOVES, "switch_off", requirement, actor=actor, at=at)


@dataclass(frozen=True)
class Due:
    """When a building is to practise next. `last` is the day on which it last did, `planned` the
    next drill of that kind there."""

    requirement: DrillRequirement
    building: Building
    due_on: date
    last: date | None = None
    planned: Drill | None = None

    @property
    def is_planned(self) -> bool:
        """A drill is planned that comes in time."""
        return (
            self.planned is not None and timezone.localdate(self.planned.planned_at) <= self.due_on
        )

    def days_left(self, today: date) -> int:
        return (self.due_on - today).days

    def is_late(self, today: date) -> bool:
        return self.due_on < today


@dataclass(frozen=True)
class Dues:
    """`unknown` are buildings whose height would have to be known."""

    rows: list[Due]
    unknown: list[tuple[DrillRequirement, Building]]

    @property
    def groups(self) -> list[list[Due]]:
        """Buildings whose next is the same: of one requirement, last held and next due on one day,
        with one drill planned."""
        found: dict[tuple[Any, ...], list[Due]] = {}
        for due in self.rows:
            planned = due.planned and due.planned.pk
            key = (due.requirement.pk, due.due_on, due.last, planned)
            found.setdefault(key, []).append(due)
        return list(found.values())

    def of(self, requirement: DrillRequirement) -> list[Due]:
        return [due for due in self.rows if due.requirement.pk == requirement.pk]


def dues(requirements: Sequence[DrillRequirement], today: date | None = None) -> Dues:
    """By building and requirement, the most urgent first. Three statements, of however many.

    A tabletop exercise moves nobody out of a building, and counts for none.
    """
    holding = [one for one in requirements if one.is_on]
    estates = {one.estate_id for one in holding}
    buildings: dict[int, list[Building]] = defaultdict(list)
    if estates:
        for building in Building.objects.filter(estate__in=estates):
            buildings[building.estate_id].append(building)
    held, planned = _held(estates), _planned(estates, today or timezone.localdate())
    rows: list[Due] = []
    unknown: list[tuple[DrillRequirement, Building]] = []
    for one in holding:
        for building in buildings[one.estate_id]:
            match one.concerns(building):
                case None:
                    unknown.append((one, building))
                case True:
                    key = (one.kind, building.pk)
                    rows.append(_due(one, building, held.get(key), planned.get(key)))
    rows.sort(key=lambda due: (due.due_on, due.requirement.pk, due.building.order, due.building.pk))
    return Dues(rows, unknown)


def _due(
    requirement: DrillRequirement, building: Building, last: date | None, planned: Drill | None
) -> Due:
    assert requirement.since is not None  # so says the table of what holds
    due_on = (last or requirement.since) + relativedelta(months=requirement.months)
    return Due(requirement, building, due_on, last, planned)


def _held(estates: Iterable[int]) -> dict[tuple[str, int], date]:
    """The day of the last full drill of each kind, by building."""
    rows = DrillBuilding.objects.filter(
        drill__estate__in=estates, drill__status__in=DRILL_HELD, drill__form=DrillForm.FULL
    )
    found = rows.order_by().values_list("drill__kind", "building")
    days = found.annotate(last=Max(TruncDate("drill__started_at")))
    return {(kind, pk): day for kind, pk, day in days}


def _planned(estates: Iterable[int], today: date) -> dict[tuple[str, int], Drill]:
    """The next one of each kind, by building. One whose day is over, and which nobody held, is
    planned no more."""
    ahead = Drill.objects.filter(
        status__in=(*DRILL_AHEAD, DrillStatus.RUNNING),
        estate__in=estates,
        form=DrillForm.FULL,
        planned_at__gte=begin_of(today),
    )
    rows = DrillBuilding.objects.filter(drill__in=ahead)
    found: dict[tuple[str, int], Drill] = {}
    for part in rows.select_related("drill").order_by("drill__planned_at", "drill"):
        found.setdefault((part.drill.kind, part.building_id), part.drill)
    return found


# --- the sweep


def lead_of(due_on: date, today: date) -> int | None:
    """The narrowest of the leads that has come: 29 days before it is the one of 30."""
    left = (due_on - today).days
    return min((lead for lead in LEADS if left <= lead), default=None)


def remind(requirements: Sequence[DrillRequirement], at: datetime) -> None:
    """The managers hear once at each lead of each deadline for which nothing is planned.

    For the sweep, which holds the locks; after an outage the lead that has come is said, and not
    those before it. What was told already is told to nobody twice (see Message).
    """
    today = timezone.localdate(at)
    found = dues(requirements, today)
    by_turn: dict[int, list[Occasion]] = defaultdict(list)
    for one in requirements:
        names: dict[date, list[str]] = defaultdict(list)
        for due in found.of(one):
            if not due.is_planned:
                names[due.due_on].append(due.building.name)
        for turn, (due_on, buildings) in enumerate(sorted(names.items())):
            lead = lead_of(due_on, today)
            if lead is not None:
                context = {"due_on": due_on, "late": due_on < today, "buildings": buildings}
                occasion = Occasion(one, f"{due_on.isoformat()}:{lead}", context)
                # Those told at once are of different rows.
                by_turn[turn].append(occasion)
    for occasions in by_turn.values():
        notify_many(MOVES.code_of("due"), occasions, actor=SYSTEM, at=at)
