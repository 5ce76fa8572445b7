"""Any week of holidays and make-up workdays, any outage, any table that is changed meanwhile: each
step of supervision is taken on its day or as soon after as somebody looks, once, one after another,
recorded and told once; and never before its day."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from celery import current_app
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from attachments.services import store
from audit.models import Entry, SweepRun
from estates.models import Workday
from notifications.models import Message
from parties import querysets
from parties.models import Matter
from parties.services import days, matters
from parties.services.sweeps import climb
from tests import factories as make
from tests.engines import real_worker, start_worker
from tests.everything import a_photo
from tests.notifications.test_deliver import wait_for
from tests.people import World, build_world
from tests.races import at_once
from tests.safety.test_killed import ask, kill

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CODE = "parties.matter.supervise"
LEVELS = ("none", "ordinary", "yellow", "red")
Table = dict[date, bool]
# The week of the National Day, and the weekend days that are worked to make up for it.
HOLIDAYS: Table = {date(2026, 10, n): False for n in range(1, 8)} | {
    date(2026, 9, 27): True,
    date(2026, 10, 10): True,
}
TOLD = ("committee", "grid_leader", "property_lead", "secretary")


# --- what is plainly so


def worked(table: Table, begin: date, end: date) -> list[date]:
    """The working days from one day to another, both with them."""
    every = [begin + n * DAY for n in range((end - begin).days + 1)]
    return [day for day in every if table.get(day, day.weekday() < 5)]


def nth_after(table: Table, day: date, n: int) -> date:
    return worked(table, day + DAY, day + 90 * DAY)[n - 1]


def day_of(table: Table, due: date, level: int) -> date:
    """On which the step to `level` is due."""
    if level == 1:
        return worked(table, due - 90 * DAY, due - DAY)[-1]
    return nth_after(table, due, 1 if level == 2 else 5)


def local(day: date, hour: float = 9) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()) + hour * HOUR)


def lay(table: Table) -> None:
    Workday.objects.all().delete()
    Workday.objects.bulk_create(Workday(day=day, is_workday=is_) for day, is_ in table.items())


TABLES = st.dictionaries(
    st.dates(date(2026, 9, 20), date(2026, 10, 25)), st.booleans(), max_size=18
).map(lambda some: HOLIDAYS | some)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(TABLES, st.dates(date(2026, 9, 24), date(2026, 10, 20)))
def test_days_are_counted_as_a_list_of_them_is(table: Table, due: date) -> None:
    def is_worked(day: date) -> bool:
        return table.get(day, day.weekday() < 5)

    steps = [days.climbs_on(due, level, is_worked) for level in LEVELS]
    assert steps == [*(day_of(table, due, n) for n in (1, 2, 3)), None]
    for n in range(-3, 20):
        on = due + n * DAY
        assert days.days_late(due, on, is_worked) == len(worked(table, due + DAY, on))


def test_the_week_of_the_national_day(db: None) -> None:
    """Waited for on the last day before it: yellow after the week, red after the make-up day."""
    lay(HOLIDAYS)
    steps = [days.climbs_on(date(2026, 9, 30), level, days.calendar()) for level in LEVELS]
    assert steps == [date(2026, 9, 29), date(2026, 10, 8), date(2026, 10, 13), None]


# --- any story


@dataclass
class Story:
    """Raised on a day; then, after so many hours each, a sweep, a step of the lead or the caller,
    or another table of workdays."""

    steps: list[tuple[int, str]]
    raised_on: date = date(2026, 9, 29)
    tables: list[Table] = field(default_factory=lambda: [HOLIDAYS])
    dice: int = 0


@st.composite
def stories(draw: st.DrawFn) -> Story:
    hours = st.one_of(
        st.integers(0, 30), st.integers(0, 30), st.sampled_from([0, 24]), st.integers(48, 500)
    )
    what = st.sampled_from(["sweep", "sweep", "sweep", "sweep", "act", "change"])
    return Story(
        steps=draw(st.lists(st.tuples(hours, what), min_size=4, max_size=22)),
        raised_on=draw(st.dates(date(2026, 9, 22), date(2026, 10, 9))),
        tables=[HOLIDAYS, *draw(st.lists(TABLES, max_size=3))],
        dice=draw(st.integers(0, 99)),
    )


DAILY = Story([(24, "sweep")] * 22)
TWICE = Story([(12, "sweep"), (0, "sweep")] * 34)
OUTAGE = Story([(30 * 24, "sweep"), *[(0, "sweep")] * 4])
WORKED_ON = Story([(24, "sweep"), (1, "act"), (24 * 9, "sweep"), (0, "sweep")] * 5, dice=3)
SOONER = Story([(24, "sweep"), (0, "change"), (24, "sweep"), (24, "sweep")], tables=[HOLIDAYS, {}])
LATER = Story([(1, "sweep"), (0, "change"), *[(24, "sweep")] * 12], tables=[{}, HOLIDAYS])


@contextmanager
def rolled_back() -> Iterator[None]:
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(DAILY)
@example(TWICE)
@example(OUTAGE)
@example(WORKED_ON)
@example(SOONER)
@example(LATER)
@given(stories())
def test_each_step_is_taken_once_and_never_before_its_day(world: World, story: Story) -> None:
    with rolled_back():
        Plain(world, story).hold()


VERBS = {
    "raised": ("sign",),
    "signed_for": ("arrive", "plan"),
    "on_site": ("plan",),
    "planned": ("begin",),
    "in_hand": ("complete",),
    "completed": ("accept", "send_back"),
    "sent_back": ("begin",),
}


class Plain:
    """What must be so: a level, the day that is waited for, the days on which steps were taken."""

    def __init__(self, world: World, story: Story) -> None:
        self.world, self.story = world, story
        self.dice = random.Random(story.dice)
        self.tables = list(story.tables)
        self.table = self.tables.pop(0)
        lay(self.table)
        self.at = local(story.raised_on)
        self.matter = matters.raise_matter(
            actor=world.grid_leader,
            at=self.at,
            caller=world.branch,
            lead=world.property_branch,
            title="-",
        )
        self.level = 0
        self.due: date | None = nth_after(self.table, story.raised_on, 1)
        self.taken: list[tuple[date, str]] = []

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    def hold(self) -> None:
        for hours, what in self.story.steps:
            self.at += hours * HOUR
            getattr(self, what)()
            self.compare()

    def sweep(self) -> None:
        swept = climb(self.at)
        step = self.due is not None and self.level < 3
        if step and self.due and day_of(self.table, self.due, self.level + 1) <= self.today:
            self.level += 1
            self.taken.append((self.today, LEVELS[self.level]))
            assert (swept.done, swept.errors) == (1, [])
        else:
            assert (swept.done, swept.errors) == (0, [])

    def act(self) -> None:
        verbs = VERBS.get(self.matter.status)
        if verbs is None:
            return
        verb, said, table = self.dice.choice(verbs), {}, self.table
        match verb:
            case "sign":
                self.due = nth_after(table, self.today, 1)
            case "arrive" | "send_back":
                self.due = nth_after(table, self.today, 3)
            case "plan":
                self.due = self.today + self.dice.randrange(9) * DAY
                said = {"plan": "-", "due_on": self.due}
            case "complete":
                self.due = None
                photo = store(a_photo(), by=self.world.property_lead, at=self.at)
                said = {"result": "-", "photos": [photo.key]}
            case "accept":
                self.level = 0
        if verb == "send_back":
            said = {"reason": "-"}
        lead = verb not in ("accept", "send_back")
        actor = self.world.property_lead if lead else self.world.secretary
        getattr(matters, verb)(self.matter, actor=actor, at=self.at, **said)

    def change(self) -> None:
        if self.tables:
            self.table = self.tables.pop(0)
            lay(self.table)

    def compare(self) -> None:
        self.matter.refresh_from_db()
        assert (self.matter.supervision, self.matter.due_on) == (LEVELS[self.level], self.due)
        entries = Entry.objects.filter(code=CODE).order_by("pk")
        logged = [(timezone.localdate(e.at), e.after["supervision"]) for e in entries]
        assert logged == self.taken
        told = Message.objects.filter(kind=CODE).values_list("recipient__username", flat=True)
        assert sorted(told) == sorted(TOLD * len(self.taken))


def test_the_examples_reach_every_level(world: World) -> None:
    found = []
    for story in (DAILY, TWICE, OUTAGE, SOONER, LATER):
        with rolled_back():
            plain = Plain(world, story)
            plain.hold()
            found.append([(day.isoformat()[5:], level) for day, level in plain.taken])
    assert found == [
        [("09-30", "ordinary"), ("10-08", "yellow"), ("10-13", "red")],
        [("09-29", "ordinary"), ("10-08", "yellow"), ("10-13", "red")],
        [("10-29", "ordinary"), ("10-29", "yellow"), ("10-29", "red")],
        # the holidays are struck from the table: the day after is a working day
        [("09-30", "ordinary"), ("10-01", "yellow")],
        [("09-29", "ordinary"), ("10-08", "yellow")],
    ]


def test_acceptance_takes_the_colour_off_and_steps_of_the_lead_do_not(world: World) -> None:
    matter = make.make_matter(
        world.branch,
        world.property_branch,
        due_on=date(2026, 9, 18),
        climbs_on=date(2026, 9, 17),
        raised_at=local(date(2026, 9, 16)),
    )
    at = local(date(2026, 9, 28))
    assert [climb(at).done for _turn in range(5)] == [1, 1, 1, 0, 0]
    lead: dict[str, Any] = {"actor": world.property_lead, "at": at}
    photo = store(a_photo(), by=world.property_lead, at=at)
    colours, days_due = [], []
    for verb, said in (
        ("sign", {}),
        ("arrive", {}),
        ("plan", {"plan": "-", "due_on": date(2026, 10, 20)}),
        ("begin", {}),
        ("complete", {"result": "-", "photos": [photo.key]}),
    ):
        getattr(matters, verb)(matter, **lead, **said)
        colours.append(matter.supervision)
        days_due.append(matter.due_on)
        assert climb(at).done == 0
    assert colours == ["red"] * 5
    assert days_due == [
        date(2026, 9, 29),
        date(2026, 10, 1),
        *[date(2026, 10, 20)] * 2,
        None,
    ]
    matters.accept(matter, actor=world.secretary, at=at)
    assert (matter.supervision, matter.climbs_on) == ("none", None)
    assert climb(at + 99 * DAY).done == 0


# --- two at once


@pytest.fixture
def race_world(transactional_db: None) -> World:
    return build_world()


def late(world: World, **said: Any) -> Matter:
    """Late by a working day at most: the step to ordinary is due, and so is yellow."""
    fields = {"due_on": date(2026, 9, 15), "climbs_on": date(2026, 9, 14), **said}
    return make.make_matter(
        world.branch, world.property_branch, raised_at=local(date(2026, 9, 14)), **fields
    )


def swept_twice(monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], list[str]]:
    """Both have read what is due before either writes, if the lock lets them."""
    meeting, work, done = threading.Barrier(2), matters.climb, []

    def meet(matter: Matter, at: datetime) -> bool:
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=1)
        return work(matter, at)

    monkeypatch.setattr(matters, "climb", meet)

    def run() -> None:
        done.append(climb(local(date(2026, 9, 16))).done)

    assert at_once(run, run) == ["done", "done"]
    told = Message.objects.filter(kind=CODE).values_list("recipient__username", flat=True)
    return sorted(done), sorted(told)


def test_two_sweeps_at_once_take_one_step(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = late(race_world)
    assert swept_twice(monkeypatch) == ([0, 1], ["committee", "property_lead", "secretary"])
    matter.refresh_from_db()
    assert matter.supervision == "ordinary"
    assert Entry.objects.filter(code=CODE).count() == 1


def test_without_the_lock_they_would_take_two(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    late(race_world)
    monkeypatch.setattr(querysets.MatterQuerySet, "select_for_update", lambda rows, **_how: rows)
    done, told = swept_twice(monkeypatch)
    assert (done, len(told)) == ([1, 1], 6)


# --- a worker that is killed

NUMBER = 60
# One for each step, and some more for what the killed worker's connection may hold still.
TURNS = 12


def ended(sweep: str) -> datetime | None:
    return SweepRun.objects.filter(pk=sweep).values_list("finished_at", flat=True).first()


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_takes_each_step_once(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """Three steps fell into an outage; the worker dies while it takes them one after another."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    world, sweep = build_world(), "parties.climb"
    # nothing leaves the house
    User.objects.update(email_verified=False)
    rows = [late(world) for _n in range(NUMBER)]
    place = connection.settings_dict["NAME"], django_settings.REDIS_URL, 3

    def taken() -> int:
        return Entry.objects.filter(code=CODE).count()

    with real_worker(*place) as first:
        ask(sweep)
        wait_for(lambda: taken() > 5)
        kill(first)
        killed_at = taken()
        worker = start_worker(*place)
        try:
            for _turn in range(TURNS):
                if taken() == 3 * NUMBER:
                    break
                before = ended(sweep)
                ask(sweep)
                # to its end: what a run still holds the next one passes over
                wait_for(lambda: ended(sweep) != before)  # noqa: B023
            assert taken() == 3 * NUMBER
        finally:
            kill(worker)
    assert 0 < killed_at < NUMBER
    assert current_app.conf.beat_schedule[sweep]["task"] == sweep
    levels = Entry.objects.filter(code=CODE).order_by("pk").values_list("object_id", "after")
    found: dict[int, list[str]] = {row.pk: [] for row in rows}
    for key, after in levels:
        found[key].append(after["supervision"])
    assert found == {row.pk: list(LEVELS[1:]) for row in rows}
    assert set(Matter.objects.values_list("supervision", "climbs_on")) == {("red", None)}
    told = Message.objects.filter(kind=CODE).values_list("object_id", "recipient__username")
    wanted = [
        (row.pk, name) for row in rows for name in ("committee", "property_lead", "secretary")
    ]
    assert Counter(told) == dict.fromkeys(wanted, 3)
