"""Events in the calendars: one's own, and the one for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from events.models import Event
from events.states import EventStatus
from workflow.calendar import Entry, Source


def mine(user: Any, start: datetime, end: datetime) -> list[Entry]:
    """What is public around, and what one plans."""
    rows: Any = Event.objects.visible_to(user).filter(starts_at__gte=start, starts_at__lt=end)
    return [entry_of(row) for row in rows.with_all().order_by("starts_at")]


def public(start: datetime, end: datetime) -> list[Entry]:
    rows: Any = Event.objects.public().filter(starts_at__gte=start, starts_at__lt=end)
    return [entry_of(row) for row in rows.with_all().order_by("starts_at")]


def entry_of(row: Any) -> Entry:
    return Entry(
        uid=f"event-{row.number}",
        title=row.label,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        url=row.get_absolute_url(),
        place=row.where,
        words=row.line or str(row.get_status_display()),
        icon="calendar-event",
        made_at=row.created_at,
        changed_at=row.updated_at,
        cancelled=row.status == EventStatus.CANCELLED,
    )


CALENDAR = (Source("events.events", _("Events"), "calendar-event", mine),)
