"""Rules of recurrence: equal to dateutil's own from the first day, however far moved on."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from common.days import begin_of
from common.recurrence import BadRule, Rule, Season, month_day
from tests.rules import SEASONS, in_season, rules


@settings(deadline=None)
@given(
    rules(),
    st.dates(date(2024, 1, 1), date(2027, 1, 1)),
    st.sampled_from([time(0), time(9), time(13, 30), time(23, 59)]),
    SEASONS,
    st.dates(date(2024, 1, 1), date(2029, 1, 1)),
    st.integers(1, 90),
)
def test_between_is_what_dateutil_counts_from_the_first_day(
    text: str, starts_on: date, begins: time, season: Season, day: date, length: int
) -> None:
    rule = Rule(text, starts_on, begins, season)
    try:
        rule.check()
    except BadRule:
        return
    begin = datetime.combine(day, time(7, 15))
    end = begin + timedelta(days=length)
    plain = rrulestr(text, dtstart=datetime.combine(starts_on, begins))
    wanted = [
        one for one in takewhile(lambda one: one < end, plain) if one >= begin
        if season == Season() or in_season(season, one.date())
    ]  # fmt: skip
    found = rule.between(timezone.make_aware(begin), timezone.make_aware(end))
    assert [timezone.localtime(one).replace(tzinfo=None) for one in found] == wanted
    upcoming = rule.next(timezone.make_aware(begin), 3)
    assert upcoming[: len(found)] == found[:3]


@pytest.mark.parametrize(
    ("text", "starts_on", "wanted"),
    [
        # the last working day of each month
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-11-27",
         ["11-30 09:00", "12-31 09:00", "01-29 09:00", "02-26 09:00"]),
        # every other week across the end of a year
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "2026-12-14",
         ["12-14 09:00", "12-28 09:00", "01-11 09:00", "01-25 09:00"]),
        ("FREQ=DAILY;INTERVAL=2", "2026-12-29",
         ["12-29 09:00", "12-31 09:00", "01-02 09:00", "01-04 09:00"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-11-27",
         ["02-29 09:00", "02-29 09:00", "02-29 09:00", "02-29 09:00"]),
        # the hours of the rule win over the time
        ("FREQ=DAILY;BYHOUR=8,20;COUNT=3", "2026-11-27",
         ["11-27 20:00", "11-28 08:00", "11-28 20:00"]),
        ("RRULE:freq=daily;count=2", "2026-11-27", ["11-27 09:00", "11-28 09:00"]),
        # the end of 2026 in Chengdu, said in UTC
        ("FREQ=DAILY;UNTIL=20261128T160000Z", "2026-11-27", ["11-27 09:00", "11-28 09:00"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-11-27",
         ["12-31 09:00", "01-31 09:00", "03-31 09:00", "05-31 09:00"]),
    ],
)  # fmt: skip
def test_rules_that_people_name(text: str, starts_on: str, wanted: list[str]) -> None:
    rule = Rule(text, date.fromisoformat(starts_on), time(9))
    rule.check()
    found = rule.next(timezone.make_aware(datetime.fromisoformat(starts_on)), 4)
    assert [f"{timezone.localtime(one):%m-%d %H:%M}" for one in found] == wanted


def test_a_season_lies_over_the_rule_and_takes_nothing_from_its_count() -> None:
    rule = Rule("FREQ=MONTHLY;COUNT=12", date(2026, 1, 15), time(9), Season("05-01", "09-30"))
    found = rule.next(begin_of(date(2026, 1, 1)), 20)
    assert [one.month for one in found] == [5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    "text",
    [
        "", "daily", "FREQ=", "FREQ=OFTEN", "FREQ=DAILY;FOO=1", "FREQ=DAILY;BYDAY=XX",
        "FREQ=DAILY;BYHOUR=25", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;INTERVAL=100000", "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;FREQ=WEEKLY", "FREQ=DAILY;UNTIL=20261332T000000Z", "FREQ=DAILY;UNTIL=soon",
        "DTSTART:20260101T000000\nRRULE:FREQ=DAILY", "FREQ=DAILY\nEXDATE:20260101",
        "FREQ=DAILY;" + "BYHOUR=" + ",".join(["9"] * 400),
        # too often
        "FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=MINUTELY;INTERVAL=59", "FREQ=HOURLY;BYMINUTE=0,30",
        # never: dateutil alone would look for these until the year 9999
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=9", "FREQ=HOURLY;BYSETPOS=5",
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadRule, match=r"\w"):
        Rule(text, date(2026, 11, 27), time(9)).check()


def test_a_rule_that_its_season_never_meets_is_refused() -> None:
    with pytest.raises(BadRule):
        Rule("FREQ=YEARLY;BYMONTH=1", date(2026, 1, 1), time(9), Season("05-01", "09-30")).check()


def test_a_plan_of_many_years_is_not_counted_from_its_first_day() -> None:
    """Six million minutes lie between; a rule of its own COUNT is the one that must."""
    rule = Rule("FREQ=MINUTELY;INTERVAL=60", date(1990, 1, 1), time(0))
    found = rule.between(begin_of(date(2026, 1, 1)), begin_of(date(2026, 1, 2)))
    assert len(found) == 24


@pytest.mark.parametrize(
    ("text", "wanted"), [("05-01", "05-01"), ("--05-01", "05-01"), ("2026-05-01", "05-01")]
)
def test_a_day_of_the_year(text: str, wanted: str) -> None:
    assert month_day(text) == wanted


@pytest.mark.parametrize("text", ["", "5/1", "13-01", "02-30", "May", "05-01-02"])
def test_no_day_of_the_year(text: str) -> None:
    with pytest.raises(BadRule):
        month_day(text)
