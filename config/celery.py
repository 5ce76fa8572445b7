"""The background work: one worker application and its schedule."""

import os
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.schedules import crontab
from celery.signals import heartbeat_sent, setup_logging, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# A trial may run as root, in a container; the units under deploy/ name a user.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("banyan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Every sweep may run twice, late, or on two machines. One comment per line: what it does.
app.conf.beat_schedule = {
    # wakes held tickets, closes unanswered ones, reminds before deadlines and alarms after them
    "repairs.sweep": {"task": "repairs.sweep", "schedule": 60.0},
    # what the wake-up after a commit missed, and what failed and is due again
    "notifications.deliver": {"task": "notifications.deliver", "schedule": 15.0},
    # one-use links long expired
    "notifications.purge": {"task": "notifications.purge", "schedule": crontab(hour=3, minute=10)},
    # photographs of forms never sent
    "attachments.purge": {"task": "attachments.purge", "schedule": crontab(hour=3, minute=20)},
    # the rows of uploaded rosters after a month
    "estates.forget_rosters": {
        "task": "estates.forget_rosters",
        "schedule": crontab(hour=3, minute=30),
    },
}


@setup_logging.connect
def keep_django_logging(**kwargs: Any) -> None:
    """Django has set up the logs already; with a receiver here Celery leaves them alone."""


@worker_ready.connect
@heartbeat_sent.connect
def worker_lives(**kwargs: Any) -> None:
    from config.health import beat

    beat()
