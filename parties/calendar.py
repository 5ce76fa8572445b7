"""The days by which matters are waited for, in the calendar of whoever acts for an organisation."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.days import begin_of
from parties.models import Matter
from workflow.calendar import Entry, Source

FROM, UNTIL = time(9), time(18)


def mine(user: Any, start: datetime, end: datetime) -> list[Entry]:
    days = (timezone.localdate(start) - timedelta(days=1), timezone.localdate(end))
    rows = Matter.objects.visible_to(user).for_lead(user).filter(due_on__range=days)
    made = [entry_of(row) for row in rows.with_all().order_by("due_on", "pk")]
    return [entry for entry in made if start <= entry.starts_at < end]


def entry_of(row: Any) -> Entry:
    begin = begin_of(row.due_on)
    return Entry(
        uid=f"matter-{row.number}",
        title=gettext("%(number)s: %(title)s") % {"number": row.number, "title": row.title},
        starts_at=begin + timedelta(hours=FROM.hour),
        ends_at=begin + timedelta(hours=UNTIL.hour),
        url=row.get_absolute_url(),
        place=row.where,
        words=row.get_status_display(),
        icon="speakerphone",
        made_at=row.created_at,
        changed_at=row.updated_at,
    )


CALENDAR = (Source("parties.matters", _("Matters"), "speakerphone", mine),)
