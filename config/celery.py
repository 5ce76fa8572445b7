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

MINUTE, DAY = 60, 86400


def by_the_clock(task: str, schedule: crontab | float, expires: float) -> dict[str, Any]:
    """What waited in the queue for its whole period is thrown away: the next one is there."""
    return {"task": task, "schedule": schedule, "options": {"expires": expires}}


# Every sweep may run twice, late, or on two machines. What each does stands in its app's tasks.
# From a minute on they stand on the clock: an interval begins anew whenever beat restarts.
app.conf.beat_schedule = {
    # an old pulse says nothing about beat now
    "audit.pulse": by_the_clock("audit.pulse", crontab(), 5 * MINUTE),
    "repairs.wake": by_the_clock("repairs.wake", crontab(), MINUTE),
    "repairs.close": by_the_clock("repairs.close", crontab(), MINUTE),
    "repairs.remind": by_the_clock("repairs.remind", crontab(), MINUTE),
    "repairs.alarm": by_the_clock("repairs.alarm", crontab(), MINUTE),
    "repairs.recompute": by_the_clock("repairs.recompute", crontab(minute="*/5"), 5 * MINUTE),
    "safety.make_rounds": by_the_clock("safety.make_rounds", crontab(), MINUTE),
    "safety.remind": by_the_clock("safety.remind", crontab(), MINUTE),
    "safety.close": by_the_clock("safety.close", crontab(), MINUTE),
    "safety.deadlines": by_the_clock("safety.deadlines", crontab(minute="8-59/10"), 10 * MINUTE),
    "safety.climb": by_the_clock("safety.climb", crontab(minute="6-59/10"), 10 * MINUTE),
    "safety.requirements": by_the_clock(
        "safety.requirements", crontab(hour="7-20", minute=42), 60 * MINUTE
    ),
    "safety.drills": by_the_clock("safety.drills", crontab(minute="9-59/10"), 10 * MINUTE),
    "safety.improvements": by_the_clock(
        "safety.improvements", crontab(hour="7-20", minute=32), 60 * MINUTE
    ),
    "grids.plan_visits": by_the_clock("grids.plan_visits", crontab(minute="*/5"), 5 * MINUTE),
    "grids.review": by_the_clock("grids.review", crontab(minute="1-59/10"), 10 * MINUTE),
    "grids.end_expired": by_the_clock("grids.end_expired", crontab(minute="2-59/10"), 10 * MINUTE),
    "grids.end_moved_out": by_the_clock(
        "grids.end_moved_out", crontab(minute="3-59/10"), 10 * MINUTE
    ),
    "parties.climb": by_the_clock("parties.climb", crontab(minute="4-59/10"), 10 * MINUTE),
    "events.draft": by_the_clock("events.draft", crontab(hour="7-20", minute=12), 60 * MINUTE),
    "events.begin": by_the_clock("events.begin", crontab(), MINUTE),
    "events.end": by_the_clock("events.end", crontab(), MINUTE),
    "events.run_out": by_the_clock("events.run_out", crontab(), MINUTE),
    "events.forget": by_the_clock("events.forget", crontab(hour=3, minute=50), DAY),
    "events.remind": by_the_clock("events.remind", crontab(minute="*/5"), 5 * MINUTE),
    "volunteers.make_shifts": by_the_clock(
        "volunteers.make_shifts", crontab(minute="*/5"), 5 * MINUTE
    ),
    "volunteers.remind": by_the_clock("volunteers.remind", crontab(), MINUTE),
    "volunteers.end": by_the_clock("volunteers.end", crontab(), MINUTE),
    "volunteers.tidy": by_the_clock("volunteers.tidy", crontab(minute="*/10"), 10 * MINUTE),
    "volunteers.lapse": by_the_clock("volunteers.lapse", crontab(minute="*/5"), 5 * MINUTE),
    "volunteers.run_out": by_the_clock("volunteers.run_out", crontab(), MINUTE),
    "volunteers.papers": by_the_clock(
        "volunteers.papers", crontab(hour="8-20", minute=6), 60 * MINUTE
    ),
    # from eight in the morning on: whoever was late yesterday, once each
    "grids.climb": by_the_clock("grids.climb", crontab(minute="*/10"), 10 * MINUTE),
    # what the wake-up after a commit missed, and what failed and is due again
    "notifications.deliver": by_the_clock("notifications.deliver", 15.0, 15),
    "notifications.purge": by_the_clock("notifications.purge", crontab(hour=3, minute=10), DAY),
    "accounts.purge": by_the_clock("accounts.purge", crontab(hour=3, minute=40), DAY),
    "attachments.purge": by_the_clock("attachments.purge", crontab(hour=3, minute=20), DAY),
    "estates.forget_rosters": by_the_clock(
        "estates.forget_rosters", crontab(hour=3, minute=30), DAY
    ),
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
