"""How a resident gets into their home, and the desk's queue of those who ask."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedIn
from common.acting import acts
from common.keys import key_of
from estates import rules
from estates.filters import ClaimFilter
from estates.forms import ClaimForm, CodeForm, RefuseForm
from estates.lives import CLAIM
from estates.models import Claim, Unit
from estates.services import claims
from workflow.refusals import Invalid, NotAllowed
from workflow.timeline import timeline

STEPS = ("estate", "building", "entrance", "unit")


@login_required
@require_safe
def mine(request: SignedIn) -> HttpResponse:
    """My claims, and the three ways in."""
    at = timezone.now()
    rows = Claim.objects.visible_to(request.user).filter(user=request.user).with_address()
    code = CodeForm(initial={"code": request.GET.get("code", ""), "name": request.user.name})
    context = {
        "claims": [(row, CLAIM.open_to(row, request.user, at=at)) for row in rows],
        "found": claims.found_by_phone(request.user),
        "code_form": code,
        "at": at,
        "keeps_roster": rules.keeps_a_roster(request.user),
    }
    return render(request, "estates/claims.html", context)


@login_required
@acts(leads_to="estates:claims")
def by_phone(request: SignedIn) -> HttpResponse:
    taken = claims.claim_by_phone(request.user, at=timezone.now())
    if not taken:
        raise Invalid(_("Your verified phone does not stand on any roster."))
    messages.success(request, _("Welcome home."))
    return redirect("estates:home")


@login_required
@acts(leads_to="estates:claims")
def by_code(request: SignedIn) -> HttpResponse:
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            claims.claim_by_code(actor=request.user, at=timezone.now(), **form.cleaned_data)
        except Invalid as wrong:
            form.add_error("code", str(wrong))
        else:
            messages.success(request, _("Welcome home."))
            return redirect("estates:home")
    return render(request, "estates/claim_code.html", {"code_form": form}, status=422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """Estate → building → entrance → room, one small page a step, then the claim itself."""
    asked = request.POST if request.method == "POST" else request.GET
    step, options, chosen = _choice({name: asked.get(name, "") for name in STEPS})
    context: dict[str, Any] = {"step": step, "options": options, "chosen": chosen}
    unit = chosen.get("unit")
    if isinstance(unit, Unit):
        bound = request.POST if request.method == "POST" else None
        form = ClaimForm(bound, initial={"name": request.user.name})
        if request.method == "POST" and form.is_valid():
            claims.claim(unit, actor=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The front desk will answer you here."))
            return redirect("estates:claims")
        context["form"] = form
    status = 422 if request.method == "POST" else 200
    return render(request, "estates/claim_new.html", context, status=status)


def _choice(asked: dict[str, str]) -> tuple[str, Any, dict[str, Any]]:
    """(the step to answer now, what it offers, what is chosen so far)."""
    sources: dict[str, Any] = {
        "estate": claims.estates_to_choose,
        "building": claims.buildings_to_choose,
        "entrance": claims.entrances_to_choose,
        "unit": claims.units_to_choose,
    }
    chosen: dict[str, Any] = {}
    for step in STEPS:
        options = sources[step](*list(chosen.values())[-1:])
        row = options.filter(pk=pk).first() if (pk := key_of(asked[step])) else None
        if row is None and step == "entrance" and len(options) == 1:
            row = options[0]
        if row is None:
            return step, options, chosen
        chosen[step] = row
    return "", None, chosen


@login_required
@require_safe
def queue(request: SignedIn) -> HttpResponseBase:
    """What waits for the desk, oldest first; the decided ones by filter."""
    rows = Claim.objects.visible_to(request.user).with_address()
    if not rules.keeps_a_roster(request.user):
        raise NotAllowed(_("The front desk decides claims."))
    rows = rows.at_desk_of(request.user)
    asked = request.GET if "status" in request.GET else {"status": Claim.Status.PENDING}
    found = ClaimFilter(asked, queryset=rows.order_by("pk"), request=request)
    at = timezone.now()
    page = Paginator(found.qs, 50).get_page(request.GET.get("page"))
    context = {"filter": found, "page": page, "at": at}
    return render(request, "estates/claim_queue.html", context)


@login_required
@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    at = timezone.now()
    row = get_object_or_404(Claim.objects.visible_to(request.user).with_address(), pk=pk)
    decides = rules.can_decide(request.user, row)
    context = {
        "claim": row,
        "verbs": CLAIM.open_to(row, request.user, at=at),
        "buttons": {b.verb: b for b in CLAIM.buttons(row, request.user, at=at)},
        "next": reverse("estates:claim-queue") if decides else "",
        "events": timeline(CLAIM, row, request.user) if decides else [],
        "roster": row.unit.occupants.visible_to(request.user).standing() if decides else [],
        "refuse_form": RefuseForm(row=row, user=request.user, at=at),
        "decides": decides,
        "at": at,
    }
    return render(request, "estates/claim.html", context)
