"""What homes say of the estate itself: who is at work, who waits for a home, whom to call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from estates import rules
from estates.models import Claim, DutyShift, Estate, Unit
from estates.standing import duties_of, homes_of
from workflow.panels import RESIDENT, Figure, Panel, everybody

MOST_ROWS = 5
MOST_AT_WORK = 12

Shown = Mapping[str, Any]


def claims(user: Any, at: datetime) -> Shown:
    waiting = Claim.objects.visible_to(user).at_desk_of(user).pending().count()
    url = reverse("estates:claim-queue")
    return {"figures": [Figure(_("Claims of homes"), waiting, url)] if waiting else []}


def at_work(user: Any, at: datetime) -> Shown:
    """Whom of the colleagues one may call now."""
    now = DutyShift.objects.visible_to(user).on_at(at).exclude(posting__user=user)
    rows = now.select_related("posting__user").order_by("posting__duty", "ends_at", "pk")
    return {"shifts": list(rows[:MOST_AT_WORK]), "url": reverse("estates:shifts"), "at": at}


def works(user: Any) -> bool:
    return bool(duties_of(user))


def without_home(user: Any) -> bool:
    return not homes_of(user)


def no_home(user: Any, at: datetime) -> Shown:
    return {"claim": Claim.objects.visible_to(user).pending().first(), "asks": True}


def address(user: Any, at: datetime) -> Shown:
    """Under the name of the estate stands one's own home."""
    homes = list(Unit.objects.lived_in_by(user).with_address()[:1])
    return {"whereabouts": homes[0].label} if homes else {}


def emergency(user: Any, at: datetime) -> Shown:
    return {"estates": list(Estate.objects.visible_to(user)[:MOST_ROWS])}


PANELS = (
    Panel("estates.address", 0, everybody, "", address, RESIDENT),
    Panel("estates.claims", 15, rules.keeps_a_roster, "", claims),
    Panel("estates.at_work", 50, works, "estates/panels/at_work.html", at_work),
    Panel("estates.no_home", 10, without_home, "estates/panels/no_home.html", no_home, RESIDENT),
    Panel("estates.emergency", 90, everybody, "estates/panels/emergency.html", emergency, RESIDENT),
)
