"""Who may do what with events. Which rows one sees is the querysets' matter."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from estates.models import Community
from estates.standing import DESK, communities_staffed, estates_staffed
from events.models import Event, Service, Slot
from events.states import EventStatus
from volunteers.querysets import MANAGER
from volunteers.standing import leads_any, memberships_of, teams_led
from volunteers.states import LEADING
from workflow.actors import is_system
from workflow.standing import read_once

# People are let in so long before it begins; what a phone without signal read may come so much
# later.
DOORS_OPEN = timedelta(hours=1)
DOORS_AFTER = timedelta(hours=24)


def plans_any(user: Any) -> bool:
    """The community's manager, and who leads one of its teams."""
    return user.is_superuser or leads_any(user) or bool(communities_staffed(user, MANAGER))


def communities_planned(user: Any) -> set[int]:
    led = {one.community_id for one in memberships_of(user) if one.role in LEADING}
    return led | communities_staffed(user, MANAGER)


def decides(user: Any, community: Community) -> bool:
    return user.is_superuser or community.pk in communities_staffed(user, MANAGER)


def can_plan(user: Any, event: Event) -> bool:
    return (
        (user.pk is not None and user.pk == event.organiser_id)
        or event.team_id in teams_led(user)
        or decides(user, event.community)
    )


def can_help(user: Any, event: Event) -> bool:
    """Stands at its doors and desks; asked once a request."""
    if can_plan(user, event):
        return True
    rows = Event.objects.helped_by(user).filter(pk=event.pk)
    return not is_system(user) and read_once(user, f"events.helps.{event.pk}", rows.exists)


def can_approve(user: Any, event: Event) -> bool:
    return decides(user, event.community)


def can_turn(user: Any, event: Event) -> bool:
    """Begins and ends by the clock, or by who is there."""
    return is_system(user) or can_plan(user, event)


def can_enter(user: Any, event: Event) -> bool:
    """Takes calls for it, or stands at its doors, and types names."""
    return communities_desk(user, event) or can_help(user, event)


def communities_desk(user: Any, event: Event) -> bool:
    desks = estates_staffed(user, *DESK)
    return bool(user.is_superuser) or bool(
        desks and event.community.estates.filter(pk__in=desks).exists()
    )


def can_share(user: Any, event: Event) -> bool:
    """Who was there, or made it, adds to its album, and takes out what should not be there."""
    rows = Event.objects.filter(pk=event.pk).attended_by(user)
    return can_help(user, event) or bool(user.pk and rows.exists())


def doors_are_open(event: Event, at: datetime) -> bool:
    if event.status == EventStatus.PUBLISHED:
        return event.starts_at - DOORS_OPEN <= at
    after = event.status in (EventStatus.ENDED, EventStatus.REPORTED)
    return event.status == EventStatus.RUNNING or (after and at <= event.ends_at + DOORS_AFTER)


# --- sign-ups


def is_own(user: Any, signup: Any) -> bool:
    return user.pk is not None and user.pk == signup.user_id


def keeps(user: Any, signup: Any) -> bool:
    """For others: who plans the event, and the desks that take its calls."""
    return can_plan(user, signup.event) or communities_desk(user, signup.event)


def speaks_for(user: Any, signup: Any) -> bool:
    return is_own(user, signup) or keeps(user, signup)


def can_withdraw(user: Any, signup: Any) -> bool:
    """The portal too, of somebody whose account is closed."""
    return is_system(user) or speaks_for(user, signup)


def stands_there(user: Any, signup: Any) -> bool:
    return can_help(user, signup.event)


def can_offer(user: Any, signup: Any) -> bool:
    return is_system(user) or can_plan(user, signup.event)


def is_portal(user: Any, row: Any) -> bool:
    return is_system(user)


# --- services and their turns


def sees(user: Any, event: Event) -> bool:
    """Asked once for many turns of one event."""
    rows = Event.objects.visible_to(user).filter(pk=event.pk)
    return not is_system(user) and read_once(user, f"events.sees.{event.pk}", rows.exists)


def serves(user: Any, slot: Slot) -> bool:
    return serves_at(user, slot.service)


def serves_at(user: Any, service: Service) -> bool:
    """Stands at the event's desks."""
    return can_help(user, service.event)


def can_book(user: Any, slot: Slot) -> bool:
    return sees(user, slot.service.event)


def can_give_back(user: Any, slot: Slot) -> bool:
    own = user.pk is not None and user.pk == slot.user_id
    return own or is_system(user) or serves(user, slot)


def can_pass_by(user: Any, slot: Slot) -> bool:
    """The portal, when somebody's account goes while they are called."""
    return is_system(user) or serves(user, slot)
