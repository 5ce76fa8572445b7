"""Working days by the table that all estates share, and the steps of supervision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from estates.services import workdays
from parties.states import LEVELS, RED_AFTER, YELLOW_AFTER, Supervision

DAY = timedelta(days=1)
# A table that says no day is worked would count for ever.
HORIZON = 366
IsWorked = Callable[[date], bool]


def calendar() -> IsWorked:
    """Whether a day is worked: plain weeks, holidays and make-up workdays."""
    return workdays.week().is_workday


def after(day: date, number: int, is_worked: IsWorked) -> date:
    """The `number`-th working day after a day."""
    for _step in range(HORIZON):
        if number <= 0:
            break
        day += DAY
        number -= is_worked(day)
    return day


def before(day: date, is_worked: IsWorked) -> date:
    """The last working day before a day."""
    for _step in range(HORIZON):
        day -= DAY
        if is_worked(day):
            break
    return day


def climbs_on(due: date, level: str, is_worked: IsWorked) -> date | None:
    """The day on which the step after `level` is taken, while what is due by `due` is not there.
    The first is a reminder, on the working day before."""
    if level == Supervision.NONE:
        return before(due, is_worked)
    if level == Supervision.ORDINARY:
        return after(due, YELLOW_AFTER, is_worked)
    if level == Supervision.YELLOW:
        return after(due, RED_AFTER, is_worked)
    return None


def next_level(level: str) -> str:
    return LEVELS[min(LEVELS.index(Supervision(level)) + 1, len(LEVELS) - 1)]


def days_late(due: date, on: date, is_worked: IsWorked) -> int:
    """Working days after `due`, up to and with `on`."""
    return sum(is_worked(due + n * DAY) for n in range(1, (on - due).days + 1))
