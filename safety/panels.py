"""What homes say of rounds: one's own today, and what whoever leads must see to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.days import begin_of
from safety import rules
from safety.models import Round
from safety.states import AHEAD, SHORT
from workflow.panels import Figure, Panel

MOST_ROWS = 5
SINCE = timedelta(days=30)

Shown = Mapping[str, Any]


def today(user: Any, at: datetime) -> Shown:
    """What somebody has to walk before the day ends."""
    begin = begin_of(timezone.localdate(at))
    mine = Round.objects.visible_to(user).ahead().for_walker(user)
    due = mine.on_between(begin, begin + timedelta(days=1))
    rows = list(due.with_all().with_progress().order_by("planned_at", "pk")[:MOST_ROWS])
    url = reverse("safety:rounds")
    return {"rounds": rows, "url": url, "at": at}


def lead(user: Any, at: datetime) -> Shown:
    """One statement: how many of today are open, and how many lately were missed and not made up
    for."""
    begin = begin_of(timezone.localdate(at))
    of_today = Q(planned_at__gte=begin, planned_at__lt=begin + timedelta(days=1))
    found = (
        Round.objects.visible_to(user)
        .at_desk_of(user)
        .filter(Q(status__in=[*AHEAD, *SHORT], planned_at__gte=at - SINCE))
        .filter(planned_at__lt=begin + timedelta(days=1))
        .aggregate(
            open=Count("pk", filter=of_today & Q(status__in=AHEAD)),
            short=Count("pk", filter=Q(status__in=SHORT, made_up__isnull=True)),
        )
    )
    url = reverse("safety:week")
    return {
        "figures": [
            Figure(_("Rounds to be walked today"), found["open"], url),
            Figure(_("Rounds missed, not made up for"), found["short"], url, late=True),
        ]
    }


PANELS = (
    Panel("safety.rounds", 15, rules.walks, "safety/panels/rounds.html", today),
    Panel("safety.lead", 25, rules.plans_any, "", lead),
)
