"""Duty shifts in calendars: one's own, and for its staff all of an estate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from estates.models import DutyShift, Estate, Posting
from workflow.calendar import Entry, Source


def own_shifts(user: Any, start: datetime, end: datetime) -> list[Entry]:
    shifts = DutyShift.objects.visible_to(user).filter(posting__user=user)
    return [entry_of(shift, _("On duty")) for shift in _in_span(shifts, start, end)]


def shifts_at(estate: Estate, start: datetime, end: datetime) -> list[Entry]:
    """Those of postings for its community too."""
    shifts = DutyShift.objects.filter(posting__in=Posting.objects.at([estate.pk]))
    found = _in_span(shifts, start, end).select_related("posting__user")
    return [entry_of(shift, shift.posting.user.name) for shift in found]


def _in_span(shifts: QuerySet[Any], start: datetime, end: datetime) -> QuerySet[Any]:
    inside = shifts.filter(starts_at__gte=start, starts_at__lt=end).order_by("starts_at", "pk")
    return inside.select_related("posting__estate", "posting__community")


def entry_of(shift: DutyShift, who: str) -> Entry:
    posting = shift.posting
    # Nobody comes on a posting that has ended by then, whether or not the shift was called off.
    off = shift.called_off_at is not None or not posting.holds_at(shift.starts_at)
    day = timezone.localdate(shift.starts_at)
    return Entry(
        uid=f"shift-{shift.pk}",
        title=f"{who} · {posting.get_duty_display()}",
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        url=f"{reverse('estates:shifts')}?week={day}",
        place=str(posting.where),
        icon="id-badge-2",
        state=_("called off") if off else "",
        cancelled=off,
        made_at=shift.created_at,
        changed_at=max(shift.updated_at, posting.updated_at),
    )


CALENDAR = (
    Source("estates.shifts", gettext_lazy("Duty shifts"), "id-badge-2", own_shifts, shifts_at),
)
