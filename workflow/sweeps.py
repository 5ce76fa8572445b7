"""Due rows, one by one or by the set: a row that fails stops neither the rest nor the next time.

@sweep("repairs.wake", _("Wakes held tickets"), woken=_("woken"))
def wake(at):
    return each(due, lambda ticket: resume(ticket, actor=SYSTEM, at=at)).as_("woken")

Where many rows become due in the same minute, `in_sets` does a page of them in one go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
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
    sets = ([pk] for page in _pages(due) for pk in page)
    return _sweep(due, sets, lambda rows: do(rows[0]), seconds)


def in_sets(
    due: QuerySet[Any], do: Callable[[Sequence[Any]], object], *, seconds: float = LONGEST_SECONDS
) -> Swept:
    """The same, `do` taking a page of rows in one transaction.

    A set that fails is done in halves, and those in halves, until the row at fault stands alone.
    """
    return _sweep(due, _pages(due), do, seconds)


def _sweep(
    due: QuerySet[Any],
    sets: Iterable[list[Any]],
    do: Callable[[Sequence[Any]], object],
    seconds: float,
) -> Swept:
    swept, until = Swept(), monotonic() + seconds
    for keys in sets:
        _do(due, keys, do, swept, until)
        if monotonic() > until:
            break
    return swept


def _do(
    due: QuerySet[Any],
    keys: list[Any],
    do: Callable[[Sequence[Any]], object],
    swept: Swept,
    until: float,
) -> None:
    lock = due.select_for_update(of=("self",), no_key=True, skip_locked=True)
    try:
        with transaction.atomic():
            rows = list(lock.filter(pk__in=keys).order_by("pk"))
            done = len(rows) if rows and do(rows) is not False else 0
    # Whatever one row throws, the others are due as well.
    except Exception as error:
        if len(keys) == 1:
            logger.exception("sweep: %s %s failed", due.model._meta.label, keys[0])
            said = f"{due.model._meta.label} {keys[0]}: {type(error).__name__}: {error}"
            swept.errors.append(said)
        else:
            middle = len(keys) // 2
            for half in (keys[:middle], keys[middle:]):
                # Halves of halves may take long where each row fails.
                if monotonic() <= until:
                    _do(due, half, do, swept, until)
    else:
        swept.done += done


def _pages(due: QuerySet[Any]) -> Iterator[list[Any]]:
    """Keys in their order, a page at a time: rows done leave the set, rows that fail stay."""
    keys, last = due.order_by("pk").values_list("pk", flat=True), 0
    while page := list(keys.filter(pk__gt=last)[:PAGE]):
        yield page
        last = page[-1]
