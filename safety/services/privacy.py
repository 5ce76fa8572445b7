"""What a person takes along of the rounds that they walked, the hazards that they found and the
drills in which they had a part, and what goes when they leave."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from safety.models import (
    DrillMark,
    DrillRole,
    DrillSheet,
    Hazard,
    Improvement,
    Plan,
    Round,
    RoundPoint,
)
from safety.states import DRILL_AHEAD, Status


def export(user: Any) -> dict[str, Any]:
    walked = RoundPoint.objects.filter(reached_by=user).order_by("reached_at")
    found = Hazard.objects.filter(Q(found_by=user) | Q(reporter=user)).order_by("pk")
    sheets = DrillSheet.objects.filter(by=user, name=user.name).order_by("pk")
    counted = DrillMark.objects.filter(by=user).order_by("pk")
    return {
        "drill_marks": list(counted.values("home__part__drill__number", "mark", "at", "note")),
        "drill_roles": list(
            DrillRole.objects.filter(person=user).order_by("pk").values("drill__number", "role")
        ),
        "drill_sheets": list(sheets.values("drill__number", "words", "created_at")),
        "improvements": list(
            Improvement.objects.filter(owner=user)
            .order_by("pk")
            .values("drill__number", "title", "due_on", "status")
        ),
        "hazards": list(found.values("number", "title", "words", "found_at", "status")),
        "points": list(
            walked.values("round__plan__name", "checkpoint__name", "reached_at", "note")
        ),
        "rounds": list(
            Round.objects.filter(assignee=user)
            .order_by("planned_at")
            .values("plan__name", "planned_at", "status")
        ),
    }


def erase(user: Any) -> None:
    """What was walked and found stays with the estate, nameless; what lies ahead goes to whoever
    is on duty. Who puts a hazard right in their place is for its manager to say: the ladder brings
    it up."""
    Hazard.objects.filter(reporter=user).update(reporter=None)
    DrillRole.objects.filter(person=user, drill__status__in=DRILL_AHEAD).delete()
    for sheet in DrillSheet.objects.filter(by=user, name=user.name):
        sheet.name = f"#{sheet.pk}"
        sheet.save(update_fields=["name", "updated_at"])
    Plan.objects.filter(assignee=user).update(assignee=None)
    Plan.objects.filter(lead=user).update(lead=None)
    Round.objects.filter(assignee=user, status=Status.PLANNED).update(assignee=None)
