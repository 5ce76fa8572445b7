"""Shifts: what one may take, one of them, and the lead's board and gate."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.acting import acts
from estates.views.letters import qr_svg
from volunteers import forms, rules
from volunteers.lives import ENTRY, SHIFT, SWAP
from volunteers.models import Entry, HourLine, Membership, Shift, ShiftPost, Swap, Team
from volunteers.services import board as boards
from volunteers.services import entries, hours, places, shifts, swaps
from volunteers.standing import memberships_of, teams_led
from volunteers.states import AHEAD, CAME, STANDING, EntryStatus, Reason, ShiftStatus
from workflow.follow_ups import facts_of, find, label_of
from workflow.refusals import Invalid, NotAllowed, Refusal
from workflow.timeline import story

AHEAD_OF = timedelta(days=14)
MOST = 40
VIEWS = ("all", "can", "skilled")
WITH_PASS = (
    *(EntryStatus.REQUESTED, EntryStatus.CONFIRMED, EntryStatus.OFFERED),
    EntryStatus.CHECKED_IN,
)
EXPECTED = (EntryStatus.REQUESTED, EntryStatus.CONFIRMED)
COMING = (EntryStatus.REQUESTED, EntryStatus.CONFIRMED, EntryStatus.CHECKED_IN)


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """A volunteer's phone: the next shift as a pass, the way to the next star, and what one may
    take, with the reason where not. Whoever is in no team sees the teams."""
    user, at = request.user, timezone.now()
    if not rules.sees_pages(user):
        return redirect("volunteers:teams")
    mine: Any = Entry.objects.of(user).filter(
        ends_at__gt=at, status__in=(*AHEAD, EntryStatus.CHECKED_IN)
    )
    entered = list(mine.with_all().order_by("starts_at", "pk"))
    offered = [one for one in entered if one.status == EntryStatus.OFFERED]
    coming = next((one for one in entered if one.status in COMING), None)
    view = request.GET.get("view", "all")
    lines = _lines(user, at, {one.shift_id for one in entered})
    skills = _skills(user)
    shown = {
        "all": lines,
        "can": [line for line in lines if line["answer"].may],
        "skilled": [line for line in lines if line["post"].skill in skills],
    }
    chosen = shown.get(view, lines)
    asked: Any = Swap.objects.visible_to(user).open().can_be(at).filter(asked=user.pk)
    context = {
        "next": coming,
        "code": _qr(request, coming) if coming else "",
        "tail": _tail(user),
        "offered": offered,
        "later": [one for one in entered if one is not coming and one not in offered],
        "swaps": list(asked.with_all()),
        "goal": hours.goal(HourLine.objects.of(user).total()),
        "view": view if view in VIEWS else "all",
        "counts": {name: len(rows) for name, rows in shown.items()},
        "open": [line for line in chosen if line["answer"].may],
        "shut": [line for line in chosen if not line["answer"].may],
        "leads": bool(teams_led(user)),
        "at": at,
    }
    return render(request, "volunteers/index.html", context)


def _lines(user: Any, at: datetime, but: set[int]) -> list[dict[str, Any]]:
    """One line a post of the shifts of one's teams in the next two weeks."""
    teams = {one.team_id for one in memberships_of(user)}
    rows: Any = Shift.objects.visible_to(user).filter(team__in=teams).upcoming(at)
    found = list(
        rows.filter(starts_at__lt=at + AHEAD_OF)
        .exclude(pk__in=but)
        .with_all()
        .order_by("starts_at", "pk")[:MOST]
    )
    answers = places.answers(found, user, at)
    return [
        {"shift": shift, "post": post, "answer": answer}
        for shift in found
        for post, answer in answers[shift.pk]
        if answer.reason != Reason.IN
    ]


def _skills(user: Any) -> set[str]:
    """Asked for at the door: what somebody can do in any of their teams."""
    rows = Membership.objects.of(user).values_list("skills", flat=True)
    return {skill for skills in rows for skill in skills}


