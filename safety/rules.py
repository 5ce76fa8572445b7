"""Who may do what on rounds, hazards and drills. Which rows one sees is the querysets' matter."""

from __future__ import annotations

from typing import Any

from estates.standing import estates_staffed, holds, holds_anywhere
from parties.standing import calls_in
from safety.models import (
    Checkpoint,
    Drill,
    DrillRequirement,
    Hazard,
    Improvement,
    Plan,
    Round,
)
from safety.standing import INSPECTOR, SAFETY, communities_helped, drills_served, parts_of
from safety.states import Role
from workflow.actors import is_system

MANAGER = "manager"
FINDERS = ("manager", "inspector", "dispatcher", "desk", "technician")


def works_in_safety(user: Any) -> bool:
    """Opens registers and the board."""
    return holds_anywhere(user, *SAFETY)


def plans_any(user: Any) -> bool:
    return holds_anywhere(user, MANAGER)


def walks(user: Any) -> bool:
    """Is sent on rounds as a matter of duty."""
    return bool(estates_staffed(user, INSPECTOR))


def works_here(user: Any) -> bool:
    """May be sent on rounds: anybody who works at an estate."""
    return holds_anywhere(user)


def can_manage(user: Any, row: Any) -> bool:
    """Points, checklists and routes are the manager's."""
    return holds(user, row.estate_id, MANAGER)


def can_open(user: Any, checkpoint: Checkpoint) -> bool:
    """A label says something to those who plan or walk the rounds of its estate."""
    return holds(user, checkpoint.estate_id, *SAFETY)


def can_plan(user: Any, plan: Plan) -> bool:
    return _leads(user, plan)


def can_lead(user: Any, round: Round) -> bool:
    """Sends somebody else, or once more: whoever leads the plan, and the manager."""
    return _leads(user, round.plan)


def can_excuse(user: Any, round: Round) -> bool:
    return holds(user, round.estate_id, MANAGER)


def can_walk(user: Any, round: Round) -> bool:
    """Whoever is sent, and the inspectors of the estate beside them."""
    if round.assignee_id is not None and round.assignee_id == user.pk:
        return round.estate_id in estates_staffed(user)
    return holds(user, round.estate_id, INSPECTOR)


def can_talk(user: Any, round: Round) -> bool:
    return can_walk(user, round) or can_lead(user, round) or holds(user, round.estate_id, MANAGER)


def is_staff(user: Any, row: Any) -> bool:
    """Safety is the staff's alone: whoever sees a row reads all of it."""
    return user.is_superuser or row.estate_id in estates_staffed(user)


def is_portal(user: Any, row: Any) -> bool:
    return is_system(user)


# --- hazards


def hears_of_hazards(user: Any) -> bool:
    """Whoever works at an estate; the secretaries of what the ladder has brought before them."""
    return works_here(user) or bool(calls_in(user))


def finds_any(user: Any) -> bool:
    return holds_anywhere(user, *FINDERS)


def can_find(user: Any, estate: Any) -> bool:
    return holds(user, estate.pk, *FINDERS)


def is_inside(user: Any, hazard: Hazard) -> bool:
    """All who see it but the resident who reported it."""
    if user.is_superuser or hazard.estate_id in estates_staffed(user):
        return True
    return hazard.to_meeting_at is not None and hazard.estate.community_id in calls_in(user)


def can_grade(user: Any, hazard: Hazard) -> bool:
    return holds(user, hazard.estate_id, *SAFETY)


def can_order(user: Any, hazard: Hazard) -> bool:
    """The manager, and whoever leads the plan of the round on which it was found."""
    if holds(user, hazard.estate_id, MANAGER):
        return True
    return hazard.of_plan is not None and _leads(user, hazard.of_plan)


def can_manage_hazard(user: Any, hazard: Hazard) -> bool:
    return holds(user, hazard.estate_id, MANAGER)


def is_responsible(user: Any, hazard: Hazard) -> bool:
    own = hazard.responsible_id is not None and hazard.responsible_id == user.pk
    return own and (user.is_superuser or hazard.estate_id in estates_staffed(user))


def can_inspect(user: Any, hazard: Hazard) -> bool:
    """Somebody else than those who put it right, whatever else they may be."""
    if user.pk in {hazard.responsible_id, hazard.submitted_by_id, *hazard.hands}:
        return False
    return holds(user, hazard.estate_id, *SAFETY)


def _leads(user: Any, plan: Plan) -> bool:
    if plan.lead_id is not None and plan.lead_id == user.pk:
        return plan.estate_id in estates_staffed(user)
    return holds(user, plan.estate_id, MANAGER)


# --- drills


def hears_of_drills(user: Any) -> bool:
    """Whoever works at an estate, or has a role in a drill."""
    return works_here(user) or bool(parts_of(user))


def is_inside_drill(user: Any, drill: Drill) -> bool:
    """All who see it but the homes that it is announced to."""
    if user.is_superuser or drill.estate_id in estates_staffed(user):
        return True
    return drill.pk in drills_served(user) and _helps(user, drill.estate)


def _helps(user: Any, estate: Any) -> bool:
    return estate.community_id in communities_helped(user)


def can_lead_drill(user: Any, drill: Drill) -> bool:
    """The manager, and whoever is in command."""
    return holds(user, drill.estate_id, MANAGER) or _has_role(user, drill, Role.COMMANDER)


def has_part(user: Any, drill: Drill) -> bool:
    return can_lead_drill(user, drill) or _has_role(user, drill, *Role)


def can_score(user: Any, drill: Drill) -> bool:
    """Observers enter what they saw; whoever leads enters the guests'."""
    return can_lead_drill(user, drill) or _has_role(user, drill, Role.OBSERVER)


def calls_roll(user: Any, drill: Drill, building_id: int) -> bool:
    """Nobody else marks its homes, or reads where somebody needs help; not even who leads."""
    mine = any(
        part.drill_id == drill.pk and part.role == Role.CALLER and part.building_id == building_id
        for part in parts_of(user)
    )
    return mine and is_inside_drill(user, drill)


def _has_role(user: Any, drill: Drill, *roles: str) -> bool:
    mine = any(part.drill_id == drill.pk and part.role in roles for part in parts_of(user))
    return mine and is_inside_drill(user, drill)


def can_switch(user: Any, requirement: DrillRequirement) -> bool:
    return holds(user, requirement.estate_id, MANAGER)


def can_manage_improvement(user: Any, improvement: Improvement) -> bool:
    """The manager, and whoever was in command of the drill."""
    if holds(user, improvement.estate_id, MANAGER):
        return True
    return _commanded(user, improvement) and _works_on(user, improvement)


def sees_to(user: Any, improvement: Improvement) -> bool:
    return improvement.owner_id == user.pk and _works_on(user, improvement)


def can_verify(user: Any, improvement: Improvement) -> bool:
    """Somebody else than who did it."""
    if user.pk in (improvement.done_by_id, improvement.owner_id):
        return False
    held = holds(user, improvement.estate_id, *SAFETY)
    return held or (_commanded(user, improvement) and _works_on(user, improvement))


def is_inside_improvement(user: Any, improvement: Improvement) -> bool:
    return bool(user.is_superuser) or _works_on(user, improvement)


def _commanded(user: Any, improvement: Improvement) -> bool:
    return any(
        part.drill_id == improvement.drill_id and part.role == Role.COMMANDER
        for part in parts_of(user)
    )


def _works_on(user: Any, improvement: Improvement) -> bool:
    if improvement.estate_id in estates_staffed(user):
        return True
    own = improvement.owner_id == user.pk
    return own and _helps(user, improvement.estate)
