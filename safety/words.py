"""Rules of recurrence as people say them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from common.dates import said_duration

# The two letters of RFC 5545 by the word for the day.
RULE_DAYS = (
    ("MO", pgettext_lazy("weekday", "Mon")),
    ("TU", pgettext_lazy("weekday", "Tue")),
    ("WE", pgettext_lazy("weekday", "Wed")),
    ("TH", pgettext_lazy("weekday", "Thu")),
    ("FR", pgettext_lazy("weekday", "Fri")),
    ("SA", pgettext_lazy("weekday", "Sat")),
    ("SU", pgettext_lazy("weekday", "Sun")),
)
NTHS = (
    (1, pgettext_lazy("of the month", "first")),
    (2, pgettext_lazy("of the month", "second")),
    (3, pgettext_lazy("of the month", "third")),
    (4, pgettext_lazy("of the month", "fourth")),
    (-1, pgettext_lazy("of the month", "last")),
)
NTH = dict(NTHS)
DAYS = dict(RULE_DAYS)


class Often(models.TextChoices):
    DAILY = "daily", gettext_lazy("every day")
    WEEKLY = "weekly", gettext_lazy("every week")
    MONTHLY = "monthly", gettext_lazy("every month")
    EVERY = "every", gettext_lazy("every few days")
    OWN = "own", gettext_lazy("by a rule of its own")


def composed(said: Mapping[str, Any]) -> str:
    """The RRULE of what a person chose. Raises ValidationError where that is not enough."""
    match said["often"]:
        case Often.DAILY:
            return "FREQ=DAILY"
        case Often.EVERY:
            if not said["every"]:
                raise ValidationError(_("Say after how many days."))
            return f"FREQ=DAILY;INTERVAL={said['every']}"
        case Often.WEEKLY:
            if not said["days"]:
                raise ValidationError(_("Choose at least one day."))
            days = [day for day in DAYS if day in said["days"]]
            return f"FREQ=WEEKLY;BYDAY={','.join(days)}"
        case _:
            if said["month_day"]:
                return f"FREQ=MONTHLY;BYMONTHDAY={said['month_day']}"
            return f"FREQ=MONTHLY;BYDAY={said['nth'] or 1}{said['weekday'] or 'MO'}"


def decomposed(rule: str) -> dict[str, Any]:
    """What the form shows of a rule: what `composed` makes of it is the same rule."""
    said = _read(rule)
    same = said is not None and composed({**_NOTHING, **said}) == rule
    return said if said is not None and same else {"often": Often.OWN}


_NOTHING: dict[str, Any] = {"every": None, "days": (), "month_day": None, "nth": 1, "weekday": "MO"}


def _read(rule: str) -> dict[str, Any] | None:
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";"))
    kind, day = parts.get("FREQ"), parts.get("BYDAY", "")
    if kind == "DAILY":
        every = parts.get("INTERVAL", "")
        return {"often": Often.EVERY, "every": every} if every else {"often": Often.DAILY}
    if kind == "WEEKLY" and day:
        return {"often": Often.WEEKLY, "days": day.split(",")}
    if kind == "MONTHLY" and "BYMONTHDAY" in parts:
        return {"often": Often.MONTHLY, "month_day": parts["BYMONTHDAY"]}
    if kind == "MONTHLY" and day[-2:] in DAYS and day[:-2] in {str(nth) for nth in NTH}:
        return {"often": Often.MONTHLY, "nth": day[:-2], "weekday": day[-2:]}
    return None


def said_rule(rule: str) -> str:
    """“every Tue, Fri”; a rule that nobody would say so stands as it is written."""
    said = {**_NOTHING, **decomposed(rule)}
    match said["often"]:
        case Often.DAILY:
            return _("every day")
        case Often.EVERY:
            n = int(said["every"])
            return _("every day") if n == 1 else _("every %(n)d days") % {"n": n}
        case Often.WEEKLY:
            names = pgettext("between weekdays", ", ").join(str(DAYS[one]) for one in said["days"])
            return _("every week on %(days)s") % {"days": names}
        case Often.MONTHLY:
            return _said_month(said)
    return rule


def _said_month(said: Mapping[str, Any]) -> str:
    if said["month_day"] is None:
        which = {"nth": NTH[int(said["nth"])], "day": DAYS[said["weekday"]]}
        return _("every month on the %(nth)s %(day)s") % which
    if int(said["month_day"]) == -1:
        return _("every month on the last day")
    return _("every month on day %(day)s") % {"day": said["month_day"]}


def said_window(begins: time, minutes: int) -> str:
    """9:00–11:00, and over midnight too."""
    ends = (begins.hour * 60 + begins.minute + minutes) % (24 * 60)
    return f"{begins:%H:%M}–{ends // 60:02d}:{ends % 60:02d}"


def said_lead(minutes: int) -> str:
    return _("%(time)s before") % {"time": said_duration(timedelta(minutes=minutes))}