def _qr(request: HttpRequest, entry: Entry) -> str:
    path = reverse("volunteers:pass", args=[entries.code_of(entry)])
    return qr_svg(request.build_absolute_uri(path))


def _tail(user: Any) -> str:
    return str(user.phone or "")[-entries.TAIL :]


@login_required
@require_safe
def shift(request: HttpRequest, pk: int) -> HttpResponse:
    user, at = request.user, timezone.now()
    rows: Any = SHIFT.rows(user)
    row = get_object_or_404(rows, pk=pk)
    leads = SHIFT.is_staff(user, row)
    own = Entry.objects.visible_to(user).filter(shift=row, user=user.pk).standing()
    events, photos = story(SHIFT, row, user)
    context = {
        "shift": row,
        "answers": places.answers([row], user, at)[row.pk],
        "mine": own.with_all().first(),
        "leads": leads,
        "buttons": SHIFT.buttons(row, user, at=at),
        "entries": _entries(row, user, at) if leads else [],
        "events": events if leads else [],
        "photos": photos,
        "near": at >= row.gate_at - timedelta(hours=1) and row.status == ShiftStatus.OPEN,
        "at": at,
    }
    return render(request, "volunteers/shift.html", context)


def _entries(shift: Any, user: Any, at: datetime) -> list[Any]:
    """With what a lead may do to each."""
    rows: Any = Entry.objects.visible_to(user).filter(shift=shift.pk)
    found = list(rows.with_all().order_by("post", "queued_at", "pk"))
    found.sort(key=lambda one: one.status not in STANDING)
    for one in found:
        one.shift = shift
        one.buttons = ENTRY.buttons(one, user, at=at)
        one.lead = next((b for b in one.buttons if b.verb in LEADS), None)
    return found


LEADS = ("confirm", "check_in", "check_out", "confirm_hours", "offer")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user, at = request.user, timezone.now()
    if not teams_led(user):
        raise NotAllowed(_("Shifts are made by whoever leads the team."))
    begin = {"team": request.GET.get("team", ""), **_like(request, user)}
    form = forms.ShiftForm(request.POST or None, user=user, initial=begin)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and (made := _made(form, user, at)) is not None:
            messages.success(request, _("The shift is there. Members see it now."))
            return redirect(made)
    return render(request, "volunteers/shift_new.html", {"form": form}, status=status)


def _like(request: HttpRequest, user: Any) -> dict[str, Any]:
    """?like= is an earlier shift that this one is made after, a week later."""
    key = request.GET.get("like", "")
    if not key.isdecimal():
        return {}
    rows = Shift.objects.led_by(user).filter(pk=int(key))
    row = rows.first()
    if row is None:
        return {}
    local = timezone.localtime
    said: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            *("team", "title", "description", "bring", "place", "place_words"),
            *("withdraw_hours", "lead_confirms"),
        )
    }
    said |= {
        "on": local(row.starts_at).date() + timedelta(days=7),
        "gate": local(row.gate_at).time(),
        "begin": local(row.starts_at).time(),
        "end": local(row.ends_at).time(),
    }
    posts = ShiftPost.objects.visible_to(user).filter(shift=row).order_by("pk")
    for n, post in enumerate(posts[: forms.POST_LINES], 1):
        said |= {
            f"post_{n}": post.name,
            f"wanted_{n}": post.wanted,
            f"places_{n}": post.places,
            f"needs_{n}": post.needs,
            f"skill_{n}": post.skill,
        }
    return said


