"""Drills through the real verbs: what is required, three that were held, and what is ahead. In the
last of them homes were called one by one; the marks of the earlier ones are written in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any

from dateutil.relativedelta import relativedelta
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from audit.models import Entry
from estates.models import Building
from grids.services.hints import needs_help
from safety.demo import content_drills as content
from safety.demo.content_drills import Better, Called, Exercise
from safety.demo.lay import DAY, Beat
from safety.models import (
    CRITERIA,
    Drill,
    DrillHome,
    DrillMark,
    DrillRequirement,
    DrillRole,
    DrillSheet,
    Improvement,
)
from safety.services import drill_seeds, drills, improvements, requirements, roll
from safety.services.drill_moves import DRILL_MOVES
from safety.services.requirements import LEADS
from safety.services.sweeps import remind_of_improvements, remind_of_requirements
from safety.states import Mark, Role
from workflow.actors import SYSTEM
from workflow.scenes import Stage
from workflow.standing import forget

WEEK, MINUTE, SECOND = timedelta(weeks=1), timedelta(minutes=1), timedelta(seconds=1)
SATURDAY = 5
# So long ago at least: what the last drill showed has been worked on since.
HELD_AGO = 6 * DAY
# Of so many homes one was away, or came with help.
AWAY_IN, HELPED_IN = 9, 19


def act_drills(court: Beat, garden: Beat, stage: Stage) -> None:
    last = last_saturday(court.now.date())
    acts = [
        _archived(court, stage, content.LAST_YEAR, a_year_before(last)),
        _archived(court, stage, content.SPRING, last - 26 * WEEK),
        _evaluated(court, stage, content.AUTUMN, last),
        _announced(court, stage),
        _planned(court, stage, content.STUCK, (12, 30)),
        _planned(garden, stage, content.GARDEN, (8, 21)),
    ]
    _required(court, stage, acts[0].day)
    _lay_seeds(garden, stage, _months_ago(garden, 7))
    _switch_on(garden, stage, "fire-year", _months_ago(garden, 7))
    date_rows(stage)


def last_saturday(today: date) -> date:
    """Between six and twelve days ago."""
    day = today - HELD_AGO
    return day - (day.weekday() - SATURDAY) % 7 * DAY


def a_year_before(day: date) -> date:
    """Also a Saturday, of the year before: so that two years have a time to compare."""
    before = day - 52 * WEEK
    return before if before.year < day.year else before - WEEK


# --- what is required


def _required(beat: Beat, stage: Stage, first: date) -> None:
    """One is late, for nobody has ever held it. The manager heard of each deadline."""
    begun = {
        "fire-year": _months_ago(beat, 14),
        "earthquake": _months_ago(beat, 13),
        "flood": _on(beat, beat.now.date() - 330 * DAY, 9, 30),
    }
    _lay_seeds(beat, stage, begun["fire-year"])
    for seed, at in begun.items():
        _switch_on(beat, stage, seed, at)
    year = relativedelta(months=drill_seeds.YEAR)
    dues = [day + year for day in (first, *(at.date() for at in begun.values()))]
    for day in sorted({due - lead * DAY for due in dues for lead in LEADS}):
        at = _on(beat, day, 7, 42)
        if at <= beat.now:
            stage.script.note(at, partial(remind_of_requirements, at))
    at = _on(beat, beat.now.date(), 7, 32)
    if at <= beat.now:
        stage.script.note(at, partial(remind_of_improvements, at))


def _lay_seeds(beat: Beat, stage: Stage, at: datetime) -> None:
    estate = beat.ground.estate
    stage.script.do(at - 10 * MINUTE, drill_seeds.lay, by=beat.manager, estate=estate)


def _switch_on(beat: Beat, stage: Stage, seed: str, at: datetime) -> None:
    estate = beat.ground.estate

    def switch_on(*, actor: Any, at: datetime) -> None:
        row = DrillRequirement.objects.get(estate=estate, seed=seed)
        requirements.switch_on(row, actor=actor, at=at)

    stage.script.do(at, switch_on, by=beat.manager)


def _months_ago(beat: Beat, months: int) -> datetime:
    return _on(beat, beat.now.date() - relativedelta(months=months), 9, 30)


def _on(beat: Beat, day: date, hour: int, minute: int) -> datetime:
    return beat.midnight(day).replace(hour=hour, minute=minute)


# --- one drill


class Act:
    """A drill on its way; its manager leads it."""

    def __init__(self, beat: Beat, stage: Stage, told: Exercise, day: date, hour: int = 10) -> None:
        self.beat, self.script, self.cast, self.told = beat, stage.script, stage.cast, told
        self.key, self.day = f"safety:drill {told.title}", day
        self.alarm = _on(beat, day, hour, 0)
        self.manager: User = self.person(beat.manager.username)
        found = Building.objects.filter(estate=beat.ground.estate)
        self.buildings = {one.name: one for one in found}

    def person(self, username: str) -> User:
        user: User = self.cast.person(username)
        return user

    def do(self, at: datetime, verb: Any, by: Any = None, **said: Any) -> None:
        self.script.do(at, verb, by=by or self.manager, row=self.key, **said)

    def after(self, days: int, hour: int, minute: int) -> datetime:
        """After the day of the drill, or before it."""
        return _on(self.beat, self.day + days * DAY, hour, minute)

    def plan(self, at: datetime) -> None:
        told = self.told
        self.script.do(
            at,
            drills.plan,
            by=self.manager,
            gives=self.key,
            estate=self.beat.ground.estate,
            title=told.title,
            kind=told.kind,
            form=told.form,
            scenario=told.scenario,
            planned_at=self.alarm,
            buildings=[self.buildings[call.building] for call in told.calls],
            minutes=told.minutes,
            target_minutes=told.target,
            assembly=self.beat.ground.place(told.assembly),
            assembly_words=told.assembly_words,
        )
        for name, role in told.roles:
            self.do(at + 20 * MINUTE, _assign, helper=self.person(name), role=role)
        for call in told.calls:
            for name in call.callers:
                where = self.buildings[call.building]
                said = {"helper": self.person(name), "role": Role.CALLER, "building": where}
                self.do(at + 20 * MINUTE, _assign, **said)

    def hold(self, *, in_bulk: bool) -> None:
        """From the day before to the sheets of those who looked on."""
        told = self.told
        self.do(self.alarm - DAY + 9 * MINUTE, drills.remind, by=SYSTEM)
        self.do(self.alarm, drills.start)
        for one in told.noted:
            said: dict[str, Any] = {"words": one.words, "is_trouble": one.is_trouble}
            by = self.person(one.by)
            self.do(self.alarm + one.after * SECOND, drills.moment, by=by, **said)
        ended = self.alarm + told.ended * SECOND
        # All of them were made by then; each has its own time.
        self.script.note(ended - MINUTE, partial(self._call, write if in_bulk else tap))
        self.do(ended, drills.end)
        for n, sheet in enumerate(told.sheets):
            points = dict(zip(CRITERIA, sheet.points, strict=True))
            said = {"name": sheet.name, "words": sheet.words, **points}
            self.do(ended + (12 + 5 * n) * MINUTE, drills.score, by=self.person(sheet.by), **said)

    def evaluate(self) -> None:
        """On the next day, with what has to become better."""
        told, at = self.told, self.after(1, 15, 40)
        self.do(at, drills.evaluate, score=told.score, debrief=told.debrief)
        for n, better in enumerate(told.betters):
            self._improve(better, f"{self.key} {n}", at + (5 + 3 * n) * MINUTE)

    def _improve(self, better: Better, key: str, at: datetime) -> None:
        yesterday = self.beat.now.date() - DAY
        due_on = yesterday if better.due is None else self.day + better.due * DAY
        owner = self.person(better.owner)
        said = {"title": better.title, "words": better.words, "owner": owner, "due_on": due_on}
        self.do(at, _improve, gives=key, **said)
        if better.done is None:
            return
        done_at = self.after(better.done, 16, 20)
        result = better.result
        self.script.do(done_at, improvements.finish, by=owner, row=key, result=result)
        if better.verifier:
            verifier = self.person(better.verifier)
            self.script.do(done_at + 18 * 60 * MINUTE, improvements.verify, by=verifier, row=key)

    # --- the roll

    def _call(self, make: Any) -> None:
        drill: Drill = self.script.rows[self.key]
        taps = [tap for call in self.told.calls for tap in self._taps(drill, call)]
        make(sorted(taps, key=attrgetter("at")))

    def _taps(self, drill: Drill, call: Called) -> Iterator[Tap]:
        """Each entrance from the top down, by a caller of its own where there are two."""
        doors: dict[str, list[DrillHome]] = defaultdict(list)
        for home in roll.homes_of(drill.parts.get(building__name=call.building)):
            doors[home.unit.entrance.name].append(home)
        helped = needs_help([home.unit_id for homes in doors.values() for home in homes])
        for number, (door, homes) in enumerate(doors.items()):
            by = self.person(call.callers[number % len(call.callers)])
            unheard = call.unheard * SECOND if number else 2 * SECOND
            late = {
                one.place: one
                for one in self.told.late
                if (one.building, one.entrance) == (call.building, door)
            }
            for n, home in enumerate(homes):
                if n in late:
                    for seconds, mark in ((late[n].missed, Mark.MISSING), (late[n].came, Mark.OUT)):
                        seen = self.alarm + seconds * SECOND
                        yield Tap(home, mark, seen, seen + unheard, by)
                    continue
                share = n / max(len(homes) - 1, 1)
                seen = self.alarm + round(call.first + share * (call.last - call.first)) * SECOND
                yield Tap(home, _said(n, home, helped), seen, seen + unheard, by)


@dataclass(frozen=True)
class Tap:
    """Of a roll-caller; it arrived at `at`."""

    home: DrillHome
    mark: Mark
    seen: datetime
    at: datetime
    by: User


def _said(n: int, home: DrillHome, helped: set[int]) -> Mark:
    if home.unit_id in helped or n % HELPED_IN == 7:
        return Mark.ASSISTED
    return Mark.AWAY if home.said_away or n % AWAY_IN == 4 else Mark.OUT


def tap(taps: Sequence[Tap]) -> None:
    for one in taps:
        roll.mark(one.home, actor=one.by, at=one.at, mark=one.mark, seen_at=one.seen)


def write(taps: Sequence[Tap]) -> None:
    """What `tap` would leave behind, in two statements."""
    DrillMark.objects.bulk_create(
        DrillMark(home=one.home, mark=one.mark, at=one.seen, arrived_at=one.at, by=one.by)
        for one in taps
    )
    for one in taps:
        one.home.mark, one.home.marked_at, one.home.marked_by = one.mark, one.seen, one.by
    homes = [one.home for one in taps]
    DrillHome.objects.bulk_update(homes, ["mark", "marked_at", "marked_by"])


def _assign(drill: Drill, *, actor: Any, at: datetime, helper: User, **part: Any) -> None:
    """The people of the demo stay the same for years; a role is read at the next request."""
    drills.assign(drill, actor=actor, at=at, helper=helper, **part)
    forget(helper)


def _improve(drill: Drill, *, actor: Any, at: datetime, title: str, **said: Any) -> Improvement:
    drills.improve(drill, actor=actor, at=at, title=title, **said)
    return drill.improvements.get(title=title)


# --- what was held


def _held(beat: Beat, stage: Stage, told: Exercise, day: date, *, in_bulk: bool) -> Act:
    act = Act(beat, stage, told, day)
    act.plan(act.after(-33, 10, 10))
    act.do(act.after(-14, 9, 30), drills.announce)
    act.hold(in_bulk=in_bulk)
    act.evaluate()
    return act


def _archived(beat: Beat, stage: Stage, told: Exercise, day: date) -> Act:
    act = _held(beat, stage, told, day, in_bulk=True)
    act.do(act.after(34, 9, 50), drills.archive)
    return act


def _evaluated(beat: Beat, stage: Stage, told: Exercise, day: date) -> Act:
    return _held(beat, stage, told, day, in_bulk=False)


# --- what is ahead


def _announced(beat: Beat, stage: Stage) -> Act:
    """In a week; one home has said that nobody will be in."""
    act = Act(beat, stage, content.CELLAR, beat.now.date() + WEEK)
    act.plan(act.after(-16, 11, 5))
    act.do(act.after(-9, 9, 40), drills.announce)
    act.do(act.after(-8, 19, 25), _say_away, by=act.person(content.SAID_AWAY))
    return act


def _say_away(drill: Drill, *, actor: Any, at: datetime) -> None:
    home = DrillHome.objects.get(part__drill=drill, unit__occupants__user=actor)
    drills.say_away(home, actor=actor, at=at, away=True)


def _planned(beat: Beat, stage: Stage, told: Exercise, days: tuple[int, int]) -> Act:
    """So many days ago, for so many days ahead."""
    ago, ahead = days
    act = Act(beat, stage, told, beat.now.date() + ahead * DAY, hour=15)
    act.plan(_on(beat, beat.now.date() - ago * DAY, 14, 15))
    return act


# --- dates


def date_rows(stage: Stage) -> None:
    """Rows were made when their first entry says, and changed when their last does; roles and
    sheets, when the drill's log says so."""

    def dated() -> None:
        for model in (Drill, DrillRequirement, Improvement):
            _dated(model._default_manager.all(), model, "pk")
        _dated(DrillRole.objects.all(), Drill, "drill", code=DRILL_MOVES.code_of("assign"))
        _dated(DrillSheet.objects.all(), Drill, "drill", code=DRILL_MOVES.code_of("score"))

    stage.script.note(stage.now, dated)


def _dated(rows: QuerySet[Any], of: Any, path: str, **which: str) -> None:
    kind = ContentType.objects.get_for_model(of)
    log = Entry.objects.filter(content_type=kind, object_id=OuterRef(path), **which)
    first, last = (log.order_by(order).values("at")[:1] for order in ("at", "-at"))
    rows.update(
        created_at=Coalesce(Subquery(first), F("created_at")),
        updated_at=Coalesce(Subquery(last), F("updated_at")),
    )
