"""/api/v1/: what safety shows there."""

from __future__ import annotations

from typing import Any

from rest_framework import viewsets

from safety.api.drills import DrillViewSet, ImprovementViewSet, RequirementViewSet
from safety.api.hazards import HazardViewSet
from safety.api.rounds import (
    ChecklistViewSet,
    CheckpointViewSet,
    PlanViewSet,
    RoundViewSet,
    RouteViewSet,
)

VIEWSETS: list[tuple[str, type[viewsets.GenericViewSet[Any]], str]] = [
    ("checklists", ChecklistViewSet, "checklist"),
    ("checkpoints", CheckpointViewSet, "checkpoint"),
    ("routes", RouteViewSet, "route"),
    ("plans", PlanViewSet, "plan"),
    ("rounds", RoundViewSet, "round"),
    ("hazards", HazardViewSet, "hazard"),
    ("drills", DrillViewSet, "drill"),
    ("drill-requirements", RequirementViewSet, "requirement"),
    ("improvements", ImprovementViewSet, "improvement"),
]
