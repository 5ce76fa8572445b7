"""What awaits somebody, by month; and the same under a secret address, for the phone's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from common.acting import acts
from common.dates import WEEKDAYS
from common.days import begin_of
from estates.models import CalendarFeed, Estate
from estates.rules import can_renew
from estates.services import feeds
from events.calendar import public as public_events
from portal.calendar import Month, span, weeks
from workflow.calendar import Entry, entries_at, entries_of
from workflow.feed import answer, written

MINE = "me"
VIEWS = ("month", "list")
# Everybody of an estate reads its calendar, so it speaks the language of the place.
ESTATES_LANGUAGE = "zh-hans"


@dataclass(frozen=True)
class Whose:
    """One's own calendar, or that of an estate where one works."""

    user: Any
    estate: Estate | None

    @property
    def code(self) -> str:
        return str(self.estate.pk) if self.estate else MINE

    def entries(self, start: datetime, end: datetime) -> list[Entry]:
        return (
            entries_at(self.estate, start, end)
            if self.estate
            else entries_of(self.user, start, end)
        )

    def feed(self, at: datetime) -> CalendarFeed:
        return feeds.feed_at(self.estate, at=at) if self.estate else feeds.feed_of(self.user, at=at)


def _whose(request: HttpRequest, code: str) -> Whose:
    if code == MINE:
        return Whose(request.user, None)
    if not (code.isascii() and code.isdigit()):
        raise Http404
    here = Estate.objects.visible_to(request.user).staffed_by(request.user)
    return Whose(request.user, get_object_or_404(here, pk=code))


@login_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    whose = _whose(request, request.GET.get("of") or MINE)
    today = timezone.localdate(at)
    month = Month.asked(request.GET.get("month", ""), today)
    view = request.GET.get("view", "")
    days = month.days(whose.entries(begin_of(month.monday), begin_of(month.end)))
    feed = whose.feed(at)
    context = {
        "at": at,
        "today": today,
        "month": month,
        "view": view if view in VIEWS else VIEWS[0],
        "whose": whose,
        "estates": Estate.objects.visible_to(request.user).staffed_by(request.user).order_by("pk"),
        "weekdays": WEEKDAYS,
        "weeks": list(weeks(days)),
        "days": [day for day in days if day.inside and day.entries],
        "address": _address(feed),
        "may_renew": can_renew(request.user, feed),
    }
    return render(request, "portal/calendar.html", context)


def _address(feed: CalendarFeed) -> str:
    token = feeds.token_of(feed)
    path = reverse("portal:calendar-feed", args=[token]) if token else ""
    return f"{settings.SITE_URL}{path}" if path else ""


@login_required
@acts(leads_to="portal:calendar")
def renew(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    whose = _whose(request, request.POST.get("of") or MINE)
    feeds.renew(whose.feed(at), actor=request.user, at=at)
    messages.success(
        request, _("The calendar has a new address. The old one no longer works: subscribe anew.")
    )
    return redirect(f"{reverse('portal:calendar')}?of={whose.code}#address")


@require_safe
@cache_control(private=True)
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """Calendars sign in nowhere: whoever knows the address reads it."""
    found = feeds.feed_by(token)
    if found is None:
        raise Http404
    language = found.user.language if found.user else ESTATES_LANGUAGE
    with translation.override(language):
        name = found.estate.label if found.estate else _("My calendar")
        entries = Whose(found.user, found.estate).entries(*span(timezone.now()))
        body = written(entries, f"{_('Banyan')} · {name}")
    return answer(request, body, language)


@require_safe
@cache_control(public=True, max_age=300)
def public(request: HttpRequest) -> HttpResponseBase:
    """Events for everybody, in the language of the place."""
    with translation.override(ESTATES_LANGUAGE):
        body = written(public_events(*span(timezone.now())), f"{_('Banyan')} · {_('Events')}")
    return answer(request, body, ESTATES_LANGUAGE)
