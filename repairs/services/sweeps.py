"""What the portal does by itself. Each sweep may run twice, late, or on two machines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from notifications.services import Occasion, notify_many
from repairs.models import CLOSES_AFTER, Ticket
from repairs.services.desk import closed
from repairs.services.moves import MOVES
from repairs.services.work import resumed
from workflow.actors import SYSTEM
from workflow.moves import move_many, write_many
from workflow.sweeps import Swept, in_sets

SOON = timedelta(hours=1)


def wake_held(at: datetime) -> Swept:
    """Held tickets whose time has come go on by themselves."""

    def wake(tickets: Sequence[Ticket]) -> None:
        changes = partial(resumed, at=at)
        move_many(MOVES, "resume", tickets, actor=SYSTEM, at=at, changes=changes)

    return in_sets(Ticket.objects.to_wake(at).with_place(), wake)


def close_unanswered(at: datetime) -> Swept:
    def close(tickets: Sequence[Ticket]) -> None:
        changes = partial(closed, at=at)
        move_many(MOVES, "close", tickets, actor=SYSTEM, at=at, changes=changes)

    return in_sets(Ticket.objects.unanswered_since(at - CLOSES_AFTER).with_place(), close)


def remind_before_deadlines(at: datetime) -> Swept:
    """The technician hears once for each deadline that comes within the hour."""

    def remind(tickets: Sequence[Ticket]) -> None:
        for ticket in tickets:
            ticket.reminded_for = ticket.due
        write_many(tickets, {"reminded_for"})
        _tell("due_soon", [(ticket, ticket.reminded_for) for ticket in tickets], at)

    return in_sets(Ticket.objects.due_soon(at, at + SOON).with_place(), remind)


def alarm_after_deadlines(at: datetime) -> Swept:
    """The manager hears once for each deadline that passed, taken or not."""

    def alarm(tickets: Sequence[Ticket]) -> None:
        for ticket in tickets:
            ticket.alarmed_for = ticket.missed_deadline  # type: ignore[attr-defined]
        write_many(tickets, {"alarmed_for"})
        _tell("overdue", [(ticket, ticket.alarmed_for) for ticket in tickets], at)

    return in_sets(Ticket.objects.not_alarmed(at).with_place(), alarm)


def _tell(kind: str, deadlines: Sequence[tuple[Ticket, datetime | None]], at: datetime) -> None:
    """The rows are locked and were due for this very deadline; the mark says that it is told."""
    occasions = [
        Occasion(ticket, deadline.isoformat(), {"deadline": deadline})
        for ticket, deadline in deadlines
        if deadline is not None
    ]
    notify_many(MOVES.code_of(kind), occasions, actor=SYSTEM, at=at)
