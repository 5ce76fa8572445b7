"""What the portal does by itself. Each sweep may run twice, late, or on two machines."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from notifications.services import Occasion, notify_many
from volunteers.models import Entry, Qualification, Shift, ShiftSeries, Swap
from volunteers.services import entries, papers, shifts, swaps
from volunteers.services.moves import QUALIFICATION_MOVES
from workflow.actors import SYSTEM
from workflow.sweeps import Swept, each, in_sets


def make_due(at: datetime) -> Swept:
    """Shifts four weeks ahead. Counted are the series that had any to make."""
    due = ShiftSeries.objects.to_extend(at + shifts.AHEAD)
    return each(due, lambda series: shifts.extend(series, at))


def remind(at: datetime) -> Swept:
    return in_sets(Shift.objects.to_remind(at), lambda rows: shifts.remind(rows, at))


def end(at: datetime) -> Swept:
    due = Shift.objects.to_end(at - shifts.GRACE)
    return each(due, lambda shift: shifts.end(shift, actor=SYSTEM, at=at))


def tidy(at: datetime) -> Swept:
    """Whom the lead entered or checked in after the end, and left so for a day."""
    due = Shift.objects.to_tidy(at - shifts.LEFT_SO)
    return each(due, lambda shift: shifts.close_entries(shift, actor=SYSTEM, at=at))


def lapse(at: datetime) -> Swept:
    return each(Swap.objects.to_lapse(at), lambda swap: swaps.lapse(swap, actor=SYSTEM, at=at))


def run_out(at: datetime) -> Swept:
    """Offers whose time is over, and places that nobody could take when they became free; shift by
    shift, for the shift is what everybody locks first."""
    held = Q(pk__in=Entry.objects.run_out(at).values("shift"))
    due = Shift.objects.filter(held | Q(pk__in=Shift.objects.to_pass_on(at).values("pk")))

    def pass_on(shift: Shift) -> bool:
        done = 0
        for entry in Entry.objects.run_out(at).filter(shift=shift.pk).order_by("pk"):
            entries.expire(entry, actor=SYSTEM, at=at)
            done += 1
        for post in shift.posts.order_by("pk"):
            done += entries.pass_on(shift, post.pk, at)
        return bool(done)

    return each(due, pass_on)


def papers_run_out(at: datetime) -> Swept:
    """Whoever holds a certificate hears a month before that it runs out."""
    today = timezone.localdate(at)

    def tell(rows: list[Qualification]) -> None:
        code = QUALIFICATION_MOVES.code_of("remind")
        occasions = [Occasion(row, row.expires_on.isoformat(), {}) for row in rows]
        for row in rows:
            row.reminded_on = today
            row.save(update_fields=["reminded_on", "updated_at"])
        notify_many(code, occasions, actor=SYSTEM, at=at)

    due = Qualification.objects.to_remind(today, papers.AHEAD)
    return in_sets(due, tell)  # type: ignore[arg-type]
