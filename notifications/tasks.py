from collections import Counter
from datetime import datetime
from time import monotonic

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.tasks import sweep
from notifications.models import Delivery
from notifications.services import deliver_next, purge_links, wake_worker

# Well below CELERY_TASK_SOFT_TIME_LIMIT, which would strike in the middle of a delivery and have it
# sent twice; and short, for the sweeps wait behind it. What is left is for the next task.
LONGEST_SECONDS = 20
# A mail server that is away would hold the worker once per message: leave the rest of its channel
# to the sweep.
FAILURES_IN_A_ROW = 3


@sweep(
    "notifications.deliver",
    _("Empties the outbox"),
    sent=_("sent"),
    failed=_("failed attempts"),
    dropped=_("not wanted any more"),
)
def deliver(at: datetime) -> dict[str, int]:
    """One row after the other, each by the clock of its own moment."""
    until = monotonic() + LONGEST_SECONDS
    sent = failed = dropped = 0
    in_a_row: Counter[str] = Counter()
    resting: list[str] = []
    while delivery := deliver_next(at=timezone.now(), resting=resting):
        sent += delivery.state == Delivery.State.SENT
        dropped += delivery.state == Delivery.State.DROPPED
        failed += delivery.state not in (Delivery.State.SENT, Delivery.State.DROPPED)
        # a server that refuses one message is there for the next
        away = delivery.state in (Delivery.State.PENDING, Delivery.State.FAILED)
        in_a_row[delivery.channel] = in_a_row[delivery.channel] + 1 if away else 0
        resting = [way for way, failures in in_a_row.items() if failures >= FAILURES_IN_A_ROW]
        if monotonic() > until:
            wake_worker()
            break
    return {"sent": sent, "failed": failed, "dropped": dropped}


@sweep("notifications.purge", _("Throws away one-use links long expired"), removed=_("removed"))
def purge(at: datetime) -> dict[str, int]:
    return {"removed": purge_links(at=at)}
