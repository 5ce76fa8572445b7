"""Who may do what with events. Which rows one sees is the querysets' matter."""

from __future__ import annotations

from typing import Any

from estates.models import Community
from estates.standing import communities_staffed
from events.models import Event
from volunteers.querysets import MANAGER
from volunteers.standing import leads_any, memberships_of, teams_led
from volunteers.states import LEADING
from workflow.actors import is_system


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


def can_approve(user: Any, event: Event) -> bool:
    return decides(user, event.community)


def can_turn(user: Any, event: Event) -> bool:
    """Begins and ends by the clock, or by who is there."""
    return is_system(user) or can_plan(user, event)
