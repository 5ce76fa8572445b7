"""A desk's queue: views with counts, filter, order and pages by key, what is done to one row and to
several, saved views, export. Made from a noun's life and what its desk declares.

    class Triage(Desk):
        life, route, title, filterset_class, views, first_view, orders = ...

    TRIAGE = Triage()        # registered in ready(); urls(TRIAGE) gives its routes

What a row verb did is answered with the row in its place (`answer_row`), chips beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import parse_qs

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet, Value
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django_filters import FilterSet

from common.paging import Order, Page, every, page
from common.required import NamesMissing
from workflow.lives import Button, Lifecycle
from workflow.refusals import NotAllowed, Refusal

PAGE_SIZE = 25
# What of an address is no filter.
PAGING = ("after", "seen")

Rows = QuerySet[Any]


@dataclass(frozen=True)
class View:
    """A chip above the queue. `rows(at, user)` narrows; only counted views say a number, and they
    speak of rows that are not done with."""

    key: str
    label: str | Promise
    rows: Callable[[datetime, Any], Q]
    counted: bool = True
    newest_first: bool = False
    # its number is red while it is not nought
    late: bool = False


def form_of(*verbs: str) -> type[forms.Form]:
    """For what asks for nothing: done to several rows at once, each by its own rules."""
    verb = forms.ChoiceField(choices=[(one, one) for one in verbs])
    return type("BulkForm", (NamesMissing, forms.Form), {"verb": verb})


def views(*all_of_them: View) -> dict[str, View]:
    return {view.key: view for view in all_of_them}


def counts(rows: Rows, wanted: Mapping[str, View], at: datetime, user: Any) -> dict[str, int]:
    """The numbers on the chips, in one statement over `rows`, which are those not done with."""
    counted = [view for view in wanted.values() if view.counted]
    asked = {view.key: Count(Value(1), filter=view.rows(at, user)) for view in counted}
    return rows.order_by().aggregate(**asked)


@dataclass
class Row:
    """A row of the queue, with what this person may do to it now. Desks add their own."""

    row: Any
    buttons: list[Button]
    fresh: bool
    more_of: Sequence[str] = ()
    late: bool = False

    @property
    def verbs(self) -> list[str]:
        return [button.verb for button in self.buttons]

    @property
    def more(self) -> list[Button]:
        """The verbs of its menu, in the desk's order."""
        open_now = {button.verb: button for button in self.buttons}
        return [open_now[verb] for verb in self.more_of if verb in open_now]


class Desk:
    """What one noun's desk declares. Subclasses name what follows, and whose desk it is."""

    life: ClassVar[Lifecycle]
    route: ClassVar[str]  # "triage"; the names are triage, triage-bulk, triage-export
    title: ClassVar[str | Promise]
    filterset_class: ClassVar[type[FilterSet]]
    views: ClassVar[Mapping[str, View]]
    first_view: ClassVar[str]
    # by key: an order with its label; “due” and “new” are taken where nothing is asked
    orders: ClassVar[Mapping[str, tuple[Order, str | Promise]]]
    heads: ClassVar[Sequence[str | Promise]]
    row_template: ClassVar[str]
    bulk_template: ClassVar[str]
    bulk_form: ClassVar[type[forms.Form]]
    # the verbs in a row's menu
    row_verbs: ClassVar[Sequence[str]] = ()
    export_columns: ClassVar[Mapping[str | Promise, Callable[[Any], Any]]]
    new_url: ClassVar[str] = ""
    new_label: ClassVar[str | Promise] = ""
    template: ClassVar[str] = "workflow/desk.html"
    # what closes the desk to everybody else, in a sentence
    closed: ClassVar[str | Promise]

    def opens(self, user: Any) -> bool:
        raise NotImplementedError

    def rows(self, user: Any) -> Rows:
        """What this person's desks handle; a part of `visible_to`."""
        raise NotImplementedError

    def open_rows(self, user: Any) -> Rows:
        """Those that are not done with: what the chips count."""
        raise NotImplementedError

    def ordered(self, rows: Rows) -> Rows:
        """With what the orders ask for and is no column."""
        return rows

    def dressed(self, rows: Rows) -> Rows:
        """With what the shown rows ask for."""
        return self.life.joined(rows)

    def shared(self, user: Any, at: datetime) -> dict[str, Any]:
        """What all rows and the head of the table need, read once for a page."""
        return {}

    def is_late(self, row: Any, at: datetime) -> bool:
        return False

    def row_of(self, row: Any, queue: Queue, shared: Mapping[str, Any]) -> Row:
        buttons, fresh = self.buttons(row, queue), queue.is_fresh(row)
        return Row(row, buttons, fresh, self.row_verbs, self.is_late(row, queue.at))

    def plan(
        self, verb: str, values: dict[str, Any], rows: list[Any]
    ) -> tuple[dict[str, Any], list[Any]]:
        """What a verb for several is given, and to which of them it is done."""
        return values, rows

    def makes(self, user: Any) -> bool:
        """May this person make one? Else the way to the form is not offered."""
        return True

    def links(self, user: Any) -> Sequence[tuple[str | Promise, str, str]]:
        """Pages beside the queue: label, route and icon."""
        return ()

    def narrow(self, form: Any, user: Any, shared: Mapping[str, Any]) -> None:
        """Drop or fill fields of the filter's form."""

    # --- not for subclasses

    @property
    def code(self) -> str:
        return self.life.code

    def url(self, name: str = "") -> str:
        return reverse(f"{self.life.app}:{self.route}{name}")

    @property
    def bulk_url(self) -> str:
        return self.url("-bulk")

    @property
    def export_url(self) -> str:
        return self.url("-export")

    @property
    def all_url(self) -> str:
        return f"{self.url()}?view=all"

    def check(self, user: Any) -> None:
        if not self.opens(user):
            raise NotAllowed(self.closed)

    def buttons(self, row: Any, queue: Queue) -> list[Button]:
        return self.life.buttons(row, queue.user, at=queue.at)

    def counts(self, user: Any, at: datetime) -> dict[str, int]:
        return counts(self.open_rows(user), self.views, at, user)

    def attempt(self, verb: str, row: Any, values: Any, *, user: Any, at: datetime) -> str:
        """Do it; the sentence of the refusal, or nothing."""
        form = self.life.form(verb, values, row=row, user=user, at=at)
        if not form.is_valid():
            return " ".join(str(error) for errors in form.errors.values() for error in errors)
        try:
            self.life.do_as_asked(verb, form)
        except (Refusal, ValidationError) as refusal:
            return str(refusal)
        return ""


