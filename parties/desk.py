"""The queue of matters; what every queue does stands in workflow.desk."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.dates import exact_time
from common.paging import NEWEST, Order
from parties import rules
from parties.filters import VIEWS, MatterFilter
from parties.lives import MATTER
from parties.models import Matter
from workflow.desk import Desk, form_of

COLUMNS: dict[str | Promise, Any] = {
    _("Number"): lambda m: m.number,
    _("State"): lambda m: m.get_status_display(),
    _("Supervision"): lambda m: m.get_supervision_display(),
    _("Title"): lambda m: m.title,
    _("Where"): lambda m: m.where,
    _("Who calls"): lambda m: m.caller.label,
    pgettext_lazy("matter", "Who leads"): lambda m: m.lead.label,
    _("Waited for by"): lambda m: m.due_on.isoformat() if m.due_on else "",
    _("Raised"): lambda m: exact_time(m.raised_at),
}


class Matters(Desk):
    life = MATTER
    route = "matters"
    title = _("Matters")
    closed = _("Matters are for the organisations that are called.")
    filterset_class = MatterFilter
    views = VIEWS
    first_view = "open"
    orders = {
        "due": (Order("due", date.fromisoformat), _("due first")),
        "new": (NEWEST, _("newest first")),
    }
    heads = (
        _("State"),
        _("Number"),
        _("What it is about"),
        _("Who calls"),
        pgettext_lazy("matter", "Who leads"),
        _("Waited for by"),
    )
    row_template = "parties/parts/matter_row.html"
    bulk_template = "parties/parts/matter_bulk.html"
    bulk_form = form_of("sign", "begin", "accept", "archive")
    row_verbs = ("sign", "arrive", "plan", "begin", "complete", "accept", "send_back", "transfer")
    export_columns = COLUMNS
    new_url = "parties:call"
    new_label = _("Call others")

    def opens(self, user: Any) -> bool:
        return rules.works_here(user)

    def makes(self, user: Any) -> bool:
        return rules.raises_any(user)

    def rows(self, user: Any) -> Any:
        return Matter.objects.inside(user)

    def open_rows(self, user: Any) -> Any:
        return self.rows(user).open()

    def is_late(self, row: Any, at: datetime) -> bool:
        return bool(row.is_late(timezone.localdate(at)))


MATTERS = Matters()
