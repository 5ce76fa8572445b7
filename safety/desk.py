"""The queues of hazards, drills and improvements; what every queue does stands in workflow.desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.dates import exact_time
from common.paging import NEWEST, Order
from safety import rules
from safety.filters import (
    DRILL_VIEWS,
    HAZARD_VIEWS,
    IMPROVEMENT_VIEWS,
    DrillFilter,
    HazardFilter,
    ImprovementFilter,
)
from safety.lives import DRILL, HAZARD, IMPROVEMENT
from safety.models import Drill, Hazard, Improvement
from safety.states import DRILL_OPEN
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

    def makes(self, user: Any) -> bool:
        return rules.finds_any(user)

    def rows(self, user: Any) -> Any:
        return Hazard.objects.inside(user)

    def open_rows(self, user: Any) -> Any:
        return self.rows(user).open()

    def is_late(self, row: Any, at: datetime) -> bool:
        return bool(row.is_late(at))


HAZARDS = Hazards()


# --- drills

DRILL_COLUMNS: dict[str | Promise, Any] = {
    _("Number"): lambda d: d.number,
    _("Title"): lambda d: d.title,
    _("Kind"): lambda d: d.get_kind_display(),
    _("Form"): lambda d: d.get_form_display(),
    _("State"): lambda d: d.get_status_display(),
    _("Planned for"): lambda d: exact_time(d.planned_at),
    _("Alarm"): lambda d: exact_time(d.started_at),
    _("All clear"): lambda d: exact_time(d.ended_at),
    _("Buildings"): lambda d: d.part_count,
    _("Score"): lambda d: "" if d.score is None else d.score,
}


class Drills(Desk):
    life = DRILL
    route = "drills"
    title = _("Drills")
    closed = _("Drills are for those who work at the estate, or have a role in one.")
    filterset_class = DrillFilter
    views = DRILL_VIEWS
    first_view = "open"
    orders = {
        "due": (Order("planned_at", datetime.fromisoformat), _("next first")),
        "new": (NEWEST, _("newest first")),
    }
    heads = (
        _("State"),
        _("Number"),
        _("Drill"),
        _("Kind"),
        pgettext_lazy("drill", "When"),
        _("Score"),
    )
    row_template = "safety/parts/drill_row.html"
    bulk_template = "safety/parts/drill_bulk.html"
    bulk_form = form_of("announce")
    row_verbs = ("change", "announce", "call_off", "start", "end", "evaluate", "archive")
    export_columns = DRILL_COLUMNS
    new_url = "safety:drill-new"
    new_label = _("Plan a drill")

    def opens(self, user: Any) -> bool:
        return rules.hears_of_drills(user)

    def makes(self, user: Any) -> bool:
        return rules.plans_any(user)

    def links(self, user: Any) -> Sequence[tuple[str | Promise, str, str]]:
        if not rules.works_here(user):
            return ()
        return [(_("When each building is due"), "safety:drills-due", "calendar-event")]

    def rows(self, user: Any) -> Any:
        return Drill.objects.inside(user)

    def open_rows(self, user: Any) -> Any:
        return self.rows(user).filter(status__in=DRILL_OPEN)

    def dressed(self, rows: Any) -> Any:
        return rows.with_all().annotate(part_count=Count("parts"))


IMPROVEMENT_COLUMNS: dict[str | Promise, Any] = {
    _("Drill"): lambda i: i.drill.number,
    _("What is to become better"): lambda i: i.title,
    _("State"): lambda i: i.get_status_display(),
    _("Who sees to it"): lambda i: i.owner.name,
    _("Until"): lambda i: i.due_on,
    pgettext_lazy("improvement", "Done"): lambda i: exact_time(i.done_at),
    pgettext_lazy("improvement", "Verified"): lambda i: exact_time(i.verified_at),
}


class Improvements(Desk):
    life = IMPROVEMENT
    route = "improvements"
    title = _("Improvements")
    closed = _("What drills showed is for those who work at the estate.")
    filterset_class = ImprovementFilter
    views = IMPROVEMENT_VIEWS
    first_view = "open"
    orders = {
        "due": (Order("due_on", date.fromisoformat), _("due first")),
        "new": (NEWEST, _("newest first")),
    }
    heads = (
        _("State"),
        _("What is to become better"),
        _("Who sees to it"),
        _("Until"),
    )
    row_template = "safety/parts/improvement_row.html"
    bulk_template = "safety/parts/improvement_bulk.html"
    bulk_form = form_of("verify")
    row_verbs = ("change", "finish", "verify", "send_back")
    export_columns = IMPROVEMENT_COLUMNS

    def opens(self, user: Any) -> bool:
        return rules.hears_of_drills(user)

    def rows(self, user: Any) -> Any:
        return Improvement.objects.visible_to(user)

    def open_rows(self, user: Any) -> Any:
        return self.rows(user).open()

    def is_late(self, row: Any, at: datetime) -> bool:
        return bool(row.is_late(timezone.localdate(at)))


DRILLS = Drills()
IMPROVEMENTS = Improvements()
