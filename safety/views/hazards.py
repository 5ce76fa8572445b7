"""Hazards: the list of those that somebody sees, and the page of one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from attachments.models import Attachment
from common.paging import NEWEST, page
from safety import rules
from safety.lives import HAZARD, with_all
from safety.models import Hazard
from safety.states import HazardStatus, Step
from workflow.timeline import story

ON_A_PAGE = 50
# What moves it on; the rest stands behind “more”.
FIRST = ("grade", "order", "begin", "submit", "close")
# The states in order, as residents and staff count them; what was sent back is at work again.
WAY = (
    HazardStatus.FOUND,
    HazardStatus.GRADED,
    HazardStatus.ORDERED,
    HazardStatus.RECTIFYING,
    HazardStatus.SUBMITTED,
    HazardStatus.CLOSED,
)


@login_required
@require_safe
def hazards(request: HttpRequest) -> HttpResponse:
    """A resident finds what they have reported themselves."""
    rows = Hazard.objects.visible_to(request.user)
    shown = page(rows, NEWEST, request.GET.get("after", ""), ON_A_PAGE, with_all)
    return render(request, "safety/hazards.html", {"page": shown})


@login_required
@require_safe
def hazard(request: HttpRequest, number: str) -> HttpResponse:
    """Whoever reported it reads its state and its result; those who work on it all of it."""
    at, user = timezone.now(), request.user
    row = get_object_or_404(HAZARD.rows(user), number=number)
    context: dict[str, Any] = {"hazard": row, "at": at}
    if not rules.is_inside(user, row):
        return render(request, "safety/hazard_reported.html", context)
    events, photos = story(HAZARD, row, user)
    after = [one for one in photos if one.stage == Attachment.Stage.AFTER]
    buttons = HAZARD.buttons(row, user, at=at)
    context |= {
        "first": [one for one in buttons if one.verb in FIRST],
        "more": [one for one in buttons if one.verb not in FIRST],
        "steps": _steps(row),
        "climb": [(one, _stood(row, one)) for one in Step if one],
        "late": row.is_open and row.due_at is not None and row.due_at < at,
        "events": events,
        "before": [one for one in photos if one not in after],
        "after": after,
    }
    return render(request, "safety/hazard.html", context)


def _steps(row: Hazard) -> list[tuple[str, str]]:
    """(label, how it stands) of each state on the way."""
    status = HazardStatus(row.status)
    here = WAY.index(HazardStatus.ORDERED if status == HazardStatus.SENT_BACK else status)
    closed = status == HazardStatus.CLOSED
    return [
        (str(one.label), "done" if n < here or closed else "here" if n == here else "")
        for n, one in enumerate(WAY)
    ]


def _stood(row: Hazard, step: Step) -> str:
    if step < row.step:
        return "been"
    return "here" if step == row.step else ""
