"""What the portal does by itself. Each sweep may run twice, late, or on two machines."""

from __future__ import annotations

from datetime import datetime

from events.models import Event, SeasonalTemplate
from events.services import events, seasons
from workflow.actors import SYSTEM
from workflow.sweeps import Swept, each


def draft(at: datetime) -> Swept:
    """Events of templates whose day comes near. Counted are the templates that had any."""
    due = SeasonalTemplate.objects.active()
    return each(due, lambda template: seasons.draft_due(template, at))


def begin(at: datetime) -> Swept:
    return each(Event.objects.to_begin(at), lambda row: events.begin(row, actor=SYSTEM, at=at))


def end(at: datetime) -> Swept:
    return each(Event.objects.to_end(at), lambda row: events.end(row, actor=SYSTEM, at=at))
