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
# A mail server that is away would hold the worker once per message: leave the rest to the sweep.
FAILURES_IN_A_ROW = 3


@sweep(
    "notifications.deliver", _("Empties the outbox"), sent=_("sent"), failed=_("failed attempts")
)
def deliver(at: datetime) -> dict[str, int]:
    """One row after the other, each by the clock of its own moment."""
    until = monotonic() + LONGEST_SECONDS
    sent = failed = in_a_row = 0
    while in_a_row < FAILURES_IN_A_ROW and (delivery := deliver_next(at=timezone.now())):
        sent += delivery.state == Delivery.State.SENT
        failed += delivery.state != Delivery.State.SENT
        # a server that refuses one address is there for the next
        there = delivery.state in (Delivery.State.SENT, Delivery.State.REFUSED)
        in_a_row = 0 if there else in_a_row + 1
        if monotonic() > until:
            wake_worker()
            break
    return {"sent": sent, "failed": failed}


@sweep("notifications.purge", _("Throws away one-use links long expired"), removed=_("removed"))
def purge(at: datetime) -> dict[str, int]:
    return {"removed": purge_links(at=at)}
