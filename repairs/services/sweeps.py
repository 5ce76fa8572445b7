"""What the portal does by itself. Each sweep may run twice, late, or on two machines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from notifications.services import notify
from repairs.models import CLOSES_AFTER, Ticket
from repairs.services.desk import close
from repairs.services.work import resume
from workflow.actors import SYSTEM

SOON = timedelta(hours=1)


def wake_held(at: datetime) -> int:
    """Held tickets whose time has come go on by themselves."""
    return _each(Ticket.objects.to_wake(at), lambda ticket: resume(ticket, actor=SYSTEM, at=at))


def close_unanswered(at: datetime) -> int:
    due = Ticket.objects.unanswered_since(at - CLOSES_AFTER)
    return _each(due, lambda ticket: close(ticket, actor=SYSTEM, at=at))


def remind_before_deadlines(at: datetime) -> int:
    """The technician hears once for each deadline that comes within the hour."""
    due = Ticket.objects.due_soon(at, at + SOON)
    return sum(
        _tell_once(ticket, "due_soon", "reminded_for", ticket.next_deadline, at) for ticket in due
    )


def alarm_after_deadlines(at: datetime) -> int:
    """The manager hears once for each deadline that passed, taken or not."""
    due = Ticket.objects.not_alarmed(at)
    return sum(
        _tell_once(ticket, "overdue", "alarmed_for", ticket.missed(at), at) for ticket in due
    )


def _tell_once(
    ticket: Ticket, kind: str, mark: str, deadline: datetime | None, at: datetime
) -> int:
    """Claim the deadline by a conditional update; whoever changed the row tells."""
    with transaction.atomic():
        same = Ticket.objects.filter(pk=ticket.pk, status=ticket.status)
        free = same.filter(Q(**{f"{mark}__isnull": True}) | ~Q(**{mark: deadline}))
        if not free.update(**{mark: deadline}):
            return 0
        occasion = deadline.isoformat() if deadline else ""
        notify(
            f"repairs.ticket.{kind}",
            ticket,
            actor=SYSTEM,
            at=at,
            occasion=occasion,
            deadline=deadline,
        )
    return 1


def _each(due: QuerySet[Ticket], verb: Callable[[Ticket], object]) -> int:
    """One transaction a row; a row that somebody moved meanwhile is not due any more."""
    done = 0
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            still = due.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
            if still is not None:
                verb(still)
                done += 1
    return done
