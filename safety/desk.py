"""The queue of hazards; what every queue does stands in workflow.desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.paging import NEWEST, Order
from common.required import NamesMissing
from safety import rules
from safety.filters import HAZARD_VIEWS, HazardFilter
from safety.lives import HAZARD
from safety.models import Hazard
from workflow.desk import Desk, Queue, Row

BULK = ("begin",)


class BulkForm(NamesMissing, forms.Form):
    """What asks for nothing may be done to several hazards at once, each by its own rules."""

    verb = forms.ChoiceField(choices=[(verb, verb) for verb in BULK])


def said(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


# For the meeting, and for whoever checks the estate: no words of residents, no photographs.
COLUMNS: dict[str | Promise, Any] = {
    _("Number"): lambda h: h.number,
    _("Hazard"): lambda h: h.title,
    _("Place"): lambda h: h.where,
    _("Grade"): lambda h: h.get_grade_display(),
    _("State"): lambda h: h.get_status_display(),
    _("Found"): lambda h: said(h.found_at),
    _("Who is responsible"): lambda h: h.responsible.name if h.responsible else "",
    _("To be put right by"): lambda h: said(h.due_at),
    _("Closed"): lambda h: said(h.closed_at),
    _("Funds"): lambda h: "" if h.funds is None else h.funds,
}


@dataclass
class HazardRow(Row):
    late: bool = False

    @property
    def hazard(self) -> Any:
        return self.row


class Hazards(Desk):
    life = HAZARD
    route = "hazards"
    title = _("Hazards")
    closed = _("The list of hazards is for those who work at the estate.")
    filterset_class = HazardFilter
    views = HAZARD_VIEWS
    first_view = "open"
    orders = {
        "due": (Order("due", datetime.fromisoformat), _("due first")),
        "new": (NEWEST, _("newest first")),
    }
    heads = (
        _("State"),
        _("Number"),
        _("Hazard"),
        _("Grade"),
        _("Who is responsible"),
        _("To be put right by"),
    )
    row_template = "safety/parts/hazard_row.html"
    bulk_template = "safety/parts/hazard_bulk.html"
    bulk_form = BulkForm
    row_verbs = ("grade", "order", "extend", "reassign", "begin", "submit", "close", "send_back")
    export_columns = COLUMNS
    new_url = "safety:hazard-new"
    new_label = pgettext_lazy("hazard", "Enter a hazard")

    def opens(self, user: Any) -> bool:
        return rules.hears_of_hazards(user)

    def rows(self, user: Any) -> Any:
        return Hazard.objects.inside(user)

    def open_rows(self, user: Any) -> Any:
        return self.rows(user).open()

    def row_of(self, row: Any, queue: Queue, shared: Mapping[str, Any]) -> Row:
        return HazardRow(
            row,
            self.buttons(row, queue),
            queue.is_fresh(row),
            self.row_verbs,
            late=row.is_late(queue.at),
        )


HAZARDS = Hazards()
