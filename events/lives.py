"""The life of an event, joined with its verbs and forms."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from events import rules
from events.forms import EVENT_FORMS
from events.models import Event
from events.services import events
from events.services.moves import EVENT_ALSO, EVENT_MOVES, EVENT_TELLS
from events.states import EventStatus
from workflow.lives import Lifecycle


def with_all(rows: Any) -> Any:
    return rows.with_all()


def plans(user: Any, row: Any) -> bool:
    return bool(user.is_superuser or rules.can_plan(user, row))


def planned(user: Any) -> QuerySet[Any]:
    return Event.objects.planned_by(user)


EVENT = Lifecycle(
    Event,
    EVENT_MOVES,
    verbs=events,
    first=EventStatus.DRAFT,
    forms=EVENT_FORMS,
    key="number",
    joined=with_all,
    also=EVENT_ALSO,
    tells=EVENT_TELLS,
    is_staff=plans,
    staffed=planned,
    list_route="events:index",
)
