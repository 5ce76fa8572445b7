"""What other apps know of a household: grids lies below them, so they hand it up.

    register_matters(of_homes=open_tickets, of_visits=made_of)

Number, what, state and days: what a neighbour may know. Never what somebody keeps to themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Matter:
    """`unit_id` says of which home; `visit_id` of which visit it came, if of one."""

    unit_id: int
    number: str
    title: str
    state: str
    at: datetime
    icon: str = "tool"
    visit_id: int | None = None
    # The row itself, of which something else may be made.
    row: Any = None


# Both take keys, of units or of visits, and cost a statement.
Source = Callable[[Collection[int]], Iterable[Matter]]


@dataclass(frozen=True)
class Matters:
    of_homes: Source
    of_visits: Source


_sources: dict[str, Matters] = {}


def register_matters(app: str, *, of_homes: Source, of_visits: Source) -> None:
    """Called in ready()."""
    _sources[app] = Matters(of_homes, of_visits)


def open_matters(units: Collection[int]) -> dict[int, list[Matter]]:
    """Unit pk → what is under way there, the newest first."""
    found: dict[int, list[Matter]] = {}
    if units:
        every = [one for source in _sources.values() for one in source.of_homes(units)]
        for one in sorted(every, key=lambda matter: matter.at, reverse=True):
            found.setdefault(one.unit_id, []).append(one)
    return found


def made_of(visits: Collection[int]) -> dict[int, list[Matter]]:
    """Visit pk → what became of the needs that were heard at it."""
    found: dict[int, list[Matter]] = {}
    if visits:
        every = [one for source in _sources.values() for one in source.of_visits(visits)]
        for one in sorted(every, key=lambda matter: matter.at):
            if one.visit_id is not None:
                found.setdefault(one.visit_id, []).append(one)
    return found
