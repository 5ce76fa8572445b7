"""Who hears of what becomes of plans and rounds, held to who sees them."""

from __future__ import annotations

from django.utils.functional import Promise

from estates.audiences import Audience, Rows, Who
from safety.audiences import assignee, lead, plan_watchers, walker, watchers
from safety.states import AHEAD
from workflow.moves import Tells


def has_before_them(rounds: Rows) -> Audience:
    """Whoever is sent on a round that is not over."""
    return assignee(rounds.filter(status__in=AHEAD))


def tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(watchers(rows)))


def plan_tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(plan_watchers(rows)))


__all__ = ["assignee", "has_before_them", "lead", "plan_tells", "tells", "walker"]
