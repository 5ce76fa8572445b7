"""By when: the deadlines of a ticket, and the words that explain them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from audit.services import record
from common.worktime import WorkHours
from estates.models import Estate
from repairs.models import Category, Priority, Ticket
from repairs.services.moves import MOVES
from workflow.actors import SYSTEM
from workflow.sweeps import Swept, each

Interval = tuple[datetime, datetime]
DATES = ("respond_by", "resolve_by")

# A category's minutes hold for its own usual priority; another priority scales them.
FACTOR = {
    Priority.EMERGENCY: Fraction(1, 4),
    Priority.URGENT: Fraction(1, 2),
    Priority.NORMAL: Fraction(1),
    Priority.LOW: Fraction(2),
}


@dataclass(frozen=True)
class Terms:
    """What a ticket is owed: minutes to respond and to resolve, and if the clock ever stops."""

    respond_minutes: int
    resolve_minutes: int
    round_the_clock: bool


def terms(category: Category, priority: str) -> Terms:
    scale = FACTOR[Priority(priority)] / FACTOR[Priority(category.priority)]
    return Terms(
        respond_minutes=int(category.respond_minutes * scale),
        resolve_minutes=int(category.resolve_minutes * scale),
        round_the_clock=priority == Priority.EMERGENCY or category.clock == Category.Clock.ALWAYS,
    )


def after(start: datetime, minutes: int, *, round_the_clock: bool, hours: WorkHours) -> datetime:
    return start + timedelta(minutes=minutes) if round_the_clock else hours.add(start, minutes)


def elapsed(start: datetime, end: datetime, *, round_the_clock: bool, hours: WorkHours) -> int:
    if round_the_clock:
        return max(0, int((end - start).total_seconds() // 60))
    return hours.minutes_between(start, end)


def deadlines(
    category: Category,
    priority: str,
    start: datetime,
    hours: WorkHours,
    *,
    pauses: Sequence[Interval] = (),
    carried: int = 0,
    responded_at: datetime | None = None,
) -> dict[str, Any]:
    """What a ticket holds of its clock, which runs from `start` and stood still in the `pauses`.

    A pause moves `respond_by` as far as it lay before the answer. `carried` are the minutes of
    pauses whose moments are not known.
    """
    owed = terms(category, priority)
    always = owed.round_the_clock

    def paused(until: datetime | None = None) -> int:
        spans = [(max(began, start), min(ended, until or ended)) for began, ended in pauses]
        return carried + sum(elapsed(*span, round_the_clock=always, hours=hours) for span in spans)

    def by(minutes: int) -> datetime:
        return after(start, minutes, round_the_clock=always, hours=hours)

    return {
        "respond_by": by(owed.respond_minutes + paused(until=responded_at)),
        "resolve_by": by(owed.resolve_minutes + paused()),
        "paused_minutes": paused(),
        "calendar": hours.digest,
    }


def counted(
    ticket: Ticket,
    *,
    category: Category | None = None,
    priority: str = "",
    hours: WorkHours | None = None,
) -> dict[str, Any]:
    """From scratch: the start, the terms (some perhaps new), and the pauses that are over.

    So it is all the same in which order terms changed, work waited and holidays were declared.
    """
    return deadlines(
        category or ticket.category,
        priority or ticket.priority,
        ticket.clock_from or ticket.reported_at,
        hours or ticket.estate.work_hours(),
        pauses=[(p.began_at, p.ended_at) for p in ticket.pauses.all() if p.ended_at],
        carried=ticket.carried_minutes,
        responded_at=ticket.responded_at,
    )


def recompute_deadlines(*, at: datetime) -> Swept:
    """After a change of working days or hours: new dates for open tickets that run on them.

    Each ticket keeps a digest of the calendar that its dates were counted on, so one that was
    written meanwhile with the old one is found the next time. While all have today's, it costs a
    query for the tickets, and one an estate for its calendar. Counts those that got new dates.
    """
    hours = {estate.pk: estate.work_hours() for estate in Estate.objects.all()}
    today = {pk: clock.digest for pk, clock in hours.items()}
    # An index of the open tickets alone answers this, and mostly nothing is left to ask.
    counted_on = Ticket.objects.open().order_by().values_list("estate", "calendar").distinct()
    stale = [Q(estate=pk, calendar=one) for pk, one in counted_on if one != today.get(pk, one)]
    if not stale:
        return Swept()
    due = Ticket.objects.open().filter(reduce(or_, stale)).select_related("category")
    return each(due, lambda ticket: _recompute(ticket, hours[ticket.estate_id], at))


def _recompute(ticket: Ticket, hours: WorkHours, at: datetime) -> bool:
    """Whether its dates moved; in any case it has been looked at for this calendar."""
    now = {"calendar": hours.digest}
    if not terms(ticket.category, ticket.priority).round_the_clock:
        now = counted(ticket, hours=hours)
    before = {name: getattr(ticket, name) for name in now}
    changed = {name for name in now if now[name] != before[name]}
    for name in changed:
        setattr(ticket, name, now[name])
    ticket.save(update_fields=[*changed, "updated_at"])
    # A holiday within a pause leaves the dates: fewer minutes were owed, and fewer passed.
    if changed.isdisjoint(DATES):
        return False
    record(
        MOVES.code_of("recompute"),
        ticket,
        actor=SYSTEM,
        at=at,
        before={name: before[name] for name in DATES},
        after={name: now[name] for name in DATES},
    )
    return True


def answered(at: datetime) -> Callable[[Ticket], dict[str, datetime]]:
    """The first answer counts; later ones leave it."""
    return lambda locked: {} if locked.responded_at else {"responded_at": at}


@dataclass(frozen=True)
class Why:
    """The parts of “why this date” on the ticket page."""

    start: datetime
    terms: Terms
    paused_minutes: int
    respond_by: datetime | None
    resolve_by: datetime | None
    opens: str
    closes: str


def why(ticket: Ticket) -> Why:
    return Why(
        start=ticket.clock_from or ticket.reported_at,
        terms=terms(ticket.category, ticket.priority),
        paused_minutes=ticket.paused_minutes,
        respond_by=ticket.respond_by,
        resolve_by=ticket.resolve_by,
        opens=f"{ticket.estate.opens_at:%H:%M}",
        closes=f"{ticket.estate.closes_at:%H:%M}",
    )
