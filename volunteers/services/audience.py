"""Who hears of what becomes of memberships, shifts and entries, held to who sees them."""

from __future__ import annotations

from django.utils.functional import Promise

from estates.audiences import Who
from volunteers.audiences import (
    able,
    asked,
    asker,
    asking,
    coming,
    entry_leads,
    entry_watchers,
    in_it,
    judges,
    keepers,
    leads,
    members,
    membership_watchers,
    person,
    qualification_watchers,
    swap_leads,
    swap_watchers,
    watchers,
)
from workflow.moves import Tells


def membership_tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(membership_watchers(rows)))


def qualification_tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(qualification_watchers(rows)))


def tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(watchers(rows)))


def entry_tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(entry_watchers(rows)))


def swap_tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(swap_watchers(rows)))


__all__ = [
    "able",
    "asked",
    "asker",
    "asking",
    "coming",
    "entry_leads",
    "entry_tells",
    "in_it",
    "judges",
    "keepers",
    "leads",
    "members",
    "membership_tells",
    "person",
    "qualification_tells",
    "swap_leads",
    "swap_tells",
    "tells",
]
