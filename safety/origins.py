"""What becomes of a round: what was not in order begins the form of whatever is made of it, and a
hazard that of the repair which puts it right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from attachments.models import Attachment
from attachments.services import of
from safety.models import Answer, Hazard, Improvement, Round
from safety.services import hazards, improvements
from workflow.follow_ups import FollowUp, Origin

INSPECTION = "inspection"


def facts_of_answer(answer: Answer) -> Mapping[str, Any]:
    """Where it is, what it is in words, and its photographs."""
    point = answer.point.checkpoint
    found = answer.value and f"{answer.value} {answer.item.unit}".strip()
    said = [f"{point.name}: {answer.item.name}", found, answer.words]
    facts = {
        "estate": point.estate,
        "place": point.place or (point.facility.place if point.facility else None),
        "facility": point.facility,
        "description": "\n".join(filter(None, said)),
        "photos": list(of(answer)),
        "source": INSPECTION,
    }
    return {name: fact for name, fact in facts.items() if fact}


def facts_of_round(round: Round) -> Mapping[str, Any]:
    return {"estate": round.estate, "source": INSPECTION}


def facts_of_hazard(hazard: Hazard) -> Mapping[str, Any]:
    facts = {
        "estate": hazard.estate,
        "place": hazard.place,
        "facility": hazard.facility,
        "title": hazard.title,
        "description": "\n".join(filter(None, [hazard.title, hazard.where_words, hazard.words])),
        "photos": [one for one in of(hazard) if one.stage == Attachment.Stage.BEFORE],
        "source": INSPECTION,
    }
    return {name: fact for name, fact in facts.items() if fact}


def label_of_hazard(hazard: Hazard) -> str:
    return f"{hazard.number} {hazard.title}"


def worked_on(user: Any) -> Any:
    return Hazard.objects.inside(user)


def named(hazard: Hazard) -> str:
    return f"{label_of_hazard(hazard)} · {hazard.get_status_display()}"


def facts_of_improvement(improvement: Improvement) -> Mapping[str, Any]:
    return {
        "estate": improvement.estate,
        "title": improvement.title,
        "description": "\n".join(filter(None, [improvement.title, improvement.words])),
        "source": INSPECTION,
    }


def label_of_improvement(improvement: Improvement) -> str:
    return f"{improvement.drill.number} {improvement.title}"


def by_itself(user: Any, origin: Any) -> bool:
    """What was not in order makes one without being asked; there is no form for it here."""
    return False


ORIGINS = (
    Origin(Round, facts_of_round, offers=False),
    # The round is what stands behind it: its page shows what became of all that was found.
    Origin(Answer, facts_of_answer, stands_for=lambda answer: answer.point.round),
    Origin(Hazard, facts_of_hazard, label_of_hazard, rows=worked_on, hears=hazards.mended),
    Origin(Improvement, facts_of_improvement, label_of_improvement, hears=improvements.mended),
)

MADE = FollowUp(
    Hazard, _("Report a hazard"), "alert-triangle", "safety:hazard-new", by_itself, named
)
