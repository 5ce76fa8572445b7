"""What homes say of the volunteers: the next shift, what may be taken, what waits for a lead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.navigation import RESIDENT
from volunteers.models import Entry, Membership, Shift, ShiftPost
from volunteers.services.board import RISK
from volunteers.standing import is_volunteer, leads_any, teams_led
from volunteers.states import AHEAD, EntryStatus, MembershipStatus, ShiftStatus
from workflow.panels import Figure, Panel

Shown = Mapping[str, Any]
MOST_ROWS = 3
SOON = timedelta(days=14)


def mine(user: Any, at: datetime) -> Shown:
    """One's next shifts, and what is asked of one."""
    rows: Any = Entry.objects.of(user).filter(ends_at__gt=at, status__in=(*AHEAD, "checked_in"))
    return {"entries": list(rows.with_all().order_by("starts_at")[:MOST_ROWS])}


def lead(user: Any, at: datetime) -> Shown:
    led = teams_led(user)
    url = reverse("volunteers:boards")
    short = ShiftPost.objects.visible_to(user).filter(
        shift__team__in=led,
        shift__status=ShiftStatus.OPEN,
        shift__starts_at__gt=at,
        shift__starts_at__lt=at + RISK,
        taken__lt=F("wanted"),
    )
    asked = Shift.objects.visible_to(user).filter(team__in=led, status=ShiftStatus.ASKED)
    applied = Membership.objects.visible_to(user).filter(
        team__in=led, status=MembershipStatus.APPLIED
    )
    hours = Entry.objects.visible_to(user).filter(
        shift__team__in=led, status=EntryStatus.CHECKED_OUT
    )
    return {
        "figures": [
            Figure(_("Posts short of people"), short.count(), url, late=True),
            Figure(_("Teams are asked"), asked.count(), url),
            Figure(_("Would like to join"), applied.count(), reverse("volunteers:members")),
            Figure(_("Hours to confirm"), hours.count(), url),
        ]
    }


PANELS = (
    Panel("volunteers.mine", 30, is_volunteer, "volunteers/panels/mine.html", mine, RESIDENT),
    Panel("volunteers.lead", 26, leads_any, "", lead),
)
