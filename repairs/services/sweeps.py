"""What the portal does by itself. Each sweep may run twice, late, or on two machines."""

from __future__ import annotations

from datetime import datetime, timedelta

from notifications.services import notify
from repairs.models import CLOSES_AFTER, Ticket
from repairs.services.desk import close
from repairs.services.work import resume
from workflow.actors import SYSTEM
from workflow.sweeps import Swept, each

SOON = timedelta(hours=1)


def wake_held(at: datetime) -> Swept:
    """Held tickets whose time has come go on by themselves."""
    return each(Ticket.objects.to_wake(at), lambda ticket: resume(ticket, actor=SYSTEM, at=at))


def close_unanswered(at: datetime) -> Swept:
    due = Ticket.objects.unanswered_since(at - CLOSES_AFTER)
    return each(due, lambda ticket: close(ticket, actor=SYSTEM, at=at))


def remind_before_deadlines(at: datetime) -> Swept:
    """The technician hears once for each deadline that comes within the hour."""
    due = Ticket.objects.due_soon(at, at + SOON)
    return each(due, lambda ticket: _tell(ticket, "due_soon", "reminded_for", ticket.deadline, at))


def alarm_after_deadlines(at: datetime) -> Swept:
    """The manager hears once for each deadline that passed, taken or not."""
    due = Ticket.objects.not_alarmed(at)
    return each(
        due, lambda ticket: _tell(ticket, "overdue", "alarmed_for", ticket.missed_deadline, at)
    )


def _tell(ticket: Ticket, kind: str, mark: str, deadline: datetime, at: datetime) -> None:
    """The row is locked and was due for this very deadline; the mark says that it is told."""
    setattr(ticket, mark, deadline)
    ticket.save(update_fields=[mark])
    notify(
        f"repairs.ticket.{kind}",
        ticket,
        actor=SYSTEM,
        at=at,
        occasion=deadline.isoformat(),
        deadline=deadline,
    )
