"""What the portal does by itself: each sweep may run twice, late, or on two machines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from celery.schedules import crontab
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import SWEEPS, Entry, SweepRun
from config.celery import app
from notifications.models import Message
from repairs import services, tasks
from repairs.models import Assignment, Pause, Ticket
from repairs.services import MOVES
from tests import factories as make
from tests.people import World
from tests.repairs.conftest import Stage
from workflow.actors import SYSTEM
from workflow.moves import move_many, write_many
from workflow.refusals import NotAllowed, WrongState
from workflow.sweeps import each, in_sets

AT = timezone.now()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def told(kind: str) -> set[str]:
    return {m.recipient.username for m in Message.objects.filter(kind=f"repairs.ticket.{kind}")}


def test_a_held_ticket_wakes_once_even_days_late(world: World, ticket_in: Stage) -> None:
    ticket = ticket_in("on_hold")
    assert services.wake_held(AT + HOUR).done == 0
    assert services.wake_held(AT + 9 * DAY).done == 1
    assert services.wake_held(AT + 9 * DAY).done == 0
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
    assert services.close_unanswered(week - HOUR).done == 0
    assert [services.close_unanswered(week).done for _turn in range(2)] == [1, 0]
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


def alarm(at: datetime) -> int:
    return services.alarm_after_deadlines(at).done


def test_the_technician_is_reminded_once_for_each_deadline(world: World) -> None:
    ticket = assigned(world, resolve_by=AT + HOUR)

    def remind(at: datetime) -> int:
        return services.remind_before_deadlines(at).done

    assert [remind(AT - HOUR), remind(AT), remind(AT + HOUR / 2)] == [0, 1, 0]
    assert told("due_soon") == {"technician"}
    Ticket.objects.filter(pk=ticket.pk).update(resolve_by=AT + 3 * HOUR)
    assert remind(AT + 2 * HOUR) == 1


def test_the_manager_hears_once_that_a_job_is_late(world: World) -> None:
    assigned(world, resolve_by=AT)
    assert [alarm(AT), alarm(AT + HOUR), alarm(AT + 2 * HOUR)] == [0, 1, 0]
    assert told("overdue") == {"manager", "technician"}


def test_a_ticket_that_nobody_took_alarms_the_desk_too(world: World) -> None:
    make.make_ticket(world.pipes, status="accepted", responded_at=AT, resolve_by=AT)
    assert services.alarm_after_deadlines(AT + HOUR).done == 1
    assert told("overdue") == {"manager", "desk", "dispatcher"}


def test_an_unanswered_report_alarms_and_then_once_more_when_it_is_late(world: World) -> None:
    make.make_ticket(world.pipes, respond_by=AT, resolve_by=AT + DAY)
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
    assert services.alarm_after_deadlines(AT + DAY).done == 0
    assert services.remind_before_deadlines(AT - HOUR / 2).done == 0


def test_each_matter_is_a_task_of_its_own_on_the_clock(world: World) -> None:
    make.make_ticket(world.pipes, respond_by=AT - HOUR)
    nothing = [{"woken": 0}, {"closed": 0}, {"reminded": 0}]
    assert [task() for task in (tasks.wake, tasks.close, tasks.remind)] == nothing
    assert [tasks.alarm() for _turn in range(2)] == [{"alarmed": 1}, {"alarmed": 0}]
    # The factory's dates are nobody's calendar; once counted, they stand.
    assert [tasks.recompute() for _turn in range(2)] == [{"recomputed": 1}, {"recomputed": 0}]
    assert app.conf.beat_schedule["repairs.recompute"]["options"] == {"expires": 300}
    for task in (tasks.wake, tasks.close, tasks.remind, tasks.alarm):
        planned = app.conf.beat_schedule[task.name]
        assert planned["task"] == task.name
        assert planned["schedule"] == crontab()
        assert planned["options"] == {"expires": 60}


def test_a_row_that_fails_stops_neither_its_kind_nor_the_other_matters(
    world: World, ticket_in: Stage, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    """Of three tickets to wake the first fails; the rest wake, the resolved one closes."""
    held = {"status": "on_hold", "held_at": AT, "held_until": AT, "held_from": "accepted"}
    broken, *others = [make.make_ticket(world.pipes, **held) for _ in range(3)]
    # What no verb would write: from there on there are no more days for a deadline.
    end_of_days = datetime(9999, 12, 31, tzinfo=AT.tzinfo)
    Ticket.objects.filter(pk=broken.pk).update(clock_from=end_of_days, resolve_by=end_of_days)
    resolved = ticket_in("resolved")
    late = resolved.resolved_at + 8 * DAY
    with caplog.at_level("CRITICAL"):
        swept = services.wake_held(late)
    assert (swept.done, len(swept.errors)) == (2, 1)
    assert f"repairs.Ticket {broken.pk}" in swept.errors[0]
    assert services.close_unanswered(late).done == 1
    assert {Ticket.objects.get(pk=one.pk).status for one in others} == {"accepted"}
    with caplog.at_level("CRITICAL"):
        assert SWEEPS["repairs.wake"].run(late) == {"woken": 0, "failed": 1}
    run = SweepRun.objects.get(pk="repairs.wake")
    assert (run.failed, run.counts) == (True, {"woken": 0, "failed": 1})
    assert str(broken.pk) in run.error


HELD = {"status": "on_hold", "held_at": AT, "held_until": AT, "held_from": "accepted"}
LEFT_OUT = {"id", "number", "created_at", "updated_at"}


def fields_of(row: Any) -> dict[str, Any]:
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def what_came_of(ticket: Ticket) -> Any:
    """The ticket with its pauses, jobs, log and messages, without what is each row's own."""
    ticket.refresh_from_db()
    [entry] = Entry.objects.for_row(ticket)
    told = Message.objects.about(ticket).order_by("recipient")
    letters = [(m.recipient, m.kind, m.title, m.body) for m in told]
    assert {m.occasion for m in told} == {str(entry.pk)}
    log = (entry.code, entry.actor, entry.at, entry.before, entry.after, entry.note)
    row = {name: value for name, value in fields_of(ticket).items() if name not in LEFT_OUT}
    pauses = [(pause.began_at, pause.ended_at) for pause in ticket.pauses.all()]
    jobs = [(job.worker, job.ended_at, job.reason) for job in ticket.assignments.all()]
    return row, log, letters, pauses, jobs


