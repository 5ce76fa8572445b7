"""What an event came to, counted from its rows: people, hours, cost, and how it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Avg, Count, Q, Sum

from events.models import Event, Scan, Seat, Signup
from events.states import HELD, SignupStatus
from volunteers.models import Entry as ShiftEntry
from volunteers.states import CAME


@dataclass(frozen=True)
class Figures:
    """`minutes` are those of volunteers in its shifts, confirmed; `stars` the mean of five."""

    signed_up: int
    families: int
    came: int
    refused: int
    waiting: int
    helpers: int
    minutes: int
    rated: int
    stars: float | None


def figures(event: Event) -> Figures:
    """Four statements."""
    held = Q(status__in=HELD)
    rows: Any = Signup.objects.filter(event=event).order_by()
    counted = rows.aggregate(
        people=Sum("size", filter=held),
        families=Count("pk", filter=held),
        waiting=Count("pk", filter=Q(status=SignupStatus.WAITLISTED)),
        rated=Count("stars"),
        stars=Avg("stars"),
    )
    kind = ContentType.objects.get_for_model(Event)
    helped: Any = ShiftEntry.objects.filter(shift__origin_type=kind, shift__origin_id=event.pk)
    hours = helped.order_by().aggregate(
        people=Count("user", filter=Q(status__in=CAME), distinct=True), minutes=Sum("minutes")
    )
    return Figures(
        signed_up=counted["people"] or 0,
        families=counted["families"],
        came=Seat.objects.filter(event=event).standing().arrived().count(),
        refused=Scan.objects.filter(event=event, let_in=0).count(),
        waiting=counted["waiting"],
        helpers=hours["people"],
        minutes=hours["minutes"] or 0,
        rated=counted["rated"],
        stars=counted["stars"],
    )


def said(event: Event) -> list[Signup]:
    """What those who came wrote, the newest first."""
    rows: Any = Signup.objects.filter(event=event).exclude(words="")
    return list(rows.order_by("-updated_at", "-pk"))
