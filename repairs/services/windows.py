"""The visit times that a resident may wish for: "2026-11-23/pm", said as “today afternoon”."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from common.dates import said_day

PARTS: dict[str, str | Promise] = {
    "am": pgettext_lazy("part of the day", "morning"),
    "pm": pgettext_lazy("part of the day", "afternoon"),
    "eve": pgettext_lazy("part of the day", "evening"),
}
# After these hours of today nobody can be sent any more for that part of the day.
LAST_CALL = {"am": time(10), "pm": time(15, 30), "eve": time(18, 30)}
SATURDAY = 5


def said_window(window: str, at: datetime) -> str:
    """今天下午, 周六上午; what cannot be read is shown as it stands."""
    day, _slash, part = window.partition("/")
    try:
        when = date.fromisoformat(day)
    except ValueError:
        return window
    if part not in PARTS:
        return window
    words = {"day": said_day(when, timezone.localdate(at)), "part": PARTS[part]}
    return _("%(day)s %(part)s") % words


def is_over(window: str, at: datetime) -> bool:
    """Could it be wished for once, but not any more? What cannot be read never could."""
    day, _slash, part = window.partition("/")
    now = timezone.localtime(at)
    try:
        when = date.fromisoformat(day)
    except ValueError:
        return False
    return part in PARTS and (when, LAST_CALL[part]) <= (now.date(), now.time())


def window_choices(at: datetime) -> list[tuple[str, str]]:
    """What is left of today, tomorrow, and the weekend after that."""
    now = timezone.localtime(at)
    tomorrow = now.date() + timedelta(days=1)
    days = [tomorrow, *(day for day in _weekend(now.date()) if day > tomorrow)]
    windows = [f"{now.date()}/{part}" for part in PARTS if now.time() < LAST_CALL[part]]
    windows += [
        f"{day}/{part}" for day in days for part in PARTS if part != "eve" or day == tomorrow
    ]
    return [(window, said_window(window, at)) for window in windows]


def _weekend(today: date) -> list[date]:
    saturday = today + timedelta(days=(SATURDAY - today.weekday()) % 7)
    return [saturday, saturday + timedelta(days=1)]
