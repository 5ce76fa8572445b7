from celery import shared_task
from django.utils import timezone

from attachments.services import purge


@shared_task(name="attachments.purge")
def purge_task() -> int:
    return purge(at=timezone.now())
