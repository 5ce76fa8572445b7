"""The week of rounds on one table, and how many were walked in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone

from accounts.models import User
from common.days import begin_of
from estates.models import DutyShift
from safety.models import Plan, Round, RoundPoint
from safety.standing import INSPECTOR
from safety.states import SHORT, Status

WEEK = timedelta(days=7)
FOUR_WEEKS = timedelta(weeks=4)
IN_TIME = Q(status=Status.DONE, finished_at__lte=F("ends_at"))


@dataclass(frozen=True)
class Rate:
    """`in_time` of `due` rounds; nobody's rate is told where none was due."""

    due: int = 0
    in_time: int = 0

    @property
    def percent(self) -> int | None:
        return round(100 * self.in_time / self.due) if self.due else None


@dataclass
class Line:
    """A plan and its seven days."""

    plan: Plan
    points: int
    days: list[tuple[date, list[Round]]]
    rate: Rate = Rate()


@dataclass
class Week:
    monday: date
    lines: list[Line] = field(default_factory=list)
    walked: int = 0
    due: int = 0
    under_way: int = 0
    missed_points: int = 0
    found: int = 0

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=n) for n in range(7)]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_of(user: Any, monday: date, at: datetime, beside: Sequence[Any] = ()) -> Week:
    """What this person's desks have this week: four statements, however many rounds. Of the rounds
    that stand `beside` it is asked too who is on duty."""
    begin = begin_of(monday)
    plans = {
        plan.pk: plan
        for plan in Plan.objects.visible_to(user)
        .at_desk_of(user)
        .select_related("route")
        .annotate(points=Count("route__stops"))
        .order_by("estate", "name")
    }
    rows: list[Any] = list(
        Round.objects.visible_to(user)
        .at_desk_of(user)
        .standing()
        .by_rule()
        .between(begin, begin + WEEK)
        .select_related("estate", "assignee", "made_up__assignee")
        .order_by("planned_at", "pk")
    )
    mark_unmanned([*rows, *beside])
    points = _points_of(rows)
    by_day: dict[tuple[int, date], list[Round]] = defaultdict(list)
    week = Week(monday)
    for row in rows:
        row.reached, row.missed_names, row.found = points.get(row.pk, (0, [], 0))
        row.all_points = row.reached + len(row.missed_names) or plans[row.plan_id].points
        by_day[row.plan_id, timezone.localdate(row.planned_at)].append(row)
        week.due += row.status != Status.EXCUSED
        week.found += row.found
        week.walked += row.status == Status.DONE
        week.under_way += row.status == Status.IN_PROGRESS
        if row.status in SHORT:
            week.missed_points += len(row.missed_names)
    seen = {row.plan_id for row in rows}
    week.lines = [
        Line(plan, plan.points, [(day, by_day[plan.pk, day]) for day in week.days])
        for plan in plans.values()
        if plan.pk in seen or plan.status == Plan.Status.ACTIVE
    ]
    return week


def _points_of(rows: Sequence[Round]) -> dict[int, tuple[int, list[str], int]]:
    """Of each round that has points: how many were reached, which were not, what was found."""
    found: dict[int, tuple[int, list[str], int]] = {}
    begun = [row.pk for row in rows if row.status != Status.PLANNED]
    points = RoundPoint.objects.filter(round__in=begun).order_by("round", "position")
    for pk, name, reached_at, failed in points.values_list(
        "round", "checkpoint__name", "reached_at", "failed"
    ):
        reached, missed, bad = found.get(pk, (0, [], 0))
        here = reached_at is not None
        found[pk] = (reached + here, missed if here else [*missed, name], bad + failed)
    return found


def mark_unmanned(rows: Sequence[Any]) -> None:
    """`unmanned` where nobody is sent and no inspector is on duty at that time; `walkers` are the
    names of those who are."""
    open_ones = [row for row in rows if row.status == Status.PLANNED and row.assignee_id is None]
    shifts: list[Any] = []
    if open_ones:
        first = min(row.planned_at for row in open_ones)
        last = max(row.planned_at for row in open_ones)
        shifts = list(
            DutyShift.objects.standing()
            .filter(starts_at__lte=last, ends_at__gt=first, posting__duty=INSPECTOR)
            .select_related("posting__user")
        )
    for row in rows:
        here = [
            shift.posting.user.name
            for shift in shifts
            if shift.covers(row.planned_at)
            and (
                shift.posting.estate_id == row.estate_id
                or shift.posting.community_id == row.estate.community_id
            )
        ]
        row.walkers = [row.assignee.name] if row.assignee else list(dict.fromkeys(here))
        row.unmanned = row.status == Status.PLANNED and not row.walkers


# --- in time


def rates(
    user: Any, begin: datetime, end: datetime
) -> tuple[Mapping[int, Rate], list[tuple[User, Rate]]]:
    """By plan, and by person with the best first, of all that was due in [begin, end)."""
    rows = Round.objects.visible_to(user).at_desk_of(user).counted().between(begin, end).order_by()
    counted = rows.values("plan", "assignee").annotate(
        due=Count("pk"), in_time=Count("pk", filter=IN_TIME)
    )
    by_plan: dict[int, Rate] = {}
    by_person: dict[int, Rate] = {}
    for found in counted:
        for key, into in ((found["plan"], by_plan), (found["assignee"], by_person)):
            if key is not None:
                was = into.get(key, Rate())
                into[key] = Rate(was.due + found["due"], was.in_time + found["in_time"])
    people = User.objects.filter(pk__in=by_person)
    listed = [(person, by_person[person.pk]) for person in people]
    listed.sort(key=lambda one: (-(one[1].percent or 0), -one[1].due, one[0].pk))
    return by_plan, listed


def whole(by_plan: Mapping[int, Rate]) -> Rate:
    return Rate(
        sum(rate.due for rate in by_plan.values()), sum(rate.in_time for rate in by_plan.values())
    )


# --- what waits for whoever leads


def short_rounds(user: Any, since: datetime, limit: int) -> list[Any]:
    """Missed, or with points missing, and nothing made up for it yet; the newest first."""
    rows: list[Any] = list(
        Round.objects.visible_to(user)
        .at_desk_of(user)
        .short()
        .filter(planned_at__gte=since)
        .with_all()
        .order_by("-planned_at", "-pk")[:limit]
    )
    points = _points_of(rows)
    for row in rows:
        row.reached, row.missed_names, row.found = points.get(row.pk, (0, [], 0))
    return rows


def sent_to_nobody(user: Any, at: datetime, until: datetime, limit: int) -> list[Any]:
    """Which of them nobody walks says the week."""
    return list(
        Round.objects.visible_to(user)
        .at_desk_of(user)
        .filter(status=Status.PLANNED, assignee__isnull=True)
        .between(at, until)
        .with_all()
        .order_by("planned_at", "pk")[:limit]
    )
