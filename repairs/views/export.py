"""The queue taken away as a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from common import sheets
from common.dates import exact_time
from repairs.views.triage import SORTS, Queue, check_desk

COLUMNS: dict[str | Promise, Any] = {
    gettext_lazy("Number"): lambda t: t.number,
    gettext_lazy("State"): lambda t: t.get_status_display(),
    gettext_lazy("Priority"): lambda t: t.get_priority_display(),
    gettext_lazy("Category"): lambda t: t.category.label,
    gettext_lazy("Where"): lambda t: t.where,
    gettext_lazy("Title"): lambda t: t.title,
    gettext_lazy("What happened"): lambda t: t.description,
    gettext_lazy("Contact"): lambda t: t.contact_name,
    gettext_lazy("Contact's phone"): lambda t: t.contact_phone,
    gettext_lazy("Source"): lambda t: t.get_source_display(),
    gettext_lazy("Technician"): lambda t: t.assignee.name if t.assignee else "",
    pgettext_lazy("the moment", "Reported"): lambda t: when(t.reported_at),
    gettext_lazy("Respond by"): lambda t: when(t.respond_by),
    gettext_lazy("Resolve by"): lambda t: when(t.resolve_by),
    gettext_lazy("First answer"): lambda t: when(t.responded_at),
    gettext_lazy("Resolved"): lambda t: when(t.resolved_at),
    gettext_lazy("Closed"): lambda t: when(t.closed_at),
    gettext_lazy("Result"): lambda t: t.resolution,
    gettext_lazy("Rating"): lambda t: t.rating,
}


def when(moment: datetime | None) -> str:
    return exact_time(moment) if moment else ""


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The rows of the filter as CSV or XLSX, row by row."""
    check_desk(request.user)
    at = timezone.now()
    queue = Queue(request, at)
    name = f"{_('Repairs')} {timezone.localtime(at):%Y-%m-%d %H%M}"
    form = "xlsx" if request.GET.get("form") == "xlsx" else "csv"
    tickets = queue.found.order_by(*SORTS[queue.sort].by)
    return sheets.as_response(name, [str(title) for title in COLUMNS], cells(tickets), form)


def cells(tickets: QuerySet[Any]) -> Iterator[list[Any]]:
    for ticket in tickets.iterator(chunk_size=500):
        yield [value(ticket) for value in COLUMNS.values()]
