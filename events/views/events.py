"""Events as everybody reads them, and as they are planned."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from attachments.views import file_of
from common.days import span_on
from events import almanac, forms, rules
from events.calendar import entry_of
from events.lives import EVENT, SIGNUP
from events.models import Event, Task
from events.services import doors, events, places, report, signups, slots
from events.states import PLANNED, EventStatus, SignupStatus
from workflow.feed import answer, written
from workflow.follow_ups import links_of
from workflow.refusals import Invalid, NotAllowed, WrongState
from workflow.timeline import story

MOST = 60
MOST_SAID = 6
MOST_PICTURES = 3
BACK = timedelta(days=60)
NEAR = timedelta(hours=1)


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What is ahead, what was; and what one plans."""
    user, at = request.user, timezone.now()
    seen: Any = Event.objects.visible_to(user)
    over = (EventStatus.ENDED, EventStatus.REPORTED)
    plans = rules.plans_any(user)
    mine: Any = Event.objects.planned_by(user).filter(status__in=PLANNED)
    context = {
        "ahead": list(seen.upcoming(at).with_all().order_by("starts_at", "pk")[:MOST]),
        "past": list(
            seen.filter(status__in=over, ends_at__gt=at - BACK)
            .with_all()
            .order_by("-starts_at", "-pk")[:MOST]
        ),
        "planned": list(mine.with_all().order_by("starts_at", "pk")[:MOST]) if plans else [],
        "plans": plans,
        "at": at,
    }
    return render(request, "events/index.html", context)


def _found(request: HttpRequest, number: str) -> Any:
    """Of one's own communities, then it is `around`; what is public is everybody's, signed in or
    not."""
    rows: Any = EVENT.rows(request.user)
    row = rows.filter(number=number).first()
    around = row is not None
    if row is None:
        row = Event.objects.public().with_all().filter(number=number).first()
    if row is None:
        raise Http404
    row.around = around
    return row


@require_safe
def event(request: HttpRequest, number: str) -> HttpResponse:
    return page_of(request, _found(request, number))


def page_of(request: HttpRequest, row: Any, form: Any = None, *, status: int = 200) -> HttpResponse:
    """The event as everybody reads it, with what this person may do; `form` is a sign-up that could
    not be taken."""
    user: Any = request.user
    at = timezone.now()
    plans = EVENT.is_staff(user, row)
    lines, photos = story(EVENT, row, user) if plans else ([], [])
    buttons = EVENT.buttons(row, user, at=at) if user.is_authenticated else []
    verbs = {one.verb: one for one in buttons}
    standing = places.standing(row, at)
    mine: list[Any] = signups.standing_of(row, user) if user.is_authenticated else []
    for one in mine:
        one.buttons = SIGNUP.buttons(one, user, at=at)
    taken = {seat.occupant_id for one in mine for seat in one.seats.all() if seat.occupant_id}
    if form is None and row.around and standing.may:
        form = forms.SignUpForm(event=row, user=user, taken=taken)
    context = {
        "event": row,
        "lunar": almanac.said_lunar(timezone.localdate(row.starts_at)),
        "plans": plans,
        "tasks": list(Task.objects.visible_to(user).filter(event=row).order_by("pk")),
        "tick": verbs.get("tick"),
        "verbs": verbs,
        "buttons": buttons,
        "standing": standing,
        "mine": mine,
        "asked": next((one for one in mine if one.status == SignupStatus.OFFERED), None),
        "form": form,
        "questions": (form.asked if form else signups.questions_of(row)) if plans else [],
        "helps": user.is_authenticated and rules.can_help(user, row),
        "lists": plans or (user.is_authenticated and rules.communities_desk(user, row)),
        "album": events.album(row) if row.around else [],
        "links": links_of(row, user) if plans else None,
        "figures": report.figures(row) if plans and row.is_public else None,
        "events": lines,
        "photos": photos,
        # begun by hand only when people stand there already
        "near": row.starts_at - NEAR <= at,
        "services": slots.shown(row, user, at),
        "address": request.build_absolute_uri(row.get_absolute_url()),
        "card": request.build_absolute_uri(_card(row)),
        "at": at,
    }
    return render(request, "events/event.html", context, status=status)


def _card(row: Any) -> str:
    """The picture with which the page is shared."""
    return reverse("events:poster", args=[row.number]) if row.poster_id else static("icon-512.png")


@require_safe
def poster(request: HttpRequest, number: str) -> HttpResponseBase:
    """As public as the page it stands on."""
    row = _found(request, number)
    if row.poster is None:
        raise Http404
    return file_of(request, row.poster)


@login_required
@require_safe
def closing_report(request: HttpRequest, number: str) -> HttpResponse:
    """People, hours, cost and how it was, on one page of paper."""
    user = request.user
    row = get_object_or_404(EVENT.rows(user), number=number)
    if not EVENT.is_staff(user, row):
        raise NotAllowed(_("The report is for those who plan the event."))
    if not row.is_public:
        raise WrongState(_("It has not been published yet."), row=row)
    context = {
        "event": row,
        "figures": report.figures(row),
        "said": report.said(row)[:MOST_SAID],
        "tally": doors.counts(row),
        "album": events.album(row)[:MOST_PICTURES],
        "at": timezone.now(),
    }
    return render(request, "events/report.html", context)


@require_safe
def as_file(request: HttpRequest, number: str) -> HttpResponseBase:
    """One event for a calendar."""
    row = _found(request, number)
    return answer(request, written([entry_of(row)], row.label), get_language() or "zh-hans")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user, at = request.user, timezone.now()
    if not rules.plans_any(user):
        raise NotAllowed(_("Events are planned by the manager, and by who leads a team."))
    form = forms.EventForm(request.POST or None, user=user)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and (made := _made(form, user, at)) is not None:
            messages.success(request, _("Planned. Once it is approved you can publish it."))
            return redirect(made)
    return render(request, "events/new.html", {"form": form}, status=status)


def _made(form: Any, user: Any, at: datetime) -> Event | None:
    data = form.cleaned_data
    starts_at, ends_at = span_on(data["on"], data["begin"], data["end"])
    names = ("line", "place", "place_words", "team", "story", "programme", "capacity", "budget")
    try:
        return events.make(
            data["community"],
            actor=user,
            at=at,
            title=data["title"],
            starts_at=starts_at,
            ends_at=ends_at,
            **{name: data[name] for name in names},
        )
    except Invalid as refusal:
        form.add_error(None, str(refusal))
        return None
