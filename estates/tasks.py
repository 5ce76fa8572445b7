from celery import shared_task
from django.utils import timezone

from estates.services.roster import imports


@shared_task(name="estates.forget_rosters")
def forget_rosters() -> int:
    """Daily: the rows of uploaded files are kept for a month."""
    return imports.forget_old(at=timezone.now())
