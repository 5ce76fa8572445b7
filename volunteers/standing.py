"""In which teams somebody is, and which of them they lead; read once per request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps

from volunteers.states import LEADING
from workflow.standing import register_stands, stands


@dataclass(frozen=True)
class Stand:
    """One membership that holds."""

    membership_id: int
    team_id: int
    role: str
    community_id: int


def memberships_of(user: Any) -> list[Stand]:
    return [
        Stand(row["membership"], row["team"], row["role"], row["community"])
        for row in stands(user, "volunteers.memberships")
    ]


def teams_of(user: Any) -> set[int]:
    return {one.team_id for one in memberships_of(user)}


def teams_led(user: Any) -> set[int]:
    """As lead or deputy."""
    return {one.team_id for one in memberships_of(user) if one.role in LEADING}


def is_volunteer(user: Any) -> bool:
    return bool(memberships_of(user))


def leads_any(user: Any) -> bool:
    return bool(teams_led(user))


def acts_in(user: Any) -> set[int]:
    """Communities in one of whose organisations somebody acts. Asked by its name: the app of the
    organisations stands beside this one, and neither imports the other."""
    return {row["community"] for row in stands(user, "parties.posts")}


def register() -> None:
    """Called in ready()."""
    memberships = apps.get_model("volunteers", "Membership")
    register_stands(
        "volunteers.memberships",
        memberships.objects.of,
        membership="pk",
        team="team",
        role="role",
        community="team__community",
    )
