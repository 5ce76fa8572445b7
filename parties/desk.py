"""The queue of matters; what every queue does stands in workflow.desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.paging import NEWEST, Order
from common.required import NamesMissing
from parties import rules
from parties.filters import VIEWS, MatterFilter
from parties.lives import MATTER
from parties.models import Matter
from workflow.desk import Desk, Queue, Row

BULK = ("sign", "begin", "accept", "archive")


class BulkForm(NamesMissing, forms.Form):
    """What asks for nothing may be done to several matters at once, each by its own rules."""

    verb = forms.ChoiceField(choices=[(verb, verb) for verb in BULK])


COLUMNS: dict[str | Promise, Any] = {
    _("Number"): lambda m: m.number,
    _("State"): lambda m: m.get_status_display(),
    _("Supervision"): lambda m: m.get_supervision_display(),
    _("Title"): lambda m: m.title,
    _("Where"): lambda m: m.where,
    _("Who calls"): lambda m: m.caller.label,
    pgettext_lazy("matter", "Who leads"): lambda m: m.lead.label,
    _("Waited for by"): lambda m: m.due_on.isoformat() if m.due_on else "",
    _("Raised"): lambda m: f"{timezone.localtime(m.raised_at):%Y-%m-%d %H:%M}",
}


@dataclass
class MatterRow(Row):
    late: bool = False

    @property
    def matter(self) -> Any:
        return self.row


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
    bulk_form = BulkForm
    row_verbs = ("sign", "arrive", "plan", "begin", "complete", "accept", "send_back", "transfer")
    export_columns = COLUMNS
    new_url = "parties:call"
    new_label = _("Call others")

    def opens(self, user: Any) -> bool:
        return rules.works_here(user)

    def rows(self, user: Any) -> Any:
        return Matter.objects.inside(user)

    def open_rows(self, user: Any) -> Any:
        return self.rows(user).open()

    def row_of(self, row: Any, queue: Queue, shared: Mapping[str, Any]) -> Row:
        return MatterRow(
            row,
            self.buttons(row, queue),
            queue.is_fresh(row),
            self.row_verbs,
            late=row.is_late(timezone.localdate(queue.at)),
        )


MATTERS = Matters()
