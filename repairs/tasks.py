"""What repairs does by itself, each minute."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from audit.tasks import sweep
from repairs import services


@sweep(
    "repairs.sweep",
    _("Wakes held tickets, closes unanswered ones, minds deadlines"),
    woken=_("woken"),
    closed=_("closed"),
    reminded=_("reminded"),
    alarmed=_("alarmed"),
)
def sweep_tickets(at: datetime) -> dict[str, int]:
    return {
        "woken": services.wake_held(at),
        "closed": services.close_unanswered(at),
        "reminded": services.remind_before_deadlines(at),
        "alarmed": services.alarm_after_deadlines(at),
    }
