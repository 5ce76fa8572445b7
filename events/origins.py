"""Of an event something is made: its team is asked for a shift, a repair is reported of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from events.models import Event
from workflow.follow_ups import Origin


def facts(event: Event) -> Mapping[str, Any]:
    known = {"place": event.place, "title": event.title, "public_title": event.title}
    return {name: fact for name, fact in known.items() if fact}


def label(event: Event) -> str:
    return f"{event.number} {event.label}"


def planned(user: Any) -> Any:
    return Event.objects.planned_by(user)


ORIGINS = (Origin(Event, facts, label, rows=planned),)
