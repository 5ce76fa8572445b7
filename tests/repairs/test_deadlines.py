"""Deadlines by category, priority and clock; pauses; and what never restarts a clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from repairs import services
from repairs.services.deadlines import deadlines, terms
from tests.factories import make_ticket
from tests.people import World

MONDAY = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("priority", "respond", "resolve", "round_the_clock"),
    [
        ("emergency", 30, 270, True),
        ("urgent", 60, 540, False),
        ("normal", 120, 1080, False),
        ("low", 240, 2160, False),
    ],
)
def test_priority_scales_the_minutes(
    world: World, priority: str, respond: int, resolve: int, round_the_clock: bool
) -> None:
    owed = terms(world.pipes, priority)
    assert (owed.respond_minutes, owed.resolve_minutes, owed.round_the_clock) == (
        respond,
        resolve,
        round_the_clock,
    )


def test_a_category_keeps_its_minutes_at_its_own_priority(world: World) -> None:
    world.pipes.priority = "urgent"
    assert terms(world.pipes, "urgent").resolve_minutes == world.pipes.resolve_minutes


def test_two_working_days_from_monday_morning_end_tuesday_evening(world: World) -> None:
    by = deadlines(world.pipes, "normal", MONDAY, world.court.work_hours())
    assert (by["respond_by"], by["resolve_by"], by["paused_minutes"]) == (
        MONDAY + timedelta(hours=2),
        MONDAY + timedelta(hours=33),
        0,
    )


def test_a_hold_moves_both_deadlines_by_its_working_minutes(world: World) -> None:
    ticket = make_ticket(
        world.pipes, unit=world.home, status="accepted", reported_at=MONDAY, clock_from=MONDAY
    )
    before = ticket.resolve_by
    assert before is not None
    held = MONDAY + timedelta(hours=8)  # 17:00
    services.hold(
        ticket, until=held + timedelta(days=2), reason="等配件", actor=world.dispatcher, at=held
    )
    services.resume(ticket, actor=world.dispatcher, at=held + timedelta(hours=17))  # 10:00 next day
    assert (ticket.status, ticket.paused_minutes, ticket.held_at) == ("accepted", 120, None)
    assert ticket.resolve_by == before + timedelta(hours=2)  # Wednesday 9:00, now 11:00


def test_a_note_never_restarts_a_clock(world: World) -> None:
    ticket = make_ticket(world.pipes, unit=world.home)
    before = (ticket.respond_by, ticket.resolve_by, ticket.responded_at)
    services.note(ticket, body="备件已订", actor=world.dispatcher, at=MONDAY)
    assert (ticket.respond_by, ticket.resolve_by, ticket.responded_at) == before


def test_changing_priority_counts_from_the_same_start(world: World) -> None:
    ticket = make_ticket(world.pipes, unit=world.home, reported_at=MONDAY, clock_from=MONDAY)
    later = MONDAY + timedelta(hours=5)
    services.prioritise(ticket, priority="emergency", actor=world.dispatcher, at=later)
    assert ticket.resolve_by == MONDAY + timedelta(minutes=270)


def test_a_dispute_starts_the_clock_anew(world: World) -> None:
    ticket = make_ticket(
        world.pipes,
        unit=world.home,
        reporter=world.resident,
        status="resolved",
        resolved_at=MONDAY,
        responded_at=MONDAY,
        assignee=world.technician,
    )
    services.dispute(ticket, reason="还在滴水", actor=world.resident, at=MONDAY)
    assert (ticket.status, ticket.responded_at, ticket.clock_from, ticket.reopens) == (
        "reopened",
        None,
        MONDAY,
        1,
    )
    assert ticket.resolve_by == MONDAY + timedelta(hours=33)
