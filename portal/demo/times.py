"""Moments relative to now that fall where people are awake and desks are open."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from common.worktime import WorkHours

DAY = timedelta(days=1)
# When people report: little at night, most after breakfast and after work.
HOURS = (
    *(0, 1, 5),
    *(6, 7, 7, 8, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 11, 11, 12, 13, 14, 14, 15, 15, 16, 17),
    *(18, 18, 19, 19, 19, 20, 20, 20, 21, 21, 22, 23),
)


class Times:
    """One estate's clock as seen from now."""

    def __init__(self, now: datetime, hours: WorkHours, dice: Random) -> None:
        self.now = now.astimezone(hours.zone).replace(second=0, microsecond=0)
        self.hours = hours
        self.dice = dice

    def ago(self, *, days: int = 0, hours: float = 0, minutes: int = 0) -> datetime:
        """That much work ago: always a moment at which the desk was open."""
        # Nobody acts on the hour: stretched a little, in an order that stays.
        left = timedelta(minutes=round((minutes + hours * 60) * 1.013 + 3))
        day = self.now.date() - days * DAY
        moment = datetime.combine(day, self.now.timetz()) if days else self.now
        while True:
            opens = datetime.combine(day, self.hours.opens, self.hours.zone)
            closes = datetime.combine(day, self.hours.closes, self.hours.zone)
            ends = min(moment, closes)
            if self.hours.is_workday(day) and ends > opens:
                if left < ends - opens:
                    return ends - left
                left -= ends - opens
            day -= DAY

    def on(self, days_ago: int, clock: str) -> datetime:
        """09:20 of a day before today, working or not."""
        hour, minute = map(int, clock.split(":"))
        day = self.now.date() - days_ago * DAY
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.hours.zone)

    def next_visit(self) -> tuple[datetime, datetime]:
        """This afternoon at half past two, or the next hour that suits a visit."""
        today = self.on(0, "14:30")
        if self.now < today - timedelta(hours=1):
            start = today
        elif self.now < self.on(0, "17:00"):
            start = self.now.replace(minute=0) + timedelta(
                minutes=60 if self.now.minute < 30 else 90
            )
        else:
            start = self.on(-1, "09:30")
        return start, start + timedelta(hours=1)

    def some_moment(self, day: datetime) -> datetime:
        """At an hour of `day` when people report."""
        return day.replace(
            hour=self.dice.choice(HOURS),
            minute=self.dice.randrange(60),
            second=self.dice.randrange(60),
        )

    def awake(self, moment: datetime) -> datetime:
        """Nobody rates a repair in the night: then it is done the next morning."""
        if 7 <= moment.hour < 23:
            return moment
        morning = moment if moment.hour < 7 else moment + DAY
        return morning.replace(hour=9)