def _made(form: Any, user: Any, at: datetime) -> Shift | None:
    data = form.cleaned_data
    names = (
        *("title", "description", "place", "place_words", "bring", "opens_at"),
        *("withdraw_hours", "lead_confirms"),
    )
    try:
        gate_at, starts_at, ends_at = shifts.moments(
            data["on"], data["begin"], data["end"], data["gate"]
        )
        return shifts.make(
            data["team"],
            actor=user,
            at=at,
            posts=form.posts(),
            gate_at=gate_at,
            starts_at=starts_at,
            ends_at=ends_at,
            **{name: data[name] for name in names},
        )
    except Invalid as refusal:
        form.add_error(None, str(refusal))
        return None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """?origin= says what it comes from."""
    user, at = request.user, timezone.now()
    if not rules.may_ask(user, None):
        raise NotAllowed(_("Teams are asked by who works for the estate or in its grids."))
    origin = find(request.GET["origin"], user) if request.GET.get("origin") else None
    known = facts_of(origin).get("public_title", "") if origin else ""
    form = forms.AskForm(request.POST or None, user=user, initial={"title": known})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and (made := _asked(form, user, at, origin)) is not None:
            messages.success(request, _("Asked. The team's lead answers, and you hear of it."))
            return redirect(made)
    context = {"form": form, "origin": label_of(origin) if origin else ""}
    return render(request, "volunteers/ask.html", context, status=status)


def _asked(form: Any, user: Any, at: datetime, origin: Any) -> Shift | None:
    data = form.cleaned_data
    try:
        _gate, starts_at, ends_at = shifts.moments(data["on"], data["begin"], data["end"])
        return shifts.ask(
            data["team"],
            actor=user,
            at=at,
            title=data["title"],
            helpers=data["helpers"],
            starts_at=starts_at,
            ends_at=ends_at,
            description=data["description"],
            place_words=data["place_words"],
            origin=origin,
        )
    except Invalid as refusal:
        form.add_error(None, str(refusal))
        return None


def _post(request: HttpRequest, pk: int) -> Any:
    row = get_object_or_404(ShiftPost.objects.visible_to(request.user), pk=pk)
    return reverse("volunteers:shift", args=[row.shift_id])


@login_required
@acts(leads_to=_post)
def sign_up(request: HttpRequest, pk: int) -> HttpResponse:
    user, at = request.user, timezone.now()
    row = get_object_or_404(ShiftPost.objects.visible_to(user), pk=pk)
    wait = bool(request.POST.get("wait"))
    entry = entries.sign_up(row, actor=user, at=at, wait=wait)
    said = {
        EntryStatus.CONFIRMED: _("You are in. It stands in your calendar."),
        EntryStatus.REQUESTED: _("Sent. The lead confirms it, and you hear of it."),
        EntryStatus.WAITLISTED: _("You are on the waiting list; a free place is held for you."),
    }
    messages.success(request, said[EntryStatus(entry.status)])
    return redirect(entry)


# --- one's own entry


@login_required
@never_cache
@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """The pass; for the lead too, with what they may do."""
    user, at = request.user, timezone.now()
    row = get_object_or_404(ENTRY.rows(user), pk=pk)
    own = rules.is_self(user, row)
    events, _photos = story(ENTRY, row, user)
    context = {
        "entry": row,
        "own": own,
        "leads_it": rules.leads_entry(user, row),
        "code": _qr(request, row) if own and row.status in WITH_PASS else "",
        "tail": _tail(row.user) if own else "",
        "turn": places.turn_of(row),
        "buttons": ENTRY.buttons(row, user, at=at),
        "events": events,
        "minutes": hours.hours_of(row.minutes if row.minutes is not None else row.true_minutes),
        "may_swap": own and row.status == EntryStatus.CONFIRMED and not row.shift.has_begun(at),
        "swap": Swap.objects.visible_to(user).open().filter(entry=row).first() if own else None,
        "at": at,
    }
    return render(request, "volunteers/entry.html", context)


def _at_gate(entry: Any) -> str:
    """What a lead does to whoever stands there."""
    return "check_out" if entry.status == EntryStatus.CHECKED_IN else "check_in"


