"""The shifts in which somebody is, in their calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from volunteers.models import Entry as ShiftEntry
from volunteers.states import EntryStatus, ShiftStatus
from workflow.calendar import Entry, Source

# What was withdrawn or called off stays in calendars, struck through.
OFF = (EntryStatus.WITHDRAWN, EntryStatus.CANCELLED, EntryStatus.DECLINED)
ON = (
    EntryStatus.REQUESTED,
    EntryStatus.CONFIRMED,
    EntryStatus.CHECKED_IN,
    EntryStatus.CHECKED_OUT,
    EntryStatus.HOURS_CONFIRMED,
)


def mine(user: Any, start: datetime, end: datetime) -> list[Entry]:
    rows: Any = ShiftEntry.objects.of(user).filter(
        shift__gate_at__gte=start, shift__gate_at__lt=end, status__in=(*ON, *OFF)
    )
    # who signed up again has one row that stands; that one is shown
    newest = {row.shift_id: row for row in rows.with_all().order_by("pk")}
    return [entry_of(row) for row in newest.values()]


def entry_of(row: Any) -> Entry:
    shift = row.shift
    off = row.status in OFF or shift.status == ShiftStatus.CANCELLED
    return Entry(
        uid=f"shift-{shift.pk}-{row.user_id}",
        title=f"{shift.title} · {row.post.name}",
        starts_at=shift.gate_at,
        ends_at=shift.ends_at,
        url=row.get_absolute_url(),
        place=shift.where,
        words=str(row.get_status_display()),
        icon="heart-handshake",
        made_at=row.created_at,
        changed_at=max(row.updated_at, shift.updated_at),
        cancelled=off,
    )


CALENDAR = (Source("volunteers.shifts", _("My shifts"), "heart-handshake", mine),)
