"""Sweeps are tasks that beat starts by the clock. Each leaves a record of its last run."""

from collections.abc import Callable, Mapping, Sequence
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


class Counted(dict[str, int]):
    """What a sweep counted, and in `errors` what failed while the rest was done."""

    errors: Sequence[str] = ()


def sweep(
    name: str, title: str | Promise, **counts: str | Promise
) -> Callable[[Work], Task[[], dict[str, int]]]:
    """Make a task of a function that takes the time and returns what it counted.

    `title` and the words for the counts are what the administration shows.
    """

    def make_task(work: Work) -> Task[[], dict[str, int]]:
        SWEEPS[name] = Sweep(title, counts, lambda at: _recorded(name, work, at))

        @shared_task(name=name)
        @wraps(work)
        def run() -> dict[str, int]:
            return _recorded(name, work, None)

        return run

    return make_task


def _recorded(name: str, work: Work, at: datetime | None) -> dict[str, int]:
    begun = timezone.now()
    services.begin_sweep(name, at=begun)
    try:
        counted = work(at or begun)
    except Exception as error:
        services.fail_sweep(name, error, begun=begun, at=timezone.now())
        raise
    errors = getattr(counted, "errors", ())
    services.end_sweep(name, counted, begun=begun, at=timezone.now(), errors=errors)
    return dict(counted)


@sweep(PULSE, _("Shows that beat lives"))
def pulse(at: datetime) -> dict[str, int]:
    """The record of its run is all it is for: /readyz reads it."""
    return {}
