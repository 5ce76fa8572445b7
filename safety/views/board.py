"""The week of rounds, plans, and the list of all rounds: the desk's pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common import sheets
from common.acting import acts
from common.days import begin_of
from common.paging import Order, every, page
from common.recurrence import BadRule
from safety import rules
from safety.filters import RoundListFilter
from safety.forms.rounds import NewPlanForm, PlanForm
from safety.lives import PLAN, touched
from safety.models import Plan, Round
from safety.services import board, hazard_board, plans
from safety.words import said_rule
from workflow.refusals import Invalid, NotAllowed
from workflow.timeline import story

NEXT_DATES = 5
ON_A_PAGE = 50
MOST_WAITING = 6
# So many rounds of nobody in particular are looked at for those that nobody on duty walks either.
MOST_ASKED = 120
# The calendar ends somewhere, and so do the arrows that turn its pages.
FIRST, LAST = date(2000, 1, 3), date(2100, 1, 4)
BY_TIME = Order("planned_at", datetime.fromisoformat, descending=True)
BOARD_SINCE = timedelta(days=30)


def _require_staff(user: Any) -> None:
    if not rules.works_here(user):
        raise NotAllowed(_("Rounds are walked by the staff of the estate."))


@login_required
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """Plans by days, what waits for somebody, and how many rounds were walked in time."""
    user, at = request.user, timezone.now()
    if not rules.works_in_safety(user):
        return redirect("safety:rounds")
    today = timezone.localdate(at)
    monday = board.monday_of(_day(request.GET.get("week"), today))
    alone = board.sent_to_nobody(user, at, at + board.WEEK, MOST_ASKED)
    shown = board.week_of(user, monday, at, beside=alone)
    begin, end = period(request, today)
    by_plan, by_person = board.rates(user, begin_of(begin), begin_of(end))
    for line in shown.lines:
        line.rate = by_plan.get(line.plan.pk, board.Rate())
    context = {
        "week": shown,
        "today": today,
        "earlier": monday - board.WEEK if monday > FIRST else None,
        "later": monday + board.WEEK if monday < LAST else None,
        "begin": begin,
        "last": end - timedelta(days=1),
        "whole": board.whole(by_plan),
        "people": by_person,
        "short": board.short_rounds(user, at - BOARD_SINCE, MOST_WAITING),
        "unmanned": [row for row in alone if row.unmanned][:MOST_WAITING],
        "may_plan": rules.plans_any(user),
        "ages": hazard_board.by_age(user, at),
        "months": hazard_board.in_time(user, at),
        "at": at,
    }
    return render(request, "safety/week.html", context)


def _day(text: str | None, otherwise: date) -> date:
    try:
        day = parse_date(text or "") or otherwise
    except ValueError:
        day = otherwise
    return min(max(day, FIRST), LAST)


def period(request: HttpRequest, today: date) -> tuple[date, date]:
    """[from, day after until] that the rates are counted over: four weeks up to today."""
    until = _day(request.GET.get("until"), today)
    begin = _day(request.GET.get("from"), until - board.FOUR_WEEKS + timedelta(days=1))
    return min(begin, until), until + timedelta(days=1)


# --- the list


def _row(row: Any) -> list[Any]:
    return [
        row.plan.name,
        row.planned_at,
        row.ends_at,
        row.get_status_display(),
        row.assignee.name if row.assignee else "",
        row.reached,
        row.all_points,
        row.findings,
        row.finished_at,
        row.reason,
    ]


def _head() -> list[str]:
    return [
        _("Plan"),
        _("Planned for"),
        _("To be walked by"),
        _("State"),
        _("Who walks"),
        _("Points reached"),
        _("Points"),
        _("Not in order"),
        _("Finished"),
        _("Reason"),
    ]


@login_required
@require_safe
def rounds_list(request: HttpRequest) -> HttpResponseBase:
    """All rounds that one sees, filtered, newest first, and as a sheet."""
    _require_staff(request.user)
    rows = Round.objects.visible_to(request.user)
    asked = RoundListFilter.asked(request.GET, timezone.localdate())
    found = RoundListFilter(asked, queryset=rows, request=request)
    form = request.GET.get("export", "")
    if form in ("csv", "xlsx"):

        def cells() -> Iterator[list[Any]]:
            for row in every(found.qs, BY_TIME, dressed):
                yield _row(row)

        return sheets.as_response(_("Rounds"), _head(), cells(), form)
    shown = page(found.qs, BY_TIME, request.GET.get("after", ""), ON_A_PAGE, dressed)
    return render(
        request,
        "safety/rounds_list.html",
        {"filter": found, "page": shown, "at": timezone.now()},
    )


def dressed(rows: Any) -> Any:
    return rows.with_all().with_progress()


# --- plans


@login_required
@require_safe
def plans_list(request: HttpRequest) -> HttpResponse:
    user = request.user
    _require_staff(user)
    rows = list(Plan.objects.visible_to(user).with_all().order_by("estate", "status", "name"))
    context = {"plans": rows, "may_plan": rules.plans_any(user), "at": timezone.now()}
    return render(request, "safety/plans.html", context)


@login_required
@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    at, user = timezone.now(), request.user
    row = get_object_or_404(PLAN.rows(user), pk=pk)
    events, _photos = story(PLAN, row, user)
    ahead = Round.objects.visible_to(user).standing().filter(plan=row, planned_at__gt=at)
    context = {
        "plan": row,
        "buttons": PLAN.buttons(row, user, at=at),
        "events": events,
        "ahead": ahead.select_related("assignee").order_by("planned_at")[:NEXT_DATES],
        "stops": row.route.stops.select_related("checkpoint").order_by("position"),
        "at": at,
    }
    return render(request, "safety/plan.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_plan(request: HttpRequest) -> HttpResponse:
    """Made in words: what they come to is said before anything is saved."""
    user, at = request.user, timezone.now()
    if not rules.plans_any(user):
        raise NotAllowed(_("Plans are made by the manager."))
    form = NewPlanForm(
        request.POST if request.method == "POST" else None,
        row=None,
        user=user,
        at=at,
        initial={
            "starts_on": timezone.localdate(at),
            "often": "daily",
            "time": "09:00",
            "ends": "11:00",
            "leads": ["1440", "120"],
        },
    )
    status = 200
    if request.method == "POST":
        valid = form.is_valid()
        if valid and "look" not in request.POST:
            said = dict(form.cleaned_data)
            try:
                made = plans.make(actor=user, at=at, estate=said["route"].estate, **said)
            except Invalid as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"{_('The plan is made.')} {touched('make', made)}")
                return redirect(made)
        status = 200 if form.is_valid() else 422
    context = {"form": form, "preview": preview_of(form), "at": at}
    return render(request, "safety/plan_new.html", context, status=status)


@login_required
@acts(leads_to="safety:plan-new")
def preview(request: HttpRequest) -> HttpResponse:
    """What a rule comes to, beside the form while it is filled in."""
    user, at = request.user, timezone.now()
    if not rules.plans_any(user) and not Plan.objects.visible_to(user).exists():
        raise NotAllowed(_("Plans are made by the manager."))
    form = NewPlanForm(request.POST, row=None, user=user, at=at)
    form.is_valid()
    return render(request, "safety/parts/preview.html", {"preview": preview_of(form)})


def preview_of(form: PlanForm) -> dict[str, Any] | None:
    """The rule in words, and the next five times; the sentence where it comes to nothing."""
    if not form.is_bound:
        return None
    said: dict[str, Any] = form.cleaned_data
    if not all(said.get(name) for name in ("rule", "starts_on", "time")):
        return None
    names = ("rule", "starts_on", "time", "season_from", "season_to", "window_minutes")
    trial = Plan(**{name: said[name] for name in names if said.get(name)})
    try:
        trial.recurrence.check()
        dates = trial.recurrence.next(max(form.at, _start(trial)), NEXT_DATES)
    except BadRule as error:
        return {"error": str(error)}
    return {"words": said_rule(trial.rule), "plan": trial, "dates": dates}


def _start(trial: Plan) -> datetime:
    return timezone.make_aware(datetime.combine(trial.starts_on, trial.time))
