"""The life of an event, joined with its verbs and forms."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from events import rules
from events.forms import EVENT_FORMS, SIGNUP_FORMS, SLOT_FORMS
from events.models import Event, Signup, Slot
from events.services import events, places, signups, slots
from events.services.moves import EVENT_ALSO, EVENT_MOVES, EVENT_TELLS
from events.services.signup_moves import SIGNUP_ALSO, SIGNUP_MOVES, SIGNUP_TELLS
from events.services.slot_moves import SLOT_MOVES, SLOT_TELLS
from events.states import EventStatus, SignupStatus, SlotStatus
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


def keeps(user: Any, row: Any) -> bool:
    return rules.keeps(user, row)


def kept(user: Any) -> QuerySet[Any]:
    return Signup.objects.kept_by(user)


def its_event(row: Any) -> None:
    places.lock_event(row.event_id)


SIGNUP = Lifecycle(
    Signup,
    SIGNUP_MOVES,
    verbs=signups,
    first=SignupStatus.CONFIRMED,
    forms=SIGNUP_FORMS,
    joined=with_all,
    also=SIGNUP_ALSO,
    tells=SIGNUP_TELLS,
    is_staff=keeps,
    staffed=kept,
    list_route="events:index",
    locks_first=its_event,
)


def serves(user: Any, row: Any) -> bool:
    return bool(user.is_superuser or rules.serves(user, row))


def served(user: Any) -> QuerySet[Any]:
    return Slot.objects.staffed_by(user)


SLOT = Lifecycle(
    Slot,
    SLOT_MOVES,
    verbs=slots,
    first=SlotStatus.FREE,
    forms=SLOT_FORMS,
    joined=with_all,
    tells=SLOT_TELLS,
    is_staff=serves,
    staffed=served,
    inside=served,
    list_route="events:index",
)
