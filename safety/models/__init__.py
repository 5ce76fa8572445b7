"""The tables of safety."""

from safety.models.drill import (
    CRITERIA,
    Drill,
    DrillBuilding,
    DrillMoment,
    DrillRole,
    DrillSheet,
)
from safety.models.ground import Checklist, ChecklistItem, Checkpoint, Route, Stop
from safety.models.hazard import Hazard
from safety.models.improvement import Improvement
from safety.models.plan import Plan
from safety.models.requirement import DrillRequirement
from safety.models.roll import DrillHome, DrillMark
from safety.models.round import ARRIVES_WITHIN, EARLY, Answer, Round, RoundPoint

__all__ = [
    "ARRIVES_WITHIN",
    "CRITERIA",
    "EARLY",
    "Answer",
    "Checklist",
    "ChecklistItem",
    "Checkpoint",
    "Drill",
    "DrillBuilding",
    "DrillHome",
    "DrillMark",
    "DrillMoment",
    "DrillRequirement",
    "DrillRole",
    "DrillSheet",
    "Hazard",
    "Improvement",
    "Plan",
    "Round",
    "RoundPoint",
    "Route",
    "Stop",
]
