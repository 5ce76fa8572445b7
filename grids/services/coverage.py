"""How many of those who are looked after were seen in a month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from common.days import begin_of
from grids.models import CareFlag, Grid, Household, Visit
from grids.states import RANK, REACHED, Tier

FIRST = date(2000, 1, 1)


@dataclass(frozen=True)
class Elder:
    """Somebody in special difficulty, and when they were seen in the month."""

    flag: CareFlag
    seen: bool


@dataclass
class Line:
    """One micro-grid."""

    grid: Any
    households: int = 0
    tiers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Tier.values, 0))
    looked_after: int = 0
    seen: int = 0
    late: int = 0

    @property
    def percent(self) -> int:
        return percent(self.seen, self.looked_after)


@dataclass
class Month:
    begin: date
    end: date
    today: date
    lines: list[Line]
    elders: list[Elder]

    @property
    def seen(self) -> int:
        return sum(elder.seen for elder in self.elders)

    @property
    def percent(self) -> int:
        return percent(self.seen, len(self.elders))

    @property
    def before(self) -> str:
        return f"{self.begin - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        """Empty for the month that is now."""
        return f"{self.end:%Y-%m}" if self.end <= self.today else ""

    @property
    def unseen(self) -> list[Elder]:
        return [elder for elder in self.elders if not elder.seen]


def percent(some: int, of: int) -> int:
    """Rounded down: nobody is to read 100 where one is missing."""
    return 100 * some // of if of else 0


def month_of(text: str, today: date) -> date:
    """The first day of “2026-11”, or of this month."""
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        asked = today
    return max(FIRST, min(asked, today)).replace(day=1)


def of_month(user: Any, begin: date, today: date) -> Month:
    """Of the grids that somebody sees; five statements. Who is looked after is asked of today:
    a month that is over is read with those of now who were confirmed before it ended."""
    end = (begin + timedelta(days=32)).replace(day=1)
    grids = list(Grid.objects.visible_to(user).micro().order_by("order", "name"))
    lines = {grid.pk: Line(grid) for grid in grids}
    for grid in Household.objects.visible_to(user).values_list("grid", flat=True):
        lines[grid].households += 1
    flags = list(
        CareFlag.objects.visible_to(user)
        .confirmed(today)
        .filter(confirmed_at__lt=begin_of(end), occupant__unit__household__isnull=False)
        .with_all()
        .by_tier()
    )
    seen = _seen(user, begin, end)
    homes: dict[int, CareFlag] = {}
    for flag in flags:
        homes.setdefault(flag.occupant.unit_id, flag)
    for unit, flag in homes.items():
        line = lines[flag.occupant.unit.household.grid_id]
        line.looked_after += 1
        line.tiers[flag.tier] += 1
        line.seen += unit in seen
    late = (
        Visit.objects.visible_to(user)
        .late(today)
        .filter(unit__household__isnull=False)
        .values_list("unit__household__grid", flat=True)
    )
    for grid in late:
        lines[grid].late += 1
    return Month(begin, end, today, list(lines.values()), _elders(flags, seen))


def _seen(user: Any, begin: date, end: date) -> set[int]:
    """Homes in which somebody was met, or spoken with by telephone."""
    held = Visit.objects.visible_to(user).filter(status__in=REACHED)
    found = held.filter(visited_at__gte=begin_of(begin), visited_at__lt=begin_of(end))
    return set(found.values_list("unit", flat=True))


def _elders(flags: Iterable[CareFlag], seen: set[int]) -> list[Elder]:
    """Each person once, by the highest of their flags; those not seen yet come first."""
    people: dict[int, Elder] = {}
    for flag in flags:
        if flag.is_special:
            elder = Elder(flag, flag.occupant.unit_id in seen)
            people.setdefault(flag.occupant_id, elder)
    return sorted(people.values(), key=lambda one: (one.seen, RANK[Tier(one.flag.tier)]))
