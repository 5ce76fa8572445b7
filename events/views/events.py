"""Events as everybody reads them, and as they are planned."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.days import span_on
from events import almanac, forms, rules
from events.calendar import entry_of
from events.lives import EVENT
from events.models import Event, Task
from events.services import events
from events.states import PLANNED, EventStatus
from workflow.feed import answer, written
from workflow.refusals import Invalid, NotAllowed
from workflow.timeline import story

MOST = 60
BACK = timedelta(days=60)


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
    """Of one's own communities; what is public is everybody's, signed in or not."""
    rows: Any = EVENT.rows(request.user)
    row = rows.filter(number=number).first()
    if row is None:
        row = Event.objects.public().with_all().filter(number=number).first()
    if row is None:
        raise Http404
    return row


@require_safe
def event(request: HttpRequest, number: str) -> HttpResponse:
    user: Any = request.user
    at = timezone.now()
    row = _found(request, number)
    plans = EVENT.is_staff(user, row)
    lines, photos = story(EVENT, row, user) if plans else ([], [])
    buttons = EVENT.buttons(row, user, at=at) if user.is_authenticated else []
    context = {
        "event": row,
        "lunar": almanac.said_lunar(timezone.localdate(row.starts_at)),
        "plans": plans,
        "tasks": list(Task.objects.visible_to(user).filter(event=row).order_by("pk")),
        "tick": next((one for one in buttons if one.verb == "tick"), None),
        "buttons": [one for one in buttons if one.verb != "tick"],
        "events": lines,
        "photos": photos,
        "address": request.build_absolute_uri(row.get_absolute_url()),
        "at": at,
    }
    return render(request, "events/event.html", context)


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
