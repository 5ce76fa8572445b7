"""The ledger of hours: booked and taken back, never changed; what it comes to, and the stars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Min, Sum
from django.utils import timezone

from volunteers.models import Entry, HourLine, Team
from volunteers.states import STARS, Source

HOUR = 60


def book(entry: Entry, at: datetime, minutes: int | None = None) -> None:
    """What the lead has confirmed; in the transaction of the verb."""
    given = entry.minutes if minutes is None else minutes
    if given:
        _line(entry, given, at)


def take_back(entry: Entry, at: datetime) -> None:
    """What of this entry stands in the ledger is balanced by a line of its own."""
    if standing := HourLine.objects.filter(entry=entry.pk).total():
        _line(entry, -standing, at)


def _line(entry: Entry, minutes: int, at: datetime) -> None:
    shift = entry.shift
    HourLine.objects.create(
        user_id=entry.user_id,
        team_id=shift.team_id,
        source=Source.SHIFT,
        entry=entry,
        title=shift.title,
        on=timezone.localdate(shift.starts_at),
        minutes=minutes,
        at=at,
    )


def credit(
    *,
    user: Any,
    team: Team,
    source: str,
    title: str,
    on: date,
    minutes: int,
    at: datetime,
    origin: Any = None,
) -> HourLine:
    """For apps above: hours of an event, a visit or a call-out. They see to it that it is once."""
    return HourLine.objects.create(
        user=user,
        team=team,
        source=source,
        title=title,
        on=on,
        minutes=minutes,
        at=at,
        origin=origin,
    )


def hours_of(minutes: int) -> str:
    """Minutes as hours with one decimal: 90 is “1.5”."""
    return f"{minutes / HOUR:.1f}"


@dataclass(frozen=True)
class Goal:
    """How far it is to the next star."""

    minutes: int
    stars: int
    # Hours of the next star, or of the last.
    next: int
    left: str

    @property
    def hours(self) -> str:
        return hours_of(self.minutes)

    @property
    def row(self) -> list[bool]:
        """The five stars: reached, or not yet."""
        return [n < self.stars for n in range(len(STARS))]

    @property
    def share(self) -> int:
        return min(self.minutes // HOUR, self.next)


def goal(minutes: int) -> Goal:
    reached = sum(minutes >= hours * HOUR for hours in STARS)
    following = STARS[min(reached, len(STARS) - 1)]
    return Goal(minutes, reached, following, hours_of(max(following * HOUR - minutes, 0)))


@dataclass(frozen=True)
class Given:
    """Sums of some lines."""

    minutes: int
    times: int
    first: date | None
    last: date | None


def given(lines: Any) -> Given:
    """How often counts what was given and not taken back."""
    found = lines.aggregate(minutes=Sum("minutes"), first=Min("on"), last=Max("on"))
    kept = lines.order_by().values("entry", "origin_type", "origin_id")
    times = kept.annotate(sum=Sum("minutes")).filter(sum__gt=0).count()
    return Given(int(found["minutes"] or 0), times, found["first"], found["last"])


def by_service(lines: Any) -> list[tuple[str, int, int]]:
    """(title, times, minutes), the most first."""
    rows = (
        lines.order_by()
        .values("title", "entry", "origin_type", "origin_id")
        .annotate(sum=Sum("minutes"))
        .filter(sum__gt=0)
    )
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(row["title"], []).append(row["sum"])
    sums = [(title, len(every), sum(every)) for title, every in found.items()]
    return sorted(sums, key=lambda one: (-one[2], one[0]))


def by_month(lines: Any, year: int) -> list[tuple[int, int]]:
    """(month, minutes) for each of the twelve."""
    rows = lines.filter(on__year=year).order_by().values("on__month").annotate(sum=Sum("minutes"))
    sums = {row["on__month"]: row["sum"] for row in rows}
    return [(month, int(sums.get(month, 0))) for month in range(1, 13)]


def totals(user_ids: Sequence[int], first: date, last: date, team: int) -> dict[int, int]:
    """Minutes of each, in one statement."""
    lines = HourLine.objects.filter(team=team, user__in=user_ids).between(first, last)
    rows = lines.order_by().values("user").annotate(sum=Sum("minutes"))
    return {row["user"]: int(row["sum"]) for row in rows}
