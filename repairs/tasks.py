"""What repairs does by itself, each minute. The clock is read here."""

from celery import shared_task
from django.utils import timezone

from repairs import services


@shared_task(name="repairs.sweep")
def sweep() -> dict[str, int]:
    at = timezone.now()
    return {
        "woken": services.wake_held(at),
        "closed": services.close_unanswered(at),
        "reminded": services.remind_before_deadlines(at),
        "alarmed": services.alarm_after_deadlines(at),
    }
