"""What stands before anybody walks: checklists, points with their labels, routes, plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from audit.services import record
from estates.demo.ground import SHIFTS_AHEAD, SHIFTS_BACK, Ground
from estates.models import DutyShift, Posting
from safety.demo import content
from safety.demo.content import CHECKLISTS, Asked, Spot, Tour
from safety.models import Checklist, ChecklistItem, Checkpoint, Plan, Route
from safety.services.moves import PLAN_MOVES
from safety.services.routes import set_stops
from workflow.scenes import Stage

YEAR = timedelta(days=365)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Leg:
    """A stop of a tour with what is asked there."""

    checkpoint: Checkpoint
    checklist: Checklist
    asked: list[tuple[ChecklistItem, Asked]]


@dataclass
class Course:
    """A tour as it was laid."""

    tour: Tour
    plan: Plan
    legs: list[Leg] = field(default_factory=list)


@dataclass
class Beat:
    """An estate with all that its rounds need."""

    ground: Ground
    now: datetime
    manager: User
    courses: list[Course] = field(default_factory=list)

    @property
    def today(self) -> datetime:
        """The midnight that today began with."""
        return self.midnight(self.now.date())

    @property
    def begins(self) -> datetime:
        return self.midnight((self.now - YEAR).date())

    @property
    def made(self) -> datetime:
        """When the plans were made: on the day before, in the morning."""
        return self.begins - timedelta(hours=14)

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.now.tzinfo)

    def course(self, key: str) -> Course | None:
        return next((one for one in self.courses if one.tour.key == key), None)

    def walker(self, course: Course, day: date) -> User:
        """Who walks it on that day: the one whom the plan names, or who has the night."""
        name = course.tour.walker or night_walker(day, self.now.date())
        return self.ground.staff[name or "inspector"]


def lay(
    ground: Ground, stage: Stage, spots: Mapping[str, Sequence[Spot]], tours: Sequence[Tour]
) -> Beat:
    now = stage.clock(ground.estate.work_hours()).now
    managers = Posting.objects.filter(estate=ground.estate, duty=Posting.Duty.MANAGER)
    beat = Beat(ground, now, managers.select_related("user").get().user)
    if "inspector" in ground.staff:
        _post(ground, now)
    names = dict.fromkeys([*spots, *(tour.asked for tour in tours)])
    lists = {name: _list(ground, name) for name in names}
    points = {
        spot.name: _point(ground, spot, lists[name][0])
        for name, there in spots.items()
        for spot in there
    }
    for tour in tours:
        walked = tour.through or [spot.name for spot in spots[tour.asked]]
        beat.courses.append(_course(beat, tour, [points[name] for name in walked], lists))
    return beat


def _list(ground: Ground, name: str) -> tuple[Checklist, list[tuple[ChecklistItem, Asked]]]:
    checklist = Checklist.objects.create(estate=ground.estate, name=name)
    items = [_item(checklist, n, asked) for n, asked in enumerate(CHECKLISTS[name], 1)]
    ChecklistItem.objects.bulk_create(items)
    return checklist, list(zip(items, CHECKLISTS[name], strict=True))


def _item(checklist: Checklist, position: int, asked: Asked) -> ChecklistItem:
    return ChecklistItem(
        checklist=checklist,
        position=position,
        name=asked.name,
        standard=asked.standard,
        kind=asked.kind,
        unit=asked.unit,
        lowest=asked.lowest and Decimal(asked.lowest),
        highest=asked.highest and Decimal(asked.highest),
        choices=[choice.removeprefix("!") for choice in asked.choices],
        failing=[choice[1:] for choice in asked.choices if choice.startswith("!")],
    )


def _point(ground: Ground, spot: Spot, checklist: Checklist) -> Checkpoint:
    facility = next((one for one in ground.facilities if one.name == spot.at), None)
    return Checkpoint.objects.create(
        estate=ground.estate,
        name=spot.name,
        place=facility.place if facility else ground.place(spot.at),
        facility=facility,
        hint=spot.hint,
        checklist=checklist,
    )


def _course(
    beat: Beat, tour: Tour, points: Sequence[Checkpoint], lists: Mapping[str, Any]
) -> Course:
    estate, staff = beat.ground.estate, beat.ground.staff
    checklist, asked = lists[tour.asked]
    route = Route.objects.create(estate=estate, name=tour.route)
    set_stops(route, [(one, checklist if tour.through else None) for one in points])
    plan = Plan.objects.create(
        estate=estate,
        route=route,
        name=tour.plan,
        rule=tour.rule,
        starts_on=beat.begins.date(),
        time=tour.time,
        window_minutes=tour.minutes,
        leads=list(content.LEADS),
        season_from=tour.season[0],
        season_to=tour.season[1],
        assignee=staff[tour.walker] if tour.walker else None,
        lead=staff[tour.lead] if tour.lead else None,
    )
    after = {"name": plan.name, "rule": plan.rule}
    record(PLAN_MOVES.code_of("make"), plan, actor=beat.manager, at=beat.made, after=after)
    return Course(tour, plan, [Leg(point, checklist, asked) for point in points])


# --- who has the night


def night_walker(day: date, today: date) -> str:
    """By the week; in eight nights there is one that nobody has, which the inspector takes."""
    if (day - today).days % 8 == 5:
        return ""
    return content.NIGHT_WALKERS[day.isocalendar().week % 2]


def _post(ground: Ground, now: datetime) -> None:
    """Technicians who also walk at night."""
    postings = {
        name: Posting.objects.create(
            user=ground.staff[name],
            estate=ground.estate,
            duty=Posting.Duty.INSPECTOR,
            from_date=(now - YEAR - DAY).date(),
        )
        for name in content.NIGHT_WALKERS
    }
    days = [now.date() + n * DAY for n in range(-SHIFTS_BACK, SHIFTS_AHEAD + 1)]
    DutyShift.objects.bulk_create(
        DutyShift(
            posting=postings[name],
            starts_at=datetime.combine(day, time(19), now.tzinfo),
            ends_at=datetime.combine(day, time(23), now.tzinfo),
        )
        for day in days
        if (name := night_walker(day, now.date()))
    )
