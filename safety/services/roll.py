"""The roll-call: by several people at once, also without signal. Each home counts once; the latest
word about it holds, whenever it arrives; and whoever was there first is named to who comes second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from grids.services.hints import needs_help
from safety import rules
from safety.models import Drill, DrillBuilding, DrillHome, DrillMark
from safety.services.drill_moves import COUNTED_WITHIN
from safety.services.drills import when
from safety.states import SAFE, Mark
from workflow.refusals import Invalid, NotAllowed, WrongState

MISSED = Mark.MISSING


@dataclass(frozen=True)
class Counted:
    """What came of a tap: `taken` is false where a later word about the home was there already.
    `before` is what somebody else had said of it."""

    home: DrillHome
    taken: bool
    before: str = ""
    before_by: Any = None
    before_at: datetime | None = None


def is_open(drill: Drill, at: datetime) -> bool:
    """While it runs; a day longer for late-comers, and for what a phone kept without signal."""
    if drill.status == Drill.Status.RUNNING:
        return True
    if drill.status not in (Drill.Status.ENDED, Drill.Status.EVALUATED) or drill.ended_at is None:
        return False
    return at <= drill.ended_at + COUNTED_WITHIN


def mark(
    home: DrillHome,
    *,
    actor: Any,
    at: datetime,
    mark: str,
    seen_at: datetime | None = None,
    note: str = "",
) -> Counted:
    """`seen_at` is the time of a phone that had no signal. Raises NotAllowed for whoever does not
    call the roll of this building, and WrongState where nobody is counted any more."""
    drill = home.part.drill
    if not rules.calls_roll(actor, drill, home.part.building_id):
        raise NotAllowed(_("The roll of this building is called by somebody else."))
    if mark not in Mark.values:
        raise Invalid(_("Out, with help, nobody in, or missing."))
    with transaction.atomic():
        locked = (
            DrillHome.objects.select_for_update(of=("self",), no_key=True)
            .select_related("part__drill", "part__building", "unit__entrance__building")
            .get(pk=home.pk)
        )
        if not is_open(locked.part.drill, at):
            raise WrongState(_("The roll is not called now."), row=locked)
        return _write(locked, mark, actor, when(locked.part.drill, seen_at, at), at, note)


def _write(
    home: DrillHome, mark: str, actor: Any, moment: datetime, at: datetime, note: str
) -> Counted:
    before, by, then = home.mark, home.marked_by, home.marked_at
    # Somebody who says the same again does not move the time; what is older than the last word,
    # also one that only said the same, is kept and changes nothing.
    last = home.marks.aggregate(last=Max("at"))["last"]
    taken = mark != before and (last is None or moment >= last)
    DrillMark.objects.create(
        home=home, mark=mark, at=moment, arrived_at=at, by=actor, note=note, is_taken=taken
    )
    if taken:
        # Whoever was found is found: in which way is a correction, and takes no longer.
        found = then is not None and MISSED not in (before, mark)
        home.mark, home.marked_at, home.marked_by = mark, then if found else moment, actor
        home.save(update_fields=["mark", "marked_at", "marked_by"])
    others = bool(before) and by is not None and by.pk != actor.pk
    return Counted(home, taken, before, by, then) if others else Counted(home, taken)


def mark_rest(
    homes: Iterable[DrillHome],
    *,
    actor: Any,
    at: datetime,
    mark: str,
    seen_at: datetime | None = None,
) -> int:
    """Those of a floor of which nobody has said anything; how many. What was said meanwhile
    stays."""
    done = 0
    for home in sorted(homes, key=lambda one: one.pk):
        if not home.mark:
            done += _mark_blank(home, actor, at, mark, seen_at)
    return done


def _mark_blank(
    home: DrillHome, actor: Any, at: datetime, said: str, seen_at: datetime | None
) -> bool:
    with transaction.atomic():
        now = DrillHome.objects.select_for_update(of=("self",), no_key=True).get(pk=home.pk)
        return not now.mark and mark(home, actor=actor, at=at, mark=said, seen_at=seen_at).taken


# --- counted


@dataclass(frozen=True)
class Tally:
    """Homes of a building by what was said of them, and how long it took until none was left."""

    homes: int = 0
    people: int = 0
    people_out: int = 0
    out: int = 0
    assisted: int = 0
    away: int = 0
    missing: int = 0
    last_at: datetime | None = None
    started_at: datetime | None = None

    @property
    def counted(self) -> int:
        return self.out + self.assisted + self.away + self.missing

    @property
    def left(self) -> int:
        """Of which nobody has said anything."""
        return self.homes - self.counted

    @property
    def is_clear(self) -> bool:
        return bool(self.homes) and not self.left and not self.missing

    @property
    def took(self) -> timedelta | None:
        """From the alarm to the last home; None while one is left or missing."""
        if not self.is_clear or self.last_at is None or self.started_at is None:
            return None
        return self.last_at - self.started_at


def tallies(drills: Sequence[Drill]) -> dict[int, Tally]:
    """By part (a building of a drill). One statement."""
    return {part: tally for part, _drill, tally in _tallied(drills)}


def times_of(drills: Sequence[Drill]) -> dict[int, Tally]:
    """By drill, as a whole. One statement."""
    of_drill: dict[int, list[Tally]] = defaultdict(list)
    for _part, drill, tally in _tallied(drills):
        of_drill[drill].append(tally)
    return {drill.pk: whole(of_drill[drill.pk]) for drill in drills}


def _tallied(drills: Sequence[Drill]) -> list[tuple[int, int, Tally]]:
    rows = DrillBuilding.objects.filter(drill__in=drills).order_by("pk")
    counted = _counts("homes__")
    found = rows.annotate(**counted).values("pk", "drill", "drill__started_at", *counted)
    return [
        (
            row["pk"],
            row["drill"],
            _tally({name: row[name] for name in counted}, row["drill__started_at"]),
        )
        for row in found
    ]


def tally_of(part: DrillBuilding) -> Tally:
    found = DrillHome.objects.filter(part=part).aggregate(**_counts(""))
    return _tally(found, part.drill.started_at)


def _tally(found: Mapping[str, Any], begun: datetime | None) -> Tally:
    return Tally(**{name.removeprefix("n_"): n for name, n in found.items()}, started_at=begun)


def _counts(path: str) -> dict[str, Any]:
    """The fields of a Tally."""

    def marked(*marks: str) -> Q:
        return Q(**{f"{path}mark__in": marks})

    return {
        "n_homes": Count(f"{path}pk"),
        "n_people": Coalesce(Sum(f"{path}people"), 0),
        "n_people_out": Coalesce(Sum(f"{path}people", filter=marked(*SAFE)), 0),
        "n_out": Count(f"{path}pk", filter=marked(Mark.OUT)),
        "n_assisted": Count(f"{path}pk", filter=marked(Mark.ASSISTED)),
        "n_away": Count(f"{path}pk", filter=marked(Mark.AWAY)),
        "n_missing": Count(f"{path}pk", filter=marked(Mark.MISSING)),
        "n_last_at": Max(f"{path}marked_at"),
    }


def whole(found: Iterable[Tally]) -> Tally:
    """Several buildings as one: it took as long as the last of them."""
    all_of_them = list(found)
    names = ("homes", "people", "people_out", "out", "assisted", "away", "missing")
    sums = {name: sum(getattr(one, name) for one in all_of_them) for name in names}
    moments = [one.last_at for one in all_of_them if one.last_at]
    begun = next((one.started_at for one in all_of_them if one.started_at), None)
    return Tally(**sums, last_at=max(moments, default=None), started_at=begun)


# --- the page of a roll-caller


@dataclass
class Line:
    """A home on the roll; `needs_help` is said to who calls it, while the drill runs."""

    home: DrillHome
    needs_help: bool = False


@dataclass
class Floor:
    entrance: str
    floor: int | None
    lines: list[Line]

    @property
    def left(self) -> list[Line]:
        return [line for line in self.lines if not line.home.mark]

    @property
    def missing(self) -> list[Line]:
        return [line for line in self.lines if line.home.mark == Mark.MISSING]

    @property
    def helped(self) -> int:
        return sum(line.needs_help for line in self.lines)

    @property
    def key(self) -> str:
        return (
            f"{self.lines[0].home.unit.entrance_id}-{self.floor if self.floor is not None else ''}"
        )


def homes_of(*parts: DrillBuilding) -> list[DrillHome]:
    """Building by building, door by door, from the top down."""
    rows = DrillHome.objects.filter(part__in=parts)
    rows = rows.select_related("unit__entrance__building", "marked_by", "part__drill__estate")
    found = list(rows.order_by("unit__entrance__order", "unit__entrance__name", "unit__number"))
    return sorted(
        found,
        key=lambda one: (
            one.part_id,
            one.unit.entrance.order,
            one.unit.entrance.name,
            -(one.unit.floor if one.unit.floor is not None else -999),
        ),
    )


def hinted(homes: Sequence[DrillHome], user: Any) -> set[int]:
    """The units where somebody agreed that it be known that they need help: told to who calls the
    roll of their building, and only while the drill runs."""
    parts = {home.part_id: home.part for home in homes}.values()
    told = {
        part.pk
        for part in parts
        if part.drill.status == Drill.Status.RUNNING
        and rules.calls_roll(user, part.drill, part.building_id)
    }
    asked = [home.unit_id for home in homes if home.part_id in told]
    return needs_help(asked) if asked else set()


def floors(homes: Sequence[DrillHome], hints: set[int]) -> list[Floor]:
    found: dict[tuple[int, int | None], Floor] = {}
    for home in homes:
        unit = home.unit
        floor = found.setdefault(
            (unit.entrance_id, unit.floor), Floor(unit.entrance.name, unit.floor, [])
        )
        floor.lines.append(Line(home, home.unit_id in hints))
    return list(found.values())


def others(part: DrillBuilding, user: Any) -> Mapping[str, Any] | None:
    """Who else counts here, and what they said last."""
    marks = DrillMark.objects.filter(home__part=part).exclude(by=user.pk)
    last = marks.select_related("by", "home__unit__entrance__building").order_by("-pk").first()
    if last is None:
        return None
    return {"name": last.by.name if last.by else "", "home": last.home.unit, "at": last.at}
