"""Signing up, one's own sign-up as a pass, and the list of those who come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common import phones, sheets
from common.dates import exact_time
from common.paging import Order, every, page
from estates.views.letters import qr_svg
from events import filters, forms, rules
from events.lives import EVENT, SIGNUP
from events.models import Event, Question, Seat, Signup
from events.services import places, signups
from events.services.audience import ANSWER
from events.states import STANDING, SignupStatus
from events.views.events import page_of
from notifications.services import live_link
from workflow.answering import GONE, answer_by_link
from workflow.refusals import Invalid, NotAllowed, WrongState
from workflow.timeline import story

IN_ORDER = Order("queued_at", datetime.fromisoformat)
ON_A_PAGE = 100
# What a message may ask, in the order of the buttons.
ANSWERS = ("accept", "still_come", "withdraw")
WITH_PASS = (SignupStatus.CONFIRMED, SignupStatus.OFFERED, SignupStatus.ATTENDED)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, number: str) -> HttpResponse:
    """The form stands on the event's page; what could not be taken is said over it, and everything
    that was typed is kept."""
    user, at = request.user, timezone.now()
    row = get_object_or_404(Event.objects.visible_to(user).public().with_all(), number=number)
    row.around = True
    if request.method != "POST":
        return redirect(f"{row.get_absolute_url()}#sign-up")
    form = forms.SignUpForm(request.POST, event=row, user=user)
    status = 422
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = signups.sign_up(
                row,
                actor=user,
                at=at,
                guests=form.guests(data),
                answers=data["answers"],
                photo_ok=data["photo_ok"],
                wait=data["wait"],
            )
        except (Invalid, WrongState) as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(request, _said(made))
            return redirect(made)
    row.refresh_from_db(fields=["taken", "phone_taken", "status"])
    return page_of(request, row, form, status=status)


def _said(signup: Signup) -> str:
    if signup.status == SignupStatus.WAITLISTED:
        return _("You are on the waiting list; what becomes free is held for you, in order.")
    return _("You are signed up. Show this pass at the door.")


@login_required
@never_cache
@require_safe
def signup(request: HttpRequest, pk: int) -> HttpResponse:
    """The pass; for who plans the event too, with what they may do."""
    user: Any = request.user
    at = timezone.now()
    row = get_object_or_404(SIGNUP.rows(user), pk=pk)
    own = rules.is_own(user, row)
    lines, _photos = story(SIGNUP, row, user)
    buttons = SIGNUP.buttons(row, user, at=at)
    context = {
        "signup": row,
        "event": row.event,
        "own": own,
        "seats": list(Seat.objects.visible_to(user).filter(signup=row).standing().order_by("pk")),
        "answered": answered(row, signups.questions_of(row.event)),
        "code": pass_svg(request, row) if own and row.status in WITH_PASS else "",
        "tail": str(user.phone or "")[-4:] if own else "",
        "turn": places.turn_of(row) if row.status == SignupStatus.WAITLISTED else 0,
        "first": next((one for one in buttons if one.verb in FIRST), None),
        "buttons": buttons,
        "events": lines,
        "at": at,
    }
    return render(request, "events/signup.html", context)


FIRST = ("accept", "still_come", "rate")


def answered(row: Signup, questions: Iterable[Question]) -> list[tuple[str, str]]:
    """Question and answer, of those that were answered."""
    said = row.answers
    return [(one.words, said[str(one.pk)]) for one in questions if str(one.pk) in said]


def pass_svg(request: HttpRequest, row: Signup) -> str:
    path = reverse("events:pass", args=[signups.code_of(row)])
    return qr_svg(request.build_absolute_uri(path))


@login_required
@never_cache
@require_safe
def scanned(request: HttpRequest, code: str) -> HttpResponse:
    """A pass was read by a phone's own camera: to the door for who stands there, to their sign-up
    for whose it is."""
    user = request.user
    row = signups.by_code(code, user)
    if row is None:
        raise Http404
    if rules.can_help(user, row.event) and not rules.is_own(user, row):
        url = reverse("events:door", args=[row.event.number])
        return redirect(f"{url}?{urlencode({'code': code})}")
    return redirect(row)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """From a message, without signing in."""
    at = timezone.now()
    link = live_link(token, ANSWER, at=at)
    row = SIGNUP.rows(link.user).filter(pk=link.object_id).first() if link else None
    if link is None or row is None:
        return render(request, "events/answer_gone.html", status=410)
    verbs = [verb for verb in SIGNUP.open_to(row, link.user, at=at) if verb in ANSWERS]
    did, form = answer_by_link(request, SIGNUP, link, row, verbs, at)
    if did == GONE:
        return render(request, "events/answer_gone.html", status=410)
    if did:
        said = {"said": SIGNUP.moves[did].done, "event": row.event}
        return render(request, "events/answered.html", said)
    shown = [SIGNUP.button(row, verb) for verb in ANSWERS if verb in verbs]
    context = {"signup": row, "event": row.event, "buttons": shown, "form": form, "at": at}
    return render(request, "events/answer.html", context)


# --- the list


@login_required
@never_cache
@require_safe
def listed(request: HttpRequest, number: str) -> HttpResponseBase:
    """Who comes and who waits, for who plans the event and who takes its calls."""
    user, at = request.user, timezone.now()
    event = get_object_or_404(EVENT.rows(user), number=number)
    if not (rules.can_plan(user, event) or rules.communities_desk(user, event)):
        raise NotAllowed(_("The list is for those who plan the event, and for the desk."))
    rows: Any = Signup.objects.visible_to(user).filter(event=event)
    asked = filters.SignupFilter(request.GET, queryset=rows, request=request)
    shown = asked.qs if request.GET.get("status") else asked.qs.filter(status__in=STANDING)
    wanted = request.GET.get("export", "")
    if wanted in ("csv", "xlsx"):
        return _exported(event, shown, wanted)
    found = page(shown, IN_ORDER, request.GET.get("after", ""), ON_A_PAGE, with_seats)
    answers = any(one.answers for one in found.rows)
    questions = signups.questions_of(event) if answers else []
    for one in found.rows:
        one.said = answered(one, questions)
    context = {
        "event": event,
        "rows": found.rows,
        "next": found.next,
        "filter": asked,
        "standing": places.standing(event, at),
        "waiting": rows.waiting().people(),
        "enters": "enter" in EVENT.open_to(event, user, at=at),
        "at": at,
    }
    return render(request, "events/signups.html", context)


def with_seats(rows: Any) -> Any:
    return rows.with_all().prefetch_related("seats")


def _exported(event: Event, rows: Any, form: str) -> HttpResponseBase:
    """For the table at the entrance: names, how many, and what they answered."""
    questions = signups.questions_of(event)
    header = [
        *(_("Name"), _("Phone"), _("Home"), _("People"), _("Who comes"), _("State")),
        *(_("Signed up"), _("By phone"), _("Photographs")),
        *(question.words for question in questions),
    ]

    def lines() -> Iterator[list[Any]]:
        for row in every(rows, IN_ORDER, with_seats):
            yield [
                row.name,
                phones.masked(row.phone) if row.phone else "",
                row.unit.label if row.unit else "",
                row.size,
                "、".join(seat.name for seat in row.seats.all() if seat.stands),
                row.get_status_display(),
                exact_time(row.queued_at),
                _("yes") if row.by_staff else "",
                _("yes") if row.photo_ok else _("no"),
                *(row.answers.get(str(question.pk), "") for question in questions),
            ]

    return sheets.as_response(f"{event.number} {event.label}", header, lines(), form)
