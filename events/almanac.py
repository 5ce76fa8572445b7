"""Days that no calendar on the wall moves: festivals by the Gregorian and the lunar calendar,
nth weekdays and solar terms.

    lunar(2026, 5, 5)             # [date(2026, 6, 19)]: Dragon Boat
    nth_weekday(2026, 5, 2, 6)    # [date(2026, 5, 10)]: Mother's Day

Every list is of days in that Gregorian year, the earliest first.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from borax.calendars.lunardate import LCalendars, LunarDate, TermUtils
from django.utils.translation import pgettext_lazy

FIRST_YEAR = 1901
# borax knows 2100 too, but has two new moons that fall within minutes of midnight, in 2089 and
# 2097, on another day than lunar_python.
LAST_YEAR = 2088

# As they follow each other from January on, two to a month.
TERMS = (
    pgettext_lazy("solar term", "Minor Cold"),
    pgettext_lazy("solar term", "Major Cold"),
    pgettext_lazy("solar term", "Start of Spring"),
    pgettext_lazy("solar term", "Rain Water"),
    pgettext_lazy("solar term", "Awakening of Insects"),
    pgettext_lazy("solar term", "Spring Equinox"),
    pgettext_lazy("solar term", "Pure Brightness"),
    pgettext_lazy("solar term", "Grain Rain"),
    pgettext_lazy("solar term", "Start of Summer"),
    pgettext_lazy("solar term", "Grain Buds"),
    pgettext_lazy("solar term", "Grain in Ear"),
    pgettext_lazy("solar term", "Summer Solstice"),
    pgettext_lazy("solar term", "Minor Heat"),
    pgettext_lazy("solar term", "Major Heat"),
    pgettext_lazy("solar term", "Start of Autumn"),
    pgettext_lazy("solar term", "End of Heat"),
    pgettext_lazy("solar term", "White Dew"),
    pgettext_lazy("solar term", "Autumn Equinox"),
    pgettext_lazy("solar term", "Cold Dew"),
    pgettext_lazy("solar term", "Frost's Descent"),
    pgettext_lazy("solar term", "Start of Winter"),
    pgettext_lazy("solar term", "Minor Snow"),
    pgettext_lazy("solar term", "Major Snow"),
    pgettext_lazy("solar term", "Winter Solstice"),
)


def fixed(year: int, month: int, day: int) -> list[date]:
    """29 February has no day in a common year; it moves to no other."""
    _check_year(year)
    _check("month", month, 1, 12)
    # the longest that the month can be: 2000 was a leap year
    _check("day of this month", day, 1, monthrange(2000, month)[1])
    if day > monthrange(year, month)[1]:
        return []
    return [date(year, month, day)]


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> list[date]:
    """`nth` is 1 to 5, or -1 for the last; 0 is Monday. Not every month has a fifth."""
    _check_year(year)
    _check("month", month, 1, 12)
    _check("weekday", weekday, 0, 6)
    if nth not in (-1, 1, 2, 3, 4, 5):
        raise ValueError(f"The nth must be -1 or from 1 to 5, not {nth}.")
    begins_on, length = monthrange(year, month)
    days = range(1 + (weekday - begins_on) % 7, length + 1, 7)
    if nth > len(days):
        return []
    return [date(year, month, days[nth - 1 if nth > 0 else nth])]


def lunar(year: int, month: int, day: int) -> list[date]:
    """Never in a leap month. Day 30 is the last of its month, be it the 29th: New Year's Eve.

    Lunar years begin in January or February, so that a date late in one may fall into a Gregorian
    year once, twice or never.
    """
    _check_year(year)
    _check("lunar month", month, 1, 12)
    _check("lunar day", day, 1, 30)
    found = []
    for lunar_year in (year - 1, year):
        held = min(day, LCalendars.ndays(lunar_year, month))
        one: date = LunarDate(lunar_year, month, held).to_solar_date()
        if one.year == year:
            found.append(one)
    return found


def solar_term(year: int, term: int) -> list[date]:
    """`term` is the index in TERMS: 0 is 小寒 in January, 23 is 冬至 in December."""
    _check_year(year)
    _check("solar term", term, 0, 23)
    return [TermUtils.nth_term_day(year, term)]


def said_lunar(day: date) -> str:
    """As Chinese says it in every language of the site: 五月初五, 闰五月初五, 腊月三十."""
    _check_year(day.year)
    said: str = LunarDate.from_solar_date(day.year, day.month, day.day).cn_md
    return said


def term_of(day: date) -> int | None:
    """The index in TERMS of the term that begins on this day."""
    # one begins from the 3rd to the 9th of each month, one from the 18th to the 24th
    term = 2 * (day.month - 1) + (day.day > 15)
    return term if solar_term(day.year, term) == [date(day.year, day.month, day.day)] else None


def _check_year(year: int) -> None:
    _check("year", year, FIRST_YEAR, LAST_YEAR)


def _check(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ValueError(f"The {name} must be from {least} to {most}, not {value}.")
