"""Who hears of what becomes of matters, registrations and wishes, held to who sees them."""

from __future__ import annotations

from django.utils.functional import Promise

from estates.audiences import Who, both
from parties.audiences import (
    caller,
    claimer,
    committee,
    helpers,
    lead,
    member,
    part_caller,
    part_people,
    part_watchers,
    registered_leader,
    registration_watchers,
    resident,
    secretary,
    watchers,
    wish_keepers,
    wisher,
)
from workflow.moves import Tells

everybody_in_it = both(caller, lead, helpers)


def tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(watchers(rows)))


def part_tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(part_watchers(rows)))


def registration_tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(registration_watchers(rows)))


def wish_tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(both(wish_keepers, claimer)(rows)))


__all__ = [
    "caller",
    "claimer",
    "committee",
    "everybody_in_it",
    "helpers",
    "lead",
    "member",
    "part_caller",
    "part_people",
    "part_tells",
    "registered_leader",
    "registration_tells",
    "resident",
    "secretary",
    "tells",
    "wish_keepers",
    "wish_tells",
    "wisher",
]
