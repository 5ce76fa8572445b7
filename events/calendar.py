"""Events in the calendars: one's own, and the one for everybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from events.models import Event, Signup, Slot
from events.states import TAKEN, EventStatus
from workflow.calendar import Entry, Source


def mine(user: Any, start: datetime, end: datetime) -> list[Entry]:
    """What is public around, and what one plans; of what one is signed up for, in which state."""
    rows: Any = Event.objects.visible_to(user).filter(starts_at__gte=start, starts_at__lt=end)
    found = list(rows.with_all().order_by("starts_at"))
    own: Any = Signup.objects.of(user).filter(event__in=[row.pk for row in found]).standing()
    mine_of = {one.event_id: one for one in own.order_by("pk")} if found else {}
    return [_own(entry_of(row), mine_of.get(row.pk)) for row in found]


def _own(entry: Entry, signup: Any) -> Entry:
    if signup is None:
        return entry
    state = str(signup.get_status_display())
    changed = max(entry.changed_at, signup.updated_at)
    return replace(entry, words=f"{state} · {entry.words}", changed_at=changed)


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


def turns(user: Any, start: datetime, end: datetime) -> list[Entry]:
    """One's turns that have a time."""
    rows: Any = Slot.objects.of(user).filter(
        status__in=TAKEN, starts_at__gte=start, starts_at__lt=end
    )
    return [turn_of(row) for row in rows.with_all().order_by("starts_at")]


def turn_of(row: Any) -> Entry:
    service, event = row.service, row.service.event
    names = [f"{service.label} {row.label}", row.person]
    return Entry(
        uid=f"turn-{row.pk}",
        title=" · ".join(filter(None, names)),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        url=row.get_absolute_url(),
        place=" · ".join(filter(None, [event.where, service.desk])),
        words=event.label,
        icon="clock",
        made_at=row.created_at,
        changed_at=max(row.updated_at, event.updated_at),
        cancelled=event.status == EventStatus.CANCELLED,
    )


CALENDAR = (
    Source("events.events", _("Events"), "calendar-event", mine),
    Source("events.turns", _("My turns"), "clock", turns),
)
