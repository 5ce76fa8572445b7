"""A year of hazards through the real verbs: one in each state, and one that is late as can be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from accounts.models import User
from parties.services.days import calendar
from repairs import services as repairs
from repairs.demo.categories import categories_of
from repairs.demo.pictures import picture
from repairs.models import Ticket
from safety.demo import content_hazards as content
from safety.demo.content_hazards import Danger, Past
from safety.demo.lay import DAY, Beat
from safety.services import hazards
from safety.services.hazards import AHEAD, next_step, worked_from
from safety.services.sweeps import climb, remind_of_hazards
from safety.states import Step
from workflow.scenes import Picture, Script

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TICKET = "safety:dark-garage"
# Whatever happened lately did so between these hours.
MORNING, EVENING = 8, 18


def act_hazards(beat: Beat, script: Script) -> None:
    cases = [_past(Case(beat, script, past.danger), past) for past in content.PAST]
    cases += [act(Case(beat, script, danger)) for danger, act in ACTS]
    for moments, sweep in ((reminders, remind_of_hazards), (steps, climb)):
        for at in sorted({at for case in cases for at in moments(case) if at <= beat.now}):
            script.note(at, partial(sweep, at))


class Case:
    """A hazard on its way. The inspector finds, grades and looks again, the manager orders."""

    def __init__(self, beat: Beat, script: Script, danger: Danger) -> None:
        self.beat, self.script, self.danger = beat, script, danger
        self.key = f"safety:hazard {danger.title}"
        staff = beat.ground.staff
        self.inspector, self.manager = staff["inspector"], staff["manager"]
        self.worker = staff[danger.worker]
        self.ordered_at: datetime | None = None
        self.due_at: datetime | None = None
        self.submitted_at: datetime | None = None

    def find(self, at: datetime, *, resident: User | None = None) -> None:
        danger, ground = self.danger, self.beat.ground
        facility = next((one for one in ground.facilities if one.name == danger.at), None)
        self.script.do(
            at,
            hazards.report if resident else hazards.find,
            by=resident or self.inspector,
            gives=self.key,
            photos=_shown(danger.before),
            estate=ground.estate,
            title=danger.title,
            words=danger.words,
            place=None if facility else ground.place(danger.at),
            facility=facility,
            where_words=danger.spot,
        )

    def grade(self, at: datetime) -> None:
        said = {"grade": self.danger.grade, "interim": self.danger.interim}
        self.do(at, hazards.grade, self.inspector, **said)

    def order(self, at: datetime, due_at: datetime) -> None:
        self.ordered_at, self.due_at = at, due_at
        fixes: dict[str, Any] = {
            "plan": self.danger.plan,
            "responsible": self.worker,
            "measures": self.danger.measures,
            "funds": self.danger.funds and Decimal(self.danger.funds),
            "due_at": due_at,
        }
        self.do(at, hazards.order, self.manager, **fixes)

    def begin(self, at: datetime) -> None:
        self.do(at, hazards.begin, self.worker)

    def submit(self, at: datetime) -> None:
        self.submitted_at = at
        said: dict[str, Any] = {"result": self.danger.result, "photos": _shown(self.danger.after)}
        self.do(at, hazards.submit, self.worker, **said)

    def close(self, at: datetime) -> None:
        said: dict[str, Any] = {"inspection": self.danger.seen, "photos": _shown(self.danger.after)}
        self.do(at, hazards.close, self.inspector, **said)

    def do(self, at: datetime, verb: Any, by: User, **said: Any) -> None:
        self.script.do(at, verb, by=by, row=self.key, **said)

    def on(self, days_ago: int, hour: int, minute: int) -> datetime:
        day = self.beat.midnight(self.beat.now.date() - days_ago * DAY)
        return day.replace(hour=hour, minute=minute)

    def lately(self, minutes: int) -> datetime:
        """So long ago; where that was before the morning, so long before the last evening."""
        at = min(self.beat.now, self.on(0, EVENING, 0)) - minutes * MINUTE
        return at if at >= self.on(0, MORNING, 0) else self.on(1, EVENING, 0) - minutes * MINUTE

    def neighbour(self, building: str, entrance: str, number: str) -> User:
        """Somebody of the home with an account."""
        ground = self.beat.ground
        people = ground.people[ground.home(building, entrance, number).pk]
        return next(one.user for one in people if one.user is not None)


def _shown(name: str) -> list[Picture]:
    return [partial(picture, name)] if name else []


# --- what the portal did by itself


def reminders(case: Case) -> Iterator[datetime]:
    if case.ordered_at and case.due_at and case.due_at - AHEAD > case.ordered_at:
        yield case.due_at - AHEAD


def steps(case: Case) -> Iterator[datetime]:
    """While it was late."""
    if case.due_at is not None:
        for at in ladder(case.due_at):
            if case.submitted_at is None or at < case.submitted_at:
                yield at


def ladder(due_at: datetime) -> list[datetime]:
    """The moments of all steps, up to the joint meeting."""
    moments = [worked_from(due_at, calendar())]
    while len(moments) < Step.MEETING:
        moments.append(next_step(moments[-1]))
    return moments


# --- one in each state


def _reported(case: Case) -> Case:
    case.find(case.on(1, 17, 25), resident=case.neighbour("7 栋", "1 单元", "502"))
    return case


def _graded(case: Case) -> Case:
    case.find(case.on(2, 16, 10))
    case.grade(case.on(1, 9, 15))
    return case


def _ordered(case: Case) -> Case:
    case.find(case.on(3, 10, 20))
    case.grade(case.on(3, 10, 45))
    case.order(case.on(2, 14, 5), case.on(-5, 18, 0))
    return case


def _mending(case: Case) -> Case:
    """Put right by a repair that is under way."""
    case.find(case.on(5, 15, 40))
    case.grade(case.on(5, 16, 0))
    case.order(case.on(4, 9, 30), case.on(-2, 18, 0))
    case.begin(case.on(1, 9, 5))

    def report(**said: Any) -> Ticket:
        return repairs.report(origin=case.script.rows[case.key], **said)

    ground = case.beat.ground
    case.script.do(
        case.on(1, 9, 20),
        report,
        by=case.worker,
        gives=TICKET,
        category=categories_of(ground.estate)["power-street-light"],
        description=content.MENDING_REPORT,
        facility=ground.facility(case.danger.at),
        place=ground.facility(case.danger.at).place,
        photos=_shown(case.danger.before),
        source=Ticket.Source.INSPECTION,
    )
    case.script.do(case.on(1, 9, 35), repairs.accept, by=ground.desk, row=TICKET)
    electrician = ground.staff["technician2"]
    case.script.do(
        case.on(1, 9, 40), repairs.dispatch, by=ground.desk, row=TICKET, worker=electrician
    )
    case.do(case.on(1, 16, 50), hazards.comment, case.worker, body=content.MENDING_TALK)
    return case


def _submitted(case: Case) -> Case:
    """Late by less than an hour; the inspector has it before them."""
    case.find(case.on(4, 9, 50))
    case.grade(case.on(4, 10, 5))
    submitted_at = case.lately(50)
    case.order(case.on(4, 11, 30), submitted_at - 45 * MINUTE)
    case.begin(case.on(3, 10, 15))
    case.submit(submitted_at)
    return case


def _sent_back(case: Case) -> Case:
    case.find(case.on(6, 10, 10))
    case.grade(case.on(6, 10, 30))
    case.order(case.on(6, 15, 0), case.on(-1, 18, 0))
    case.begin(case.on(3, 14, 0))
    case.submit(case.on(2, 11, 40))
    case.do(case.lately(75), hazards.send_back, case.inspector, reason=content.ROOF_DOOR_BACK)
    return case


def _climbed(case: Case) -> Case:
    """Late since nine days ago, or longer where too few of them were worked."""
    days = 9
    while ladder(case.on(days, 12, 0))[-1] > case.beat.now:
        days += 1
    case.find(case.on(days + 7, 9, 40))
    case.grade(case.on(days + 7, 10, 10))
    case.order(case.on(days + 7, 14, 30), case.on(days, 12, 0))
    case.do(case.on(days, 15, 20), hazards.comment, case.worker, body=content.FIRE_PUMP_TALK)
    return case


def _heard(case: Case) -> Case:
    """A resident reported it, and heard what came of it."""
    case.find(case.on(20, 19, 30), resident=case.neighbour("3 栋", "2 单元", "1204"))
    case.grade(case.on(20, 19, 50))
    case.order(case.on(19, 9, 10), case.on(12, 18, 0))
    case.begin(case.on(19, 10, 0))
    case.submit(case.on(15, 16, 30))
    case.close(case.on(11, 21, 10))
    return case


ACTS = (
    (content.REPORTED, _reported),
    (content.GRADED, _graded),
    (content.ORDERED, _ordered),
    (content.MENDING, _mending),
    (content.BLOCKED_EXIT, _submitted),
    (content.ROOF_DOOR, _sent_back),
    (content.FIRE_PUMP, _climbed),
    (content.WIRES, _heard),
)


# --- a year of them


def _past(case: Case, past: Past) -> Case:
    found_at = case.on(past.days_ago, 9, past.days_ago % 50)
    ordered_at = found_at + 3 * HOUR
    submitted_at = ordered_at + past.took * DAY - HOUR
    case.find(found_at)
    case.grade(found_at + HOUR / 2)
    case.order(ordered_at, ordered_at + past.given * DAY)
    case.begin(ordered_at + 2 * HOUR)
    case.submit(submitted_at)
    case.close(submitted_at + 22 * HOUR)
    return case
