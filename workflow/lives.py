"""A noun with a life is declared once, and every door is made from the declaration.

    HAZARD = Lifecycle(Hazard, MOVES, verbs=services.hazard, forms=FORMS, key="number")

registered in the app's `ready()`, gives routes and pages of the verbs (`workflow.verbs`), API and
admin actions (`workflow.viewsets`, `workflow.admin`), timeline and thread (`workflow.timeline`),
labels of the log and kinds of messages.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from attachments.services import register_owner, register_thread
from audit.services import register as register_labels
from common.paging import as_they_are
from notifications.services import Kind
from notifications.services import register as register_kinds
from workflow.forms import VerbForm
from workflow.moves import RELIEVED, Move, Moves, Tells, check, lock, open_to
from workflow.versions import version_of

Rows = QuerySet[Any]
# What every service takes beside the fields of its form.
GIVEN = {"actor", "at"}


def nobody(user: Any, row: Any) -> bool:
    return False


def nothing_more(verb: str, row: Any) -> str:
    return ""


@dataclass(frozen=True)
class Button:
    """A verb as a page offers it: `asks` where it has a form, else it is done at one tap."""

    verb: str
    move: Move
    url: str
    asks: bool


def nothing_first(row: Any) -> None:
    """Most nouns lock their own row and nothing before it."""


@dataclass(frozen=True)
class Lifecycle:
    """One noun with a life.

    `verbs` holds a function per move, named like it: `f(row, *, actor, at, **form fields)`. A verb
    without a form asks for nothing. `key` is the field by which addresses name a row, `joined` adds
    what its pages show. `also` are other codes of its log (the staff's alone if `also_inner`; many
    of one say `folds`, an ngettext_lazy with %(count)d), `tells` its other messages. `is_staff`
    opens inner lines and notes, `staffed(user)` says the same of many rows. Where fewer read words
    and files than see the row, `inside(user)` are the rows of which they do. `duty` is a subquery:
    in which duty the user `who` of the outer row speaks of `row`; `said_duty` is its word.
    `list_route` is where somebody goes for whom the row is out of sight now. `locks_first(row)`
    locks what this noun's verbs lock before the row, so that all doors keep one order.
    """

    model: type[Any]
    moves: Moves
    verbs: Any
    # the state in which a row begins, and for the picture where moves back lead to
    first: str
    back: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, type[VerbForm]] = field(default_factory=dict)
    key: str = "pk"
    joined: Callable[[Rows], Rows] = as_they_are
    also: Mapping[str, str | Promise] = field(default_factory=dict)
    also_inner: frozenset[str] = frozenset()
    folds: Mapping[str, Any] = field(default_factory=dict)
    tells: Mapping[str, Tells] = field(default_factory=dict)
    is_staff: Callable[[Any, Any], bool] = nobody
    staffed: Callable[[Any], Rows] | None = None
    inside: Callable[[Any], Rows] | None = None
    duty: Callable[[Any, str], Any] | None = None
    said_duty: Callable[[str], str] = str
    list_route: str = "portal:home"
    locks_first: Callable[[Any], None] = nothing_first
    # What a verb says beside its `done`: how many other rows it touched.
    says: Callable[[str, Any], str] = nothing_more

    @property
    def code(self) -> str:
        return self.moves.code

    @property
    def app(self) -> str:
        return self.code.partition(".")[0]

    @property
    def noun(self) -> str:
        return self.code.partition(".")[2]

    def rows(self, user: Any) -> Rows:
        """The rows that this person sees, joined for a page."""
        return self.joined(self.model.objects.visible_to(user))

    def key_of(self, row: Any) -> Any:
        return getattr(row, self.key)

    def route(self, verb: str) -> str:
        return f"{self.app}:{self.noun}-{verb}"

    def url(self, row: Any, verb: str) -> str:
        return reverse(self.route(verb), kwargs={self.key: self.key_of(row)})

    def open_to(self, row: Any, user: Any, *, at: datetime) -> list[str]:
        return open_to(self.moves, row, user, at=at)

    def button(self, row: Any, verb: str) -> Button:
        return Button(verb, self.moves[verb], self.url(row, verb), verb in self.forms)

    def buttons(self, row: Any, user: Any, *, at: datetime) -> list[Button]:
        return [self.button(row, verb) for verb in self.open_to(row, user, at=at)]

    def form_class(self, verb: str) -> type[VerbForm]:
        return self.forms.get(verb, VerbForm)

    def form(self, verb: str, *sent: Any, row: Any, user: Any, at: datetime) -> VerbForm:
        return self.form_class(verb)(*sent, row=row, user=user, at=at)

    def do(self, verb: str, row: Any, *, actor: Any, at: datetime, **fields: Any) -> Any:
        return getattr(self.verbs, verb)(row, actor=actor, at=at, **fields)

    def do_as_asked(self, verb: str, form: VerbForm) -> Any:
        """What a valid form asks, if the row still holds what the form showed of it.

        Raises Outdated beside what the verb raises; whoever may not, or comes too late, hears that.
        """
        with transaction.atomic():
            if form.version:
                self.locks_first(form.row)
                locked = lock(form.row)
                check(self.moves, verb, locked, form.user, at=form.at)
                form.check_version(locked, at=form.at)
            return self.do(verb, form.row, actor=form.user, at=form.at, **form.cleaned_data)

    def version(self, row: Any) -> str:
        """Of all that its verbs edit; empty where none does."""
        names = {name for form in self.forms.values() for name in form.edits}
        return version_of(row, names)

    def optional(self, verb: str) -> set[str]:
        """What the verb's form edits and its service can do without: it keeps its value."""
        taken = inspect.signature(getattr(self.verbs, verb)).parameters.values()
        needed = {one.name for one in taken if one.default is one.empty}
        return set(self.form_class(verb).edits) - needed

    # --- what is made of it at the start

    def labels(self) -> dict[str, str | Promise]:
        """The words of the log, by code."""
        done = {verb: m.did or m.label for verb, m in self.moves.items()} | dict(self.also)
        return {self.moves.code_of(verb): words for verb, words in done.items()}

    def kinds(self) -> list[Kind]:
        moved = {verb: m.tells for verb, m in self.moves.items() if m.tells}
        relieves = next((m.relieves for m in self.moves.values() if m.relieves), None)
        if relieves:
            moved[RELIEVED] = relieves
        return [
            Kind(self.moves.code_of(verb), told.label, told.who, told.answer)
            for verb, told in {**moved, **self.tells}.items()
        ]

    def check(self) -> None:
        """Every move has its service, every form is one of a move's, and the two fit.

        Raises ImproperlyConfigured, which ends the start.
        """
        if strangers := sorted(set(self.forms) - set(self.moves)):
            raise ImproperlyConfigured(f"{self.code}: forms without a move: {strangers}")
        for verb, move in self.moves.items():
            service = getattr(self.verbs, verb, None)
            if not callable(service):
                raise ImproperlyConfigured(f"{self.code}: no service {verb}")
            if not (move.did and move.done):
                raise ImproperlyConfigured(f"{self.code}: {verb} does not say what it did")
            self._check_fit(verb, service)

    def _check_fit(self, verb: str, service: Callable[..., Any]) -> None:
        _row, *taken = inspect.signature(service).parameters.values()
        names = {one.name for one in taken}
        form = self.forms.get(verb)
        asked = set(form.base_fields) if form else set()
        anything = any(one.kind == one.VAR_KEYWORD for one in taken)
        if unknown := (asked | GIVEN) - names if not anything else set():
            raise ImproperlyConfigured(f"{self.code}: {verb} does not take {sorted(unknown)}")
        needed = {one.name for one in taken if one.default is one.empty}
        needed -= {one.name for one in taken if one.kind in (one.VAR_KEYWORD, one.VAR_POSITIONAL)}
        if missing := needed - asked - GIVEN:
            raise ImproperlyConfigured(f"{self.code}: {verb} is not asked for {sorted(missing)}")


_lives: dict[type[models.Model], Lifecycle] = {}


def register(*lives: Lifecycle) -> None:
    """Called in the app's ready()."""
    for life in lives:
        life.check()
        _lives[life.model] = life
        register_labels(life.labels())
        register_kinds(*life.kinds())
        register_owner(life.model, life.inside)
        register_thread(life.model, life.staffed or _none_of(life.model))


def _none_of(model: type[Any]) -> Callable[[Any], Rows]:
    return lambda user: model.objects.none()


def all_lives() -> Iterable[Lifecycle]:
    return _lives.values()


def life_of(row: Any) -> Lifecycle | None:
    return _lives.get(type(row))
