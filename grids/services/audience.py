"""Who hears of what becomes of flags and visits, held to who sees them."""

from __future__ import annotations

from django.utils.functional import Promise

from estates.audiences import Audience, Rows, Who
from grids.audiences import (
    OF_FLAG,
    assignee,
    flag_leaders,
    flag_watchers,
    kept,
    leaders,
    posted_person,
    proposer,
    watchers,
)
from grids.states import VisitStatus
from workflow.moves import Tells


def has_before_them(visits: Rows) -> Audience:
    return assignee(visits.filter(status=VisitStatus.PLANNED))


def flag_keepers(flags: Rows) -> Audience:
    return kept(flags, OF_FLAG)


def tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(watchers(rows)))


def flag_tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(flag_watchers(rows)))


__all__ = [
    "assignee",
    "flag_keepers",
    "flag_leaders",
    "flag_tells",
    "flag_watchers",
    "has_before_them",
    "leaders",
    "posted_person",
    "proposer",
    "tells",
]
