"""A month as days and weeks, and the span of a feed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from common.days import begin_of
from workflow.calendar import Entry

FIRST_MONTH, LAST_MONTH = date(2000, 1, 1), date(2099, 12, 1)
DAY = timedelta(days=1)
# A feed says what was and what will be, so far from today.
BACK, AHEAD = timedelta(days=30), timedelta(days=90)


# --- the page


@dataclass(frozen=True)
class Day:
    day: date
    inside: bool
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Month:
    """`first` is its first day."""

    first: date

    @classmethod
    def asked(cls, text: str, today: date) -> Month:
        """“2026-11”; what is no month, or lies out of reach, is this one."""
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError:
            first = today
        near = FIRST_MONTH <= first <= LAST_MONTH and f"{first:%Y-%m}" == text
        return cls(first if near else today.replace(day=1))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def next_first(self) -> date:
        return (self.first + 31 * DAY).replace(day=1)

    @property
    def earlier(self) -> Month | None:
        return Month((self.first - DAY).replace(day=1)) if self.first > FIRST_MONTH else None

    @property
    def later(self) -> Month | None:
        return Month(self.next_first) if self.first < LAST_MONTH else None

    @property
    def monday(self) -> date:
        return self.first - timedelta(days=self.first.weekday())

    @property
    def end(self) -> date:
        """The Monday after its last week."""
        last = self.next_first - DAY
        return last + timedelta(days=7 - last.weekday())

    def days(self, entries: Iterable[Entry]) -> list[Day]:
        """All days of its weeks, each with what begins on it."""
        number = (self.end - self.monday).days
        dates = [self.monday + timedelta(days=n) for n in range(number)]
        days = {one: Day(one, one.month == self.first.month) for one in dates}
        for entry in entries:
            days[timezone.localdate(entry.starts_at)].entries.append(entry)
        return list(days.values())


def weeks(days: list[Day]) -> Iterator[list[Day]]:
    for n in range(0, len(days), 7):
        yield days[n : n + 7]


# --- the feed


def span(at: datetime) -> tuple[datetime, datetime]:
    """Whole days, so that the feed says the same all day while nothing changes."""
    today = timezone.localdate(at)
    return begin_of(today - BACK), begin_of(today + AHEAD + DAY)
