"""The pages of residents: the report, their list, the ticket (the staff's too), following."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from attachments.models import Attachment
from attachments.services import copy, with_photos
from common.acting import acts
from common.keys import key_of
from common.paging import NEWEST, page
from estates.models import Estate, Facility, Place, Unit
from estates.standing import DESK, holds
from repairs import rules, services
from repairs.forms.report import ReportForm, report_form
from repairs.lives import TICKET
from repairs.models import Ticket
from repairs.states import ENDED, UNDER_WAY
from repairs.views.ticket import ticket_page
from workflow.follow_ups import facts_of, find, label_of
from workflow.refusals import Invalid, TooMany
from workflow.tiles import tiles_of

THANKS = gettext_noop("Thank you, we have your report.")
ADDED = gettext_noop(
    "We had your report already: %(number)s. What you changed since is added to it."
)
ON_A_PAGE = 20


@dataclass(frozen=True)
class Ground:
    """Where a report starts: what the address of the form says, or the reader's own estate."""

    estate: Estate
    unit: Unit | None = None
    place: Place | None = None
    facility: Facility | None = None
    origin: Any = None
    description: str = ""
    source: str = ""
    photos: Sequence[Attachment] = ()

    @property
    def origin_label(self) -> str:
        return label_of(self.origin) if self.origin else ""

    def of(self, form: ReportForm, at: datetime) -> dict[str, Any]:
        """What is sent, with what the origin says of how it came in, and its photographs."""
        sent = form.fields_for_service()
        along = [copy(photo, by=form.user, at=at).key for photo in self.photos]
        if along:
            sent["photos"] = [*sent.get("photos", ()), *along]
        return sent | {"source": self.source} if self.source else sent

    def start(self) -> dict[str, Any]:
        return {"unit": self.unit, "place": self.place, "facility": self.facility}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    estates = list(Estate.objects.visible_to(request.user))
    if not estates:
        return render(request, "repairs/no_home.html")
    ground = ground_of(request, estates)
    form = report_form(request.user, ground.estate)(
        request.POST or None,
        request.FILES or None,
        user=request.user,
        estate=ground.estate,
        at=at,
        initial={
            "tile": request.GET.get("tile", ""),
            "description": ground.description,
        },
    )
    form.start_at(**ground.start())
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            ticket, added = services.report_or_add(
                actor=request.user, at=at, origin=ground.origin, **ground.of(form, at)
            )
        except (Invalid, TooMany, ValidationError) as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _(ADDED if added else THANKS) % {"number": ticket.number})
            return redirect(ticket)
    context = {
        "form": form,
        "ground": ground,
        "estates": estates,
        "others": tiles_of(request.user),
        "at": at,
    }
    return render(request, "repairs/new.html", context, status=status)


def refuse(form: ReportForm, refusal: Invalid | TooMany | ValidationError) -> int:
    """The verb's sentence over the form, which keeps what was typed."""
    if isinstance(refusal, ValidationError):
        form.add_error(None, refusal)
        return 200
    form.add_error(None, str(refusal))
    return refusal.status


def ground_of(request: HttpRequest, estates: list[Estate]) -> Ground:
    """From ?origin=, ?facility=, ?place=, ?unit= or ?estate=; what the reader may not see is not
    there."""
    asked, user = request.GET, request.user
    if asked.get("origin"):
        return ground_of_origin(find(asked["origin"], user), estates)
    if asked.get("facility"):
        facilities = Facility.objects.visible_to(user).select_related("place__estate")
        facility = by_pk(facilities, asked["facility"])
        return Ground(facility.place.estate, place=facility.place, facility=facility)
    if asked.get("place"):
        place = by_pk(Place.objects.visible_to(user).select_related("estate"), asked["place"])
        return Ground(place.estate, place=place)
    if asked.get("unit"):
        unit = by_pk(Unit.objects.visible_to(user).with_address(), asked["unit"])
        return Ground(unit.estate, unit=unit)
    if asked.get("estate"):
        return Ground(get_object_or_404(Estate.objects.visible_to(user), code=asked["estate"]))
    return Ground(next((e for e in estates if holds(user, e.pk, *DESK)), estates[0]))


