"""The phone of whoever looks after households: the landings, a door, a visit, a look."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from attachments.services import of_rows
from common import phones
from common.acting import acts
from estates.models import Occupant
from grids import rules
from grids.filters import micro_grids
from grids.forms import LogForm, RevealForm
from grids.lives import VISIT
from grids.models import CareFlag, Household, Visit
from grids.querysets import A_WEEK
from grids.services import households, reveal, visits
from grids.services.people import living_in
from grids.standing import grids_kept
from workflow.lives import Button
from workflow.refusals import Invalid, NotAllowed
from workflow.verbs import notice
from workflow.versions import Outdated

MOST_FOUND = 100
MOST_VISITS = 12
VIEWS = ("week", "care", "all")


def require_care(user: Any) -> None:
    if not rules.looks_after_any(user):
        raise NotAllowed(_("Households are seen by whoever looks after them."))


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user = request.user
    if rules.looks_after_any(user):
        return redirect("grids:mine")
    if rules.arranges_any(user):
        return redirect("grids:grids")
    if rules.is_steward(user):
        return redirect("grids:stairs")
    raise NotAllowed(_("The grids are for whoever works in them."))


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """By landings. A leader looks at one micro-grid after another; a search goes through all."""
    user, at = request.user, timezone.now()
    require_care(user)
    today = timezone.localdate(at)
    text = request.GET.get("q", "").strip()
    seen = Household.objects.visible_to(user)
    grids = list(micro_grids(request).with_all()) if rules.leads_any(user) else []
    chosen = next((g for g in grids if str(g.pk) == request.GET.get("grid")), None)
    if grids and chosen is None and not text:
        kept = grids_kept(user)
        chosen = next((g for g in grids if g.pk in kept), grids[0])
    if chosen is not None and not text:
        seen = seen.filter(grid=chosen)
    if text:
        seen = seen.filter(households.saying(text))
    rows = list(seen.with_address().in_order()[: MOST_FOUND if text else 4 * MOST_FOUND])
    found = households.cards(rows, today)
    view = request.GET.get("view", "")
    view = "all" if text else view if view in VIEWS else "week"
    sets = {
        "week": [c for c in found if c.planned and c.planned.due_on <= today + A_WEEK],
        "care": [c for c in found if c.confirmed],
        "all": found,
    }
    shown = sets[view]
    if not shown and not request.GET.get("view") and view == "week":
        view, shown = "all", found
    context = {
        "landings": households.by_floor(shown),
        "view": view,
        "counts": {name: len(those) for name, those in sets.items()},
        "households": len(found),
        "grids": grids,
        "chosen": chosen,
        "q": text,
        "today": today,
        "at": at,
    }
    return render(request, "grids/mine.html", context)


def _household(request: HttpRequest, pk: int) -> Any:
    rows = Household.objects.visible_to(request.user).with_address()
    return get_object_or_404(rows, pk=pk)


@login_required
@never_cache
@require_safe
def household(request: HttpRequest, pk: int) -> HttpResponse:
    """A door: who lives there, what is known, what was and what comes."""
    at, user = timezone.now(), request.user
    row = _household(request, pk)
    card = households.card(row, timezone.localdate(at))
    for person in card.people:
        person.look_id, person.masked = f"look-{person.pk}", phones.masked(person.phone)
    held = Visit.objects.visible_to(user).held().filter(unit=pk)
    past = list(held.select_related("logged_by").order_by("-visited_at", "-pk")[:MOST_VISITS])
    context = {
        "card": card,
        "past": told(past),
        "reveal_form": RevealForm(),
        "verbs": _verbs(card.planned, user, at),
        "at": at,
    }
    return render(request, "grids/household.html", context)


def _verbs(visit: Visit | None, user: Any, at: Any) -> list[Button]:
    if visit is None:
        return []
    return [b for b in VISIT.buttons(visit, user, at=at) if b.verb != "log"]


def told(rows: list[Any]) -> list[Any]:
    """With their words, needs, what became of them, and photographs; for whoever sees them."""
    needs, made, photos = visits.needs_of(rows), visits.made_of([v.pk for v in rows]), of_rows(rows)
    for visit in rows:
        visit.words = visits.words_of(visit)
        visit.heard = needs.get(visit.pk, [])
        visit.made = made.get(visit.pk, [])
        visit.photos = photos.get(visit.pk, [])
    return rows


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def visit_now(request: HttpRequest, pk: int) -> HttpResponse:
    """A visit that nobody planned; what is planned for the household counts as done by it."""
    at, user = timezone.now(), request.user
    row = _household(request, pk)
    if not rules.looks_after_household(user, row):
        raise NotAllowed(_("Only whoever looks after a household visits it."))
    visit = Visit(unit=row.unit, due_on=timezone.localdate(at))
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = LogForm(*sent, row=visit, user=user, at=at)
    if request.method == "POST" and form.is_valid():
        made = _logged(row, form)
        if made is not None:
            messages.success(request, notice(VISIT, "log", made, user, at))
            return redirect(row)
    context = {
        "form": form,
        "row": visit,
        "visit": visit,
        "card": households.card(row, timezone.localdate(at)),
        "move": VISIT.moves["log"],
        "back": row.get_absolute_url(),
        "next": "",
        "reveal_form": RevealForm(),
        "at": at,
    }
    return render(request, "grids/visit_log.html", context, status=form.status)


def _logged(row: Household, form: LogForm) -> Visit | None:
    try:
        return visits.log_at(row, actor=form.user, at=form.at, **form.cleaned_data)
    except Outdated as refusal:
        form.outdated(refusal)
    except Invalid as refusal:
        form.add_error(None, str(refusal))
    return None


# --- looks


def _person(request: HttpRequest, pk: int) -> Occupant:
    homes = Household.objects.visible_to(request.user)
    rows = living_in(homes, timezone.localdate())
    row: Occupant = get_object_or_404(rows, pk=pk)
    return row


def _door(request: HttpRequest, pk: int) -> str:
    return str(_person(request, pk).unit.household.get_absolute_url())


@login_required
@never_cache
@acts(leads_to=_door)
def reveal_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """A number, for a reason; both are written down."""
    row, at = _person(request, pk), timezone.now()
    reason = RevealForm(request.POST).words()
    phone = reveal.phone(row, actor=request.user, reason=reason, at=at)
    context = {"person": row, "phone": phone, "back": _door(request, pk)}
    return render(request, "grids/revealed.html", context)


def _flag_page(request: HttpRequest, pk: int) -> Any:
    return get_object_or_404(CareFlag.objects.visible_to(request.user).with_all(), pk=pk)


@login_required
@never_cache
@acts(leads_to=_flag_page)
def reveal_note(request: HttpRequest, pk: int) -> HttpResponse:
    row, at = _flag_page(request, pk), timezone.now()
    reason = RevealForm(request.POST).words()
    note = reveal.note(row, actor=request.user, reason=reason, at=at)
    context = {"person": row.occupant, "note": note, "back": row.get_absolute_url()}
    return render(request, "grids/revealed.html", context)


@login_required
@require_safe
def stairs(request: HttpRequest) -> HttpResponse:
    """A steward's building: rooms and names, and nothing else."""
    if not rules.is_steward(request.user):
        raise NotAllowed(_("This page is for building and unit stewards."))
    found = households.stairs(request.user, timezone.localdate())
    return render(request, "grids/stairs.html", {"entrances": found})
