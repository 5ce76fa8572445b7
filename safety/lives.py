"""The lives of what safety does, joined with their verbs and forms: every door is made of
them."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet
from django.utils.translation import ngettext

from estates.models import Estate, duty_at, said_duty
from safety import rules
from safety.forms.drills import DRILL_FORMS, IMPROVEMENT_FORMS
from safety.forms.hazards import HAZARD_FORMS
from safety.forms.rounds import FORMS, PLAN_FORMS
from safety.models import Drill, DrillRequirement, Hazard, Improvement, Plan, Round
from safety.services import drills, hazards, improvements, plans, requirements, rounds
from safety.services.drill_moves import (
    DRILL_ALSO,
    DRILL_MOVES,
    DRILL_TELLS,
    IMPROVEMENT_ALSO,
    IMPROVEMENT_MOVES,
    IMPROVEMENT_TELLS,
    REQUIREMENT_ALSO,
    REQUIREMENT_MOVES,
    REQUIREMENT_TELLS,
)
from safety.services.hazard_moves import HAZARD_ALSO, HAZARD_MOVES, HAZARD_TELLS
from safety.services.moves import ALSO, MOVES, PLAN_ALSO, PLAN_MOVES, PLAN_TELLS, TELLS
from workflow.lives import Lifecycle


def with_all(rows: Any) -> Any:
    return rows.with_all()


def with_progress(rows: Any) -> Any:
    return rows.with_all().with_progress()


def staffed_plans(user: Any) -> QuerySet[Any]:
    return Plan.objects.filter(estate__in=Estate.objects.staffed_by(user))


def staffed_rounds(user: Any) -> QuerySet[Any]:
    return Round.objects.filter(estate__in=Estate.objects.staffed_by(user))


def inside_hazards(user: Any) -> QuerySet[Any]:
    return Hazard.objects.inside(user)


def inside_drills(user: Any) -> QuerySet[Any]:
    return Drill.objects.inside(user)


def seen_improvements(user: Any) -> QuerySet[Any]:
    return Improvement.objects.visible_to(user)


def staffed_requirements(user: Any) -> QuerySet[Any]:
    return DrillRequirement.objects.visible_to(user)


def duty(row: Any, who: str) -> Any:
    return duty_at(row.estate_id, OuterRef(who))


def touched(verb: str, plan: Any) -> str:
    """How many rounds that had not begun a verb made, changed or called off."""
    count = getattr(plan, "touched", 0)
    words = ngettext(
        "%(n)d round that has not begun follows it.",
        "%(n)d rounds that have not begun follow it.",
        count,
    )
    return words % {"n": count} if count else ""


PLAN = Lifecycle(
    Plan,
    PLAN_MOVES,
    verbs=plans,
    first=Plan.Status.ACTIVE,
    forms=PLAN_FORMS,
    joined=with_all,
    also=PLAN_ALSO,
    tells=PLAN_TELLS,
    is_staff=rules.is_staff,
    staffed=staffed_plans,
    duty=duty,
    said_duty=said_duty,
    list_route="safety:plans",
    says=touched,
)

ROUND = Lifecycle(
    Round,
    MOVES,
    verbs=rounds,
    first=Round.Status.PLANNED,
    # Where a move may lead elsewhere: the last point finishes a round, one that was reached nowhere
    # is missed and not partial.
    back={
        "check": Round.Status.IN_PROGRESS,
        "arrive": Round.Status.DONE,
        "finish": Round.Status.PARTIAL,
        "close": Round.Status.MISSED,
    },
    forms=FORMS,
    joined=with_progress,
    also=ALSO,
    tells=TELLS,
    is_staff=rules.is_staff,
    staffed=staffed_rounds,
    duty=duty,
    said_duty=said_duty,
    list_route="safety:rounds",
)

HAZARD = Lifecycle(
    Hazard,
    HAZARD_MOVES,
    verbs=hazards,
    first=Hazard.Status.FOUND,
    forms=HAZARD_FORMS,
    key="number",
    joined=with_all,
    also=HAZARD_ALSO,
    tells=HAZARD_TELLS,
    is_staff=rules.is_inside,
    staffed=inside_hazards,
    # Whoever reported one reads its state and its result, and no words or files of the staff.
    inside=inside_hazards,
    duty=duty,
    said_duty=said_duty,
    list_route="safety:hazards",
)

DRILL = Lifecycle(
    Drill,
    DRILL_MOVES,
    verbs=drills,
    first=Drill.Status.PLANNED,
    forms=DRILL_FORMS,
    key="number",
    joined=with_all,
    also=DRILL_ALSO,
    tells=DRILL_TELLS,
    is_staff=rules.is_inside_drill,
    staffed=inside_drills,
    # The homes read when and where, and none of the words and files of those who hold it.
    inside=inside_drills,
    duty=duty,
    said_duty=said_duty,
    list_route="safety:drills",
)

REQUIREMENT = Lifecycle(
    DrillRequirement,
    REQUIREMENT_MOVES,
    verbs=requirements,
    first=DrillRequirement.Status.OFF,
    joined=with_all,
    also=REQUIREMENT_ALSO,
    tells=REQUIREMENT_TELLS,
    is_staff=rules.is_staff,
    staffed=staffed_requirements,
    duty=duty,
    said_duty=said_duty,
    list_route="safety:requirements",
)

IMPROVEMENT = Lifecycle(
    Improvement,
    IMPROVEMENT_MOVES,
    verbs=improvements,
    first=Improvement.Status.OPEN,
    forms=IMPROVEMENT_FORMS,
    joined=with_all,
    also=IMPROVEMENT_ALSO,
    tells=IMPROVEMENT_TELLS,
    is_staff=rules.is_inside_improvement,
    staffed=seen_improvements,
    duty=duty,
    said_duty=said_duty,
    list_route="safety:improvements",
)
