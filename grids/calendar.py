"""Visits in the calendar of whoever pays them: a door and a day, and nothing of why. The estate's
calendar, which all its staff may read, has none."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.days import begin_of
from grids.models import Visit
from grids.states import VisitStatus
from workflow.calendar import Entry, Source

# A visit has a day and no hour: the hours at which a doorbell may ring.
FROM, UNTIL = time(9), time(18)


def mine(user: Any, start: datetime, end: datetime) -> list[Entry]:
    days = (timezone.localdate(start) - timedelta(days=1), timezone.localdate(end))
    rows = Visit.objects.visible_to(user).filter(assignee=user.pk, due_on__range=days)
    wanted = rows.filter(status__in=[VisitStatus.PLANNED, VisitStatus.CALLED_OFF])
    made = [entry_of(row) for row in wanted.with_all().order_by("due_on", "pk")]
    return [entry for entry in made if start <= entry.starts_at < end]


def entry_of(row: Visit) -> Entry:
    begin = begin_of(row.due_on)
    off = row.status == VisitStatus.CALLED_OFF
    return Entry(
        uid=f"homevisit-{row.pk}",
        title=gettext("Visit %(home)s") % {"home": row.unit},
        starts_at=begin + timedelta(hours=FROM.hour),
        ends_at=begin + timedelta(hours=UNTIL.hour),
        url=row.get_absolute_url(),
        place=str(row.unit),
        icon="home-heart",
        state=row.get_status_display() if off else "",
        cancelled=off,
        made_at=row.created_at,
        changed_at=row.updated_at,
    )


CALENDAR = (Source("grids.visits", _("Home visits"), "home-heart", mine),)
