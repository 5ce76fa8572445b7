"""Rounds in calendars: one's own, and all of an estate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from safety.models import Round
from safety.states import Status
from workflow.calendar import Entry, Source

OFF = (Status.CALLED_OFF, Status.EXCUSED)
SAID = (*OFF, Status.MISSED, Status.PARTIAL, Status.DONE)


def mine(user: Any, start: datetime, end: datetime) -> list[Entry]:
    rows = Round.objects.visible_to(user).for_walker(user)
    return _entries(rows.between(start, end))


def of_estate(estate: Any, start: datetime, end: datetime) -> list[Entry]:
    return _entries(Round.objects.filter(estate=estate).between(start, end))


def _entries(rows: Any) -> list[Entry]:
    joined = rows.select_related("plan__route", "assignee").order_by("planned_at", "pk")
    return [entry_of(row) for row in joined]


def entry_of(row: Any) -> Entry:
    return Entry(
        uid=f"round-{row.pk}",
        title=row.plan.name,
        starts_at=row.planned_at,
        ends_at=row.ends_at,
        url=row.get_absolute_url(),
        place=row.plan.route.name,
        words=row.assignee.name if row.assignee else "",
        icon="route",
        state=row.get_status_display() if row.status in SAID else "",
        cancelled=row.status in OFF,
        made_at=row.created_at,
        changed_at=row.updated_at,
    )


CALENDAR = (Source("safety.rounds", _("Rounds"), "route", mine, of_estate),)
