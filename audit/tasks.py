"""Sweeps are tasks that beat starts by the clock. Each leaves a record of its last run."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps

from celery import Task, shared_task
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit import services
from audit.models import SWEEPS, Sweep
from audit.querysets import PULSE

Work = Callable[[datetime], Mapping[str, int]]


def sweep(
    name: str, title: str | Promise, **counts: str | Promise
) -> Callable[[Work], Task[[], dict[str, int]]]:
    """Make a task of a function that takes the time and returns what it counted.

    `title` and the words for the counts are what the administration shows.
    """
    SWEEPS[name] = Sweep(title, counts)

    def make_task(work: Work) -> Task[[], dict[str, int]]:
        @shared_task(name=name)
        @wraps(work)
        def run() -> dict[str, int]:
            begun = timezone.now()
            services.begin_sweep(name, at=begun)
            try:
                counted = dict(work(begun))
            except Exception as error:
                services.fail_sweep(name, error, begun=begun, at=timezone.now())
                raise
            services.end_sweep(name, counted, begun=begun, at=timezone.now())
            return counted

        return run

    return make_task


@sweep(PULSE, _("Shows that beat lives"))
def pulse(at: datetime) -> dict[str, int]:
    """The record of its run is all it is for: /readyz reads it."""
    return {}
