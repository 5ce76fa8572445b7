"""The front desk's queue of tickets; what every queue does stands in workflow.desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.dates import exact_time
from common.paging import Order
from repairs import rules, services
from repairs.filters import VIEWS, TicketFilter
from repairs.forms.triage import BulkForm
from repairs.lives import TICKET
from repairs.models import Priority, Ticket
from workflow.desk import Desk, Queue, Row

# By the moment of the report, which is not the order of taking over from elsewhere.
LATEST = Order("reported_at", datetime.fromisoformat, descending=True)
RANKS = {Priority.EMERGENCY: 0, Priority.URGENT: 1, Priority.NORMAL: 2, Priority.LOW: 3}


COLUMNS: dict[str | Promise, Any] = {
    _("Number"): lambda t: t.number,
    _("State"): lambda t: t.get_status_display(),
    _("Priority"): lambda t: t.get_priority_display(),
    _("Category"): lambda t: t.category.label,
    _("Where"): lambda t: t.where,
    _("Title"): lambda t: t.title,
    _("What happened"): lambda t: t.description,
    _("Contact"): lambda t: t.contact_name,
    _("Contact's phone"): lambda t: t.contact_phone,
    _("Source"): lambda t: t.get_source_display(),
    _("Technician"): lambda t: t.assignee.name if t.assignee else "",
    pgettext_lazy("the moment", "Reported"): lambda t: exact_time(t.reported_at),
    _("Respond by"): lambda t: exact_time(t.respond_by),
    _("Resolve by"): lambda t: exact_time(t.resolve_by),
    _("First answer"): lambda t: exact_time(t.responded_at),
    _("Resolved"): lambda t: exact_time(t.resolved_at),
    _("Closed"): lambda t: exact_time(t.closed_at),
    _("Result"): lambda t: t.resolution,
    _("Rating"): lambda t: t.rating,
}


@dataclass
class TicketRow(Row):
    missed: datetime | None = None
    workers: Iterable[Any] = ()


class Triage(Desk):
    life = TICKET
    route = "triage"
    template = "repairs/triage.html"
    title = _("Repair desk")
    closed = _("The queue is for the front desk. Your own repairs are under “Repairs”.")
    filterset_class = TicketFilter
    views = VIEWS
    first_view = "to_accept"
    orders = {
        "due": (Order("due", datetime.fromisoformat), _("due first")),
        "priority": (Order("rank", int), _("by priority")),
        "new": (LATEST, _("newest first")),
    }
    heads = (
        _("State"),
        _("Number"),
        _("What is reported"),
        _("Category"),
        _("Priority"),
        _("Time limit"),
        _("Technician"),
    )
    row_template = "repairs/parts/triage_row.html"
    bulk_template = "repairs/parts/triage_bulk.html"
    bulk_form = BulkForm
    # beside accepting and dispatching
    row_verbs = (
        "prioritise", "reassign", "recategorise", "hold", "resume", "merge", "reject", "close",
    )  # fmt: skip
    export_columns = COLUMNS
    new_url = "repairs:new"
    new_label = _("Enter a report")

    def opens(self, user: Any) -> bool:
        return rules.works_at_desk(user)

    def rows(self, user: Any) -> Any:
        return Ticket.objects.at_desk_of(user)

    def open_rows(self, user: Any) -> Any:
        return self.rows(user).under_way()

    def ordered(self, rows: Any) -> Any:
        ranks = [When(priority=name, then=Value(rank)) for name, rank in RANKS.items()]
        return rows.annotate(rank=Case(*ranks, default=Value(2), output_field=IntegerField()))

    def shared(self, user: Any, at: datetime) -> dict[str, Any]:
        crews = services.crews(rules.desk_estates(user), at)
        return {
            "crews": crews,
            "crew": distinct(chain.from_iterable(crews.values())),
            "priorities": Priority.choices,
        }

    def is_late(self, row: Any, at: datetime) -> bool:
        return bool(row.is_overdue(at))

    def row_of(self, row: Any, queue: Queue, shared: Mapping[str, Any]) -> Row:
        return TicketRow(
            row,
            self.buttons(row, queue),
            queue.is_fresh(row),
            self.row_verbs,
            late=self.is_late(row, queue.at),
            missed=row.missed(queue.at),
            workers=shared["crews"].get(row.estate_id, []),
        )

    def narrow(self, form: Any, user: Any, shared: Mapping[str, Any]) -> None:
        """Ask the estate only of those who have several; offer the people that are read already."""
        if len(rules.desk_estates(user)) < 2:
            form.fields.pop("estate", None)
        people = [(one.pk, one.name) for one in shared["crew"]]
        form.fields["assignee"].widget.choices = [("", str(_("any"))), *people]

    def plan(
        self, verb: str, values: dict[str, Any], rows: list[Any]
    ) -> tuple[dict[str, Any], list[Any]]:
        """Of those that are merged, the oldest stays."""
        if verb == "merge":
            return {"into": rows[0].number if rows else ""}, rows[1:]
        return values, rows


def distinct(people: Iterable[Any]) -> list[Any]:
    return sorted(
        {person.pk: person for person in people}.values(), key=lambda p: (p.open_jobs, p.pk)
    )


TRIAGE = Triage()
