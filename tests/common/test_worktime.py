"""The clock of working hours: Mon–Fri 9–18 in Shanghai unless said otherwise."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from common.worktime import WorkHours

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Friday that is a holiday, and the Saturday worked for it.
HOURS = WorkHours(
    time(9), time(18), False, SHANGHAI, {date(2026, 11, 27): False, date(2026, 11, 28): True}
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-23T10:00", 120, "2026-11-23T12:00"),
        ("2026-11-23T07:00", 60, "2026-11-23T10:00"),
        ("2026-11-23T17:30", 60, "2026-11-24T09:30"),
        ("2026-11-23T20:00", 30, "2026-11-24T09:30"),
        ("2026-11-23T09:00", 540, "2026-11-23T18:00"),
        ("2026-11-26T17:00", 120, "2026-11-28T10:00"),
        ("2026-11-28T17:00", 120, "2026-11-30T10:00"),
        ("2026-11-21T12:00", 0, "2026-11-23T09:00"),
    ],
    ids=[
        "within",
        "before opening",
        "over night",
        "after closing",
        "whole day",
        "holiday",
        "make-up",
        "zero",
    ],
)
def test_adding_minutes(start: str, minutes: int, end: str) -> None:
    assert HOURS.add(at(start), minutes) == at(end)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-23T10:00", "2026-11-23T12:00", 120),
        ("2026-11-23T17:00", "2026-11-24T10:00", 120),
        ("2026-11-26T17:00", "2026-11-28T10:00", 120),
        ("2026-11-23T12:00", "2026-11-23T10:00", 0),
        ("2026-11-22T08:00", "2026-11-22T20:00", 0),
    ],
)
def test_minutes_between(start: str, end: str, minutes: int) -> None:
    assert HOURS.minutes_between(at(start), at(end)) == minutes


def test_a_calendar_without_workdays_ends() -> None:
    never = WorkHours(time(9), time(18), False, SHANGHAI, {date(2026, 1, 1): False})
    closed = WorkHours(time(9), time(9), False, SHANGHAI)
    assert closed.add(at("2026-11-23T10:00"), 60) == at("2026-11-23T11:00")
    assert never.add(at("2026-01-01T10:00"), 60) == at("2026-01-02T10:00")
