"""My home: who lives there, who looked at my number, moving out. And the desk's look."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.http import SignedIn
from common.acting import acts
from estates.forms import LeaveForm, ReasonForm
from estates.models import Occupant, Unit
from estates.services import claims, privacy
from estates.standing import duties_of


@login_required
@require_safe
def index(request: SignedIn) -> HttpResponse:
    """Staff come for the homes of the estate, residents for their own."""
    return redirect("estates:units" if duties_of(request.user) else "estates:home")


@login_required
@require_safe
def home(request: SignedIn) -> HttpResponse:
    at = timezone.now()
    units = Unit.objects.lived_in_by(request.user).with_address()
    today = timezone.localdate(at)
    people = (
        Occupant.objects.visible_to(request.user)
        .filter(unit__in=units)
        .current(today)
        .select_related("user")
    )
    homes = []
    for unit in units:
        household = [person for person in people if person.unit_id == unit.pk]
        me = next((p for p in household if p.user_id == request.user.pk), None)
        homes.append({"unit": unit, "people": household, "me": me})
    mine = [home["me"] for home in homes if home["me"]]
    looks = sorted((look for me in mine for look in privacy.lookers(me)), key=lambda e: e.at)
    context = {"homes": homes, "looks": looks[::-1], "leave_form": LeaveForm(), "at": at}
    return render(request, "estates/home.html", context)


def _occupant(request: SignedIn, pk: int) -> Occupant:
    rows = Occupant.objects.visible_to(request.user).with_address()
    row: Occupant = get_object_or_404(rows, pk=pk)
    return row


def _my_home(request: SignedIn, pk: int) -> str:
    _occupant(request, pk)
    return "estates:home"


def _page_of_roster(request: SignedIn, pk: int) -> str:
    return reverse("estates:occupants-edit", args=[_occupant(request, pk).pk])


@login_required
@acts(leads_to=_my_home)
def leave(request: SignedIn, pk: int) -> HttpResponse:
    row = _occupant(request, pk)
    form = LeaveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say on which day."))
        return redirect("estates:home")
    claims.leave(row, on=form.cleaned_data["on"], actor=request.user, at=timezone.now())
    messages.success(request, _("The front desk knows that you move out."))
    return redirect("estates:home")


@login_required
@never_cache
@acts(leads_to=_page_of_roster)
def reveal(request: SignedIn, pk: int) -> HttpResponse:
    """A number of the roster, for a reason; both are written down."""
    row = _occupant(request, pk)
    form = ReasonForm(request.POST, prefix="reveal")
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    phone = privacy.reveal(row, "phone", actor=request.user, reason=reason, at=timezone.now())
    return render(request, "estates/reveal.html", {"occupant": row, "phone": phone})
