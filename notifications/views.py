from __future__ import annotations

from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.acting import acts
from common.dates import said_day
from common.keys import key_of
from notifications.forms import MuteForm
from notifications.models import Message
from notifications.services import mark_read

PAGE_SIZE = 30


@login_required
@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    mine = Message.objects.visible_to(request.user).inbox(request.user)
    page, newer, older = _page(mine, request.GET.get("after", ""), request.GET.get("before", ""))
    context = {
        "days": _by_day(page, at),
        "previous": f"?after={page[0].pk}" if newer else "",
        "next": f"?before={page[-1].pk}" if older else "",
        "at": at,
    }
    return render(request, "notifications/message_list.html", context)


def _page(mine: QuerySet[Message], after: str, before: str) -> tuple[list[Message], bool, bool]:
    """One page by key, newest first, and whether there is more before and behind it."""
    if key := key_of(after):
        rows = list(mine.filter(pk__gt=key).order_by("pk")[: PAGE_SIZE + 1])
        return rows[:PAGE_SIZE][::-1], len(rows) > PAGE_SIZE, bool(rows)
    if key := key_of(before):
        rows = list(mine.filter(pk__lt=key).order_by("-pk")[: PAGE_SIZE + 1])
        return rows[:PAGE_SIZE], bool(rows), len(rows) > PAGE_SIZE
    rows = list(mine.order_by("-pk")[: PAGE_SIZE + 1])
    return rows[:PAGE_SIZE], False, len(rows) > PAGE_SIZE


def _by_day(rows: list[Message], at: datetime) -> list[tuple[date, str, list[Message]]]:
    today = timezone.localdate(at)
    return [
        (day, said_day(day, today), list(of_day))
        for day, of_day in groupby(rows, key=lambda row: timezone.localdate(row.created_at))
    ]


@login_required
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone, for a page that asks again now and then."""
    return render(request, "notifications/bell.html")


@login_required
@require_safe
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(Message.objects.visible_to(request.user), pk=pk)
    mark_read(request.user, at=timezone.now(), pk=message.pk)
    return redirect(message.url or "notifications:list")


@login_required
@acts(leads_to="notifications:list")
def read(request: HttpRequest) -> HttpResponse:
    mark_read(request.user, at=timezone.now())
    return redirect("notifications:list")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mute_settings(request: HttpRequest) -> HttpResponse:
    form = MuteForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your choice is kept."))
        return redirect("notifications:settings")
    context: dict[str, Any] = {"form": form}
    return render(request, "notifications/settings.html", context)
