"""Who hears of what becomes of what safety does, held to who sees them."""

from __future__ import annotations

from django.utils.functional import Promise

from estates.audiences import Audience, Rows, Who
from safety.audiences import (
    assignee,
    commanders,
    crew,
    drill_watchers,
    finder,
    hazard_watchers,
    homes,
    improvement_watchers,
    inspectors,
    lead,
    managers,
    orderers,
    owner,
    plan_lead,
    plan_watchers,
    reporter,
    requirement_watchers,
    responsible,
    step,
    verifiers,
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


def drill_tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(drill_watchers(rows)))


def requirement_tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(requirement_watchers(rows)))


def improvement_tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(improvement_watchers(rows)))


__all__ = [
    "assignee",
    "commanders",
    "crew",
    "drill_tells",
    "finder",
    "has_before_them",
    "hazard_tells",
    "homes",
    "improvement_tells",
    "inspectors",
    "lead",
    "managers",
    "orderers",
    "owner",
    "plan_lead",
    "plan_tells",
    "reporter",
    "requirement_tells",
    "responsible",
    "step",
    "tells",
    "verifiers",
    "walker",
]
