"""The background work: one worker application and its schedule."""

import os
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.schedules import crontab
from celery.signals import beat_init, heartbeat_sent, setup_logging, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# A trial may run as root, in a container; the units under deploy/ name a user.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("banyan")
app.config_from_object("django.conf:settings", namespace="CELERY")

# Every sweep may run twice, late, or on two machines. What each does stands in its app's tasks.
app.conf.beat_schedule = {
    # an old pulse says nothing about beat now
    "audit.pulse": {"task": "audit.pulse", "schedule": 60.0, "options": {"expires": 300}},
    "repairs.sweep": {"task": "repairs.sweep", "schedule": 60.0},
    # what the wake-up after a commit missed, and what failed and is due again
    "notifications.deliver": {"task": "notifications.deliver", "schedule": 15.0},
    "notifications.purge": {"task": "notifications.purge", "schedule": crontab(hour=3, minute=10)},
    "attachments.purge": {"task": "attachments.purge", "schedule": crontab(hour=3, minute=20)},
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


@beat_init.connect
def beat_starts(**kwargs: Any) -> None:
    """The first pulse at once: a portal that starts is ready in seconds, not in a minute."""
    app.send_task("audit.pulse", expires=300)