@dataclass
class Queue:
    """One question to a desk: its filter, its order, its page."""

    desk: Desk
    request: HttpRequest
    at: datetime
    asked: QueryDict | None = None

    @property
    def user(self) -> Any:
        return self.request.user

    @cached_property
    def params(self) -> QueryDict:
        """What is asked; without anything, the desk's first view."""
        asked = (self.request.GET if self.asked is None else self.asked).copy()
        if not any(value for key, value in asked.items() if key not in (*PAGING, "sort")):
            asked["view"] = self.desk.first_view
        return asked

    @cached_property
    def filter(self) -> FilterSet:
        self.request.at = self.at  # type: ignore[attr-defined]
        rows = self.desk.rows(self.user)
        return self.desk.filterset_class(self.params, queryset=rows, request=self.request)

    @cached_property
    def view(self) -> str:
        asked: str = self.params.get("view", "")
        return asked if asked in self.desk.views else ""

    @cached_property
    def sort(self) -> str:
        asked: str = self.params.get("sort", "")
        newest = not self.view or self.desk.views[self.view].newest_first
        return asked if asked in self.desk.orders else "new" if newest else "due"

    @property
    def order(self) -> Order:
        return self.desk.orders[self.sort][0]

    @property
    def found(self) -> Rows:
        """The rows of the filter; a filter that cannot be read finds nothing rather than all."""
        rows = self.filter.qs if self.filter.is_valid() else self.desk.rows(self.user).none()
        return self.desk.ordered(rows)

    def dressed(self, rows: Rows) -> Rows:
        return self.desk.dressed(self.desk.ordered(rows))

    @cached_property
    def page(self) -> Page:
        after = self.params.get("after", "")
        return page(self.found, self.order, after, PAGE_SIZE, self.dressed)

    @property
    def every(self) -> Iterator[Any]:
        """All rows of the filter, for a sheet."""
        return every(self.found, self.order, self.dressed)

    @cached_property
    def seen(self) -> int:
        """The newest row that the reader has had before them; what comes after it is fresh."""
        asked = self.params.get("seen", "")
        return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0

    def is_fresh(self, row: Any) -> bool:
        return bool(self.seen) and row.pk > self.seen

    @property
    def newest(self) -> int:
        return self.seen or max((row.pk for row in self.page.rows), default=0)

    @cached_property
    def shared(self) -> dict[str, Any]:
        return self.desk.shared(self.user, self.at)

    @cached_property
    def numbers(self) -> dict[str, int]:
        return self.desk.counts(self.user, self.at)

    @property
    def shown(self) -> list[Row]:
        return [self.desk.row_of(row, self, self.shared) for row in self.page.rows]

    @property
    def chips(self) -> list[tuple[View, int | None]]:
        return [(view, self.numbers.get(view.key)) for view in self.desk.views.values()]

    @cached_property
    def form(self) -> Any:
        form = self.filter.form
        self.desk.narrow(form, self.user, self.shared)
        return form

    @property
    def narrowed(self) -> bool:
        """Is more asked than a view, an order and words?"""
        return any(v for k, v in self.params.items() if k not in (*PAGING, "view", "sort", "q"))

    @property
    def new_url(self) -> str:
        """Where one is made; empty for who may not."""
        named = self.desk.new_url
        return reverse(named) if named and self.desk.makes(self.user) else ""

    @property
    def links(self) -> list[tuple[str | Promise, str, str]]:
        return [(said, reverse(name), icon) for said, name, icon in self.desk.links(self.user)]

    @property
    def query(self) -> str:
        """The filter as an address without its page."""
        kept = self.params.copy()
        for key in PAGING:
            kept.pop(key, None)
        return kept.urlencode()

    @property
    def address(self) -> str:
        return f"{self.desk.url()}?{self.query}"

    @cached_property
    def saved(self) -> list[tuple[Any, bool]]:
        """The person's own views of this desk, and whether this is what is asked now."""
        now = parse_qs(self.query)
        return [(v, parse_qs(v.query) == now) for v in keeper().of(self.user, self.desk.code)]


# --- saved views are tables, and so of an app above


@dataclass(frozen=True)
class Keeper:
    """Who keeps saved views: `of(user, code)` are somebody's for a desk; the routes take the code,
    or the key of the view."""

    of: Callable[[Any, str], Iterable[Any]]
    save: str
    rename: str
    delete: str


_keepers: list[Keeper] = []
_desks: dict[str, Desk] = {}


def register_keeper(one: Keeper) -> None:
    """Called in ready() of the app that holds them."""
    _keepers[:] = [one]


def keeper() -> Keeper:
    return _keepers[0]


def register_desks(*desks: Desk) -> None:
    """Called in ready(), once per desk."""
    _desks.update({desk.code: desk for desk in desks})


def desk_of(code: str) -> Desk | None:
    return _desks.get(code)