def ground_of_origin(origin: Any, estates: list[Estate]) -> Ground:
    """What the row that it comes from knows already; the reader's own estate where it knows none"""
    facts = dict(facts_of(origin))
    known = [getattr(facts.get(name), "estate", None) for name in ("unit", "place")]
    estate = facts.pop("estate", None) or next(filter(None, known), estates[0])
    return Ground(estate, origin=origin, **facts)


def by_pk(rows: QuerySet[Any], pk: str) -> Any:
    return get_object_or_404(rows, pk=key_of(pk))


@login_required
@require_safe
def at(request: HttpRequest, qr: str) -> HttpResponse:
    """The poster at a lift or in a corridor: the form with its place filled in."""
    form = reverse("repairs:new")
    facility = Facility.objects.visible_to(request.user).filter(qr=qr).first()
    if facility is not None:
        return redirect(f"{form}?facility={facility.pk}")
    place = get_object_or_404(Place.objects.visible_to(request.user), qr=qr)
    return redirect(f"{form}?place={place.pk}")


@login_required
@require_safe
def ticket_list(request: HttpRequest) -> HttpResponse:
    """A resident's own; the staff are sent to their desk unless they ask for their own too."""
    state = request.GET.get("state", "")
    if not state and (desk := desk_of(request.user)):
        return redirect(desk)
    mine = Ticket.objects.of_home(request.user)
    counts = mine.aggregate(
        open=Count(Value(1), filter=Q(status__in=UNDER_WAY)),
        closed=Count(Value(1), filter=Q(status__in=ENDED)),
    )
    closed = state == "closed" or (not state and not counts["open"] and counts["closed"] > 0)
    wanted = mine.filter(status__in=ENDED if closed else UNDER_WAY)
    found = page(wanted, NEWEST, request.GET.get("before", ""), ON_A_PAGE, TICKET.joined)
    # What waits for the reader's answer stands on top.
    rows = sorted(found.rows, key=lambda row: row.status != Ticket.Status.RESOLVED)
    older = found.next
    context = {
        "tickets": with_photos(rows),
        "counts": counts,
        "closed": closed,
        "older": f"?state={'closed' if closed else 'open'}&before={older}" if older else "",
        "at": timezone.now(),
    }
    return render(request, "repairs/list.html", context)


def desk_of(user: Any) -> str:
    """Where somebody who works here begins."""
    if rules.works_at_desk(user):
        return "repairs:triage"
    return "repairs:jobs" if rules.is_technician(user) else ""


@login_required
@require_safe
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    rows = Ticket.objects.visible_to(request.user).with_place().for_page(request.user)
    row = get_object_or_404(rows, number=number)
    page = ticket_page(row, request.user, timezone.now())
    return render(request, "repairs/ticket.html", {"ticket": row, "page": page, "at": page.at})


def _followed(request: HttpRequest, number: str) -> Ticket:
    row: Ticket = get_object_or_404(Ticket.objects.visible_to(request.user), number=number)
    return row


@login_required
@acts(leads_to=_followed)
def follow(request: HttpRequest, number: str) -> HttpResponse:
    row = _followed(request, number)
    services.follow(row, actor=request.user, at=timezone.now())
    messages.success(request, _("You will hear of this ticket."))
    return redirect(row)


@login_required
@acts(leads_to=_followed)
def unfollow(request: HttpRequest, number: str) -> HttpResponse:
    """Whoever saw it only as a follower does not see it any more, and goes to the list."""
    row = _followed(request, number)
    services.unfollow(row, actor=request.user, at=timezone.now())
    messages.success(request, _("You will not hear of this ticket any more."))
    still = Ticket.objects.visible_to(request.user).filter(pk=row.pk).exists()
    return redirect(row if still else "repairs:list")