@login_required
@require_safe
def scanned(request: HttpRequest, code: str) -> HttpResponse:
    """A pass was read by the lead's phone: on to checking in, or out."""
    user, at = request.user, timezone.now()
    row = entries.by_code(code, user)
    if row is None:
        raise Http404
    verb = _at_gate(row)
    if rules.leads_entry(user, row) and verb in ENTRY.open_to(row, user, at=at):
        return redirect(ENTRY.url(row, verb))
    return redirect(row)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def swap_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody else of the team is asked to take this place."""
    user, at = request.user, timezone.now()
    row = get_object_or_404(ENTRY.rows(user), pk=pk)
    if not rules.is_self(user, row):
        raise NotAllowed(_("You can only give a place of your own."))
    mates = Membership.objects.visible_to(user).active().filter(team=row.shift.team_id)
    others = _places_of_others(row, user, at)
    form = forms.SwapForm(
        request.POST or None,
        mates=mates.exclude(user=user.pk).select_related("user").order_by("user__display_name"),
        others=others,
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = swaps.ask(row, actor=user, at=at, **form.cleaned_data)
            except Invalid as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Asked. Until they answer the place stays yours."))
                return redirect(made)
    return render(request, "volunteers/swap_new.html", {"entry": row, "form": form}, status=status)


def _places_of_others(row: Any, user: Any, at: datetime) -> Any:
    """Of the same team, ahead: names and times that its members may know to change with them."""
    mates = Entry.objects.of_mates(user, at).filter(shift__team=row.shift.team_id)
    return mates.select_related("shift", "user").order_by("starts_at")


@login_required
@require_safe
def swap(request: HttpRequest, pk: int) -> HttpResponse:
    user, at = request.user, timezone.now()
    row = get_object_or_404(SWAP.rows(user), pk=pk)
    context = {"swap": row, "buttons": SWAP.buttons(row, user, at=at), "at": at}
    return render(request, "volunteers/swap.html", context)


# --- the lead's


@login_required
@require_safe
def my_boards(request: HttpRequest) -> HttpResponse:
    """Straight on for who leads one team."""
    user = request.user
    if not rules.works_here(user):
        raise NotAllowed(_("The board is for whoever leads a team."))
    rows: Any = Team.objects.visible_to(user).standing()
    led = list(rows.filter(pk__in=teams_led(user)) if not user.is_superuser else rows)
    if len(led) == 1:
        return redirect("volunteers:board", led[0].pk)
    return render(request, "volunteers/boards.html", {"teams": led})


@login_required
@require_safe
def board(request: HttpRequest, pk: int) -> HttpResponse:
    user, at = request.user, timezone.now()
    row = get_object_or_404(Team.objects.visible_to(user), pk=pk)
    if not (rules.leads(user, row) or user.is_superuser):
        raise NotAllowed(_("The board is for whoever leads the team."))
    shown = boards.board_of(row, user, at)
    for one in shown.to_confirm:
        one.buttons = ENTRY.buttons(one, user, at=at)
        one.said_hours = hours.hours_of(one.true_minutes)
    context = {
        "team": row,
        "board": shown,
        "at": at,
        "teams": sorted(teams_led(user)),
        "leads": rules.leads(user, row),
    }
    return render(request, "volunteers/board.html", context)


def _led_shift(request: HttpRequest, pk: int) -> Any:
    rows: Any = SHIFT.rows(request.user)
    row = get_object_or_404(rows, pk=pk)
    if not SHIFT.is_staff(request.user, row):
        raise NotAllowed(_("This page is for whoever leads the team."))
    return row


@login_required
@never_cache
@require_safe
def gate(request: HttpRequest, pk: int) -> HttpResponse:
    """The lead's phone at the place: who is expected, who is here; scan, digits, or one tap. Works
    without signal for the length of the shift."""
    user, at = request.user, timezone.now()
    row = _led_shift(request, pk)
    found = [one for one in _entries(row, user, at) if one.status in (*STANDING, "no_show")]
    for one in found:
        one.label = entries.label_of(one)
        verb = _at_gate(one)
        open_to = {button.verb: button for button in one.buttons}
        one.gate_url = open_to[verb].url if verb in open_to else ""
        one.gate_label = ENTRY.moves[verb].label
    bulk = [(verb, *said) for verb, said in BULK.items() if _may_any(verb, found)]
    context = {
        "shift": row,
        "entries": [one for one in found if one.status != EntryStatus.WAITLISTED],
        "here": sum(one.status in CAME for one in found),
        "bulk": bulk,
        "form": forms.TailForm(),
        "at": at,
    }
    return render(request, "volunteers/gate.html", context)


def _may_any(verb: str, rows: list[Any]) -> bool:
    return any(button.verb == verb for row in rows for button in row.buttons)


def _gate(request: HttpRequest, pk: int) -> Any:
    return reverse("volunteers:gate", args=[_led_shift(request, pk).pk])


@login_required
@acts(leads_to=_gate)
def tail(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever says the last digits of their phone is checked in, or out."""
    user, at = request.user, timezone.now()
    row = _led_shift(request, pk)
    form = forms.TailForm(request.POST)
    found = entries.by_tail(row, form.cleaned_data["tail"]) if form.is_valid() else []
    found = [one for one in found if one.status != EntryStatus.WAITLISTED]
    if len(found) != 1:
        said = (
            _("More than one has these digits: take them from the list.")
            if found
            else _("Nobody of this shift has these digits.")
        )
        messages.error(request, said)
        return redirect("volunteers:gate", row.pk)
    one = found[0]
    verb = _at_gate(one)
    if verb not in ENTRY.open_to(one, user, at=at):
        state = {"name": one.user.name, "state": one.get_status_display()}
        messages.error(request, _("%(name)s: %(state)s") % state)
        return redirect("volunteers:gate", row.pk)
    ENTRY.do(verb, one, actor=user, at=at, moment=form.cleaned_data["moment"])
    told = {"name": one.user.name, "what": ENTRY.moves[verb].done}
    messages.success(request, _("%(name)s: %(what)s") % told)
    return redirect("volunteers:gate", row.pk)


