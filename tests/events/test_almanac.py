"""The almanac agrees with a second library, with published feeds and with dates written out."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from borax.calendars.lunardate import TERMS_CN
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from lunar_python import Lunar, LunarMonth, Solar

from events.almanac import (
    FIRST_YEAR,
    LAST_YEAR,
    TERMS,
    fixed,
    lunar,
    nth_weekday,
    said_lunar,
    solar_term,
    term_of,
)

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "festival-calendars"
with_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent")

YEARS = st.integers(FIRST_YEAR, LAST_YEAR)
DAYS = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
FESTIVALS = {
    "春节": (1, 1), "元宵": (1, 15), "龙抬头": (2, 2), "端午": (5, 5), "七夕": (7, 7),
    "中元": (7, 15), "中秋": (8, 15), "重阳": (9, 9), "下元": (10, 15), "腊八": (12, 8),
    "除夕": (12, 30),
}  # fmt: skip
# The feed's own characters for five of the terms.
TRADITIONAL = str.maketrans("驚蟄穀處種滿", "惊蛰谷处种满")
# They began within twelve minutes of midnight, long ago. The day of the almanac, and the other's.
DISPUTED = {
    (1912, 21): (23, 22), (1913, 17): (24, 23), (1917, 22): (7, 8), (1927, 16): (8, 9),
    (1928, 11): (21, 22), (1979, 1): (21, 20),
}  # fmt: skip


def as_date(solar: Solar) -> date:
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


@cache
def second_day(lunar_year: int, month: int, day: int) -> date:
    held = min(day, LunarMonth.fromYm(lunar_year, month).getDayCount())
    return as_date(Lunar.fromYmd(lunar_year, month, held).getSolar())


def second_lunar(year: int, month: int, day: int) -> list[date]:
    days = [second_day(one, month, day) for one in (year - 1, year)]
    return [one for one in days if one.year == year]


def second_terms(year: int) -> list[date]:
    """Its table runs from the year before into the next, where the names are in pinyin."""
    table = Lunar.fromYmd(year, 6, 1).getJieQiTable().values()
    return sorted(one for one in map(as_date, table) if one.year == year)


def test_festivals_are_where_a_second_library_has_them() -> None:
    """Year by year: the other keeps no more than the year it counted last."""
    days = [(year, name) for year in range(2000, 2061) for name in FESTIVALS]
    assert {(year, name): lunar(year, *FESTIVALS[name]) for year, name in days} == {
        (year, name): second_lunar(year, *FESTIVALS[name]) for year, name in days
    }


@settings(deadline=None, max_examples=60)
@given(YEARS, st.integers(1, 12), st.integers(1, 30))
@example(FIRST_YEAR, 12, 30)
@example(LAST_YEAR, 12, 30)
def test_a_lunar_date_is_where_a_second_library_has_it(year: int, month: int, day: int) -> None:
    assert lunar(year, month, day) == second_lunar(year, month, day)


@settings(deadline=None)
@given(DAYS)
@example(date(FIRST_YEAR, 1, 1))
@example(date(LAST_YEAR, 12, 31))
@example(date(2028, 6, 27))
def test_a_day_is_found_by_its_lunar_date_unless_its_month_is_a_leap_month(day: date) -> None:
    other = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    month, number = other.getMonth(), other.getDay()
    assert (day in lunar(day.year, abs(month), number)) is (month > 0)
    assert said_lunar(day) == f"{other.getMonthInChinese()}月{other.getDayInChinese()}"


def test_terms_are_where_a_second_library_has_them() -> None:
    assert {
        year: [day for term in range(24) for day in solar_term(year, term)]
        for year in range(2000, 2061)
    } == {year: second_terms(year) for year in range(2000, 2061)}


@settings(deadline=None, max_examples=60)
@given(YEARS, st.integers(0, 23))
def test_a_term_is_where_a_second_library_has_it(year: int, term: int) -> None:
    if (year, term) not in DISPUTED:
        assert solar_term(year, term) == [second_terms(year)[term]]


@pytest.mark.parametrize(("year", "term"), DISPUTED)
def test_two_libraries_dispute_six_terms_of_the_past(year: int, term: int) -> None:
    [ours] = solar_term(year, term)
    assert (ours.day, second_terms(year)[term].day) == DISPUTED[year, term]


@settings(deadline=None)
@given(DAYS)
def test_the_term_of_a_day_is_the_term_that_has_it(day: date) -> None:
    having = [term for term in range(24) if solar_term(day.year, term) == [day]]
    assert term_of(day) == (having[0] if having else None)


def test_every_term_is_told_by_its_day() -> None:
    for term in range(24):
        [day] = solar_term(2026, term)
        assert term_of(day) == term
        assert term_of(day + timedelta(days=1)) is None


def test_a_moment_has_the_term_and_the_lunar_date_of_its_day() -> None:
    noon = datetime(2026, 4, 5, 12)  # noqa: DTZ001
    assert (term_of(noon), said_lunar(noon)) == (6, "二月十八")


def test_terms_have_names_of_their_own() -> None:
    assert len({str(name) for name in TERMS}) == 24
    assert [(str(TERMS[one]), TERMS_CN[one]) for one in (0, 6, 23)] == [
        ("Minor Cold", "小寒"),
        ("Pure Brightness", "清明"),
        ("Winter Solstice", "冬至"),
    ]


def test_a_leap_fifth_month_has_no_second_dragon_boat() -> None:
    assert lunar(2028, 5, 5) == second_lunar(2028, 5, 5) == [date(2028, 5, 28)]
    again = as_date(Lunar.fromYmd(2028, -5, 5).getSolar())
    assert (again, said_lunar(again)) == (date(2028, 6, 27), "闰五月初五")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 2, 16), "腊月廿九"),
        (date(2026, 2, 17), "正月初一"),
        (date(2026, 6, 19), "五月初五"),
        (date(2026, 9, 25), "八月十五"),
        (date(2026, 12, 9), "冬月初一"),
        (date(2027, 2, 5), "腊月廿九"),
        (date(2024, 2, 9), "腊月三十"),
    ],
)
def test_a_day_is_said_by_the_moon(day: date, said: str) -> None:
    assert said_lunar(day) == said


def test_new_years_eve_is_the_last_day_of_a_long_and_of_a_short_month() -> None:
    assert lunar(2024, 12, 30) == [date(2024, 2, 9)]
    assert lunar(2025, 12, 30) == [date(2025, 1, 28)]
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        assert [day + timedelta(days=1) for day in lunar(year, 12, 30)] == lunar(year, 1, 1)


def test_laba_falls_into_a_year_twice_once_or_never() -> None:
    assert [lunar(year, 12, 8) for year in (2022, 2023, 2024)] == [
        [date(2022, 1, 10), date(2022, 12, 30)],
        [],
        [date(2024, 1, 18)],
    ]


def test_mothers_and_fathers_day() -> None:
    years = (2023, 2024, 2025, 2026, 2027, 2028)
    assert [nth_weekday(year, 5, 2, 6) for year in years] == [
        [date(2023, 5, 14)],
        [date(2024, 5, 12)],
        [date(2025, 5, 11)],
        [date(2026, 5, 10)],
        [date(2027, 5, 9)],
        [date(2028, 5, 14)],
    ]
    assert [nth_weekday(year, 6, 3, 6) for year in years] == [
        [date(2023, 6, 18)],
        [date(2024, 6, 16)],
        [date(2025, 6, 15)],
        [date(2026, 6, 21)],
        [date(2027, 6, 20)],
        [date(2028, 6, 18)],
    ]


@settings(deadline=None)
@given(DAYS)
def test_every_day_is_one_weekday_of_its_month(day: date) -> None:
    found = [nth_weekday(day.year, day.month, nth, day.weekday()) for nth in (1, 2, 3, 4, 5)]
    assert found.count([day]) == 1
    assert nth_weekday(day.year, day.month, -1, day.weekday()) == [one for one in found if one][-1]


def test_a_fifth_weekday_that_is_not_there_has_no_day() -> None:
    assert nth_weekday(2026, 11, 5, 0) == [date(2026, 11, 30)]
    assert nth_weekday(2026, 11, 5, 1) == []
    assert nth_weekday(2026, 2, 5, 6) == []
    assert nth_weekday(2026, 2, -1, 5) == [date(2026, 2, 28)]


def test_a_fixed_day() -> None:
    assert fixed(2026, 10, 1) == [date(2026, 10, 1)]
    assert fixed(2028, 2, 29) == [date(2028, 2, 29)]
    assert fixed(2026, 2, 29) == []


@pytest.mark.parametrize(
    ("call", "given_", "sentence"),
    [
        (fixed, (1900, 1, 1), "The year must be from 1901 to 2088, not 1900."),
        (lunar, (2089, 1, 1), "The year must be from 1901 to 2088, not 2089."),
        (nth_weekday, (2089, 1, 1, 0), "The year must be from 1901 to 2088, not 2089."),
        (solar_term, (2089, 0), "The year must be from 1901 to 2088, not 2089."),
        (said_lunar, (date(1900, 12, 31),), "The year must be from 1901 to 2088, not 1900."),
        (term_of, (date(2089, 1, 1),), "The year must be from 1901 to 2088, not 2089."),
        (fixed, (2026, 13, 1), "The month must be from 1 to 12, not 13."),
        (fixed, (2026, 4, 31), "The day of this month must be from 1 to 30, not 31."),
        (fixed, (2026, 2, 30), "The day of this month must be from 1 to 29, not 30."),
        (fixed, (2026, 2, 0), "The day of this month must be from 1 to 29, not 0."),
        (nth_weekday, (2026, 0, 1, 0), "The month must be from 1 to 12, not 0."),
        (nth_weekday, (2026, 1, 1, 7), "The weekday must be from 0 to 6, not 7."),
        (nth_weekday, (2026, 1, 0, 0), "The nth must be -1 or from 1 to 5, not 0."),
        (nth_weekday, (2026, 1, 6, 0), "The nth must be -1 or from 1 to 5, not 6."),
        (nth_weekday, (2026, 1, -2, 0), "The nth must be -1 or from 1 to 5, not -2."),
        (lunar, (2026, 13, 1), "The lunar month must be from 1 to 12, not 13."),
        (lunar, (2026, 1, 31), "The lunar day must be from 1 to 30, not 31."),
        (solar_term, (2026, 24), "The solar term must be from 0 to 23, not 24."),
        (solar_term, (2026, -1), "The solar term must be from 0 to 23, not -1."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(call, given_, sentence) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        call(*given_)


@with_data
def test_the_published_feed_has_the_same_days() -> None:
    feed = Calendar.from_ical((DATA / "solar_terms_and_festivals_2017_2028.ics").read_bytes())
    published = defaultdict(list)
    for event in feed.walk("VEVENT"):
        for name in str(event["SUMMARY"]).translate(TRADITIONAL).split():
            published[name].append(event["DTSTART"].dt)
    years = range(2017, 2029)
    ours = {
        name: [day for year in years for day in lunar(year, *FESTIVALS[name])]
        for name in FESTIVALS.keys() & published.keys()
    } | {
        name: [day for year in years for day in solar_term(year, term)]
        for term, name in enumerate(TERMS_CN)
    }
    # the day before 清明, and no date of the moon
    ours["寒食"] = [day - timedelta(days=1) for day in ours["清明"]]
    assert {name: sorted(days) for name, days in published.items()} == ours
    assert FESTIVALS.keys() - published.keys() == {"龙抬头"}


@with_data
def test_the_readme_has_the_same_days() -> None:
    text = (DATA / "README.md").read_text(encoding="utf-8")
    line = next(one for one in text.splitlines() if one.startswith("2024-2027:"))
    checked = re.findall(r"(\w+) ((?:\d\d-\d\d(?:, )?){4})", line)
    assert [name for name, _ in checked] == [
        "春节", "元宵", "清明", "端午", "七夕", "中秋", "重阳", "冬至",
    ]  # fmt: skip
    for name, days in checked:
        for year, day in zip(range(2024, 2028), days.rstrip(", ").split(", "), strict=True):
            if name in FESTIVALS:
                found = lunar(year, *FESTIVALS[name])
            else:
                found = solar_term(year, TERMS_CN.index(name))
            assert found == [date.fromisoformat(f"{year}-{day}")], name
