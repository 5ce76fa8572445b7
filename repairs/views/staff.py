"""The desk's queue and the technician's day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any
from urllib.parse import parse_qs

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from attachments.services import of_rows
from common import sheets
from common.dates import exact_time
from common.keys import key_of
from common.paging import Order, page
from repairs import rules, services
from repairs.filters import VIEWS, TicketFilter, counts
from repairs.forms.triage import MOST_AT_ONCE, BulkForm, RenameViewForm, SavedViewForm
from repairs.lives import TICKET
from repairs.models import Priority, SavedView, Ticket
from repairs.querysets import JOBS, TicketQuerySet
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
@require_GET
def triage(request: HttpRequest) -> HttpResponse:
    check_desk(request.user)
    at = timezone.now()
    queue = Queue(request, at)
    found = page(queue.found, SORTS[queue.sort], request.GET.get("after", ""), PAGE_SIZE)
    numbers = counts(queue.tickets, at, request.user)
    request.desk_counts = numbers  # type: ignore[attr-defined]  # the side bar says one of them too
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
    mine = SavedView.objects.visible_to(user)
    return [(view, parse_qs(view.query) == now) for view in mine]


# --- several at once -----------------------------------------------------------------------------


@login_required
@require_POST
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


# --- a person's own views ------------------------------------------------------------------------


@login_required
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    check_desk(request.user)
    form = SavedViewForm(request.POST)
    query = request.POST.get("query", "")
    if form.is_valid():
        view = services.save_view(actor=request.user, **form.cleaned_data)
        query = view.query
        messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    else:
        messages.error(request, _("A view needs a name of at most 30 characters."))
    return redirect(f"{reverse('repairs:triage')}?{query}")


@login_required
@require_POST
def rename_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    form = RenameViewForm(request.POST)
    if form.is_valid():
        services.rename_view(view, name=form.cleaned_data["name"])
    else:
        messages.error(request, _("A view needs a name of at most 30 characters."))
    return redirect(f"{reverse('repairs:triage')}?{view.query}")


@login_required
@require_POST
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    services.delete_view(view)
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    return redirect("repairs:triage")


# --- taking the list away ------------------------------------------------------------------------

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
@require_GET
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


# --- the technician's day ------------------------------------------------------------------------

# The one that is open becomes the green button of a job.
NEXT = ("resolve", "start", "resume", "take")
# What is done on the spot; comments and notes are written on the page of the ticket.
BESIDE = ("plan_visit", "add_cost", "hold", "hand_back")
MOST_DONE = 20


@dataclass(frozen=True)
class Job:
    ticket: Any
    verbs: list[str]
    late: bool
    missed: datetime | None
    phone: str
    windows: list[str]
    photos: list[Any]

    @property
    def lead(self) -> tuple[str, Any] | None:
        return next(((v, TICKET.moves[v]) for v in NEXT if v in self.verbs), None)

    @property
    def beside(self) -> list[tuple[str, Any]]:
        return [(v, TICKET.moves[v]) for v in BESIDE if v in self.verbs]


@login_required
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """What is mine now, what I may take, and what I have done today."""
    user = request.user
    if not rules.is_technician(user):
        raise NotAllowed(_("This page is for technicians."))
    at = timezone.now()
    mine = list(Ticket.objects.visible_to(user).jobs_of(user).with_place())
    pool = list(
        Ticket.objects.visible_to(user).to_take(user).with_due().with_place().order_by("due")[:20]
    )
    done = Ticket.objects.visible_to(user).assigned_to(user).filter(resolved_at__gte=midnight(at))
    photos = of_rows([*mine, *pool])
    context = {
        "at": at,
        "mine": [job_of(ticket, user, at, photos) for ticket in sorted(mine, key=turn)],
        "pool": [job_of(ticket, user, at, photos) for ticket in pool],
        "done": list(done.with_place().order_by("-resolved_at")[:MOST_DONE]),
    }
    return render(request, "repairs/jobs.html", context)


def midnight(at: datetime) -> datetime:
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def turn(ticket: Ticket) -> tuple[int, datetime, int]:
    """What is in hand first, then by visit or deadline, what is held last."""
    when_due = ticket.visit_from or ticket.next_deadline or ticket.held_until or ticket.reported_at
    return JOBS.index(ticket.status), when_due, ticket.pk


def job_of(ticket: Ticket, user: Any, at: datetime, photos: Mapping[int, list[Any]]) -> Job:
    return Job(
        ticket=ticket,
        verbs=TICKET.open_to(ticket, user, at=at),
        late=ticket.is_overdue(at),
        missed=ticket.missed(at),
        phone=ticket.contact_phone if rules.can_work(user, ticket) else "",
        windows=[services.said_window(window, at) for window in ticket.windows],
        photos=photos.get(ticket.pk, []),
    )