BULK = {
    "confirm": (gettext_lazy("Confirm all"), "circle-check"),
    "check_in": (gettext_lazy("All are here"), "user-check"),
    "check_out": (gettext_lazy("All go"), "logout"),
    "confirm_hours": (gettext_lazy("Confirm all hours"), "checks"),
}


@login_required
@acts(leads_to=_gate)
def all_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """One verb for all of a shift, or for those that are ticked; each by its own rules."""
    user, at = request.user, timezone.now()
    row = _led_shift(request, pk)
    verb = request.POST.get("verb", "")
    if verb not in BULK:
        raise Http404
    ticked = {key for key in request.POST.getlist("entry") if key.isdecimal()}
    found = [one for one in _entries(row, user, at) if not ticked or str(one.pk) in ticked]
    if verb == "check_in":
        # who was missed, or was only offered a place, is taken one by one
        found = [one for one in found if one.status in EXPECTED]
    done = sum(_did(verb, one, user, at) for one in found)
    said = ngettext("%(what)s %(n)d done.", "%(what)s %(n)d done.", done)
    messages.success(request, said % {"what": ENTRY.moves[verb].label, "n": done})
    back = request.POST.get("back")
    if back == "board":
        return redirect("volunteers:board", row.team_id)
    return redirect("volunteers:gate", row.pk)


def _did(verb: str, entry: Any, user: Any, at: datetime) -> bool:
    if verb not in {button.verb for button in entry.buttons}:
        return False
    if verb == "confirm_hours" and (entry.dispute or entry.forgotten):
        return False  # these are looked at one by one
    try:
        with transaction.atomic():
            ENTRY.do(verb, entry, actor=user, at=at)
    except Refusal:
        return False
    return True
