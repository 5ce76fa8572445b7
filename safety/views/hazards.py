"""Hazards: the list of those that somebody sees, and the page of one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from attachments.models import Attachment
from common import sheets
from common.paging import NEWEST, every, page
from estates.standing import holds_anywhere
from safety import rules
from safety.filters import HazardFilter
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
def hazards(request: HttpRequest) -> HttpResponseBase:
    """What is open, unless asked otherwise. A resident finds what they have reported themselves."""
    user, at = request.user, timezone.now()
    asked = HazardFilter(request.GET, queryset=Hazard.objects.visible_to(user), request=request)
    rows: Any = asked.qs
    works = holds_anywhere(user)
    if works and not (request.GET.get("status") or request.GET.get("view") == "all"):
        rows = rows.open()
    if (form := request.GET.get("export", "")) in ("csv", "xlsx"):
        return _exported(rows, form)
    shown = page(rows, NEWEST, request.GET.get("after", ""), ON_A_PAGE, with_all)
    context = {"page": shown, "filter": asked, "works": works, "at": at}
    return render(request, "safety/hazards.html", context)


def _exported(rows: Any, form: str) -> HttpResponseBase:
    """For the meeting, and for whoever checks the estate: no words of residents, no photographs."""
    header = [
        *(_("Number"), _("Hazard"), _("Place"), _("Grade"), _("State"), _("Found")),
        *(_("Who is responsible"), _("To be put right by"), _("Closed"), _("Funds")),
    ]

    def lines() -> Iterator[list[Any]]:
        for row in every(rows, NEWEST, with_all):
            yield [
                row.number,
                row.title,
                row.where,
                row.get_grade_display(),
                row.get_status_display(),
                _moment(row.found_at),
                row.responsible.name if row.responsible else "",
                _moment(row.due_at),
                _moment(row.closed_at),
                "" if row.funds is None else row.funds,
            ]

    return sheets.as_response(_("Hazards"), header, lines(), form)


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


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
