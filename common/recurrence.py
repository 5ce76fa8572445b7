"""Rules of recurrence: RFC 5545 RRULE texts, read by dateutil, and held to what a calendar can use.

    rule = Rule("FREQ=WEEKLY;BYDAY=TU,FR", date(2026, 11, 27), time(9))
    rule.between(begin, end)

Local wall-clock times throughout; a season lies over the rule and takes nothing from its COUNT.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby, islice, takewhile
from typing import Any

from dateutil.rrule import DAILY, HOURLY, MINUTELY, SECONDLY, WEEKLY, rrule, rrulestr
from django.utils import timezone
from django.utils.translation import gettext as _

LONGEST = 500
MOST_A_DAY = 24
# Enough to see every day of a week, a month and a year of the rules that are too many.
LOOKED_AT = 1000
# So many periods may pass without an occurrence: far beyond the 40 years that 29 February on a
# given weekday may take by days, and half a second.
STEPS = 100_000
# Whatever comes later than that comes never.
FARTHEST = timedelta(days=50 * 366)
# For these the beginning may be moved on by whole intervals without changing what follows.
DAYS_OF = {WEEKLY: 7, DAILY: 1, HOURLY: 1, MINUTELY: 1}
NUMBER = re.compile("0*[1-9][0-9]{0,4}")
DATE = re.compile(r"(?:(?:\d{4})?-)?-?(\d\d)-(\d\d)")


class BadRule(ValueError):
    """The rule cannot be read, or makes nothing that can be kept; the sentence says why."""


class _NoMore(Exception):
    pass


class _Interval(int):
    """An INTERVAL that counts how often dateutil steps by it, and ends what would never end.

    dateutil looks for the next occurrence until the year 9999: 30 February by the hour takes days.
    """

    def __new__(cls, value: int) -> _Interval:
        made = super().__new__(cls, value)
        made.left = STEPS
        return made

    left: int

    def _step(self) -> int:
        self.left -= 1
        if self.left < 0:
            raise _NoMore
        return int(self)

    def __radd__(self, other: int) -> int:
        return other + self._step()

    def __mul__(self, other: int) -> int:
        return self._step() * other

    __rmul__ = __mul__


@dataclass(frozen=True)
class Season:
    """The days between two days of any year, both included; over New Year if it ends before it
    begins. Days are "MM-DD"; an empty one leaves that side open, two make the whole year."""

    begins: str = ""
    ends: str = ""

    def __contains__(self, day: date) -> bool:
        said = f"{day:%m-%d}"
        begins, ends = self.begins or "01-01", self.ends or "12-31"
        if begins <= ends:
            return begins <= said <= ends
        return said >= begins or said <= ends


def month_day(text: str) -> str:
    """ "MM-DD" of that, of "--MM-DD" or of a whole date. Raises BadRule."""
    found = DATE.fullmatch(text.strip())
    try:
        if not found:
            raise ValueError(text)
        # a leap year: 29 February is a day of some years
        date(2024, int(found[1]), int(found[2]))
    except ValueError as error:
        raise BadRule(_("A day of the year is written MM-DD, such as 05-01.")) from error
    return f"{found[1]}-{found[2]}"


@dataclass(frozen=True)
class Rule:
    """`text` is the value of an RRULE, with its name before it or not; the first occurrence is the
    first that fits on or after `starts_on` at `time`. Hours that the text names win over the
    time's. Raises BadRule when it is first asked."""

    text: str
    starts_on: date
    time: time
    season: Season = Season()

    @property
    def start(self) -> datetime:
        return datetime.combine(self.starts_on, self.time)

    @cached_property
    def parsed(self) -> rrule:
        return _parsed(self.text, self.start)

    def check(self) -> None:
        """Raises BadRule for what makes nothing, or too much."""
        if self.season.begins:
            month_day(self.season.begins)
        if self.season.ends:
            month_day(self.season.ends)
        found = list(islice(self._from(self.start), LOOKED_AT))
        if not found or not self.next(timezone.make_aware(self.start)):
            raise BadRule(_("This rule never comes true: no day fits it."))
        for _day, times in groupby(found, datetime.date):
            if len(list(times)) > MOST_A_DAY:
                raise BadRule(_("That is more than 24 times a day."))

    def between(self, after: datetime, before: datetime) -> list[datetime]:
        """Aware moments from `after` on and before `before`, in order."""
        upto = _naive(before)
        found = takewhile(lambda one: one < upto, self._from(_naive(after)))
        # an hour that the clocks leave out is the same moment as the next
        return list(dict.fromkeys(map(timezone.make_aware, filter(self._fits, found))))

    def next(self, after: datetime, count: int = 1) -> list[datetime]:
        """The next `count` aware moments from `after` on; fewer if the rule ends."""
        begin = _naive(after)
        upto = begin + FARTHEST
        found = takewhile(lambda one: one < upto, self._from(begin))
        return list(islice(map(timezone.make_aware, filter(self._fits, found)), count))

    def _fits(self, moment: datetime) -> bool:
        return moment.date() in self.season

    def _from(self, begin: datetime) -> Iterator[datetime]:
        rule: Any = _moved_on(self.parsed, begin)
        rule._interval = _Interval(rule._interval)
        try:
            for found in rule:
                rule._interval.left = STEPS
                if found >= begin:
                    yield found.replace(microsecond=0)
        except (_NoMore, OverflowError):
            return


