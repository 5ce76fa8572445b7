"""What the portal does by itself: each sweep may run twice, late, or on two machines."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from audit.models import Entry
from config.celery import app
from notifications.models import Message
from repairs import services, tasks
from repairs.models import Ticket
from tests import factories as make
from tests.people import World
from tests.repairs.conftest import Stage

AT = timezone.now()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def told(kind: str) -> set[str]:
    return {m.recipient.username for m in Message.objects.filter(kind=f"repairs.ticket.{kind}")}


def test_a_held_ticket_wakes_once_even_days_late(world: World, ticket_in: Stage) -> None:
    ticket = ticket_in("on_hold")
    assert services.wake_held(AT + HOUR) == 0
    assert services.wake_held(AT + 9 * DAY) == 1
    assert services.wake_held(AT + 9 * DAY) == 0
    ticket.refresh_from_db()
    assert (ticket.status, ticket.held_until, ticket.hold_reason) == ("accepted", None, "")
    assert [e.actor for e in Entry.objects.filter(code="repairs.ticket.resume")] == [None]


def test_waking_moves_the_deadline_by_the_pause(world: World, ticket_in: Stage) -> None:
    world.pipes.clock = "always"
    world.pipes.save(update_fields=["clock"])
    ticket = ticket_in("on_hold")
    due = ticket.resolve_by
    services.wake_held(ticket.held_at + DAY)
    ticket.refresh_from_db()
    assert (ticket.resolve_by - due, ticket.paused_minutes) == (DAY, 24 * 60)


def test_an_unanswered_ticket_closes_after_a_week_once(world: World, ticket_in: Stage) -> None:
    ticket = ticket_in("resolved")
    week = ticket.resolved_at + 7 * DAY
    assert services.close_unanswered(week - HOUR) == 0
    assert [services.close_unanswered(week), services.close_unanswered(week)] == [1, 0]
    ticket.refresh_from_db()
    assert (ticket.status, ticket.closed_at) == ("closed", week)
    assert told("close") == {"resident", "technician"}


def assigned(world: World, **fields: object) -> Ticket:
    return make.make_ticket(
        world.pipes,
        unit=world.home,
        status="assigned",
        assignee=world.technician,
        responded_at=AT,
        **fields,
    )


def test_the_technician_is_reminded_once_for_each_deadline(world: World) -> None:
    ticket = assigned(world, resolve_by=AT + HOUR)
    services_at = services.remind_before_deadlines
    assert [services_at(AT - HOUR), services_at(AT), services_at(AT + HOUR / 2)] == [0, 1, 0]
    assert told("due_soon") == {"technician"}
    Ticket.objects.filter(pk=ticket.pk).update(resolve_by=AT + 3 * HOUR)
    assert services_at(AT + 2 * HOUR) == 1


def test_the_manager_hears_once_that_a_job_is_late(world: World) -> None:
    assigned(world, resolve_by=AT)
    alarm = services.alarm_after_deadlines
    assert [alarm(AT), alarm(AT + HOUR), alarm(AT + 2 * HOUR)] == [0, 1, 0]
    assert told("overdue") == {"manager", "technician"}


def test_a_ticket_that_nobody_took_alarms_the_desk_too(world: World) -> None:
    make.make_ticket(world.pipes, status="accepted", responded_at=AT, resolve_by=AT)
    assert services.alarm_after_deadlines(AT + HOUR) == 1
    assert told("overdue") == {"manager", "desk", "dispatcher"}


def test_an_unanswered_report_alarms_and_then_once_more_when_it_is_late(world: World) -> None:
    make.make_ticket(world.pipes, respond_by=AT, resolve_by=AT + DAY)
    alarm = services.alarm_after_deadlines
    assert [alarm(AT + HOUR), alarm(AT + 2 * HOUR), alarm(AT + 2 * DAY)] == [1, 0, 1]


def test_a_held_ticket_is_neither_late_nor_reminded_of(world: World) -> None:
    make.make_ticket(
        world.pipes,
        status="on_hold",
        assignee=world.technician,
        held_at=AT,
        held_until=AT + 9 * DAY,
        resolve_by=AT,
    )
    assert services.alarm_after_deadlines(AT + DAY) == 0
    assert services.remind_before_deadlines(AT - HOUR / 2) == 0


def test_the_task_runs_all_of_it_and_the_schedule_knows_it(world: World) -> None:
    make.make_ticket(world.pipes, respond_by=AT - HOUR)
    nothing = {"woken": 0, "closed": 0, "reminded": 0, "alarmed": 0}
    assert tasks.sweep_tickets() == nothing | {"alarmed": 1}
    assert tasks.sweep_tickets() == nothing
    assert app.conf.beat_schedule["repairs.sweep"]["task"] == tasks.sweep_tickets.name
