"""My hours, the statement of a year, certificates, and the page on which anybody checks one."""

from __future__ import annotations

from datetime import date
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from estates.views.letters import qr_svg
from volunteers.forms import IssueForm
from volunteers.lives import CERTIFICATE
from volunteers.models import Certificate, Entry, HourLine
from volunteers.services import certificates, hours
from volunteers.states import EntryStatus
from workflow.refusals import Invalid, TooOften

ON_A_PAGE = 60
ON_A_SHEET = 5
FIRST_YEAR = 2000


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """All that was given, by month of a year; what is still to be confirmed; the certificates."""
    user: Any = request.user
    at = timezone.now()
    today = timezone.localdate(at)
    year = _year(request, today)
    lines: Any = HourLine.objects.of(user)
    of_year = lines.between(date(year, 1, 1), date(year, 12, 31))
    first = lines.order_by("on").values_list("on", flat=True).first()
    given = hours.given(of_year)
    shown = list(of_year.with_all().order_by("-on", "-pk")[: ON_A_PAGE + 1])
    for line in shown:
        line.said_hours = hours.hours_of(line.minutes)
    pending: Any = Entry.objects.of(user).filter(status=EntryStatus.CHECKED_OUT)
    context = {
        "goal": hours.goal(lines.total()),
        "year": year,
        "years": range((first or today).year, today.year + 1),
        "given": given,
        "sum": hours.hours_of(given.minutes),
        "months": [(date(year, m, 1), hours.hours_of(sum_)) for m, sum_ in _months(lines, year)],
        "services": [(t, n, hours.hours_of(m)) for t, n, m in hours.by_service(of_year)],
        "lines": shown[:ON_A_PAGE],
        "more_lines": len(shown) > ON_A_PAGE,
        "pending": list(pending.with_all().order_by("starts_at")),
        "certificates": list(Certificate.objects.of(user).order_by("-pk")),
        "name": user.name,
        "today": today,
    }
    return render(request, "volunteers/hours.html", context)


def _year(request: HttpRequest, today: date) -> int:
    said = request.GET.get("year", "")
    year = int(said) if said.isdecimal() and len(said) == len("2026") else today.year
    return min(max(year, FIRST_YEAR), today.year)


def _months(lines: Any, year: int) -> list[tuple[int, int]]:
    return hours.by_month(lines, year)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest) -> HttpResponse:
    user, at = request.user, timezone.now()
    form = IssueForm(request.POST or None, communities=certificates.communities_of(user))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = certificates.issue(actor=user, at=at, **form.cleaned_data)
            except Invalid as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Issued. Choose what others may see of it."))
                return redirect(made)
    return render(request, "volunteers/certificate_new.html", {"form": form}, status=status)


@never_cache
@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """Anybody checks a number here. Its holder sees the certificate, others what they agreed to."""
    user, at = request.user, timezone.now()
    own = CERTIFICATE.rows(user).filter(number=number).select_related("community").first()
    if own is not None:
        return _whole(request, own, user, at)
    if not _may_look(request):
        raise TooOften(_("Too many numbers at once. Please wait a minute."))
    # Numbers are counted up: of one that is not there nothing more is said than that.
    row = certificates.by_number(number)
    if row is None:
        raise Http404
    context = {
        "certificate": row,
        "services": _services(row, with_hours=row.shows_hours) if row.shows_services else [],
        "hours": hours.hours_of(row.minutes) if row.shows_hours else "",
    }
    return render(request, "volunteers/certificate_public.html", context)


def _may_look(request: HttpRequest) -> bool:
    """By `ACCOUNT_RATE_LIMITS`. What allauth offers to others counts nothing that is only read."""
    used = ratelimit.consume(request, app="allauth.account", action="certificate", limit_get=True)
    return used is not None


def _services(row: Certificate, *, with_hours: bool = True) -> list[tuple[str, int, str]]:
    """The hours of each would say the sum of all."""
    return [
        (title, times, hours.hours_of(minutes) if with_hours else "")
        for title, times, minutes in row.services
    ]


def _whole_services(row: Certificate) -> list[tuple[str, int, str]]:
    """On one sheet: those with the most hours, and the others together."""
    first, rest = row.services[: ON_A_SHEET - 1], row.services[ON_A_SHEET - 1 :]
    if len(rest) > 1:
        sums = [sum(one[1] for one in rest), sum(one[2] for one in rest)]
        rest = [[pgettext("hours", "other services"), *sums]]
    return [(title, times, hours.hours_of(minutes)) for title, times, minutes in (*first, *rest)]


def _whole(request: HttpRequest, row: Any, user: Any, at: Any) -> HttpResponse:
    goal = hours.goal(row.minutes)
    context = {
        "certificate": row,
        "services": _whole_services(row),
        "hours": hours.hours_of(row.minutes),
        "stars": goal.stars,
        "star_row": goal.row,
        "code": qr_svg(request.build_absolute_uri(row.get_absolute_url())),
        "address": request.build_absolute_uri(row.get_absolute_url()),
        "buttons": CERTIFICATE.buttons(row, user, at=at),
    }
    return render(request, "volunteers/certificate.html", context)
