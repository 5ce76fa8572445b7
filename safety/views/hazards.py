"""Hazards: entered, reported, and the page of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from attachments.models import Attachment
from common.paging import NEWEST, page
from estates.models import Estate
from safety import rules
from safety.forms.hazards import FindForm, NewHazardForm
from safety.lives import HAZARD, with_all
from safety.models import Hazard
from safety.services import hazards
from safety.states import HazardStatus, Step
from workflow import follow_ups
from workflow.refusals import Invalid, NotAllowed
from workflow.timeline import story

TITLES = {
    "find": pgettext_lazy("hazard", "Enter a hazard"),
    "report": gettext_lazy("Report a danger"),
}
THANKS = {
    "find": gettext_lazy("%(number)s is entered; whoever grades it is told."),
    "report": gettext_lazy(
        "Thank you. %(number)s is with the inspectors; you will hear what comes of it."
    ),
}
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
def reported(request: HttpRequest) -> HttpResponse:
    """What a resident has reported, and what came of it."""
    rows = Hazard.objects.visible_to(request.user).filter(reporter=request.user.pk)
    shown = page(rows, NEWEST, request.GET.get("after", ""), ON_A_PAGE, with_all)
    may = Estate.objects.visible_to(request.user).exists()
    return render(request, "safety/hazards_reported.html", {"page": shown, "may_report": may})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """By the staff. ?origin= says what it comes from."""
    user = request.user
    estates = Estate.objects.staffed_by(user, *rules.FINDERS).order_by("pk")
    if not estates:
        raise NotAllowed(_("Hazards are entered by the staff of the estate."))
    origin = follow_ups.find(request.GET["origin"], user) if request.GET.get("origin") else None
    facts = dict(follow_ups.facts_of(origin)) if origin else {}
    begin = {name: facts.get(name) for name in ("estate", "place", "facility", "title")}
    begin["words"] = facts.get("description", "")
    return _entered(request, FindForm, estates, "find", begin, {"origin": origin})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """By a resident, or by anybody of whom nobody expects more."""
    estates = Estate.objects.visible_to(request.user).order_by("pk")
    if not estates:
        return render(request, "repairs/no_home.html")
    return _entered(request, NewHazardForm, estates, "report", {}, {})


def _entered(
    request: HttpRequest,
    form_class: type[NewHazardForm],
    estates: Any,
    verb: str,
    begin: dict[str, Any],
    also: dict[str, Any],
) -> HttpResponse:
    at, user, status = timezone.now(), request.user, 200
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = form_class(*sent, user=user, at=at, estates=estates, initial=begin)
    if request.method == "POST":
        status = 422
        if form.is_valid() and (made := _made(verb, form, user, at, also)) is not None:
            messages.success(request, str(THANKS[verb]) % {"number": made.number})
            return redirect(made)
    origin = also.get("origin")
    context = {
        "form": form,
        "origin": follow_ups.label_of(origin) if origin else "",
        "back": reverse("safety:hazards" if verb == "find" else "safety:reported"),
        "reports": verb == "report",
        "title": str(TITLES[verb]),
    }
    return render(request, "safety/hazard_new.html", context, status=status)


def _made(
    verb: str, form: NewHazardForm, user: Any, at: datetime, also: dict[str, Any]
) -> Hazard | None:
    try:
        made: Hazard = getattr(hazards, verb)(actor=user, at=at, **form.cleaned_data, **also)
    except Invalid as refusal:
        form.add_error(None, str(refusal))
        return None
    return made


@login_required
@require_safe
def hazard(request: HttpRequest, number: str) -> HttpResponse:
    """Whoever reported it reads its state and its result; those who work on it all of it."""
    at, user = timezone.now(), request.user
    row = get_object_or_404(HAZARD.rows(user), number=number)
    context: dict[str, Any] = {"hazard": row, "steps": _steps(row), "at": at}
    if not rules.is_inside(user, row):
        return render(request, "safety/hazard_reported.html", context)
    events, photos = story(HAZARD, row, user)
    stage = Attachment.Stage
    buttons = HAZARD.buttons(row, user, at=at)
    context |= {
        "first": [one for one in buttons if one.verb in FIRST],
        "more": [one for one in buttons if one.verb not in FIRST],
        "climb": [(one, _stood(row, one)) for one in Step if one],
        "late": row.is_late(at),
        "events": events,
        "before": [one for one in photos if one.stage == stage.BEFORE],
        "after": [one for one in photos if one.stage == stage.AFTER],
        "seen": [one for one in photos if one.stage == stage.NONE],
    }
    if any(one.verb == "close" for one in buttons):
        context["inspect"] = HAZARD.form("close", row=row, user=user, at=at)
        context["first"] = [one for one in context["first"] if one.verb != "close"]
        context["back"] = next((one for one in buttons if one.verb == "send_back"), None)
        context["more"] = [one for one in context["more"] if one.verb != "send_back"]
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
