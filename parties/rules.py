"""Who may do what in the parties. Which rows one sees is the querysets' matter."""

from __future__ import annotations

from typing import Any

from estates.models import Community
from estates.standing import communities_staffed
from grids.models import Grid
from grids.standing import grids_led, grids_seen, stands_of
from grids.states import Duty
from parties.models import Matter, MatterPart, MicroWish, Organisation, PartyMember, Registration
from parties.querysets import MANAGER, communities_around
from parties.standing import (
    acts_for,
    branches_led,
    calls_in,
    memberships_of,
    organisations_of,
    overseen,
    works_in_parties,
)
from workflow.actors import is_system


def works_here(user: Any) -> bool:
    """Opens the board and the queue: a post in an organisation, or the lead of a grid."""
    return user.is_superuser or works_in_parties(user) or bool(grids_led(user))


def works_in_organisations(user: Any) -> bool:
    return works_in_parties(user) and not user.is_superuser


def is_member(user: Any) -> bool:
    return bool(memberships_of(user))


def keeps_a_roster(user: Any) -> bool:
    return bool(branches_led(user))


def reads_rosters(user: Any) -> bool:
    """A secretary the own branch's; a grid's leader those who are registered there; administrators
    without the names."""
    return user.is_superuser or keeps_a_roster(user) or bool(grids_led(user))


def founds_any(user: Any) -> bool:
    return user.is_superuser or bool(communities_staffed(user, MANAGER))


def arranges_any(user: Any) -> bool:
    """Opens the registers of organisations and posts."""
    return founds_any(user) or works_in_parties(user)


def can_found(user: Any, community: Community) -> bool:
    return user.is_superuser or community.pk in communities_staffed(user, MANAGER)


def can_keep(user: Any, organisation: Organisation) -> bool:
    """Posts of an organisation are its secretary's, and the community manager's who founds it."""
    return can_found(user, organisation.community) or organisation.pk in branches_led(user)


def can_keep_roster(user: Any, member: PartyMember) -> bool:
    """The branch's secretary alone: no administrator writes on a roster."""
    return member.branch_id in branches_led(user)


def can_reveal(user: Any, member: PartyMember) -> bool:
    """Whoever sees the row and not the name; for a reason that is written down."""
    return user.is_superuser or can_keep_roster(user, member)


# --- registrations


def can_propose(user: Any, member: PartyMember) -> bool:
    """The branch proposes; a member may choose a grid by themselves."""
    return can_keep_roster(user, member) or is_self(user, member)


def is_self(user: Any, member: PartyMember) -> bool:
    return user.pk is not None and user.pk == member.user_id


def can_agree(user: Any, registration: Registration) -> bool:
    return is_self(user, registration.member)


def can_decide(user: Any, registration: Registration) -> bool:
    """The branch, but nobody decides his own."""
    return can_keep_roster(user, registration.member) and not is_self(user, registration.member)


def can_end(user: Any, registration: Registration) -> bool:
    return can_agree(user, registration) or can_keep_roster(user, registration.member)


# --- wishes


def can_wish(user: Any, grid: Grid) -> bool:
    return user.is_superuser or grid.pk in grids_seen(user)


def wishes_any(user: Any) -> bool:
    return bool(grids_seen(user))


def can_claim(user: Any, wish: MicroWish) -> bool:
    """Members of a branch of the community."""
    return any(row["community"] == wish.grid.community_id for row in memberships_of(user))


def has_claimed(user: Any, wish: MicroWish) -> bool:
    mine = {row["member"] for row in memberships_of(user)}
    return wish.member_id is not None and wish.member_id in mine


def can_fulfil(user: Any, wish: MicroWish) -> bool:
    return has_claimed(user, wish)


def can_withdraw_wish(user: Any, wish: MicroWish) -> bool:
    return user.is_superuser or wish.grid_id in grids_seen(user)


# --- matters


def communities_called_in(user: Any) -> set[int]:
    """Where somebody may raise a matter: by a post in the branch or the committee, or as a grid's
    leader."""
    leads = {s.community_id for s in stands_of(user) if s.duty == Duty.LEADER}
    return calls_in(user) | leads


def raises_any(user: Any) -> bool:
    return bool(communities_called_in(user))


def may_raise(user: Any, origin: Any) -> bool:
    """To whom a matter of something else is offered; the verb asks the rest."""
    return raises_any(user)


def is_caller(user: Any, matter: Matter) -> bool:
    """Who acts for the caller; and whoever raised it, while they work in the community."""
    if matter.caller_id in acts_for(user):
        return True
    raised = matter.raised_by_id is not None and matter.raised_by_id == user.pk
    return raised and matter.community_id in communities_around(user)


def is_lead(user: Any, matter: Matter) -> bool:
    return matter.lead_id in acts_for(user)


def oversees(user: Any, matter: Matter) -> bool:
    return matter.community_id in overseen(user)


def sees_inside(user: Any, matter: Matter) -> bool:
    """All but the resident whom it concerns."""
    if user.is_superuser or oversees(user, matter) or is_caller(user, matter):
        return True
    return bool(set(matter.involved) & organisations_of(user))


def can_pass_on(user: Any, matter: Matter) -> bool:
    return is_lead(user, matter) or is_caller(user, matter)


def can_tell(user: Any, matter: Matter) -> bool:
    """Writes what residents read."""
    return is_lead(user, matter) or is_caller(user, matter)


def can_archive(user: Any, matter: Matter) -> bool:
    return is_system(user) or is_caller(user, matter)


def is_portal(user: Any, row: Any) -> bool:
    return is_system(user)


def can_do_part(user: Any, part: MatterPart) -> bool:
    return part.organisation_id in acts_for(user)


def can_note(user: Any, part: MatterPart) -> bool:
    """Its own people, and the caller, who reads them all."""
    return part.organisation_id in organisations_of(user) or is_caller(user, part.matter)


def reads_notes(user: Any, part: MatterPart) -> bool:
    return user.is_superuser or can_note(user, part)
