"""Who hears of what becomes of plans, rounds and hazards, held to who sees them."""

from __future__ import annotations

from django.utils.functional import Promise

from estates.audiences import Audience, Rows, Who
from safety.audiences import (
    assignee,
    finder,
    hazard_watchers,
    inspectors,
    lead,
    orderers,
    plan_lead,
    plan_watchers,
    reporter,
    responsible,
    step,
    walker,
    watchers,
)
from safety.states import AHEAD
from workflow.moves import Tells


def has_before_them(rounds: Rows) -> Audience:
    """Whoever is sent on a round that is not over."""
    return assignee(rounds.filter(status__in=AHEAD))


def tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(watchers(rows)))


def plan_tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(plan_watchers(rows)))


def hazard_tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(hazard_watchers(rows)))


__all__ = [
    "assignee",
    "finder",
    "has_before_them",
    "hazard_tells",
    "inspectors",
    "lead",
    "orderers",
    "plan_lead",
    "plan_tells",
    "reporter",
    "responsible",
    "step",
    "tells",
    "walker",
]
