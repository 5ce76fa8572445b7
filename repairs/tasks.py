"""What repairs does by itself; one task a matter, so that none waits for another."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from audit.tasks import sweep
from repairs import services

FAILED = _("failed")


@sweep("repairs.wake", _("Wakes held tickets"), woken=_("woken"), failed=FAILED)
def wake(at: datetime) -> Mapping[str, int]:
    return services.wake_held(at).as_("woken")


@sweep("repairs.close", _("Closes unanswered tickets"), closed=_("closed"), failed=FAILED)
def close(at: datetime) -> Mapping[str, int]:
    return services.close_unanswered(at).as_("closed")


@sweep("repairs.remind", _("Reminds of deadlines"), reminded=_("reminded"), failed=FAILED)
def remind(at: datetime) -> Mapping[str, int]:
    return services.remind_before_deadlines(at).as_("reminded")


@sweep("repairs.alarm", _("Alarms after deadlines"), alarmed=_("alarmed"), failed=FAILED)
def alarm(at: datetime) -> Mapping[str, int]:
    return services.alarm_after_deadlines(at).as_("alarmed")


@sweep(
    "repairs.recompute",
    _("Sets new dates when the calendar changed"),
    recomputed=_("recomputed"),
    failed=FAILED,
)
def recompute(at: datetime) -> Mapping[str, int]:
    return services.recompute_deadlines(at=at).as_("recomputed")
