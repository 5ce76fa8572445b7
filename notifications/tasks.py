from time import monotonic

from celery import shared_task
from django.utils import timezone

from notifications.models import Delivery
from notifications.services import deliver_next, purge_links, wake_worker

# Well below CELERY_TASK_SOFT_TIME_LIMIT, which would strike in the middle of a delivery and have it
# sent twice; what is left is for the next task.
LONGEST_SECONDS = 200
# A mail server that is away would hold the worker once per message: leave the rest to the sweep.
FAILURES_IN_A_ROW = 3


@shared_task(name="notifications.deliver")
def deliver() -> int:
    """Empty the outbox, one row after the other."""
    until = monotonic() + LONGEST_SECONDS
    sent = failures = 0
    while failures < FAILURES_IN_A_ROW and (delivery := deliver_next(at=timezone.now())):
        if delivery.state == Delivery.State.SENT:
            sent, failures = sent + 1, 0
        else:
            failures += 1
        if monotonic() > until:
            wake_worker()
            break
    return sent


@shared_task(name="notifications.purge")
def purge() -> int:
    return purge_links(at=timezone.now())
