"""The desk's queue, and what is done to several of it at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any
from urllib.parse import parse_qs

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from common import navigation
from common.acting import acts
from common.keys import key_of
from common.paging import Order, page
from estates.models import SavedView
from repairs import rules, services
from repairs.filters import VIEWS, TicketFilter, counts
from repairs.forms.triage import MOST_AT_ONCE, BulkForm
from repairs.lives import TICKET
from repairs.models import Priority, Ticket
from repairs.querysets import TicketQuerySet
from workflow.refusals import NotAllowed, Refusal

PAGE_SIZE = 25
FIRST_VIEW = "to_accept"
PAGING = ("after", "seen")
RANKS = {Priority.EMERGENCY: 0, Priority.URGENT: 1, Priority.NORMAL: 2, Priority.LOW: 3}
SORTS = {
    "due": Order("due", datetime.fromisoformat),
    "priority": Order("rank", int),
    "new": Order("pk", int),
}
SORT_LABELS: dict[str, str | Promise] = {
    "due": gettext_lazy("due first"),
    "priority": gettext_lazy("by priority"),
    "new": gettext_lazy("newest first"),
}
# What the head of a row offers beside accepting and dispatching.
ROW_VERBS = ("prioritise", "reassign", "recategorise", "hold", "resume", "merge", "reject", "close")


# --- the queue -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A ticket in the queue with what this person may do to it now."""

    ticket: Any
    verbs: list[str]
    late: bool
    missed: datetime | None
    fresh: bool
    workers: list[Any]

    @property
    def more(self) -> list[tuple[str, Any]]:
        return [(verb, TICKET.moves[verb]) for verb in ROW_VERBS if verb in self.verbs]


@dataclass
class Queue:
    """One request for the queue: its filter, its order, its page."""

    request: HttpRequest
    at: datetime

    @cached_property
    def params(self) -> QueryDict:
        """What is asked; without anything, what waits to be accepted."""
        asked = self.request.GET.copy()
        if not any(value for key, value in asked.items() if key not in (*PAGING, "sort")):
            asked["view"] = FIRST_VIEW
        return asked

    @cached_property
    def tickets(self) -> TicketQuerySet:
        return desk_tickets(self.request.user)

    @cached_property
    def filter(self) -> TicketFilter:
        self.request.at = self.at  # type: ignore[attr-defined]
        return TicketFilter(self.params, queryset=self.tickets, request=self.request)

    @cached_property
    def view(self) -> str:
        asked: str = self.params.get("view", "")
        return asked if asked in VIEWS else ""

    @cached_property
    def sort(self) -> str:
        asked: str = self.params.get("sort", "")
        newest = not self.view or VIEWS[self.view].newest_first
        return asked if asked in SORTS else "new" if newest else "due"

    @property
    def found(self) -> TicketQuerySet:
        """The rows of the filter; a filter that cannot be read finds nothing rather than all."""
        rows: Any = self.filter.qs if self.filter.is_valid() else self.tickets.none()
        found: TicketQuerySet = ranked(rows.with_due().with_place())
        return found

    @property
    def narrowed(self) -> bool:
        """Is more asked than a view, an order and words?"""
        return any(v for k, v in self.params.items() if k not in (*PAGING, "view", "sort", "q"))

    @property
    def address(self) -> str:
        return f"{self.request.path}?{self.query}"

    @property
    def query(self) -> str:
        """The filter as an address without its page."""
        kept = self.params.copy()
        for key in PAGING:
            kept.pop(key, None)
        return kept.urlencode()


def ranked(tickets: Any) -> Any:
    ranks = [When(priority=name, then=Value(rank)) for name, rank in RANKS.items()]
    return tickets.annotate(rank=Case(*ranks, default=Value(2), output_field=IntegerField()))


def desk_tickets(user: Any) -> TicketQuerySet:
    """What the desks of this person handle; the estates are named for the sake of the index."""
    tickets: TicketQuerySet = Ticket.objects.visible_to(user)
    return tickets.filter(estate__in=rules.desk_estates(user))


def check_desk(user: Any) -> None:
    if not rules.works_at_desk(user):
        raise NotAllowed(
            _("The queue is for the front desk. Your own repairs are under “Repairs”.")
        )


