"""Moments and spans in both languages, seen from Monday 2026-11-23 14:00 in Chengdu."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from common import dates

CHENGDU = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 11, 23, 14, 0, tzinfo=CHENGDU)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHENGDU)


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("2026-11-23 14:30", "今天 14:30", "today 14:30"),
        ("2026-11-23 00:00", "今天 00:00", "today 00:00"),
        ("2026-11-22 23:59", "昨天 23:59", "yesterday 23:59"),
        ("2026-11-24 12:00", "明天 12:00", "tomorrow 12:00"),
        ("2026-11-26 18:00", "周四 18:00", "Thursday 18:00"),
        ("2026-11-29 18:00", "周日 18:00", "Sunday 18:00"),
        ("2026-11-30 09:12", "11 月 30 日 09:12", "30 Nov 09:12"),
        ("2026-11-21 09:12", "11 月 21 日 09:12", "21 Nov 09:12"),
        ("2025-03-05 09:12", "2025 年 3 月 5 日 09:12", "5 Mar 2025 09:12"),
    ],
)
def test_said_time(text: str, chinese: str, english: str) -> None:
    with translation.override("zh-hans"):
        assert dates.said_time(moment(text), AT) == chinese
    with translation.override("en"):
        assert dates.said_time(moment(text), AT) == english


def test_the_day_turns_at_midnight_here_not_in_utc() -> None:
    late_evening = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)
    midnight = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    assert dates.said_time(late_evening, AT) == "today 23:59"
    assert dates.said_time(midnight, AT) == "tomorrow 00:00"


@pytest.mark.parametrize(
    ("minutes", "chinese", "english"),
    [
        (-40, "逾期 40 分", "40 min late"),
        (-120, "逾期 2 小时", "2 h late"),
        (-1501, "逾期 1 天 1 小时", "1 d 1 h late"),
        (0, "剩 不到 1 分", "less than a minute left"),
        (70, "剩 1 小时 10 分", "1 h 10 min left"),
        (180, "剩 3 小时", "3 h left"),
        (181, "今天 17:01", "today 17:01"),
        (22 * 60, "明天 12:00", "tomorrow 12:00"),
    ],
)
def test_said_deadline(minutes: int, chinese: str, english: str) -> None:
    deadline = AT + timedelta(minutes=minutes)
    with translation.override("zh-hans"):
        assert dates.said_deadline(deadline, AT) == chinese
    with translation.override("en"):
        assert dates.said_deadline(deadline, AT) == english


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(hours=1, minutes=10, seconds=59), "1 h 10 min"),
        (timedelta(days=2, hours=3, minutes=40), "2 d 3 h"),
        (timedelta(days=2, minutes=40), "2 d"),
    ],
)
def test_said_duration(span: timedelta, words: str) -> None:
    assert dates.said_duration(span) == words


def test_said_span() -> None:
    begin = moment("2026-11-23 14:30")
    assert dates.said_span(begin, moment("2026-11-23 15:30"), AT) == "today 14:30–15:30"
    assert dates.said_span(begin, moment("2026-11-24 01:00"), AT) == "today 14:30–tomorrow 01:00"


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [
        (4, "Good night"),
        (5, "Good morning"),
        (11, "Good day"),
        (13, "Good afternoon"),
        (18, "Good evening"),
        (22, "Good night"),
    ],
)
def test_part_of_day(hour: int, greeting: str) -> None:
    assert dates.part_of_day(AT.replace(hour=hour)) == greeting
