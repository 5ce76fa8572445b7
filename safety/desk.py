"""The queue of hazards; what every queue does stands in workflow.desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.dates import exact_time
from common.paging import NEWEST, Order
from safety import rules
from safety.filters import HAZARD_VIEWS, HazardFilter
from safety.lives import HAZARD
from safety.models import Hazard
from workflow.desk import Desk, form_of

# For the meeting, and for whoever checks the estate: no words of residents, no photographs.
COLUMNS: dict[str | Promise, Any] = {
    _("Number"): lambda h: h.number,
    _("Hazard"): lambda h: h.title,
    _("Place"): lambda h: h.where,
    _("Grade"): lambda h: h.get_grade_display(),
    _("State"): lambda h: h.get_status_display(),
    _("Found"): lambda h: exact_time(h.found_at),
    _("Who is responsible"): lambda h: h.responsible.name if h.responsible else "",
    _("To be put right by"): lambda h: exact_time(h.due_at),
    _("Closed"): lambda h: exact_time(h.closed_at),
    _("Funds"): lambda h: "" if h.funds is None else h.funds,
}


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
    bulk_form = form_of("begin")
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

    def is_late(self, row: Any, at: datetime) -> bool:
        return bool(row.is_late(at))


HAZARDS = Hazards()
