"""Days as moments, and filters by day that an index of moments can answer: nothing is done to the
column."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django_filters import DateFilter


def begin_of(day: date) -> datetime:
    """Midnight of the place where the portal stands."""
    return timezone.make_aware(datetime.combine(day, time()))


def span_on(on: date, begin: time, end: time) -> tuple[datetime, datetime]:
    """Two moments by the clock of the place; an end before its start is the next day's."""
    starts = timezone.make_aware(datetime.combine(on, begin))
    ends = timezone.make_aware(datetime.combine(on, end))
    if ends <= starts:
        ends = timezone.make_aware(datetime.combine(on + timedelta(days=1), end))
    return starts, ends


class FromDay(DateFilter):  # type: ignore[misc]
    def __init__(self, **options: Any) -> None:
        super().__init__(**({"widget": forms.DateInput(attrs={"type": "date"})} | options))

    def filter(self, rows: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        return rows.filter(**{f"{self.field_name}__gte": begin_of(value)}) if value else rows


class UntilDay(FromDay):
    """With the day itself."""

    def filter(self, rows: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        if not value or value == date.max:
            return rows
        after = begin_of(value) + timedelta(days=1)
        return rows.filter(**{f"{self.field_name}__lt": after})
