"""Named sets of people of what safety does. `watchers` is the inverse of `visible_to`."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import F, Q
from django.utils import timezone

from estates.audiences import Audience, Rows, living_in, of, posted, working_at
from estates.querysets import holding
from parties.states import ACTING, CALLERS
from safety.standing import INSPECTOR, SAFETY
from safety.states import Role, Step
from volunteers.states import MembershipStatus

GRIDS, TEAMS = "grid_postings", "team_memberships"


def watchers(rounds: Rows) -> Audience:
    return _watching(rounds, "plan__lead") | working_at(rounds, "handed_from", "estate")


def plan_watchers(plans: Rows) -> Audience:
    return _watching(plans, "lead")


def _watching(rows: Rows, lead: str) -> Audience:
    theirs = working_at(rows, "assignee", "estate") | working_at(rows, lead, "estate")
    return posted(rows, "estate", *SAFETY) | theirs


def walker(rounds: Rows) -> Audience:
    """Whoever is sent; where that is nobody who works here, the inspectors who are on duty at its
    time; where there are none, all inspectors."""
    sent = working_at(rounds, "assignee", "estate")
    left = _without(rounds, sent)
    there = on_duty(left)
    return sent | there | posted(_without(left, there), "estate", INSPECTOR)


def on_duty(rounds: Rows) -> Audience:
    """The inspectors whose shift covers the time of the round."""

    def at(path: str) -> Audience:
        shift = f"{path}__shifts"
        covers = Q(
            **{
                f"{shift}__starts_at__lte": F("planned_at"),
                f"{shift}__ends_at__gt": F("planned_at"),
                f"{shift}__called_off_at__isnull": True,
                f"{path}__duty": INSPECTOR,
            }
        )
        return of(rounds, f"{path}__user", covers)

    return at("estate__postings") | at("estate__community__postings")


def lead(rounds: Rows) -> Audience:
    """Who leads the plan; the managers where that is nobody who works here."""
    led = working_at(rounds, "plan__lead", "estate")
    return led | posted(_without(rounds, led), "estate", "manager")


def assignee(rows: Rows) -> Audience:
    return of(rows, "assignee")


def _without(rows: Rows, found: Audience) -> Rows:
    """Those of the rows of which the audience names nobody."""
    named = reduce(or_, (Q(pk__in=pairs.values("pk")) for pairs in found.sets))
    return rows.exclude(named)


# --- hazards


def hazard_watchers(hazards: Rows) -> Audience:
    brought = hazards.filter(to_meeting_at__isnull=False)
    return posted(hazards, "estate") | of(hazards, "reporter") | secretaries(brought)


def inspectors(hazards: Rows) -> Audience:
    """Those who look at it: the inspectors and the managers, but never whoever put it right."""
    here = posted(hazards, "estate", *SAFETY)
    return here.without(responsible(hazards) | of(hazards, "submitted_by"))


def managers(hazards: Rows) -> Audience:
    return posted(hazards, "estate", "manager")


def orderers(hazards: Rows) -> Audience:
    """Whoever may order that it be put right."""
    return managers(hazards) | working_at(hazards, "of_plan__lead", "estate")


def plan_lead(hazards: Rows) -> Audience:
    """Who leads the plan of the round; the managers where that is nobody who works here."""
    led = working_at(hazards, "of_plan__lead", "estate")
    return led | managers(_without(hazards, led))


def responsible(hazards: Rows) -> Audience:
    return of(hazards, "responsible")


def finder(hazards: Rows) -> Audience:
    """A resident who reported it hears by words of their own."""
    return working_at(hazards, "found_by", "estate")


def reporter(hazards: Rows) -> Audience:
    return of(hazards, "reporter")


def secretaries(hazards: Rows) -> Audience:
    """Who acts for the party branch and the party committee of the estate's community."""
    path = "estate__community__organisations"
    there = holding(timezone.now(), f"{path}__posts") & Q(
        **{f"{path}__kind__in": CALLERS, f"{path}__posts__role__in": ACTING}
    )
    return of(hazards, f"{path}__posts__user", there)


def step(hazards: Rows) -> Audience:
    """Whoever hears at the step that each has reached."""
    return (
        posted(hazards.filter(step=Step.INSPECTOR), "estate", INSPECTOR)
        | plan_lead(hazards.filter(step=Step.LEAD))
        | managers(hazards.filter(step=Step.MANAGER))
        | secretaries(hazards.filter(step=Step.MEETING))
    )


# --- drills


def drill_watchers(drills: Rows) -> Audience:
    return posted(drills, "estate") | crew(drills) | homes(drills)


def crew(drills: Rows) -> Audience:
    """Whoever has a role, and stands where it is held."""
    return _helping(drills, "roles__person") | working_at(drills, "roles__person", "estate")


def commanders(drills: Rows) -> Audience:
    """Whoever is in command; the managers where nobody is."""
    here = crew_of(drills, Role.COMMANDER)
    led = {reader.row for reader in here}
    return here | managers(drills.exclude(pk__in=led))


def crew_of(drills: Rows, role: str) -> Audience:
    """Of the crew, those in one role."""
    return of(drills, "roles__person", Q(roles__role=role)).within(crew(drills))


def homes(drills: Rows) -> Audience:
    """Who lives in the homes concerned, once it was announced to them."""
    return living_in(drills.filter(announced_at__isnull=False), "parts__homes__unit")


def _helping(rows: Rows, person: str) -> Audience:
    """Of the people whom the path names, those who help in the estate's community."""
    grids, teams = f"{person}__{GRIDS}", f"{person}__{TEAMS}"
    looks_after = holding(timezone.now(), grids) & Q(
        **{f"{grids}__grid__community": F("estate__community")}
    )
    volunteers = Q(
        **{
            f"{teams}__status": MembershipStatus.ACTIVE,
            f"{teams}__team__community": F("estate__community"),
        }
    )
    return of(rows, person, looks_after) | of(rows, person, volunteers)


def requirement_watchers(requirements: Rows) -> Audience:
    return posted(requirements, "estate")


def improvement_watchers(improvements: Rows) -> Audience:
    return posted(improvements, "estate") | _helping(improvements, "owner")


def owner(improvements: Rows) -> Audience:
    return of(improvements, "owner")


def verifiers(improvements: Rows) -> Audience:
    """Whoever may verify it, but nobody who had it in hand."""
    here = posted(improvements, "estate", *SAFETY)
    return here.without(owner(improvements) | of(improvements, "done_by"))
