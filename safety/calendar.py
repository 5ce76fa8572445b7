"""Rounds, deadlines of hazards and drills in calendars: one's own, and all of an estate."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from estates.standing import homes_of
from safety.models import Drill, Hazard, Round
from safety.standing import drills_served
from safety.states import AT_WORK, DrillStatus, Status
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


# So long before a deadline it stands in calendars, which know no moments.
SHOWN = timedelta(minutes=30)


def my_deadlines(user: Any, start: datetime, end: datetime) -> list[Entry]:
    return _deadlines(Hazard.objects.inside(user).filter(responsible=user.pk), start, end)


def deadlines_of_estate(estate: Any, start: datetime, end: datetime) -> list[Entry]:
    return _deadlines(Hazard.objects.filter(estate=estate), start, end)


def _deadlines(rows: Any, start: datetime, end: datetime) -> list[Entry]:
    """Of what is still to be put right."""
    due = rows.filter(status__in=AT_WORK, due_at__gte=start + SHOWN, due_at__lt=end + SHOWN)
    return [deadline_of(row) for row in due.with_all().order_by("due_at", "pk")]


def deadline_of(row: Any) -> Entry:
    return Entry(
        uid=f"hazard-{row.number}",
        title=gettext("To be put right: %(title)s") % {"title": row.title},
        starts_at=row.due_at - SHOWN,
        ends_at=row.due_at,
        url=row.get_absolute_url(),
        place=row.where,
        words=row.responsible.name if row.responsible else "",
        icon="alert-triangle",
        state=row.get_status_display(),
        made_at=row.created_at,
        changed_at=row.updated_at,
    )


def my_drills(user: Any, start: datetime, end: datetime) -> list[Entry]:
    """Those in which they have a role, and those announced to their homes."""
    mine = Q(pk__in=drills_served(user)) | Q(parts__homes__unit__in=homes_of(user))
    rows = Drill.objects.visible_to(user).filter(mine).distinct()
    return _drills(rows, start, end)


def drills_of_estate(estate: Any, start: datetime, end: datetime) -> list[Entry]:
    return _drills(Drill.objects.filter(estate=estate), start, end)


def _drills(rows: Any, start: datetime, end: datetime) -> list[Entry]:
    return [
        drill_of(row) for row in rows.between(start, end).with_all().order_by("planned_at", "pk")
    ]


def drill_of(row: Any) -> Entry:
    return Entry(
        uid=f"drill-{row.number}",
        title=row.title,
        starts_at=row.planned_at,
        ends_at=row.planned_until,
        url=row.get_absolute_url(),
        place=row.where,
        icon="flame",
        state="" if row.status == DrillStatus.ANNOUNCED else row.get_status_display(),
        cancelled=row.status == DrillStatus.CANCELLED,
        made_at=row.created_at,
        changed_at=row.updated_at,
    )


CALENDAR = (
    Source("safety.drills", _("Drills"), "flame", my_drills, drills_of_estate),
    Source("safety.rounds", _("Rounds"), "route", mine, of_estate),
    Source(
        "safety.hazards",
        _("Deadlines of hazards"),
        "alert-triangle",
        my_deadlines,
        deadlines_of_estate,
    ),
)
