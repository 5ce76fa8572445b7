"""Moments and spans as people say them, in the reader's language; `at` is when it is said."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
# Nearer than this a deadline is said as time left, further as a moment.
SOON = timedelta(hours=3)
WEEKDAYS = [
    pgettext_lazy("day of the week", "Monday"),
    pgettext_lazy("day of the week", "Tuesday"),
    pgettext_lazy("day of the week", "Wednesday"),
    pgettext_lazy("day of the week", "Thursday"),
    pgettext_lazy("day of the week", "Friday"),
    pgettext_lazy("day of the week", "Saturday"),
    pgettext_lazy("day of the week", "Sunday"),
]


def said_day(day: date, today: date) -> str:
    """今天, 明天, 周四, 11 月 28 日, 2025 年 3 月 5 日."""
    ahead = (day - today).days
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    if ahead in near:
        return near[ahead]
    if 1 < ahead < 7:
        return str(WEEKDAYS[day.weekday()])
    if day.year == today.year:
        return dateformat.format(day, pgettext("date format", "j M"))
    return dateformat.format(day, pgettext("date format", "j M Y"))


def said_time(moment: datetime, at: datetime) -> str:
    """今天 14:30, 昨天 16:05, 11 月 23 日 09:12."""
    local = timezone.localtime(moment)
    return f"{said_day(local.date(), timezone.localdate(at))} {local:%H:%M}"


def exact_time(moment: datetime | None) -> str:
    """For sheets; empty where there is no such moment."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def said_duration(span: timedelta) -> str:
    """Its two largest parts, rounded down: 40 分, 1 小时 10 分, 2 天 3 小时."""
    minutes = int(span / MINUTE)
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [
        _("%(days)d d") % {"days": days} if days else "",
        _("%(hours)d h") % {"hours": hours} if hours else "",
        _("%(minutes)d min") % {"minutes": rest} if rest and not days else "",
    ]
    return " ".join(part for part in parts if part) or _("less than a minute")


def said_seconds(span: timedelta) -> str:
    """“4 min 48 s”: for what is measured with a clock in the hand."""
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    return _("%(m)d min %(s)02d s") % {"m": minutes, "s": seconds}


def on_the_clock(span: timedelta) -> str:
    """“4:48”, minutes and seconds."""
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    return f"{minutes}:{seconds:02d}"


def said_deadline(deadline: datetime, at: datetime) -> str:
    """逾期 40 分, 剩 1 小时 10 分, 明天 12:00."""
    if deadline < at:
        return _("%(span)s late") % {"span": said_duration(at - deadline)}
    if deadline - at <= SOON:
        return _("%(span)s left") % {"span": said_duration(deadline - at)}
    return said_time(deadline, at)


def said_span(begin: datetime, end: datetime, at: datetime) -> str:
    """今天 14:30–15:30, and both days when it passes midnight."""
    if timezone.localdate(begin) == timezone.localdate(end):
        return f"{said_time(begin, at)}–{timezone.localtime(end):%H:%M}"
    return f"{said_time(begin, at)}–{said_time(end, at)}"


def part_of_day(at: datetime) -> str:
    """The greeting of the hour."""
    hour = timezone.localtime(at).hour
    if hour < 5 or hour >= 22:
        return _("Good night")
    if hour < 11:
        return _("Good morning")
    if hour < 13:
        return pgettext("greeting at noon", "Good day")
    return _("Good afternoon") if hour < 18 else _("Good evening")
