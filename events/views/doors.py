"""The doors of an event, on the phone of who stands there: read, and the answer fills the phone."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.acting import acts
from events import forms, rules
from events.lives import EVENT, SIGNUP
from events.models import Event, Scan, Seat, Signup
from events.services import doors, signups
from events.states import HELD
from events.views.signups import answered
from workflow.refusals import Invalid, NotAllowed


def _helped(request: HttpRequest, number: str) -> Event:
    row: Event = get_object_or_404(EVENT.rows(request.user), number=number)
    if not rules.can_help(request.user, row):
        raise NotAllowed(_("The doors are for those who stand there."))
    return row


def _door(event: Event, said: str) -> str:
    return said if said in event.gates else event.gates[0]


@login_required
@never_cache
@require_safe
def door(request: HttpRequest, number: str) -> HttpResponse:
    """Read a pass, type the end of a number, or take them from the list. Works without signal: what
    was read waits on the phone and is sent in order."""
    user, at = request.user, timezone.now()
    event = _helped(request, number)
    rows: Any = Signup.objects.visible_to(user).filter(event=event, status__in=HELD)
    found = list(rows.with_all().prefetch_related("seats").order_by("name", "pk"))
    for one in found:
        one.label = signups.PASSES.label_of(one.pk)
        one.there = [seat for seat in one.seats.all() if seat.stands and seat.arrived_at]
    # Whoever is still to come stands above those who are in.
    found.sort(key=lambda one: len(one.there) >= one.size)
    tally = doors.counts(event)
    came, refused = doors.total(tally)
    context = {
        "event": event,
        "door": _door(event, request.GET.get("door", "")),
        "code": request.GET.get("code", "")[:60],
        "signups": found,
        "tally": tally,
        "came": came,
        "refused": refused,
        "expected": sum(one.size for one in found),
        "is_open": rules.doors_are_open(event, at),
        "enters": "enter" in EVENT.open_to(event, user, at=at),
        "form": forms.ScanForm(),
        "at": at,
    }
    return render(request, "events/door.html", context)


def _to_door(request: HttpRequest, number: str) -> Any:
    return reverse("events:door", args=[_helped(request, number).number])


@login_required
@acts(leads_to=_to_door)
def scan(request: HttpRequest, number: str) -> HttpResponse:
    user, at = request.user, timezone.now()
    event = _helped(request, number)
    form = forms.ScanForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Read a pass, or type the last four digits of a phone."))
    data = form.cleaned_data
    rows: Any = Signup.objects.visible_to(user).filter(event=event)
    chosen = rows.with_all().filter(pk=data["signup"]).first() if data["signup"] else None
    made = doors.scan(
        event,
        actor=user,
        at=at,
        door=_door(event, data["door"]),
        code=_code(data["code"]),
        tail=data["tail"],
        signup=chosen,
        number=data["number"],
        moment=data["moment"],
    )
    return redirect(made)


def _code(said: str) -> str:
    """Of a pass that was read whole, address and all, its end."""
    return said.strip().rstrip("/").rpartition("/")[2]


@login_required
@never_cache
@require_safe
def verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole phone says yes or no, and the doors' figures."""
    user, at = request.user, timezone.now()
    row = get_object_or_404(
        Scan.objects.visible_to(user).select_related("event", "signup__event", "signup__user"),
        pk=pk,
    )
    tally = doors.counts(row.event)
    came, _refused = doors.total(tally)
    held: Any = Signup.objects.visible_to(user).filter(event=row.event, status__in=HELD)
    seats: list[Seat] = []
    if row.signup is not None:
        mine = Seat.objects.visible_to(user).filter(signup=row.signup)
        seats = list(mine.standing().order_by("pk"))
    url = reverse("events:door", args=[row.event.number])
    undo = "undo" in SIGNUP.open_to(row.signup, user, at=at) if row.signup else False
    context = {
        "scan": row,
        "event": row.event,
        "signup": row.signup,
        "seats": seats,
        "answered": answered(row.signup, signups.questions_of(row.event)) if row.signup else [],
        "tally": tally,
        "came": came,
        "expected": held.people(),
        "undo": SIGNUP.button(row.signup, "undo") if undo else None,
        "back": f"{url}?{urlencode({'door': row.door})}",
        "at": at,
    }
    return render(request, "events/verdict.html", context)
