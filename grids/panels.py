"""What homes say of the grids: whom to see next, and what a leader must see to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.paging import number_of
from grids import rules
from grids.models import CareFlag, Visit
from grids.states import FlagStatus
from workflow.panels import Action, Figure, Panel

MOST_ROWS = 5

Shown = Mapping[str, Any]


def due(user: Any, at: datetime) -> Shown:
    """What somebody who keeps a micro-grid has to see in these days, the latest first."""
    today = timezone.localdate(at)
    rows = Visit.objects.to_pay(user, today)
    found = rows.with_all().order_by("due_on", "pk")
    return {"visits": list(found[:MOST_ROWS]), "url": reverse("grids:mine"), "today": today}


def lead(user: Any, at: datetime) -> Shown:
    """Late visits, and flags that wait for a word."""
    today = timezone.localdate(at)
    late = Visit.objects.visible_to(user).late(today)
    visits = list(late.with_all().order_by("due_on", "pk")[:MOST_ROWS])
    flags = CareFlag.objects.visible_to(user)
    proposed = flags.filter(status=FlagStatus.PROPOSED).with_all().order_by("pk")
    waiting = flags.aggregate(
        proposed=Count("pk", filter=Q(status=FlagStatus.PROPOSED)),
        review=Count("pk", filter=Q(status=FlagStatus.CONFIRMED, review_on__lte=today)),
    )
    url, of_flags = f"{reverse('grids:visits')}?late=true", reverse("grids:flags")
    return {
        "visits": visits,
        "flags": list(proposed[:MOST_ROWS]),
        "today": today,
        "figures": [
            Figure(_("Visits that are late"), number_of(late, visits, MOST_ROWS), url, True),
            Figure(_("Care flags to confirm"), waiting["proposed"], f"{of_flags}?status=proposed"),
            Figure(_("Care flags to review"), waiting["review"], f"{of_flags}?due=true", True),
        ],
    }


def leads(user: Any) -> bool:
    return rules.leads_any(user) and not user.is_superuser


PANELS = (
    Panel(
        "grids.due",
        12,
        rules.is_member,
        "grids/panels/due.html",
        due,
        action=Action(_("My households"), "home-heart", "grids:mine"),
    ),
    Panel("grids.lead", 22, leads, "grids/panels/lead.html", lead),
)
