"""Visits, care flags, coverage and looks: the leader's pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common import sheets
from common.dates import exact_time
from common.keys import key_of
from common.paging import NEWEST, Order, every, page
from estates.models import Unit
from grids import rules
from grids.filters import FlagFilter, VisitFilter
from grids.forms import NewFlagForm, RevealForm
from grids.lives import FLAG, VISIT
from grids.models import CareFlag, Household, Visit
from grids.services import coverage as figures
from grids.services import flags, reveal
from grids.views.mine import require_care, told
from workflow.refusals import Invalid, NotAllowed
from workflow.timeline import timeline

ON_A_PAGE = 50
BY_DAY = Order("due_on", date.fromisoformat, descending=True)


@login_required
@require_safe
def visit_list(request: HttpRequest) -> HttpResponseBase:
    """Planned and held, by the day on which they were due."""
    user, at = request.user, timezone.now()
    require_care(user)
    asked = VisitFilter(request.GET, queryset=Visit.objects.visible_to(user), request=request)
    wanted = request.GET.get("export", "")
    if wanted in ("csv", "xlsx"):
        return _exported(asked.qs, wanted)
    found = page(asked.qs, BY_DAY, request.GET.get("after", ""), ON_A_PAGE, VISIT.joined)
    context = {"rows": found.rows, "next": found.next, "filter": asked, "at": at}
    context["today"] = timezone.localdate(at)
    return render(request, "grids/visits.html", context)


def _grid_of(unit: Unit) -> str:
    """Empty for a home that lies in no micro-grid any more, which only the administrator reads."""
    household: Household | None = getattr(unit, "household", None)
    return household.grid.name if household else ""


def _exported(rows: Any, form: str) -> HttpResponseBase:
    """Where, when and whether; how people were is not for a sheet that is passed around."""
    header = [
        _("Household"),
        _("Micro-grid"),
        _("Due by"),
        _("State"),
        _("Visited"),
        _("Who visits"),
    ]

    def lines() -> Iterator[list[Any]]:
        for visit in every(rows, BY_DAY, VISIT.joined):
            yield [
                visit.unit.label,
                _grid_of(visit.unit),
                visit.due_on.isoformat(),
                visit.get_status_display(),
                exact_time(visit.visited_at),
                visit.assignee.name if visit.assignee else "",
            ]

    return sheets.as_response(_("Home visits"), header, lines(), form)


@login_required
@never_cache
@require_safe
def visit_page(request: HttpRequest, pk: int) -> HttpResponse:
    at, user = timezone.now(), request.user
    row = get_object_or_404(VISIT.rows(user), pk=pk)
    [shown] = told([row])
    context = {
        "visit": shown,
        "buttons": VISIT.buttons(row, user, at=at),
        "events": timeline(VISIT, row, user),
        "today": timezone.localdate(at),
        "at": at,
    }
    return render(request, "grids/visit.html", context)


# --- care flags


@login_required
@require_safe
def flag_list(request: HttpRequest) -> HttpResponseBase:
    user, at = request.user, timezone.now()
    require_care(user)
    asked = FlagFilter(request.GET, queryset=CareFlag.objects.visible_to(user), request=request)
    rows = asked.qs if request.GET.get("status") else asked.qs.standing()
    wanted = request.GET.get("export", "")
    if wanted in ("csv", "xlsx"):
        return _flags_exported(rows, wanted)
    found = page(rows, NEWEST, request.GET.get("before", ""), ON_A_PAGE, FLAG.joined)
    context = {
        "rows": found.rows,
        "next": found.next,
        "filter": asked,
        "today": timezone.localdate(at),
        "at": at,
    }
    return render(request, "grids/flags.html", context)


def _flags_exported(rows: Any, form: str) -> HttpResponseBase:
    """A sheet leaves the portal: how many of which tier are where, and until when; neither names
    nor why."""
    header = [_("Household"), _("Micro-grid"), _("Tier"), _("State"), _("Consent"), _("Review by")]

    def lines() -> Iterator[list[Any]]:
        for flag in every(rows, NEWEST, FLAG.joined):
            yield [
                flag.occupant.unit.label,
                _grid_of(flag.occupant.unit),
                flag.get_tier_display(),
                flag.get_status_display(),
                _("yes") if flag.has_consent else _("no"),
                flag.review_on.isoformat(),
            ]

    return sheets.as_response(_("Care flags"), header, lines(), form)


@login_required
@never_cache
@require_safe
def flag_page(request: HttpRequest, pk: int) -> HttpResponse:
    at, user = timezone.now(), request.user
    row = get_object_or_404(FLAG.rows(user), pk=pk)
    buttons = FLAG.buttons(row, user, at=at)
    context = {
        "flag": row,
        "lead": next(
            (b for b in buttons if b.verb in ("confirm", "renew") and _asks(b, row)), None
        ),
        "buttons": buttons,
        "events": timeline(FLAG, row, user),
        "reveal_form": RevealForm(),
        "today": timezone.localdate(at),
        "at": at,
    }
    return render(request, "grids/flag.html", context)


def _asks(button: Any, flag: CareFlag) -> bool:
    """To renew is the one thing first only once somebody asked for it."""
    return button.verb == "confirm" or flag.review_asked_at is not None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_flag(request: HttpRequest) -> HttpResponse:
    """?household= says behind which door."""
    at, user = timezone.now(), request.user
    require_care(user)
    rows = Household.objects.visible_to(user).with_address()
    household = get_object_or_404(rows, pk=key_of(request.GET.get("household", "")))
    sent = (request.POST,) if request.method == "POST" else ()
    form = NewFlagForm(*sent, household=household, at=at)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and (made := _proposed(form, user, at)) is not None:
            messages.success(request, _("Proposed. The leader of the grid is told."))
            return redirect(made)
    context = {"form": form, "household": household}
    return render(request, "grids/flag_new.html", context, status=status)


def _proposed(form: NewFlagForm, user: Any, at: datetime) -> CareFlag | None:
    try:
        return flags.propose(actor=user, at=at, **form.cleaned_data)
    except Invalid as refusal:
        form.add_error(None, str(refusal))
        return None


# --- what a leader answers for


@login_required
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """How many were seen in the month, grid by grid; the elders' figure opens into its people."""
    user, at = request.user, timezone.now()
    if not rules.leads_any(user):
        raise NotAllowed(_("Coverage is the leader's to see."))
    month = figures.month_of(request.GET.get("month", ""), timezone.localdate(at))
    shown = figures.of_month(user, month, timezone.localdate(at))
    context = {"shown": shown, "elders": request.GET.get("elders", ""), "at": at}
    return render(request, "grids/coverage.html", context)


@login_required
@never_cache
@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """Who looked at what was masked, of whom, when, and why."""
    user, at = request.user, timezone.now()
    if not rules.leads_any(user):
        raise NotAllowed(_("The looks are the leader's to see."))
    found = page(
        reveal.looks_seen_by(user), NEWEST, request.GET.get("before", ""), ON_A_PAGE, reveal.dressed
    )
    context = {"rows": reveal.with_people(found.rows), "next": found.next, "at": at}
    return render(request, "grids/looks.html", context)
