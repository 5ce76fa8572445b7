"""Who may do what among the volunteers. Which rows one sees is the querysets' matter."""

from __future__ import annotations

from typing import Any

from estates.models import Community
from estates.standing import communities_staffed, estates_staffed
from grids.standing import stands_of
from volunteers.models import Certificate, Entry, Membership, Qualification, Shift, Swap, Team
from volunteers.querysets import MANAGER
from volunteers.standing import acts_in, is_volunteer, leads_any, teams_led
from volunteers.states import MembershipStatus
from workflow.actors import is_system


def founds_any(user: Any) -> bool:
    return user.is_superuser or bool(communities_staffed(user, MANAGER))


def can_found(user: Any, community: Community) -> bool:
    """The community's own manager, as with organisations and grids."""
    return user.is_superuser or community.pk in communities_staffed(user, MANAGER)


def can_keep(user: Any, team: Team) -> bool:
    """Takes members in and names leads: who leads the team, and who founded it."""
    return team.pk in teams_led(user) or can_found(user, team.community)


def leads(user: Any, team: Team) -> bool:
    return team.pk in teams_led(user)


def works_here(user: Any) -> bool:
    """Opens the boards."""
    return user.is_superuser or leads_any(user)


# --- memberships


def is_self(user: Any, row: Any) -> bool:
    return user.pk is not None and user.pk == row.user_id


def can_take_in(user: Any, membership: Membership) -> bool:
    """Nobody lets themselves in."""
    return can_keep(user, membership.team) and not is_self(user, membership)


def can_appoint(user: Any, membership: Membership) -> bool:
    return can_keep(user, membership.team)


# --- qualifications


def leads_person(user: Any, person: Any) -> bool:
    """Whoever leads a team in which that person is."""
    rows = Membership.objects.filter(
        team__in=teams_led(user), user=person, status=MembershipStatus.ACTIVE
    )
    return bool(teams_led(user)) and rows.exists()


def can_judge(user: Any, qualification: Qualification) -> bool:
    """A lead who has seen it, but nobody their own."""
    if is_self(user, qualification):
        return False
    if qualification.is_led is not None:
        return qualification.is_led
    return leads_person(user, qualification.user_id)


# --- shifts


def leads_shift(user: Any, shift: Shift) -> bool:
    return shift.team_id in teams_led(user)


def is_portal(user: Any, row: Any) -> bool:
    return is_system(user)


def may_ask(user: Any, origin: Any) -> bool:
    """To whom “ask a team” is offered beside a ticket, a visit or a matter: who works for the
    estate, in its grids or in an organisation of the community."""
    works = bool(estates_staffed(user)) or bool(stands_of(user)) or bool(acts_in(user))
    return works or leads_any(user)


def can_ask(user: Any, team: Team) -> bool:
    return Team.objects.visible_to(user).filter(pk=team.pk).exists()


# --- entries


def leads_entry(user: Any, entry: Entry) -> bool:
    return entry.shift.team_id in teams_led(user)


def can_withdraw(user: Any, entry: Entry) -> bool:
    return is_self(user, entry) or leads_entry(user, entry)


def can_call_off(user: Any, entry: Entry) -> bool:
    return is_system(user) or leads_entry(user, entry)


def can_check_out(user: Any, entry: Entry) -> bool:
    """The lead; members say themselves that they go; the portal where nobody did."""
    return is_system(user) or leads_entry(user, entry) or is_self(user, entry)


def can_judge_hours(user: Any, entry: Entry) -> bool:
    """Nobody confirms hours of their own, where somebody else leads the team too."""
    if not leads_entry(user, entry):
        return False
    if not is_self(user, entry):
        return True
    if entry.others_lead is not None:
        return not entry.others_lead
    return not _others_lead(user, entry.shift.team_id)


def _others_lead(user: Any, team_id: int) -> bool:
    rows = Membership.objects.active().filter(team=team_id).exclude(user=user.pk)
    return rows.filter(role__in=("lead", "deputy")).exists()


# --- swaps, certificates


def is_asked(user: Any, swap: Swap) -> bool:
    return user.pk is not None and user.pk == swap.asked_id


def asks(user: Any, swap: Swap) -> bool:
    return user.pk is not None and user.pk == swap.entry.user_id


def owns(user: Any, certificate: Certificate) -> bool:
    return is_self(user, certificate)


def can_revoke(user: Any, certificate: Certificate) -> bool:
    """Its holder; where its hours were wrong, an administrator."""
    return is_self(user, certificate) or bool(user.is_superuser)


def sees_pages(user: Any) -> bool:
    """My shifts: for those who are in a team."""
    return is_volunteer(user)
