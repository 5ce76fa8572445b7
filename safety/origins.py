"""What becomes of a round: what was not in order begins the form of whatever is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attachments.services import of
from safety.models import Answer, Round
from workflow.follow_ups import Origin

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


ORIGINS = (
    Origin(Round, facts_of_round, offers=False),
    # The round is what stands behind it: its page shows what became of all that was found.
    Origin(Answer, facts_of_answer, stands_for=lambda answer: answer.point.round),
)