def alike(world: World, **fields: Any) -> list[Ticket]:
    home = {"unit": world.home, "reporter": world.resident, "assignee": world.technician}
    fields["reported_at"] = AT - 2 * DAY
    rows = [make.make_ticket(world.pipes, **home, **fields) for _ in range(4)]
    for row in rows:
        Pause.objects.create(ticket=row, began_at=AT - DAY)
        Assignment.objects.create(ticket=row, worker=world.technician, started_at=AT - DAY)
    return rows


def test_a_set_is_woken_and_closed_as_each_of_it_would_be(world: World) -> None:
    make.make_occupant(world.home, make.make_user("grandmother", language="en"))
    at = AT + HOUR
    single, *many = alike(world, **HELD)
    services.resume(single, actor=SYSTEM, at=at)
    assert services.wake_held(at).done == 3
    assert [what_came_of(one) for one in many] == [what_came_of(single)] * 3
    assert len(what_came_of(single)[2]) == 3

    single, *many = alike(world, status="resolved", resolved_at=AT - 8 * DAY)
    services.close(single, actor=SYSTEM, at=at)
    assert services.close_unanswered(at).done == 3
    assert [what_came_of(one) for one in many] == [what_came_of(single)] * 3


@pytest.mark.parametrize("matter", ["wake_held", "alarm_after_deadlines"])
def test_a_set_costs_the_statements_of_one_row(
    world: World, matter: str, django_assert_num_queries: Any
) -> None:
    def due(number: int) -> None:
        for _ in range(number):
            ticket = make.make_ticket(world.pipes, unit=world.home, **HELD)
            Pause.objects.create(ticket=ticket, began_at=AT)
            make.make_ticket(world.pipes, unit=world.home, status="accepted", respond_by=AT)

    sweep = getattr(services, matter)
    due(1)
    sweep(AT + HOUR)  # what is read once and kept is read now
    due(1)
    with CaptureQueriesContext(connection) as one:
        assert sweep(AT + HOUR).done == 1
    due(5)
    with django_assert_num_queries(len(one)):
        assert sweep(AT + HOUR).done == 5


