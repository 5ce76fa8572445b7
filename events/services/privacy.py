"""What a person takes along of the events that they planned, and what goes."""

from __future__ import annotations

from typing import Any

from events.models import Event, SeasonalTemplate, Task


def export(user: Any) -> dict[str, Any]:
    return {
        "organised": list(
            Event.objects.filter(organiser=user)
            .order_by("pk")
            .values("number", "title", "starts_at", "status")
        ),
        "done": list(
            Task.objects.filter(done_by=user)
            .order_by("pk")
            .values("event__number", "words", "done_at")
        ),
        "asked_each_year": list(
            SeasonalTemplate.objects.filter(organiser=user).order_by("pk").values("name")
        ),
    }


def erase(user: Any) -> None:
    """What was held stays, nameless like the account; nobody is asked in their place."""
    SeasonalTemplate.objects.filter(organiser=user).update(organiser=None)
    Event.objects.filter(organiser=user).update(organiser=None)
    Task.objects.filter(done_by=user).update(done_by=None)
