"""How drills stand: the next ones, and how long it took from the alarm until everybody was out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone

from safety.models import Drill
from safety.services.roll import times_of
from safety.states import DRILL_AHEAD, DRILL_HELD, DrillForm, DrillStatus

MOST_NEXT = 6
YEARS = 5
MOST_HELD = 500


@dataclass(frozen=True)
class Year:
    """Full drills of a year: how many were held, in how many everybody was found, and how long it
    took these, on average and at worst."""

    year: int
    held: int
    cleared: int
    mean: timedelta | None
    worst: timedelta | None


def next_drills(user: Any, at: datetime) -> list[Any]:
    ahead = Drill.objects.inside(user).filter(status__in=(*DRILL_AHEAD, DrillStatus.RUNNING))
    rows = ahead.with_all().annotate(part_count=Count("parts"))
    return list(rows.order_by("planned_at", "pk")[:MOST_NEXT])


def by_year(user: Any, at: datetime) -> Sequence[Year]:
    """The newest year first; two statements."""
    first = timezone.localtime(at).replace(month=1, day=1, hour=0, minute=0, second=0)
    since = first.replace(year=first.year - YEARS + 1)
    held = Drill.objects.inside(user).filter(
        status__in=DRILL_HELD, form=DrillForm.FULL, started_at__gte=since
    )
    drills = list(held.order_by("-started_at")[:MOST_HELD])
    took: dict[int, list[timedelta | None]] = defaultdict(list)
    clear = times_of(drills)
    for drill in drills:
        assert drill.started_at is not None  # so says the table of what was held
        took[timezone.localtime(drill.started_at).year].append(clear[drill.pk].took)
    return [_year(year, took[year]) for year in sorted(took, reverse=True)]


def _year(year: int, took: Sequence[timedelta | None]) -> Year:
    known = [one for one in took if one is not None]
    mean = sum(known, timedelta()) / len(known) if known else None
    return Year(year, len(took), len(known), mean, max(known, default=None))
