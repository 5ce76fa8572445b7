"""Counting minutes on a clock that stands still outside working hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property
from hashlib import sha256

DAY = timedelta(days=1)
SATURDAY = 5
# A calendar with no working day ahead would count for ever; two years is beyond any deadline.
HORIZON = 730


@dataclass(frozen=True)
class WorkHours:
    """When a place works. `exceptions` says day → is worked, for holidays and make-up workdays."""

    opens: time
    closes: time
    weekends: bool
    zone: tzinfo
    exceptions: Mapping[date, bool] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """Of all that is counted by: the same for clocks that count alike."""
        week = (self.opens, self.closes, self.weekends, str(self.zone))
        said = repr((week, sorted(self.exceptions.items())))
        return sha256(said.encode()).hexdigest()[:16]

    def is_workday(self, day: date) -> bool:
        return self.exceptions.get(day, self.weekends or day.weekday() < SATURDAY)

    def add(self, start: datetime, minutes: int) -> datetime:
        """The moment at which `minutes` of work have passed since `start`."""
        left = timedelta(minutes=minutes)
        day = start.astimezone(self.zone).date()
        for _ in range(HORIZON):
            opens, closes = self._span(day)
            begins = max(start, opens)
            if self.is_workday(day) and begins < closes:
                if left <= closes - begins:
                    return begins + left
                left -= closes - begins
            day += DAY
        return start + timedelta(minutes=minutes)

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Minutes of work between two moments; 0 when they are the wrong way round."""
        total = timedelta()
        day = start.astimezone(self.zone).date()
        while day <= end.astimezone(self.zone).date():
            opens, closes = self._span(day)
            if self.is_workday(day):
                total += max(timedelta(), min(end, closes) - max(start, opens))
            day += DAY
        return int(total.total_seconds() // 60)

    def _span(self, day: date) -> tuple[datetime, datetime]:
        return (
            datetime.combine(day, self.opens, self.zone),
            datetime.combine(day, self.closes, self.zone),
        )
