"""By when: the deadlines of a ticket, and the words that explain them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from common.worktime import WorkHours
from repairs.models import Category, Priority, Ticket

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
    category: Category, priority: str, start: datetime, hours: WorkHours, *, paused_minutes: int = 0
) -> dict[str, datetime]:
    """`respond_by` and `resolve_by` for a clock that runs from `start`."""
    owed = terms(category, priority)

    def by(minutes: int) -> datetime:
        return after(start, minutes, round_the_clock=owed.round_the_clock, hours=hours)

    return {
        "respond_by": by(owed.respond_minutes),
        "resolve_by": by(owed.resolve_minutes + paused_minutes),
    }


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
