"""Who hears of what becomes of events, held to who plans them or is signed up."""

from __future__ import annotations

from django.utils.functional import Promise

from estates.audiences import Who
from events.audiences import (
    callers,
    managers,
    organiser,
    person,
    planners,
    signup_watchers,
    watchers,
)
from workflow.moves import Tells

# The purpose of the link by which somebody answers from a message, without signing in.
ANSWER = "events.answer"


def tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(watchers(rows)))


def signup_tells(label: str | Promise, who: Who, answer: str = "") -> Tells:
    return Tells(label, lambda rows: who(rows).within(signup_watchers(rows)), answer)


__all__ = [
    "ANSWER",
    "callers",
    "managers",
    "organiser",
    "person",
    "planners",
    "signup_tells",
    "tells",
]
