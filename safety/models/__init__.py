"""The tables of safety."""

from safety.models.ground import Checklist, ChecklistItem, Checkpoint, Route, Stop
from safety.models.hazard import Hazard
from safety.models.plan import Plan
from safety.models.round import ARRIVES_WITHIN, EARLY, Answer, Round, RoundPoint

__all__ = [
    "ARRIVES_WITHIN",
    "EARLY",
    "Answer",
    "Checklist",
    "ChecklistItem",
    "Checkpoint",
    "Hazard",
    "Plan",
    "Round",
    "RoundPoint",
    "Route",
    "Stop",
]
