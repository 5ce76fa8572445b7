"""Who hears of what becomes of events, held to who plans them."""

from __future__ import annotations

from django.utils.functional import Promise

from estates.audiences import Who
from events.audiences import managers, organiser, planners, watchers
from workflow.moves import Tells


def tells(label: str | Promise, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(watchers(rows)))


__all__ = ["managers", "organiser", "planners", "tells"]
