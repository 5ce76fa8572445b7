"""What homes say of events: what one is signed up for, and what waits for those who plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.navigation import RESIDENT
from events import rules
from events.models import Event, Signup
from events.states import EventStatus
from workflow.panels import Figure, Panel

Shown = Mapping[str, Any]
MOST_ROWS = 3
AHEAD = (EventStatus.PUBLISHED, EventStatus.RUNNING)


def lives_here(user: Any) -> bool:
    return bool(user.pk)


def mine(user: Any, at: datetime) -> Shown:
    """One's sign-ups ahead, what is asked of one first; nothing where there is none."""
    rows: Any = Signup.objects.of(user).coming()
    ahead = rows.filter(event__status__in=AHEAD, event__ends_at__gt=at)
    found = list(ahead.with_all().order_by("event__starts_at", "pk")[:MOST_ROWS])
    return {"signups": found} if found else {}


def plans(user: Any, at: datetime) -> Shown:
    """One statement, whatever is counted."""
    planned: Any = Event.objects.planned_by(user)
    counts = planned.order_by().aggregate(
        drafts=Count("pk", filter=Q(status=EventStatus.DRAFT)),
        unreported=Count("pk", filter=Q(status=EventStatus.ENDED)),
    )
    url = reverse("events:index")
    return {
        "figures": [
            Figure(_("Events in draft"), counts["drafts"], url),
            Figure(_("Events without their report"), counts["unreported"], url),
        ]
    }


PANELS = (
    Panel("events.mine", 28, lives_here, "events/panels/mine.html", mine, RESIDENT),
    Panel("events.plans", 27, rules.plans_any, "", plans),
)
