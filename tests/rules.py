"""Rules of recurrence as people and calendars say them, and the plain reading of a season."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from common.recurrence import Season

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def some(values: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(",".join)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """What a person, and a calendar somewhere else, may say."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY"]))
    parts = [f"FREQ={freq}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.sampled_from([2, 3, 5, 7, 36]))}")
    if freq == "WEEKLY" and draw(st.booleans()):
        parts.append(f"BYDAY={draw(some(DAYS))}")
    if freq in ("MONTHLY", "YEARLY"):
        kind = draw(st.sampled_from(["", "day", "last", "nth", "setpos", "leap"]))
        parts += {
            "day": [f"BYMONTHDAY={draw(st.integers(1, 31))}"],
            "last": ["BYMONTHDAY=-1"],
            "nth": [f"BYDAY={draw(st.sampled_from([1, 2, -1]))}{draw(st.sampled_from(DAYS))}"],
            "setpos": [f"BYDAY={draw(some(DAYS))}", "BYSETPOS=-1"],
            "leap": ["BYMONTH=2", "BYMONTHDAY=29"],
        }.get(kind, [])
    if freq != "HOURLY" and draw(st.booleans()):
        parts.append(f"BYHOUR={draw(some(('6', '9', '13', '20')))}")
    end = draw(st.sampled_from(["", "", "COUNT", "UNTIL"]))
    if end == "COUNT":
        parts.append(f"COUNT={draw(st.integers(1, 40))}")
    if end == "UNTIL":
        parts.append(f"UNTIL={draw(st.dates(date(2026, 1, 1), date(2029, 1, 1))):%Y%m%d}T120000")
    return ";".join(parts)


SEASONS = st.sampled_from([Season(), Season("05-01", "09-30"), Season("11-15", "02-29")])


def in_season(season: Season, day: date) -> bool:
    """Day by day through a year, rather than by comparing words."""
    days, one = set(), date(2024, *map(int, season.begins.split("-")))
    last = tuple(map(int, season.ends.split("-")))
    while (one.month, one.day) not in days:
        days.add((one.month, one.day))
        if (one.month, one.day) == last:
            break
        one += timedelta(days=1)
        one = one.replace(year=2024)
    return (day.month, day.day) in days
