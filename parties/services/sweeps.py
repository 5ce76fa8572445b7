"""What the portal does by itself. Each sweep may run twice, late, or on two machines."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from parties.models import Matter
from parties.services import matters
from workflow.sweeps import Swept, each


def climb(at: datetime) -> Swept:
    """One step each: several that fell into an outage are taken one after the other, and each is
    recorded and told."""
    matters.count_again(at)
    due = Matter.objects.to_climb(timezone.localdate(at))
    return each(due, lambda matter: matters.climb(matter, at))
