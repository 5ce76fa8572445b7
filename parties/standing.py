"""Where a person stands in the organisations of a community, and as a member of a branch; to the
minute, read once per request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps

from parties.states import ACTING, CALLERS, OrganisationKind, Role
from workflow.standing import register_stands, stands


@dataclass(frozen=True)
class Stand:
    """One post in one organisation."""

    organisation_id: int
    role: str
    kind: str
    community_id: int


def posts_of(user: Any) -> list[Stand]:
    return [
        Stand(row["organisation"], row["role"], row["kind"], row["community"])
        for row in stands(user, "parties.posts")
    ]


def works_in_parties(user: Any) -> bool:
    return bool(posts_of(user))


def organisations_of(user: Any, *roles: str) -> set[int]:
    """Where somebody holds a post, one of `roles` if any are named."""
    return {p.organisation_id for p in posts_of(user) if not roles or p.role in roles}


def acts_for(user: Any) -> set[int]:
    """Secretaries and liaisons act for their organisation."""
    return organisations_of(user, *ACTING)


def branches_led(user: Any) -> set[int]:
    """A branch's secretary keeps its roster."""
    return organisations_of(user, Role.SECRETARY)


def overseen(user: Any) -> set[int]:
    """The communities whose party committee somebody acts for: it sees every matter there."""
    return {
        p.community_id
        for p in posts_of(user)
        if p.kind == OrganisationKind.COMMITTEE and p.role in ACTING
    }


def calls_in(user: Any) -> set[int]:
    """The communities in which somebody calls others by an own post."""
    return {p.community_id for p in posts_of(user) if p.kind in CALLERS and p.role in ACTING}


def communities_of(user: Any) -> set[int]:
    return {p.community_id for p in posts_of(user)} | {
        row["community"] for row in stands(user, "parties.members")
    }


def memberships_of(user: Any) -> list[Any]:
    """One's own rows on the rosters of branches: member, branch and community, by key."""
    return stands(user, "parties.members")


def register() -> None:
    """Called in ready()."""
    posts, members = (
        apps.get_model("parties", name) for name in ("OrganisationPost", "PartyMember")
    )
    register_stands(
        "parties.posts",
        posts.objects.of,
        organisation="organisation",
        role="role",
        kind="organisation__kind",
        community="organisation__community",
    )
    register_stands(
        "parties.members",
        members.objects.of,
        member="pk",
        branch="branch",
        community="branch__community",
    )
