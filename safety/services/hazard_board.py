"""How hazards stand: the open ones by age and grade, and how many were put right in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.days import begin_of
from safety.models import Hazard
from safety.services.board import Rate
from safety.states import Grade

GRADES = {"major": Grade.MAJOR, "general": Grade.GENERAL, "ungraded": ""}
# Days since it was found, as [from, until).
AGES: tuple[tuple[int, int | None, str | Promise], ...] = (
    (0, 3, _("less than 3 days")),
    (3, 7, _("3 to 7 days")),
    (7, 30, _("7 to 30 days")),
    (30, None, _("30 days and more")),
)
MONTHS = 6
IN_TIME = Q(submitted_at__isnull=False, submitted_at__lte=F("due_at"))


@dataclass(frozen=True)
class Age:
    """Open ones of one age; `since` and `until` are the days on which they were found, for the
    filter of the list."""

    label: str | Promise
    since: date | None
    until: date
    major: int
    general: int
    ungraded: int

    @property
    def all(self) -> int:
        return self.major + self.general + self.ungraded


def by_age(user: Any, at: datetime) -> list[Age]:
    """In one statement. Ages are whole days: what was found today is of age nought."""
    today = timezone.localdate(at)
    spans = [
        (today - timedelta(days=until - 1) if until else None, today - timedelta(days=begin), label)
        for begin, until, label in AGES
    ]
    asked = {
        f"{name}_{n}": Count("pk", filter=_found(since, until) & Q(grade=grade))
        for n, (since, until, _label) in enumerate(spans)
        for name, grade in GRADES.items()
    }
    found = Hazard.objects.inside(user).open().order_by().aggregate(**asked)
    return [
        Age(label, since, until, **{name: found[f"{name}_{n}"] for name in GRADES})
        for n, (since, until, label) in enumerate(spans)
    ]


def _found(since: date | None, until: date) -> Q:
    before = Q(found_at__lt=begin_of(until + timedelta(days=1)))
    return before & Q(found_at__gte=begin_of(since)) if since else before


def in_time(user: Any, at: datetime) -> Sequence[tuple[date, Rate]]:
    """Of those whose deadline fell into each of the last months, how many were put right by then:
    the newest month first, in one statement."""
    first = timezone.localdate(at).replace(day=1)
    months = [first]
    for _n in range(MONTHS - 1):
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    due = Hazard.objects.inside(user).filter(due_at__gte=begin_of(months[-1]), due_at__lte=at)
    counted = (
        due.order_by()
        .values(month=TruncMonth("due_at"))
        .annotate(due=Count("pk"), in_time=Count("pk", filter=IN_TIME))
    )
    rates = {
        timezone.localdate(found["month"]): Rate(found["due"], found["in_time"])
        for found in counted
    }
    return [(month, rates.get(month, Rate())) for month in months]
