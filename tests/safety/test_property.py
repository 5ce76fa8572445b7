"""Any rule, any season, any outage: the rounds that stand are those that dateutil counts, each
closed when its time is over, and each reminder that was due was sent once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from typing import Any

from dateutil.rrule import rrulestr
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from common.recurrence import Season
from notifications.models import Message
from safety.models import Plan, Round, RoundPoint
from safety.services import plans, sweeps
from tests import factories as make
from tests.people import World
from tests.rules import SEASONS, in_season, rules
from workflow.refusals import Invalid

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
AHEAD = 60 * DAY
ALL = Season()
SUNDAY = datetime.fromisoformat("2026-12-20T08:30")

# Of the sweeps of one step: some of the three, in any order, some of them twice.
RUNS = st.lists(st.sampled_from(["make", "remind", "close"]), min_size=1, max_size=5)
# Up to a day as a rule; now and then nobody looks for weeks.
STEPS = st.one_of(
    st.integers(1, 24 * 60),
    st.integers(1, 24 * 60),
    st.integers(1, 24 * 60),
    st.integers(24 * 60, 90 * 24 * 60),
)
LEADS = st.lists(
    st.one_of(st.sampled_from([60, 1440, 2880]), st.integers(1, 30 * 24 * 60)), max_size=5
)


@dataclass
class Story:
    """A plan and how the clock went on: after so many minutes these sweeps ran."""

    rule: str
    steps: list[tuple[int, list[str]]]
    starts_on: date = date(2026, 12, 14)
    at: datetime = SUNDAY
    time: time = time(9)
    window: int = 120
    season: Season = ALL
    leads: list[int] = field(default_factory=list)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    made_on = draw(st.dates(date(2026, 10, 1), date(2028, 2, 20)))
    return Story(
        rule=draw(rules()),
        steps=draw(st.lists(st.tuples(STEPS, RUNS), min_size=2, max_size=10)),
        starts_on=made_on + draw(st.integers(-400, 40)) * DAY,
        at=datetime.combine(made_on, draw(st.sampled_from([time(0), time(9), time(20, 15)]))),
        time=draw(st.sampled_from([time(0), time(9), time(13, 30), time(23, 59)])),
        window=draw(st.sampled_from([1, 59, 120, 1440, 3 * 1440])),
        season=draw(SEASONS),
        leads=draw(LEADS),
    )


def weeks(*runs: str, days: int = 5, count: int = 8) -> list[tuple[int, list[str]]]:
    return [(days * 24 * 60 + 7, list(runs or ("make", "remind", "close")))] * count


LAST_WORKING_DAY = Story("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", weeks(), leads=[1440])
OVER_THE_YEAR = Story("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", weeks("close", "make"), leads=[2880, 60])
COUNTED = Story("FREQ=DAILY;COUNT=12", weeks("remind", "make", "remind", days=1), leads=[600, 60])
UNTIL = Story("FREQ=DAILY;UNTIL=20270131T090000", weeks(days=30, count=2), leads=[1440, 60])
LEAP = Story(
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    weeks(days=20),
    starts_on=date(2024, 1, 1),
    at=datetime.fromisoformat("2027-11-20T12:00"),
    leads=[43200, 1440],
)
OFTEN = Story("FREQ=DAILY;BYHOUR=6,9,13,20", weeks(days=1), window=59, leads=[30, 200])
# to the minute: made, and looked at, when a reminder is due and when a round is over
EXACT = Story(
    "FREQ=DAILY",
    [(0, ["remind"]), *[(24 * 60, ["remind", "remind", "make", "close"])] * 8],
    window=23 * 60 + 30,
    leads=[30, 1470],
)
IN_WINTER = Story(
    "FREQ=DAILY;INTERVAL=2", weeks(days=25, count=5), season=Season("11-15", "02-29"), leads=[60]
)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Each example begins with the same tables."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(LAST_WORKING_DAY)
@example(OVER_THE_YEAR)
@example(COUNTED)
@example(UNTIL)
@example(LEAP)
@example(OFTEN)
@example(EXACT)
@example(IN_WINTER)
@given(stories())
def test_rounds_closings_and_reminders_are_those_of_the_rule(world: World, story: Story) -> None:
    with rolled_back():
        hold(world, story)


def hold(world: World, story: Story) -> None:
    start = timezone.make_aware(story.at)
    try:
        plan = laid(world, story, start)
    except Invalid:
        assume(False)
    at, made_until, closed_until = start, start + AHEAD, start
    due = Reminders(story, plain_rounds(story, start - plan.window, made_until), start)
    for minutes, runs in story.steps:
        at += minutes * MINUTE
        for run in runs:
            match run:
                case "make":
                    sweeps.make_due(at)
                    due.make(plain_rounds(story, made_until, at + AHEAD), at)
                    made_until = at + AHEAD
                case "remind":
                    sweeps.remind(at)
                    due.remind(at)
                case "close":
                    sweeps.close_ended(at)
                    closed_until = at
        assert sent(plan) == sorted(due.told)
    # and at the very end each of them once more
    sweeps.make_due(at)
    due.make(plain_rounds(story, made_until, at + AHEAD), at)
    sweeps.close_ended(at)
    sweeps.remind(at)
    due.remind(at)
    closed_until = at

    wanted = [
        one
        for one in plain_rounds(story, start - plan.window, at + AHEAD)
        if one + plan.window > start
    ]
    rows = list(plan.rounds.order_by("planned_at"))
    assert [row.planned_at for row in rows] == wanted
    assert {row.ends_at - row.planned_at for row in rows} <= {plan.window}
    over = [one + plan.window <= closed_until for one in wanted]
    assert [row.status for row in rows] == ["missed" if gone else "planned" for gone in over]
    missed = [row.pk for row in rows if row.status == Round.Status.MISSED]
    points = RoundPoint.objects.order_by("round", "position")
    assert sorted(points.values_list("round", "position", "reached_at")) == sorted(
        (pk, position, None) for pk in missed for position in (1, 2, 3)
    )
    closed = Message.objects.filter(kind="safety.round.close")
    assert sorted(closed.values_list("object_id", flat=True)) == sorted(missed)
    assert sent(plan) == sorted(due.told)


def laid(world: World, story: Story, at: datetime) -> Plan:
    route = make.make_route(world.court)
    return plans.make(
        actor=world.manager,
        at=at,
        estate=world.court,
        route=route,
        name="-",
        rule=story.rule,
        starts_on=story.starts_on,
        time=story.time,
        window_minutes=story.window,
        leads=story.leads,
        season_from=story.season.begins,
        season_to=story.season.ends,
    )


def plain_rounds(story: Story, begin: datetime, end: datetime) -> list[datetime]:
    """From `begin` on and before `end`, counted by dateutil from the first day."""
    first, last = (timezone.localtime(one).replace(tzinfo=None) for one in (begin, end))
    plain = rrulestr(story.rule, dtstart=datetime.combine(story.starts_on, story.time))
    found: Any = takewhile(lambda one: one < last, plain)
    return [
        timezone.make_aware(one)
        for one in found
        if one >= first and (story.season == ALL or in_season(story.season, one.date()))
    ]


class Reminders:
    """What has to be sent: at a run of the reminders, one message for each round ahead that has a
    moment after it was made which no run before has seen."""

    def __init__(self, story: Story, rounds: list[datetime], at: datetime) -> None:
        self.leads = story.leads
        # the moments of each round up to here were seen, or over when it was made
        self.seen: dict[datetime, datetime] = {}
        self.told: list[datetime] = []
        self.make(rounds, at)

    def make(self, rounds: list[datetime], at: datetime) -> None:
        for one in rounds:
            self.seen.setdefault(one, at)

    def remind(self, at: datetime) -> None:
        for one, seen in self.seen.items():
            moments = (one - lead * MINUTE for lead in self.leads)
            if one > at and any(seen < moment <= at for moment in moments):
                self.told.append(one)
                self.seen[one] = at


def sent(plan: Plan) -> list[datetime]:
    """The times of the rounds, once for each message; there is one inspector to read them."""
    messages = Message.objects.filter(kind="safety.round.remind")
    assert set(messages.values_list("recipient__username", flat=True)) <= {"inspector"}
    times = dict(plan.rounds.values_list("pk", "planned_at"))
    return sorted(times[pk] for pk in messages.values_list("object_id", flat=True))


def test_the_examples_have_something_in_them() -> None:
    stories = (LAST_WORKING_DAY, OVER_THE_YEAR, COUNTED, UNTIL, LEAP, OFTEN, EXACT, IN_WINTER)
    end = 120 * DAY
    counts = [
        len(plain_rounds(one, timezone.make_aware(one.at), timezone.make_aware(one.at) + end))
        for one in stories
    ]
    assert counts == [4, 8, 6, 43, 1, 480, 120, 36]
