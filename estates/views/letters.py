"""Letters with a code for homes, and posters with a code for public places."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedIn
from common.acting import acts
from common.keys import key_of
from estates import rules
from estates.filters import InvitationFilter
from estates.models import Building, Estate, Facility, Invitation, Place, Unit
from estates.services import invitations
from estates.standing import DESK
from workflow.refusals import Invalid, NotAllowed

# Their numbers stand in one address, which servers cut at 4,094 signs.
SHEETS_AT_ONCE = 300


def qr_svg(text: str, scale: int = 4) -> SafeString:
    """An inline picture without style: the content security policy lets it stand. Where a style
    sheet gives it another size it is drawn larger or smaller, never cut."""
    code = segno.make(text, error="m", micro=False)
    width, height = code.symbol_size(scale, border=2)
    svg = code.svg_inline(scale=scale, border=2, svgclass="qr", lineclass=None)
    whole = svg.replace("<svg ", f'<svg viewBox="0 0 {width} {height}" ', 1)
    return mark_safe(whole)  # noqa: S308 — segno writes the path, the text is inside it as squares


def _require_desk(user: Any) -> Any:
    estates = Estate.objects.staffed_by(user, *DESK)
    if not estates.exists():
        raise NotAllowed(_("Letters are written by the front desk."))
    return estates


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: SignedIn) -> HttpResponse:
    """Choose a building and its homes; print; see which letters are out."""
    at = timezone.now()
    estates = _require_desk(request.user)
    if request.method == "POST":
        return _invite(request)
    buildings = Building.objects.visible_to(request.user).filter(estate__in=estates)
    asked = key_of(request.GET.get("building"))
    building = buildings.filter(pk=asked).first() if asked else None
    found = InvitationFilter(
        request.GET,
        queryset=Invitation.objects.visible_to(request.user).with_address(),
        request=request,
    )
    context = {
        "buildings": buildings.select_related("estate"),
        "building": building,
        "units": _homes(request, building, at) if building else [],
        "filter": found,
        "page": Paginator(found.qs, 50).get_page(request.GET.get("page")),
        "at": at,
    }
    return render(request, "estates/letters.html", context)


def _homes(request: SignedIn, building: Building, at: Any) -> list[dict[str, Any]]:
    """Each home with what is known: signed up, a letter out, or neither."""
    units = list(
        Unit.objects.visible_to(request.user).with_address().filter(entrance__building=building)
    )
    live = set(
        Invitation.objects.visible_to(request.user)
        .usable(at)
        .filter(unit__in=units)
        .values_list("unit_id", flat=True)
    )
    joined = set(
        Unit.objects.visible_to(request.user)
        .filter(pk__in=[u.pk for u in units], occupants__user__isnull=False)
        .values_list("pk", flat=True)
    )
    return [{"unit": u, "joined": u.pk in joined, "letter": u.pk in live} for u in units]


def _invite(request: SignedIn) -> HttpResponse:
    pks = [pk for pk in map(key_of, request.POST.getlist("pick")) if pk]
    if not pks or len(pks) > SHEETS_AT_ONCE:
        raise Invalid(_("Choose between one home and three hundred."))
    units = Unit.objects.visible_to(request.user).with_address().filter(pk__in=pks)
    made = invitations.invite(units, actor=request.user, at=timezone.now())
    messages.success(request, _("The letters are ready to be printed."))
    query = urlencode({"pick": [row.pk for row in made]}, doseq=True)
    return redirect(f"{reverse('estates:letters-print')}?{query}")


@login_required
@require_safe
def letters_print(request: SignedIn) -> HttpResponse:
    """One sheet per home; printing again prints the same codes."""
    _require_desk(request.user)
    at = timezone.now()
    pks = [pk for pk in map(key_of, request.GET.getlist("pick")) if pk][:SHEETS_AT_ONCE]
    rows = Invitation.objects.visible_to(request.user).usable(at).with_address().filter(pk__in=pks)
    portal = request.build_absolute_uri("/")
    page = request.build_absolute_uri(reverse("estates:claims"))
    sheets = [
        {
            "invitation": row,
            "code": invitations.grouped(row.code),
            "qr": qr_svg(f"{page}?{urlencode({'code': row.code})}"),
        }
        for row in rows.order_by("unit__entrance", "unit__floor", "unit__number")
    ]
    return render(request, "estates/letters_print.html", {"sheets": sheets, "portal": portal})


def _letters_page(request: SignedIn, pk: int) -> str:
    get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    return "estates:letters"


@login_required
@acts(leads_to=_letters_page)
def revoke(request: SignedIn, pk: int) -> HttpResponse:
    row = get_object_or_404(Invitation.objects.visible_to(request.user).with_address(), pk=pk)
    invitations.revoke(row, actor=request.user, at=timezone.now())
    messages.success(request, _("The letter opens nothing any more."))
    return redirect("estates:letters")


# Posters


@login_required
@require_safe
def posters(request: SignedIn) -> HttpResponse:
    """The codes of all public places and facilities one can see; `?place=` for one."""
    if not rules.works_here(request.user):
        raise NotAllowed(_("Posters are printed by the staff of the estate."))
    places = Place.objects.visible_to(request.user).select_related("estate", "building")
    facilities = Facility.objects.visible_to(request.user).select_related("place__estate")
    place = key_of(request.GET.get("place"))
    if place:
        places, facilities = places.filter(pk=place), facilities.filter(place=place)
    sheets = [
        {
            "name": row.name,
            "where": where,
            "estate": estate,
            "qr": qr_svg(_address(request, row), 8),
        }
        for row, where, estate in [
            *((p, p.building.name if p.building else "", p.estate) for p in places),
            *((f, f.place.name, f.place.estate) for f in facilities),
        ]
    ]
    return render(request, "estates/posters.html", {"sheets": sheets})


def _address(request: HttpRequest, row: Place | Facility) -> str:
    return request.build_absolute_uri(reverse("estates:scan", args=[row.qr]))


@require_safe
def scan(request: HttpRequest, qr: str) -> HttpResponse:
    """What a poster says leads to the repair form of its place, whatever becomes of addresses."""
    return redirect("repairs:at", qr)
