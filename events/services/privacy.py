"""What a person takes along of the events that they planned or came to, and what goes."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from events.models import Event, Scan, SeasonalTemplate, Seat, Signup, Slot, Task
from events.services import signups, slots
from events.states import COMING, EventStatus
from workflow.actors import SYSTEM


def export(user: Any) -> dict[str, Any]:
    return {
        "organised": list(
            Event.objects.filter(organiser=user)
            .order_by("pk")
            .values("number", "title", "starts_at", "status")
        ),
        "signed_up": list(
            Signup.objects.filter(user=user)
            .order_by("pk")
            .values(
                "event__number",
                "event__title",
                "status",
                "size",
                "queued_at",
                "answers",
                "photo_ok",
                "stars",
                "words",
            )
        ),
        "done": list(
            Task.objects.filter(done_by=user)
            .order_by("pk")
            .values("event__number", "words", "done_at")
        ),
        "turns": list(
            Slot.objects.filter(user=user)
            .order_by("pk")
            .values(
                *("service__event__number", "service__name", "number", "starts_at", "person"),
                *("status", "booked_at", "called_at"),
            )
        ),
        "asked_each_year": list(
            SeasonalTemplate.objects.filter(organiser=user).order_by("pk").values("name")
        ),
    }


def erase(user: Any) -> None:
    """Out of what lies ahead, whose places are passed on. What was held stays, nameless like the
    account; nobody is asked in their place. Turns that they wait for are free."""
    SeasonalTemplate.objects.filter(organiser=user).update(organiser=None)
    Event.objects.filter(organiser=user).update(organiser=None)
    at = timezone.now()
    ahead = (EventStatus.PUBLISHED, EventStatus.RUNNING)
    mine: Any = Signup.objects.filter(user=user)
    for row in mine.filter(status__in=COMING, event__status__in=ahead).order_by("event", "pk"):
        signups.withdraw(row, actor=SYSTEM, at=at)
    Seat.objects.filter(signup__user=user).update(name="", occupant=None)
    Seat.objects.filter(user=user).update(name="", user=None, occupant=None)
    mine.update(name="", phone="", answers={}, words="", photo_ok=False, unit=None)
    Scan.objects.filter(by=user).update(by=None)
    Task.objects.filter(done_by=user).update(done_by=None)
    slots.release(user, at=at)
