"""A month as days and weeks, and entries as a file of iCalendar (RFC 5545)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, vText, vUri

from common.days import begin_of
from workflow.calendar import Entry

FIRST_MONTH, LAST_MONTH = date(2000, 1, 1), date(2099, 12, 1)
DAY = timedelta(days=1)
# A feed says what was and what will be, so far from today.
BACK, AHEAD = timedelta(days=30), timedelta(days=90)
ASK_AGAIN = timedelta(hours=1)
# TEXT holds none of them but the end of a line.
CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


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


def written(entries: Iterable[Entry], name: str) -> bytes:
    """The same bytes for the same rows: no moment in it is that of the asking."""
    calendar = Calendar()
    calendar.add("PRODID", "-//Banyan//Calendar//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("NAME", _text(name))
    calendar.add("X-WR-CALNAME", _text(name))
    calendar.add("REFRESH-INTERVAL", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry))
    body: bytes = calendar.to_ical()
    return body


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("UID", f"{entry.uid}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("DTSTAMP", _utc(entry.changed_at))
    event.add("DTSTART", _utc(entry.starts_at))
    event.add("DTEND", max(_utc(entry.ends_at), _utc(entry.starts_at) + timedelta(minutes=1)))
    event.add("SUMMARY", _text(entry.title))
    event.add("STATUS", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("SEQUENCE", entry.sequence)
    event.add("CREATED", _utc(entry.made_at))
    event.add("LAST-MODIFIED", _utc(entry.changed_at))
    event.add("URL", vUri(f"{settings.SITE_URL}{entry.url}"))
    said = "\n".join(filter(None, (entry.state, entry.words)))
    for prop, text in (("LOCATION", entry.place), ("DESCRIPTION", said)):
        if text:
            event.add(prop, _text(text))
    return event


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _text(text: str) -> vText:
    return vText(CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")))