def _parsed(text: str, start: datetime) -> rrule:
    value = text.strip().upper().removeprefix("RRULE:")
    if len(value) > LONGEST or "\n" in value:
        raise BadRule(_("One rule, in one line, of at most 500 signs."))
    if not value.startswith("FREQ=") and ";FREQ=" not in value:
        raise BadRule(_("This is no rule of recurrence, such as FREQ=WEEKLY;BYDAY=TU,FR."))
    parts = dict(part.partition("=")[::2] for part in value.split(";") if part)
    if len(parts) < len([part for part in value.split(";") if part]):
        raise BadRule(_("A part of the rule is there twice."))
    if "COUNT" in parts and "UNTIL" in parts:
        raise BadRule(_("A rule ends by COUNT or by UNTIL, not by both."))
    for name in ("COUNT", "INTERVAL"):
        if name in parts and not NUMBER.fullmatch(parts[name]):
            raise BadRule(_("%(part)s is a whole number from 1 to 99999.") % {"part": name})
    if parts.get("UNTIL", "").endswith("Z"):
        parts["UNTIL"] = _local(parts["UNTIL"])
    try:
        rule = rrulestr(";".join(f"{n}={v}" for n, v in parts.items()), dtstart=start)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError) as error:
        raise BadRule(
            _("This is no rule of recurrence, such as FREQ=WEEKLY;BYDAY=TU,FR.")
        ) from error
    if not isinstance(rule, rrule):
        raise BadRule(_("One rule, in one line, of at most 500 signs."))
    if rule._freq == SECONDLY:  # type: ignore[attr-defined]
        raise BadRule(_("That is more than 24 times a day."))
    return rule


def _naive(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(tzinfo=None)


def _local(until: str) -> str:
    """UNTIL is written in UTC where the start has a zone; here everything is local."""
    try:
        moment = datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise BadRule(_("UNTIL is written like 20261231T235959.")) from error
    return f"{timezone.localtime(moment):%Y%m%dT%H%M%S}"


def _moved_on(rule: rrule, begin: datetime) -> rrule:
    """The same rule begun as late as changes nothing from `begin` on: a plan of ten years is not
    counted through from its first day. A COUNT is counted from the beginning."""
    made: Any = rule
    days = DAYS_OF.get(made._freq)
    start: datetime = made._dtstart
    if days is None or made._count is not None or begin <= start:
        return rule.replace()
    period = timedelta(days=days * made._interval)
    # one period less, for the week of the first day may be cut
    whole = (begin - start) // period - 1
    return rule.replace(dtstart=start + whole * period) if whole > 0 else rule.replace()
