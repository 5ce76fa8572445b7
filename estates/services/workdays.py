"""The official days off and the weekend days worked to make up for them, as far as they are known.
The State Council announces a year in the autumn before; a year that is not here goes by weekends
until somebody fills it in."""

from __future__ import annotations

from datetime import date, time, timedelta

from django.utils import timezone

from common.worktime import WorkHours
from estates.models import Workday

DAY = timedelta(days=1)
Span = tuple[str, str, str, tuple[str, ...]]
# Year → where it was read, and (name, first day off, last day off, days worked for it).
OFFICIAL: dict[int, tuple[str, tuple[Span, ...]]] = {
    2024: (
        "https://www.gov.cn/zhengce/zhengceku/202310/content_6911528.htm",
        (
            ("元旦", "01-01", "01-01", ()),
            ("春节", "02-10", "02-17", ("02-04", "02-18")),
            ("清明节", "04-04", "04-06", ("04-07",)),
            ("劳动节", "05-01", "05-05", ("04-28", "05-11")),
            ("端午节", "06-10", "06-10", ()),
            ("中秋节", "09-15", "09-17", ("09-14",)),
            ("国庆节", "10-01", "10-07", ("09-29", "10-12")),
        ),
    ),
    2025: (
        "https://www.gov.cn/zhengce/zhengceku/202411/content_6986383.htm",
        (
            ("元旦", "01-01", "01-01", ()),
            ("春节", "01-28", "02-04", ("01-26", "02-08")),
            ("清明节", "04-04", "04-06", ()),
            ("劳动节", "05-01", "05-05", ("04-27",)),
            ("端午节", "05-31", "06-02", ()),
            ("国庆节、中秋节", "10-01", "10-08", ("09-28", "10-11")),
        ),
    ),
    2026: (
        "https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm",
        (
            ("元旦", "01-01", "01-03", ("01-04",)),
            ("春节", "02-15", "02-23", ("02-14", "02-28")),
            ("清明节", "04-04", "04-06", ()),
            ("劳动节", "05-01", "05-05", ("05-09",)),
            ("端午节", "06-19", "06-21", ()),
            ("中秋节", "09-25", "09-27", ()),
            ("国庆节", "10-01", "10-07", ("09-20", "10-10")),
        ),
    ),
}


def week() -> WorkHours:
    """Which days are worked, by the table that all estates share: plain weeks, holidays and make-up
    workdays. One statement."""
    return WorkHours(
        opens=time(9),
        closes=time(18),
        weekends=False,
        zone=timezone.get_default_timezone(),
        exceptions=dict(Workday.objects.values_list("day", "is_workday")),
    )


def official(year: int) -> list[Workday]:
    source, spans = OFFICIAL[year]
    rows = []
    for name, first, last, worked in spans:
        day, end = date.fromisoformat(f"{year}-{first}"), date.fromisoformat(f"{year}-{last}")
        while day <= end:
            rows.append(Workday(day=day, is_workday=False, name=name, source=source))
            day += DAY
        rows += [
            Workday(
                day=date.fromisoformat(f"{year}-{one}"), is_workday=True, name=name, source=source
            )
            for one in worked
        ]
    return rows


def lay() -> int:
    """Those years of which nothing stands in the table: what somebody has written is theirs. How
    many days."""
    known = {day.year for day in Workday.objects.values_list("day", flat=True)}
    rows = [row for year in OFFICIAL if year not in known for row in official(year)]
    return len(Workday.objects.bulk_create(rows, ignore_conflicts=True))
