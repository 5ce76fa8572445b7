"""What the portal does by itself. Each sweep may run twice, late, or on two machines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from notifications.services import Occasion, notify_many
from repairs.models import CLOSES_AFTER, Ticket
from repairs.services.desk import closed
from repairs.services.moves import MOVES
from repairs.services.work import resumed
from workflow.actors import SYSTEM
from workflow.moves import move_many, write_many
from workflow.sweeps import Swept, in_sets

SOON = timedelta(hours=1)
# What each of some locked tickets holds after a move.
Changes = Callable[..., list[dict[str, Any]]]


def wake_held(at: datetime) -> Swept:
    """Held tickets whose time has come go on by themselves."""
    return _move(Ticket.objects.to_wake(at), "resume", resumed, at)


def close_unanswered(at: datetime) -> Swept:
    return _move(Ticket.objects.unanswered_since(at - CLOSES_AFTER), "close", closed, at)


def remind_before_deadlines(at: datetime) -> Swept:
    """The technician hears once for each deadline that comes within the hour."""
    return _tell(Ticket.objects.due_soon(at, at + SOON), "due_soon", "reminded_for", "due", at)


def alarm_after_deadlines(at: datetime) -> Swept:
    """The manager hears once for each deadline that passed, taken or not."""
    due = Ticket.objects.not_alarmed(at)
    return _tell(due, "overdue", "alarmed_for", "missed_deadline", at)


def _move(due: Any, verb: str, changes: Changes, at: datetime) -> Swept:
    def move(tickets: Sequence[Ticket]) -> None:
        move_many(MOVES, verb, tickets, actor=SYSTEM, at=at, changes=partial(changes, at=at))

    return in_sets(due.with_place(), move)


def _tell(due: Any, kind: str, mark: str, deadline: str, at: datetime) -> Swept:
    """The rows are locked and were due for this very deadline; the mark says that it is told."""

    def tell(tickets: Sequence[Ticket]) -> None:
        occasions = []
        for ticket in tickets:
            moment: datetime = getattr(ticket, deadline)
            setattr(ticket, mark, moment)
            occasions.append(Occasion(ticket, moment.isoformat(), {"deadline": moment}))
        write_many(tickets, {mark})
        notify_many(MOVES.code_of(kind), occasions, actor=SYSTEM, at=at)

    return in_sets(due.with_place(), tell)