@login_required
@require_safe
def triage(request: HttpRequest) -> HttpResponse:
    check_desk(request.user)
    at = timezone.now()
    queue = Queue(request, at)
    found = page(queue.found, SORTS[queue.sort], request.GET.get("after", ""), PAGE_SIZE)
    numbers = counts(queue.tickets, at, request.user)
    navigation.know(request, "repairs:triage", numbers["to_accept"])
    crew = services.crews(rules.desk_estates(request.user), at)
    everybody = distinct(chain.from_iterable(crew.values()))
    seen = key_of(request.GET.get("seen")) or 0
    context: dict[str, Any] = {
        "at": at,
        "queue": queue,
        "rows": [row_of(ticket, request.user, at, seen, crew) for ticket in found.rows],
        "seen": seen or max((ticket.pk for ticket in found.rows), default=0),
        "next": found.next,
        "crew": everybody,
        "priorities": Priority.choices,
        "numbers": numbers,
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "repairs/parts/triage_table.html", context)
    context |= {
        "filter": narrowed_to(queue.filter, list(crew), everybody),
        "views": [(view, numbers.get(view.key)) for view in VIEWS.values()],
        "sorts": SORT_LABELS,
        "saved_views": saved_views(request.user, queue),
    }
    return render(request, "repairs/triage.html", context)


def narrowed_to(found: TicketFilter, estates: list[int], crew: list[Any]) -> TicketFilter:
    """Ask the estate only of those who have several; offer the people that are read already."""
    fields = found.form.fields
    if len(estates) < 2:
        del fields["estate"]
    fields["assignee"].widget.choices = [("", _("any")), *((one.pk, one.name) for one in crew)]
    return found


def row_of(ticket: Any, user: Any, at: datetime, seen: int, crew: dict[int, list[Any]]) -> Row:
    return Row(
        ticket=ticket,
        verbs=TICKET.open_to(ticket, user, at=at),
        late=ticket.is_overdue(at),
        missed=ticket.missed(at),
        fresh=bool(seen) and ticket.pk > seen,
        workers=crew.get(ticket.estate_id, []),
    )


def distinct(people: Iterable[Any]) -> list[Any]:
    return sorted(
        {person.pk: person for person in people}.values(), key=lambda p: (p.open_jobs, p.pk)
    )


def saved_views(user: Any, queue: Queue) -> list[tuple[SavedView, bool]]:
    now = parse_qs(queue.query)
    mine = SavedView.objects.visible_to(user).filter(desk="repairs.ticket")
    return [(view, parse_qs(view.query) == now) for view in mine]


# --- several at once -----------------------------------------------------------------------------


@login_required
@acts(leads_to="repairs:triage")
def bulk(request: HttpRequest) -> HttpResponse:
    """Each ticket by its own rules; what was refused is said ticket by ticket."""
    check_desk(request.user)
    form = BulkForm(request.POST)
    numbers = request.POST.getlist("pick")[:MOST_AT_ONCE]
    if not numbers:
        messages.error(request, _("Choose at least one ticket."))
    elif form.is_valid():
        do_all(request, numbers, form.cleaned_data)
    else:
        for error in chain.from_iterable(form.errors.values()):
            messages.error(request, str(error))
    return redirect(f"{reverse('repairs:triage')}?{request.POST.get('query', '')}")


def do_all(request: HttpRequest, numbers: list[str], values: dict[str, Any]) -> None:
    at, verb, done = timezone.now(), values["verb"], 0
    tickets = list(
        Ticket.objects.visible_to(request.user)
        .with_place()
        .filter(number__in=numbers)
        .order_by("pk")
    )
    if verb == "merge":
        # The oldest stays.
        values, tickets = {"into": tickets[0].number if tickets else ""}, tickets[1:]
    for ticket in tickets:
        refusal = attempt(verb, ticket, values, user=request.user, at=at)
        done += not refusal
        if refusal:
            messages.error(request, f"{ticket.number}: {refusal}")
    if done:
        said = ngettext("%(count)d ticket: %(done)s", "%(count)d tickets: %(done)s", done)
        messages.success(request, said % {"done": TICKET.moves[verb].done, "count": done})


def attempt(verb: str, ticket: Ticket, values: Any, *, user: Any, at: datetime) -> str:
    """Do it; the sentence of the refusal, or nothing."""
    form = TICKET.form(verb, values, row=ticket, user=user, at=at)
    if not form.is_valid():
        return " ".join(str(error) for errors in form.errors.values() for error in errors)
    try:
        TICKET.do(verb, ticket, actor=user, at=at, **form.cleaned_data)
    except (Refusal, ValidationError) as refusal:
        return str(refusal)
    return ""
