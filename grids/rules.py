"""Who may do what in the grids. Which rows one sees is the querysets' matter."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from estates.models import Community, Occupant, Unit
from estates.standing import communities_staffed
from grids.models import CareFlag, Grid, GridPosting, Household, Rhythm, Visit
from grids.querysets import MANAGER
from grids.standing import grids_kept, grids_led, grids_seen, stairs_of, works_in_grids
from grids.states import FlagStatus
from workflow.actors import is_system


def looks_after_any(user: Any) -> bool:
    """Opens the lists of households and visits."""
    return user.is_superuser or bool(grids_seen(user))


def is_member(user: Any) -> bool:
    return bool(grids_kept(user))


def leads_any(user: Any) -> bool:
    return user.is_superuser or bool(grids_led(user))


def founds_any(user: Any) -> bool:
    return user.is_superuser or bool(communities_staffed(user, MANAGER))


def arranges_any(user: Any) -> bool:
    """Opens the registers of grids and postings."""
    return leads_any(user) or founds_any(user)


def is_steward(user: Any) -> bool:
    return bool(stairs_of(user))


def works_here(user: Any) -> bool:
    return user.is_superuser or works_in_grids(user)


def can_found(user: Any, community: Community) -> bool:
    """Grids are founded, and leaders posted, by the community's own manager."""
    return user.is_superuser or community.pk in communities_staffed(user, MANAGER)


def can_arrange(user: Any, grid: Grid) -> bool:
    """Draws the territory, posts members and stewards, hands over."""
    return can_found(user, grid.community) or grid.pk in grids_led(user)


def can_post(user: Any, posting: GridPosting) -> bool:
    """Leaders are the community manager's, and the leader's of the grid around."""
    if posting.duty != GridPosting.Duty.LEADER:
        return can_arrange(user, posting.grid)
    around = posting.grid.parent_id
    return can_found(user, posting.grid.community) or around in grids_led(user)


def can_set_rhythm(user: Any, rhythm: Rhythm) -> bool:
    led = Grid.objects.led_by(user).filter(community=rhythm.estate.community_id)
    return can_found(user, rhythm.estate.community) or led.exists()


def _grid_of(unit: Unit) -> int | None:
    """The micro-grid in which a unit lies now."""
    try:
        return unit.household.grid_id
    except ObjectDoesNotExist:
        return None


def looks_after(user: Any, unit: Unit) -> bool:
    """Leads or keeps the micro-grid in which the unit lies now."""
    return user.is_superuser or _grid_of(unit) in grids_seen(user)


def leads(user: Any, unit: Unit) -> bool:
    return user.is_superuser or _grid_of(unit) in grids_led(user)


# --- flags


def can_propose(user: Any, occupant: Occupant) -> bool:
    return looks_after(user, occupant.unit)


def can_care(user: Any, flag: CareFlag) -> bool:
    return looks_after(user, flag.occupant.unit)


def can_lead(user: Any, flag: CareFlag) -> bool:
    return leads(user, flag.occupant.unit)


def can_change(user: Any, flag: CareFlag) -> bool:
    """Members change what they proposed until it is confirmed; from then on the leader does."""
    if flag.status == FlagStatus.PROPOSED and flag.proposed_by_id == user.pk:
        return can_care(user, flag)
    return can_lead(user, flag)


def can_end(user: Any, flag: CareFlag) -> bool:
    return is_system(user) or can_change(user, flag)


def can_reveal(user: Any, occupant: Occupant) -> bool:
    return looks_after(user, occupant.unit)


# --- visits


def can_visit(user: Any, visit: Visit) -> bool:
    return looks_after(user, visit.unit)


def can_send(user: Any, visit: Visit) -> bool:
    return leads(user, visit.unit)


def can_call_off(user: Any, visit: Visit) -> bool:
    """One that hangs on a flag comes back as long as the flag stands."""
    return is_system(user) or (not visit.tier and leads(user, visit.unit))


def can_correct(user: Any, visit: Visit) -> bool:
    """Whoever noted it."""
    mine = visit.logged_by_id is not None and visit.logged_by_id == user.pk
    return mine and looks_after(user, visit.unit)


def looks_after_household(user: Any, household: Household) -> bool:
    return user.is_superuser or household.grid_id in grids_seen(user)