def test_of_a_set_only_the_row_at_fault_is_left(world: World) -> None:
    rows = [make.make_ticket(world.pipes, **HELD) for _ in range(9)]
    done: list[int] = []

    def wake(tickets: Sequence[Ticket]) -> None:
        if rows[4] in tickets:
            raise ValueError("this one")
        done.extend(ticket.pk for ticket in tickets)

    swept = in_sets(Ticket.objects.to_wake(AT), wake)
    assert (swept.done, done) == (8, [row.pk for row in rows if row != rows[4]])
    assert swept.errors == [f"repairs.Ticket {rows[4].pk}: ValueError: this one"]


def test_a_set_moves_together_or_not_at_all(world: World) -> None:
    held, moved = (make.make_ticket(world.pipes, **HELD) for _ in range(2))
    services.resume(moved, actor=SYSTEM, at=AT)
    with pytest.raises(WrongState):
        move_many(MOVES, "close", [held, moved], actor=SYSTEM, at=AT)
    with pytest.raises(NotAllowed):
        move_many(MOVES, "resume", [held], actor=world.resident, at=AT)
    held.refresh_from_db()
    assert (held.status, Entry.objects.for_row(held).count()) == ("on_hold", 0)


def test_what_is_too_long_is_refused_and_not_cut(world: World) -> None:
    row = make.make_ticket(world.pipes, hold_reason="short")
    row.hold_reason = "长" * 201
    with pytest.raises(DataError), transaction.atomic():
        write_many([row], {"hold_reason"})
    row.refresh_from_db()
    assert row.hold_reason == "short"


def test_halves_end_with_the_time(world: World) -> None:
    """Where each row fails, the halving of a page does not go on for ever."""
    for _ in range(8):
        make.make_ticket(world.pipes, **HELD)
    tried: list[int] = []

    def wake(tickets: Sequence[Ticket]) -> None:
        tried.append(len(tickets))
        raise ValueError("all of them")

    assert in_sets(Ticket.objects.to_wake(AT), wake, seconds=0).done == 0
    assert tried == [8]


def test_a_row_that_is_gone_is_not_written_over_in_silence(world: World) -> None:
    rows = [make.make_ticket(world.pipes, title="old") for _ in range(2)]
    Ticket.objects.filter(pk=rows[0].pk).delete()
    rows[1].title = "new"
    with pytest.raises(LookupError), transaction.atomic():
        write_many(rows, {"title"})
    assert Ticket.objects.get().title == "old"


def test_what_does_not_fit_into_its_time_is_done_the_next_time(world: World) -> None:
    held = {"status": "on_hold", "held_at": AT, "held_until": AT, "held_from": "accepted"}
    for _ in range(3):
        make.make_ticket(world.pipes, **held)
    due = Ticket.objects.to_wake(AT + HOUR)
    done: list[int] = []

    def wake(ticket: Ticket) -> None:
        services.resume(ticket, actor=SYSTEM, at=AT + HOUR)
        done.append(ticket.pk)

    assert [each(due, wake, seconds=0).done for _turn in range(4)] == [1, 1, 1, 0]
    assert done == sorted(done)
