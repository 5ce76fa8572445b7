"""The inspector's phone: today's rounds, a round, a point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from attachments.services import of_rows
from common.days import begin_of
from safety import rules
from safety.forms.rounds import CheckForm, start_of
from safety.lives import ROUND
from safety.models import EARLY, Answer, Round, RoundPoint
from safety.services.rounds import Reached, at_label, points_of, seen_of
from safety.states import SHORT
from workflow.lives import Button
from workflow.moves import check
from workflow.refusals import NotAllowed
from workflow.timeline import Event, story
from workflow.verbs import done, notice

DAYS_AHEAD = 7
MOST_ROUNDS = 40
# The one that is open becomes the green button of the page, all others stand in the menu.
LEADS = ("start", "finish", "make_up")
HIDDEN = ("check", "arrive")


@login_required
@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """What is mine today, what is still open, and what comes."""
    user, at = request.user, timezone.now()
    if not rules.works_here(user):
        raise NotAllowed(_("Rounds are walked by the staff of the estate."))
    mine = Round.objects.visible_to(user).standing().for_walker(user)
    today = timezone.localdate(at)
    begin = begin_of(today)
    now = mine.on_between(begin, begin + timedelta(days=1))
    ahead = mine.ahead().between(begin + timedelta(days=1), begin + timedelta(days=DAYS_AHEAD))
    context = {
        "today": _listed(now),
        "ahead": _listed(ahead),
        "board": rules.works_in_safety(user),
        "at": at,
    }
    return render(request, "safety/rounds.html", context)


def _listed(rows: Any) -> list[Any]:
    return list(rows.with_all().with_progress().order_by("planned_at", "pk")[:MOST_ROUNDS])


@dataclass
class RoundPage:
    round: Any
    user: Any
    at: Any

    @cached_property
    def points(self) -> list[RoundPoint]:
        return points_of(self.round)

    @cached_property
    def buttons(self) -> list[Button]:
        return ROUND.buttons(self.round, self.user, at=self.at)

    @cached_property
    def lead(self) -> Button | None:
        by_verb = {button.verb: button for button in self.buttons}
        return next((by_verb[verb] for verb in LEADS if verb in by_verb), None)

    @cached_property
    def more(self) -> list[Button]:
        shown = {*HIDDEN, *([self.lead.verb] if self.lead else [])}
        return [button for button in self.buttons if button.verb not in shown]

    @cached_property
    def walks(self) -> bool:
        return any(button.verb == "check" for button in self.buttons)

    @cached_property
    def next(self) -> RoundPoint | None:
        """The first point that nobody has reached."""
        return next((point for point in self.points if point.reached_at is None), None)

    @property
    def reached(self) -> int:
        return sum(point.reached_at is not None for point in self.points)

    @property
    def missing(self) -> list[RoundPoint]:
        return [point for point in self.points if point.reached_at is None]

    @property
    def found(self) -> list[RoundPoint]:
        return [point for point in self.points if point.failed]

    @cached_property
    def answers(self) -> Mapping[int, list[Any]]:
        """What was not in order, by point, with its photographs and what may be made of it."""
        failed = [point.pk for point in self.points if point.failed]
        rows: list[Any] = list(
            Answer.objects.visible_to(self.user)
            .failed()
            .filter(point__in=failed)
            .select_related("item")
            .order_by("item__position", "pk")
        )
        photos = of_rows(rows)
        found: dict[int, list[Any]] = {}
        for row in rows:
            row.photos = photos.get(row.pk, [])
            found.setdefault(row.point_id, []).append(row)
        return found

    @cached_property
    def findings(self) -> list[tuple[RoundPoint, list[Any]]]:
        return [(point, self.answers.get(point.pk, [])) for point in self.found]

    @cached_property
    def events(self) -> list[Event]:
        return story(ROUND, self.round, self.user)[0]

    @property
    def other(self) -> Any:
        """The other end: what it makes up for, or what made up for it."""
        return self.round.makes_up or getattr(self.round, "made_up", None)


@login_required
@require_safe
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    at, user = timezone.now(), request.user
    rows = ROUND.rows(user).select_related("makes_up", "made_up")
    row = get_object_or_404(rows, pk=pk)
    context = {"round": row, "page": RoundPage(row, user, at), "at": at}
    return render(request, "safety/round.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def point(request: HttpRequest, pk: int, checkpoint: int) -> HttpResponse:
    """One point: its questions, one after another; then the next."""
    at, user = timezone.now(), request.user
    row = get_object_or_404(ROUND.rows(user), pk=pk)
    shown = RoundPage(row, user, at)
    here = next((one for one in shown.points if one.checkpoint_id == checkpoint), None)
    if here is None:
        raise Http404
    verb = "arrive" if row.status in SHORT else "check"
    if request.method == "POST":
        check(ROUND.moves, verb, row, user, at=at)
    label = request.GET.get("label", "")
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CheckForm(*sent, row=row, user=user, at=at, initial=start_of(here, label))
    status = 200
    if request.method == "POST":
        if form.is_valid() and _checked(verb, form, here):
            messages.success(request, notice(ROUND, verb, row, user, at))
            return redirect(_onward(row, user, at))
        status = form.status if form.status != 200 else 422
    answers: dict[int, Any] = {
        answer.item_id: answer
        for answer in Answer.objects.visible_to(user).filter(point=here.pk).select_related("item")
    }
    photos = of_rows(answers.values())
    for answer in answers.values():
        answer.photos = photos.get(answer.pk, [])
    context = {
        "round": row,
        "page": shown,
        "point": here,
        "form": form,
        "questions": form.at_point(here, answers),
        "after": _after(shown.points, here),
        "label": label,
        "at": at,
        "may": shown.walks,
    }
    return render(request, "safety/point.html", context, status=status)


def _checked(verb: str, form: CheckForm, here: RoundPoint) -> bool:
    """Whoever was here meanwhile is named over the form, which keeps what was typed; sent once
    more, it is written over what has been seen then."""
    try:
        return done(ROUND, verb, form)
    except Reached as refusal:
        points = RoundPoint.objects.visible_to(form.user)
        now = points.get(round=form.row, checkpoint=here.checkpoint_id)
        form.add_error(None, str(refusal))
        sent: Any = form.data
        form.data = sent = sent.copy()
        sent["seen"] = seen_of(now)
        form.status = refusal.status
        return False


def _onward(row: Any, user: Any, at: Any) -> str:
    """The next point, or the round when there is none."""
    left = RoundPage(row, user, at).next if row.is_open else None
    if left is None:
        return str(row.get_absolute_url())
    return reverse("safety:point", args=[row.pk, left.checkpoint_id])


def _after(points: list[RoundPoint], here: RoundPoint) -> RoundPoint | None:
    later = [p for p in points if p.reached_at is None and p.position > here.position]
    earlier = [p for p in points if p.reached_at is None and p.position < here.position]
    return next(iter([*later, *earlier]), None)


@login_required
@require_safe
def label(request: HttpRequest, qr: str) -> HttpResponse:
    """A point's label leads whoever reads it to that point of the round that is on now."""
    user, at = request.user, timezone.now()
    checkpoint = at_label(qr)
    seen = Round.objects.visible_to(user).filter(estate=checkpoint.estate if checkpoint else None)
    if checkpoint is None or not (
        rules.can_open(user, checkpoint) or seen.ahead().for_walker(user).exists()
    ):
        raise Http404
    on_route = seen.ahead().filter(plan__route__stops__checkpoint=checkpoint)
    now = on_route.filter(planned_at__lte=at + EARLY, ends_at__gt=at).order_by("planned_at", "pk")
    mine = [row for row in now.select_related("plan") if rules.can_walk(user, row)]
    begun = [row for row in mine if row.status == Round.Status.IN_PROGRESS]
    for row in [*begun, *mine]:
        if any(p.checkpoint_id == checkpoint.pk for p in points_of(row)):
            url = reverse("safety:point", args=[row.pk, checkpoint.pk])
            return redirect(f"{url}?{urlencode({'label': qr})}")
    coming = on_route.filter(planned_at__gt=at).with_all().order_by("planned_at")[:3]
    context = {"checkpoint": checkpoint, "coming": list(coming), "at": at}
    return render(request, "safety/no_round.html", context)
