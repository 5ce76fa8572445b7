"""Clocks that stop, change and are counted anew: pauses, other terms, holidays; and jobs' ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib import import_module
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from estates.models import Workday
from repairs import services
from repairs.models import Assignment, Category, Pause, Ticket
from repairs.services.deadlines import FACTOR, deadlines
from repairs.states import AT_WORK, ENDED
from tests import factories as make
from tests.people import World
from tests.repairs.conftest import Stage

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=ZONE)
FRIDAY_EVENING = datetime(2026, 11, 27, 17, tzinfo=ZONE)
NEXT_MONDAY = datetime(2026, 11, 30, 9, tzinfo=ZONE)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def smoke(world: World) -> Category:
    """Like the pipes, and its clock never stops."""
    return make.make_category(
        world.court, "smoke", trade="plumbing", place_kind="any", clock="always"
    )


def reported(world: World, category: Category, at: datetime) -> Ticket:
    return services.report(
        actor=world.dispatcher, at=at, category=category, description="水槽漏水", unit=world.home
    )


def accepted(world: World, category: Category, at: datetime = MONDAY) -> Ticket:
    """Taken on with no answer yet, as after a dispute: a pause moves both its deadlines."""
    ticket = reported(world, category, at)
    Ticket.objects.filter(pk=ticket.pk).update(status="reopened")
    return ticket


def pause(world: World, ticket: Ticket, began: datetime, ended: datetime) -> None:
    hold(world, ticket, began)
    services.resume(ticket, actor=world.dispatcher, at=ended)


def hold(world: World, ticket: Ticket, at: datetime) -> None:
    services.hold(ticket, until=at + 9 * DAY, reason="等配件", actor=world.dispatcher, at=at)


def dates(ticket: Ticket) -> tuple[datetime | None, datetime | None]:
    ticket.refresh_from_db()
    return ticket.respond_by, ticket.resolve_by


# --- pauses are moments


def test_a_weekend_on_hold_is_an_hour_of_working_hours(world: World, smoke: Category) -> None:
    ticket = accepted(world, smoke, FRIDAY_EVENING - HOUR)
    pause(world, ticket, FRIDAY_EVENING, NEXT_MONDAY)
    assert ticket.paused_minutes == 64 * 60
    services.recategorise(ticket, category=world.pipes, actor=world.dispatcher, at=NEXT_MONDAY)
    assert ticket.paused_minutes == 60
    # 16:00 on Friday, two hours and eighteen, and the hour of the pause
    assert dates(ticket) == (NEXT_MONDAY + HOUR, NEXT_MONDAY + DAY + 8 * HOUR)


def test_the_pause_that_goes_on_has_no_end(world: World) -> None:
    ticket = accepted(world, world.pipes)
    hold(world, ticket, MONDAY + HOUR)
    assert [(p.began_at, p.ended_at) for p in ticket.pauses.all()] == [(MONDAY + HOUR, None)]
    services.resume(ticket, actor=world.dispatcher, at=MONDAY + 2 * HOUR)
    pause(world, ticket, MONDAY + 3 * HOUR, MONDAY + 4 * HOUR)
    assert [(p.began_at, p.ended_at) for p in ticket.pauses.all()] == [
        (MONDAY + HOUR, MONDAY + 2 * HOUR),
        (MONDAY + 3 * HOUR, MONDAY + 4 * HOUR),
    ]


def test_a_clock_that_goes_behind_ends_no_pause_before_it_began(world: World) -> None:
    ticket = accepted(world, world.pipes)
    pause(world, ticket, MONDAY + HOUR, MONDAY + HOUR - MINUTE)
    kept = Pause.objects.get()
    assert (kept.ended_at, ticket.paused_minutes) == (kept.began_at, 0)


def test_pauses_before_a_ticket_was_opened_again_stay_and_do_not_count(
    world: World, ticket_in: Stage
) -> None:
    ticket = ticket_in("in_progress")
    at = ticket.reported_at
    pause(world, ticket, at, at + DAY)
    services.resolve(ticket, resolution="好了", actor=world.technician, at=at + DAY)
    services.dispute(ticket, reason="还在滴", actor=world.resident, at=MONDAY + 365 * DAY)
    assert (Pause.objects.count(), ticket.paused_minutes) == (1, 0)
    before = dates(ticket)
    services.prioritise(ticket, priority="low", actor=world.dispatcher, at=MONDAY + 365 * DAY)
    services.prioritise(ticket, priority="normal", actor=world.dispatcher, at=MONDAY + 365 * DAY)
    assert dates(ticket) == before


def test_pauses_are_shown_under_why_this_date(world: World, as_: Any) -> None:
    ticket = accepted(world, world.pipes)
    pause(world, ticket, MONDAY + HOUR, MONDAY + 4 * HOUR)
    page = as_(world.resident).get(ticket.get_absolute_url()).content.decode()
    assert "It stood still for 3 working hours while the work had to wait" in page


# --- both deadlines, and the order of things


def test_another_priority_keeps_the_pause_in_both_deadlines(world: World) -> None:
    ticket = accepted(world, world.pipes)
    pause(world, ticket, MONDAY + HOUR, MONDAY + 3 * HOUR)
    services.prioritise(ticket, priority="urgent", actor=world.dispatcher, at=MONDAY + 4 * HOUR)
    assert dates(ticket) == (MONDAY + 3 * HOUR, MONDAY + DAY + 2 * HOUR)


def test_a_pause_after_the_answer_moves_only_the_repair(world: World) -> None:
    ticket = reported(world, world.pipes, MONDAY)
    services.accept(ticket, actor=world.dispatcher, at=MONDAY + HOUR)
    pause(world, ticket, MONDAY + HOUR, MONDAY + 3 * HOUR)
    assert dates(ticket) == (MONDAY + 2 * HOUR, MONDAY + 2 * DAY + 2 * HOUR)


def test_of_a_pause_with_the_answer_in_it_only_the_part_before_counts(world: World) -> None:
    ticket = accepted(world, world.pipes)
    hold(world, ticket, MONDAY + HOUR)
    services.comment(ticket, body="等配件中", actor=world.dispatcher, at=MONDAY + 2 * HOUR)
    services.resume(ticket, actor=world.dispatcher, at=MONDAY + 4 * HOUR)
    assert dates(ticket) == (MONDAY + 3 * HOUR, MONDAY + 2 * DAY + 3 * HOUR)


@pytest.mark.parametrize(
    "change", [FRIDAY_EVENING - HOUR, FRIDAY_EVENING + DAY, NEXT_MONDAY + HOUR]
)
def test_terms_may_change_before_within_or_after_a_pause(
    world: World, smoke: Category, change: datetime
) -> None:
    ticket = accepted(world, smoke, FRIDAY_EVENING - HOUR)
    steps: dict[datetime, Callable[[], object]] = {
        FRIDAY_EVENING: lambda: hold(world, ticket, FRIDAY_EVENING),
        NEXT_MONDAY: lambda: services.resume(ticket, actor=world.dispatcher, at=NEXT_MONDAY),
        change: lambda: change_terms(world, ticket, change),
    }
    for at in sorted(steps):
        steps[at]()
    assert dates(ticket) == (NEXT_MONDAY + 3 * HOUR, NEXT_MONDAY + 3 * DAY + 8 * HOUR)


def change_terms(world: World, ticket: Ticket, at: datetime) -> None:
    services.recategorise(ticket, category=world.pipes, actor=world.dispatcher, at=at)
    services.prioritise(ticket, priority="low", actor=world.dispatcher, at=at)


# --- any life at all


class Oracle:
    """Counts minute after minute, and shares nothing with what it proves."""

    def __init__(self, days_off: dict[date, bool], always: bool) -> None:
        self.days_off = days_off
        self.always = always

    def runs(self, minute: datetime) -> bool:
        if self.always:
            return True
        day = minute.date()
        worked = self.days_off.get(day, day.weekday() < 5)
        return worked and 9 <= minute.hour < 18

    def by(self, start: datetime, minutes: int, pauses: Sequence[tuple[datetime, datetime]]) -> Any:
        left = minutes + sum(self.between(began, ended) for began, ended in pauses)
        now = start
        while left:
            left -= self.runs(now)
            now += MINUTE
        return now

    def between(self, start: datetime, end: datetime) -> int:
        count = 0
        while start < end:
            count += self.runs(start)
            start += MINUTE
        return count


def test_three_hundred_worlds_of_pauses_and_days_off(world: World, smoke: Category) -> None:
    dice = Random(7)
    for _world in range(300):
        start = MONDAY + MINUTE * dice.randrange(7 * 24 * 60)
        days_off = {(start + DAY * dice.randrange(9)).date(): dice.random() < 0.4 for _ in range(3)}
        moments = sorted(start + MINUTE * dice.randrange(4 * 24 * 60) for _ in range(6))
        pauses = list(zip(moments[::2], moments[1::2], strict=True))
        category, hurry = dice.choice([world.pipes, smoke]), dice.choice(list(FACTOR))
        hours = replace(world.court.work_hours(), exceptions=days_off)
        by = deadlines(category, hurry, start, hours, pauses=pauses)
        oracle = Oracle(days_off, hurry == "emergency" or category == smoke)
        owed = int(1080 * FACTOR[hurry])
        assert by["resolve_by"] == oracle.by(start, owed, pauses), (start, days_off, pauses)


@pytest.mark.parametrize("seed", range(25))
def test_in_whatever_order_it_all_happened(world: World, smoke: Category, seed: int) -> None:
    """Four worlds a seed: holds, changes of terms, an answer, holidays, in any order."""
    dice = Random(seed)
    for _world in range(4):
        Workday.objects.all().delete()
        life = Life(world, [world.pipes, smoke], dice)
        for _step in range(dice.randrange(3, 9)):
            life.step()
        life.settle()
        assert dates(life.ticket) == life.from_scratch(), life.told


class Life:
    """One ticket and what befalls it; remembers what a count from scratch needs, and no more."""

    def __init__(self, world: World, categories: Sequence[Category], dice: Random) -> None:
        self.world, self.categories, self.dice = world, categories, dice
        self.start = self.at = MONDAY + MINUTE * dice.randrange(5 * 24 * 60)
        self.ticket = accepted(world, dice.choice(categories), self.at)
        self.kind, self.hurry = self.ticket.category, "normal"
        self.answered: datetime | None = None
        self.pauses: list[tuple[datetime, datetime]] = []
        self.held: datetime | None = None
        self.days_off: dict[date, bool] = {}
        self.told: list[str] = []

    def step(self) -> None:
        self.at += MINUTE * self.dice.randrange(1, 30 * 60)
        verb = self.dice.choice(["wait", "wait", "category", "priority", "answer", "holiday"])
        self.told.append(f"{self.at:%d %H:%M} {verb}")
        getattr(self, verb)({"actor": self.world.dispatcher, "at": self.at})

    def wait(self, by: Any) -> None:
        if self.held is None:
            self.held = self.at
            hold(self.world, self.ticket, self.at)
        else:
            self.pauses.append((self.held, self.at))
            self.held = None
            services.resume(self.ticket, **by)

    def category(self, by: Any) -> None:
        self.kind = self.dice.choice(self.categories)
        services.recategorise(self.ticket, category=self.kind, **by)

    def priority(self, by: Any) -> None:
        self.hurry = self.dice.choice(list(FACTOR))
        services.prioritise(self.ticket, priority=self.hurry, **by)

    def answer(self, by: Any) -> None:
        self.answered = self.answered or self.at
        services.comment(self.ticket, body="我们在处理", **by)

    def holiday(self, by: Any) -> None:
        """Declared or taken back, of a day gone by or to come; noticed at once or later."""
        day = (self.start + DAY * self.dice.randrange(12)).date()
        Workday.objects.filter(day=day).delete()
        if self.days_off.pop(day, None) is None:
            self.days_off[day] = self.dice.random() < 0.4
            Workday.objects.create(day=day, is_workday=self.days_off[day])
        if self.dice.random() < 0.5:
            services.recompute_deadlines(at=self.at)

    def settle(self) -> None:
        self.at += HOUR
        if self.held:
            self.wait({"actor": self.world.dispatcher, "at": self.at})
        services.recompute_deadlines(at=self.at)

    def from_scratch(self) -> tuple[datetime, datetime]:
        always = self.hurry == "emergency" or self.kind.clock == "always"
        oracle, scale = Oracle(self.days_off, always), FACTOR[self.hurry]  # type: ignore[index]
        before = [
            (began, min(ended, self.answered) if self.answered else ended)
            for began, ended in self.pauses
        ]
        return (
            oracle.by(self.start, int(120 * scale), before),
            oracle.by(self.start, int(1080 * scale), self.pauses),
        )


# --- the calendar


def declare(day: date, *, is_workday: bool = False) -> Workday:
    return Workday.objects.create(day=day, is_workday=is_workday)


def recompute() -> int:
    swept = services.recompute_deadlines(at=MONDAY + HOUR)
    assert swept.errors == []
    return swept.done


def instants(values: dict[str, str]) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(value) for name, value in values.items()}


TUESDAY = MONDAY.date() + DAY


def test_a_holiday_declared_later_gives_new_dates_and_says_so(world: World, as_: Any) -> None:
    ticket = accepted(world, world.pipes)
    declare(TUESDAY)
    assert (recompute(), recompute()) == (1, 0)
    assert dates(ticket) == (MONDAY + 2 * HOUR, MONDAY + 2 * DAY + 9 * HOUR)
    entry = Entry.objects.get(code="repairs.ticket.recompute")
    assert (entry.actor, entry.at, entry.row) == (None, MONDAY + HOUR, ticket)
    assert [instants(entry.before), instants(entry.after)] == [
        {"respond_by": MONDAY + 2 * HOUR, "resolve_by": MONDAY + DAY + 9 * HOUR},
        {"respond_by": MONDAY + 2 * HOUR, "resolve_by": MONDAY + 2 * DAY + 9 * HOUR},
    ]
    page = as_(world.resident).get(ticket.get_absolute_url()).content.decode()
    assert "set new dates, for the calendar of working days has changed" in page


def test_taken_back_and_made_up_for_the_dates_follow(world: World) -> None:
    ticket = accepted(world, world.pipes, FRIDAY_EVENING)
    plain = dates(ticket)
    declare(FRIDAY_EVENING.date() + DAY, is_workday=True)
    assert recompute() == 1
    assert dates(ticket) == (FRIDAY_EVENING + 17 * HOUR, NEXT_MONDAY + 8 * HOUR)
    Workday.objects.update(is_workday=False)
    assert (recompute(), dates(ticket)) == (1, plain)
    Workday.objects.all().delete()
    assert (recompute(), dates(ticket)) == (0, plain)


def test_other_hours_of_the_estate_count_too_and_only_there(world: World) -> None:
    ticket, far = accepted(world, world.pipes), make.make_ticket(world.far_pipes)
    recompute()
    before = dates(far)
    world.court.works_weekends, world.court.closes_at = True, "12:00"
    world.court.save()
    assert (recompute(), dates(far)) == (1, before)
    assert dates(ticket) == (MONDAY + 2 * HOUR, MONDAY + 5 * DAY + 3 * HOUR)


def test_round_the_clock_and_ended_tickets_keep_their_dates(
    world: World, smoke: Category, ticket_in: Stage
) -> None:
    always = accepted(world, smoke)
    emergency = accepted(world, world.pipes)
    services.prioritise(emergency, priority="emergency", actor=world.dispatcher, at=MONDAY)
    done = ticket_in("resolved")
    kept = [always, emergency, done]
    before = [dates(ticket) for ticket in kept]
    for days in range(9):
        declare((done.reported_at + DAY * days).date())
        Workday.objects.get_or_create(day=TUESDAY + DAY * days, defaults={"is_workday": False})
    assert (recompute(), [dates(ticket) for ticket in kept]) == (0, before)


def test_a_holiday_within_a_pause_changes_its_minutes_and_no_date(world: World) -> None:
    ticket = accepted(world, world.pipes)
    pause(world, ticket, MONDAY + 3 * HOUR, MONDAY + 2 * DAY + 3 * HOUR)
    before = dates(ticket)
    declare(TUESDAY)
    assert (recompute(), dates(ticket), ticket.paused_minutes) == (0, before, 9 * 60)
    assert not Entry.objects.filter(code="repairs.ticket.recompute").exists()


# the estates, the calendar of each of the two, and the tickets that were counted on another
IDLE = 1 + 2 + 1


def test_while_nothing_has_changed_it_costs_the_same_for_one_and_three(world: World) -> None:
    costs = []
    for more in (1, 2):
        for _ in range(more):
            accepted(world, world.pipes)
        recompute()
        with CaptureQueriesContext(connection) as captured:
            assert recompute() == 0
        costs.append(len(captured))
    assert costs == [IDLE, IDLE]


def test_one_written_meanwhile_on_the_old_calendar_is_found_the_next_time(world: World) -> None:
    before = world.court.work_hours()
    declare(TUESDAY)
    recompute()
    ticket = accepted(world, world.pipes)
    late = deadlines(world.pipes, "normal", MONDAY, before)
    Ticket.objects.filter(pk=ticket.pk).update(**late)
    assert (recompute(), recompute()) == (1, 0)
    assert dates(ticket) == (MONDAY + 2 * HOUR, MONDAY + 2 * DAY + 9 * HOUR)


# --- who had it from when to when


def end(verb: str, world: World, ticket: Ticket, at: datetime) -> None:
    if verb == "close_unanswered":
        services.close_unanswered(at)
    else:
        actors = {"confirm": world.resident, "close": world.manager, "cancel": world.resident}
        into = {"into": make.make_ticket(world.pipes)} if verb == "merge" else {}
        actor = actors.get(verb, world.dispatcher)
        getattr(services, verb)(ticket, actor=actor, at=at, **into)
    ticket.refresh_from_db()


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        ("resolved", "confirm"),
        ("resolved", "close"),
        ("resolved", "close_unanswered"),
        ("assigned", "cancel"),
        ("assigned", "merge"),
    ],
)
def test_a_job_ends_with_its_ticket(world: World, ticket_in: Stage, state: str, verb: str) -> None:
    ticket = ticket_in(state)
    end(verb, world, ticket, ticket.reported_at + 8 * DAY)
    assert not ticket.is_open
    job = Assignment.objects.get(ticket=ticket)
    assert (job.worker, job.ended_at) == (world.technician, ticket.closed_at)


def test_every_way_to_end_is_held_above() -> None:
    """Declining starts where nobody has the job: what was handed back has ended already."""
    ends = {verb for verb, move in services.MOVES.items() if move.to in ENDED}
    assert ends == {"confirm", "close", "cancel", "merge", "reject"}
    assert not set(services.MOVES["reject"].start) & set(AT_WORK)


def test_opened_again_it_is_nobodys_until_somebody_is_sent(world: World, ticket_in: Stage) -> None:
    ticket = ticket_in("closed")
    closed = ticket.closed_at
    at = closed + DAY
    services.reopen(ticket, reason="又漏了", actor=world.resident, at=at)
    assert ticket.assignee is None
    services.dispatch(ticket, worker=world.technician, actor=world.dispatcher, at=at + HOUR)
    assert [(job.ended_at, job.worker) for job in ticket.assignments.all()] == [
        (closed, world.technician),
        (None, world.technician),
    ]


# --- what was there before


def migrate(name: str, function: str) -> None:
    getattr(import_module(f"repairs.migrations.{name}"), function)(apps, None)


def test_the_log_tells_the_pauses_of_older_tickets(world: World) -> None:
    ticket, on_hold = accepted(world, world.pipes), accepted(world, world.pipes)
    pause(world, ticket, MONDAY + HOUR, MONDAY + 3 * HOUR)
    hold(world, on_hold, MONDAY + HOUR)
    Pause.objects.all().delete()
    migrate("0008_pauses_from_the_log", "pauses_from_the_log")
    assert list(Pause.objects.order_by("pk").values_list("ticket", "began_at", "ended_at")) == [
        (ticket.pk, MONDAY + HOUR, MONDAY + 3 * HOUR),
        (on_hold.pk, MONDAY + HOUR, None),
    ]
    assert [t.carried_minutes for t in Ticket.objects.all()] == [0, 0]


def test_minutes_of_unknown_moments_are_carried_over(world: World) -> None:
    ticket = accepted(world, world.pipes)
    Ticket.objects.filter(pk=ticket.pk).update(paused_minutes=120)
    migrate("0008_pauses_from_the_log", "pauses_from_the_log")
    ticket.refresh_from_db()
    assert (ticket.carried_minutes, Pause.objects.count()) == (120, 0)
    services.prioritise(ticket, priority="urgent", actor=world.dispatcher, at=MONDAY + HOUR)
    assert ticket.paused_minutes == 120
    assert dates(ticket) == (MONDAY + 3 * HOUR, MONDAY + DAY + 2 * HOUR)


def test_jobs_of_tickets_closed_before_end_with_them(world: World, ticket_in: Stage) -> None:
    closed, open_ = ticket_in("closed"), ticket_in("assigned")
    Assignment.objects.update(ended_at=None)
    migrate("0009_ended_tickets_end_assignments", "end_assignments")
    assert Assignment.objects.get(ticket=closed).ended_at == closed.closed_at
    assert Assignment.objects.get(ticket=open_).ended_at is None
