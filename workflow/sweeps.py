"""Due rows, one after the other: a row that fails stops neither the rest nor the next time.

@sweep("repairs.wake", _("Wakes held tickets"), woken=_("woken"))
def wake(at):
    return each(due, lambda ticket: resume(ticket, actor=SYSTEM, at=at)).as_("woken")
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from audit.tasks import Counted

logger = logging.getLogger(__name__)

# Keys are read so many at a time.
PAGE = 500
# Well below the period of a minute: what is left is due next time too.
LONGEST_SECONDS = 40


@dataclass
class Swept:
    """How many rows were done, and what went wrong with which."""

    done: int = 0
    errors: list[str] = field(default_factory=list)

    def as_(self, name: str) -> Counted:
        """For the record of the run: “woken 12 · failed 1”, and the words of the failures."""
        counts = Counted({name: self.done})
        if self.errors:
            counts["failed"] = len(self.errors)
        counts.errors = self.errors
        return counts


def each(
    due: QuerySet[Any], do: Callable[[Any], object], *, seconds: float = LONGEST_SECONDS
) -> Swept:
    """`do` to every due row, each in a transaction of its own and under its lock.

    A row that somebody else has locked, or moved meanwhile, is not due any more. `do` may return
    False for a row that was not to be done after all. Failures are logged, counted and passed over;
    what does not fit into `seconds` is left for the next time.
    """
    swept, until = Swept(), monotonic() + seconds
    for pk in _keys(due):
        try:
            with transaction.atomic():
                lock = due.select_for_update(of=("self",), no_key=True, skip_locked=True)
                still = lock.filter(pk=pk).first()
                swept.done += still is not None and do(still) is not False
        # Whatever one row throws, the others are due as well.
        except Exception as error:
            logger.exception("sweep: %s %s failed", due.model._meta.label, pk)
            swept.errors.append(f"{due.model._meta.label} {pk}: {type(error).__name__}: {error}")
        if monotonic() > until:
            break
    return swept


def _keys(due: QuerySet[Any]) -> Iterator[Any]:
    """In order of key, a page at a time: rows done leave the set, rows that fail stay behind."""
    keys, last = due.order_by("pk").values_list("pk", flat=True), 0
    while page := list(keys.filter(pk__gt=last)[:PAGE]):
        yield from page
        last = page[-1]
