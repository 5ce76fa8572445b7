"""Services of an event: taking a turn, the desk's phone, and the screen of the hall."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import conditional_page, require_http_methods, require_safe

from common.acting import acts
from common.days import span_on
from estates.views.letters import qr_svg
from events import forms, rules
from events.lives import EVENT, SLOT
from events.models import Event, Service
from events.services import hall as halls
from events.services import slots
from workflow.refusals import Invalid, NotAllowed, WrongState

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _service(request: HttpRequest, pk: int) -> Any:
    return get_object_or_404(Service.objects.visible_to(request.user).with_all(), pk=pk)


def _event(request: HttpRequest, pk: int) -> Any:
    """Where whoever opens the address of a button is led."""
    return _service(request, pk).event


# --- taking a turn


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """All that is free, and for whom. Where somebody was quicker, what was typed stays."""
    user, at = request.user, timezone.now()
    row = _service(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = forms.TakeForm(sent, initial={"number": request.GET.get("number")})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            status, slot = _taken(form, row, user, at)
            if slot is not None:
                said = {"turn": slot.label}
                messages.success(
                    request, _("%(turn)s is yours. We tell you when it is called.") % said
                )
                return redirect(row)
    context = {
        "service": row,
        "event": row.event,
        "line": slots.line_of(row, user, at),
        "form": form,
        "chosen": form["number"].value(),
        "at": at,
    }
    return render(request, "events/book.html", context, status=status)


def _taken(form: Any, row: Service, user: Any, at: datetime) -> tuple[int, Any]:
    try:
        return 302, slots.take(row, actor=user, at=at, **form.cleaned_data)
    except (Invalid, WrongState) as refusal:
        form.add_error(None, str(refusal))
        return 422 if isinstance(refusal, Invalid) else refusal.status, None


# --- the desk


def _helped(request: HttpRequest, number: str) -> Any:
    row = get_object_or_404(EVENT.rows(request.user), number=number)
    if not rules.can_help(request.user, row):
        raise NotAllowed(_("This page is for those who stand at the desk."))
    return row


@login_required
@never_cache
@require_safe
def desk(request: HttpRequest, number: str) -> HttpResponse:
    """A helper's phone: who is called, who is next, and who comes without having booked."""
    return _desk(request, _helped(request, number), forms.WalkInForm())


def _desk(
    request: HttpRequest, row: Event, form: Any, at_service: int = 0, status: int = 200
) -> HttpResponse:
    at = timezone.now()
    cards = halls.board(row, names=True)
    for card in cards:
        shown: list[Any] = [*card.called, *card.passed]
        for slot in shown:
            slot.urls = {verb: SLOT.url(slot, verb) for verb in ("serve", "pass_by", "call")}
    context = {
        "event": row,
        "cards": cards,
        "form": form,
        "at_service": at_service,
        "blank": forms.WalkInForm(),
        "at": at,
    }
    return render(request, "events/desk.html", context, status=status)


def _to_desk(request: HttpRequest, pk: int) -> str:
    return reverse("events:desk", args=[_service(request, pk).event.number])


@login_required
@acts(leads_to=_to_desk)
def call_next(request: HttpRequest, pk: int) -> HttpResponse:
    row = _service(request, pk)
    slot = slots.call_next(row, actor=request.user, at=timezone.now())
    called = {"turn": slot.label, "name": slot.who}
    messages.success(request, _("%(turn)s is called: %(name)s.") % called)
    return redirect("events:desk", row.event.number)


@login_required
@acts(leads_to=_to_desk)
def walk_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever comes without having booked has the turn that is free next."""
    user, at = request.user, timezone.now()
    row = _service(request, pk)
    if not rules.serves_at(user, row):
        raise NotAllowed(_("This is for those who stand at the desk."))
    form = forms.WalkInForm(request.POST)
    if not form.is_valid():
        return _desk(request, row.event, form, row.pk, 422)
    try:
        slot = slots.book_next(row, actor=user, at=at, **form.cleaned_data)
    except (Invalid, WrongState) as refusal:
        form.add_error(None, str(refusal))
        status = 422 if isinstance(refusal, Invalid) else refusal.status
        return _desk(request, row.event, form, row.pk, status)
    booked = {"turn": slot.label, "name": slot.who}
    messages.success(request, _("%(turn)s is for %(name)s.") % booked)
    return redirect("events:desk", row.event.number)


# --- the screen of the hall


@cache_control(no_cache=True)
@conditional_page
@require_safe
def hall(request: HttpRequest, number: str) -> HttpResponse:
    """Numbers alone, for anybody; the same page again and again, so that it is not sent twice."""
    row: Any = Event.objects.public().with_all().filter(number=number).first()
    cards = halls.board(row) if row is not None else []
    if not cards:
        raise Http404
    context = {
        "event": row,
        "cards": cards,
        "passed": halls.passed(cards),
        "qr": qr_svg(request.build_absolute_uri(row.get_absolute_url())),
        "at": timezone.localtime(),
    }
    return render(request, "events/hall.html", context)


# --- which services there are


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, number: str) -> HttpResponse:
    user, at = request.user, timezone.now()
    row = get_object_or_404(EVENT.rows(user), number=number)
    if not rules.can_plan(user, row):
        raise NotAllowed(_("Services are set up by those who plan the event."))
    form = forms.ServiceForm(request.POST or None, initial=_initial(row, user))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and (made := _made(form, row, user, at)) is not None:
            messages.success(request, _turns_of(row))
            return redirect(made)
    return render(request, "events/service_new.html", {"event": row, "form": form}, status=status)


def _turns_of(event: Event) -> str:
    if event.is_public:
        return _("Its turns can be taken now.")
    return _("Its turns can be taken once the event is published.")


def _initial(row: Event, user: Any) -> dict[str, Any]:
    used = set(Service.objects.visible_to(user).filter(event=row).values_list("letter", flat=True))
    return {
        "letter": next((one for one in LETTERS if one not in used), LETTERS[0]),
        "begin": timezone.localtime(row.starts_at).time(),
        "end": timezone.localtime(row.ends_at).time(),
    }


def _made(form: Any, row: Event, user: Any, at: datetime) -> Service | None:
    said = dict(form.cleaned_data)
    day = timezone.localdate(row.starts_at)
    begins_at, ends_at = span_on(day, said.pop("begin"), said.pop("end"))
    try:
        return slots.add_service(
            row, actor=user, at=at, begins_at=begins_at, ends_at=ends_at, **said
        )
    except Invalid as refusal:
        form.add_error(None, str(refusal))
        return None


@login_required
@acts(leads_to=_event)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    row = _service(request, pk)
    slots.remove_service(row, actor=request.user, at=timezone.now())
    messages.success(request, _("The service is removed."))
    return redirect(row.event)
