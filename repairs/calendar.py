"""Planned visits in calendars: the technician's, and those to one's own home."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from repairs.models import Ticket
from repairs.states import UNMENDED, Status
from workflow.calendar import Entry, Source


def visits(user: Any, start: datetime, end: datetime) -> list[Entry]:
    planned = Ticket.objects.visible_to(user).visits_of(user, start, end)
    return [entry_of(ticket) for ticket in planned.with_place().order_by("visit_from", "pk")]


def entry_of(ticket: Any) -> Entry:
    off = called_off(ticket)
    who = ticket.assignee
    return Entry(
        uid=f"visit-{ticket.number}",
        title=f"{ticket.number} · {ticket.title}",
        starts_at=ticket.visit_from,
        ends_at=ticket.visit_to,
        url=ticket.get_absolute_url(),
        place=ticket.where,
        words=_("Technician: %(name)s") % {"name": who.name} if who else "",
        icon="tool",
        state=ticket.get_status_display() if off else "",
        cancelled=off,
        made_at=ticket.created_at,
        changed_at=ticket.updated_at,
    )


def called_off(ticket: Any) -> bool:
    """It ended before the visit, so nobody comes; a visit that was paid stays one."""
    if ticket.status in UNMENDED:
        over = ticket.closed_at
    elif ticket.status in (Status.RESOLVED, Status.CLOSED):
        over = ticket.resolved_at or ticket.closed_at
    else:
        over = None
    return over is not None and over < ticket.visit_from


# No `of_estate`: an estate's address is passed around, and homes are nobody's business there.
CALENDAR = (Source("repairs.visits", gettext_lazy("Visits"), "tool", visits),)
