"""The life of a noun as a table, and the one writer of its state.

    MOVES = Moves("repairs.ticket", {
        "accept": Move({NEW}, ACCEPTED, rules.can_accept, _("Accept"), "circle-check",
                       did=_("accepted the report"), done=_("Accepted.")),
    })

What the table says once, every door reads: `workflow.lives` makes routes, pages, API and admin
actions, labels and kinds of messages from it; the diagram in the docs and the matrix test too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from audit.models import Entry
from audit.services import record
from common.dates import said_time
from notifications.services import notify
from workflow.actors import name_of
from workflow.refusals import NotAllowed, WrongState
from workflow.standing import forget

# The kind of message for whoever lost something by a move that `relieves`.
RELIEVED = "relieved"

Row = TypeVar("Row", bound=models.Model)
Rule = Callable[[Any, Any], bool]


@dataclass(frozen=True)
class Tells:
    """Whom a move tells: `who(row)` are users that see the row, `label` is the kind's name among
    the settings, `answer` the purpose of the one-use link that leaves with it."""

    label: str | Promise
    who: Callable[[Any], Iterable[Any]]
    answer: str = ""


@dataclass(frozen=True)
class Move:
    """One verb: the states it starts from, the state it leads to, and who may.

    `to` is a state, None (the state stays), or a function of the row (back to where it was).
    `when(row, at)` narrows beyond the state (once a day, within 30 days); `why` is the sentence
    if it refuses. `danger` and `icon` are for the button.

    `did` is read after a name in timeline and log (“Wang Gang started the work”), `did_to` in its
    place where the field `whom` of the row names a person (“… sent %(name)s”). `done` is the notice
    to whoever did it. Whom `relieves` names before the move and not after it has lost something by
    it, and hears that as `app.noun.relieved`. `inner` moves stand in the timeline for the staff
    alone; of `private` ones only the reason does. `said` ones are words that the timeline shows as
    such.
    """

    start: Collection[str]
    to: str | Callable[[Any], str] | None
    rule: Rule
    label: str | Promise
    icon: str = "arrow-right"
    when: Callable[[Any, datetime], bool] | None = None
    why: str | Promise = ""
    danger: bool = False
    did: str | Promise = ""
    did_to: str | Promise = ""
    whom: str = ""
    done: str | Promise = ""
    tells: Tells | None = None
    relieves: Tells | None = None
    inner: bool = False
    private: bool = False
    said: bool = False

    def fits(self, row: Any, at: datetime) -> bool:
        return row.status in self.start and (self.when is None or self.when(row, at))

    def target(self, row: Any) -> str:
        if callable(self.to):
            return self.to(row)
        return row.status if self.to is None else self.to


class Moves(dict[str, Move]):
    """The table of one noun; `code` is app.noun, such as "safety.hazard"."""

    def __init__(self, code: str, table: Mapping[str, Move]) -> None:
        super().__init__(table)
        self.code = code

    def code_of(self, verb: str) -> str:
        return f"{self.code}.{verb}"


def open_to(moves: Moves, row: models.Model, user: Any, *, at: datetime) -> list[str]:
    """The verbs that `user` may do to `row` now, in the table's order."""
    return [verb for verb, m in moves.items() if m.fits(row, at) and m.rule(user, row)]


def check(moves: Moves, verb: str, row: Any, user: Any, *, at: datetime) -> None:
    """Raise what `move` would raise before writing: NotAllowed first, then WrongState.

    The rule is asked first: whoever may not do a thing learns nothing of when it could be done.
    """
    m = moves[verb]
    if not m.rule(user, row):
        raise NotAllowed(_("You may not do this: %(verb)s.") % {"verb": m.label})
    if row.status not in m.start:
        raise WrongState(_too_late(moves, row, user, at), row=row)
    if m.when is not None and not m.when(row, at):
        raise WrongState(m.why, row=row)


def _too_late(moves: Moves, row: Any, user: Any, at: datetime) -> str:
    """Who was first, and when: the last move that brought the row to where it is."""
    changes = [moves.code_of(verb) for verb, m in moves.items() if m.to is not None]
    last = Entry.objects.for_row(row).filter(code__in=changes).order_by("-pk").first()
    state = {"state": row.get_status_display()}
    if last is None:
        return _("This cannot be done now: it is already “%(state)s”.") % state
    who = name_of(last.actor)
    said = state | {"who": who, "what": last.label, "when": said_time(last.at, at)}
    if last.actor_id is not None and last.actor_id == user.pk:
        return _("You did so already (%(when)s: %(what)s). It is now “%(state)s”.") % said
    return _("%(who)s was first (%(when)s: %(what)s). It is now “%(state)s”.") % said


def move(
    moves: Moves,
    verb: str,
    row: Row,
    *,
    actor: Any,
    at: datetime,
    changes: Mapping[str, Any] | Callable[[Row], Mapping[str, Any]] | None = None,
    note: str = "",
    tell: Mapping[str, Any] | None = None,
) -> Row:
    """Do `verb` to `row`: lock it, check state and rule, write, record, notify on commit.

    `changes` are the other fields to set; a function of the locked row when they depend on it, and
    the place to refuse by what the row holds. `tell` is added to the message's context.
    Raises WrongState, NotAllowed, and what `changes` raises. Returns the locked, written row;
    `row` itself is refreshed too, so that a caller's copy is never stale.
    """
    m = moves[verb]
    with transaction.atomic():
        locked = lock(row)
        check(moves, verb, locked, actor, at=at)
        had = list(m.relieves.who(locked)) if m.relieves else []
        values = dict(changes(locked) if callable(changes) else changes or {})
        values["status"] = m.target(locked)
        code = moves.code_of(verb)
        entry = _write(locked, values, code, actor=actor, at=at, note=note)
        told: dict[str, Any] = {"actor": actor, "at": at, "occasion": str(entry.pk), "note": note}
        notify(code, locked, **told, **(tell or {}))
        if m.relieves and had:
            _tell_relieved(moves, m.relieves, locked, had, **told)
    forget(actor)
    row.refresh_from_db()
    return locked


def lock(row: Row) -> Row:
    """The row as it is now, locked until the transaction ends; references to it stay possible."""
    manager = type(row)._base_manager
    return manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)


def _write(
    row: models.Model,
    values: dict[str, Any],
    code: str,
    *,
    actor: Any,
    at: datetime,
    note: str,
) -> Entry:
    before = {name: value_of(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    changed = {name for name in values if before[name] != value_of(row, name)}
    row.save(update_fields=[*changed, "updated_at"])
    return record(
        code,
        row,
        actor=actor,
        at=at,
        before={name: before[name] for name in sorted(changed)},
        after={name: value_of(row, name) for name in sorted(changed)},
        note=note,
    )


def _tell_relieved(moves: Moves, m: Tells, row: Any, had: list[Any], **told: Any) -> None:
    """Those who still have it have lost nothing; those who may not see the row now hear nothing."""
    has = {person.pk for person in m.who(row)}
    sees = type(row)._default_manager.visible_to
    lost = [one for one in had if one.pk not in has and sees(one).filter(pk=row.pk).exists()]
    notify(moves.code_of(RELIEVED), row, recipients=lost, **told)


def value_of(row: models.Model, name: str) -> Any:
    """A foreign key by its pk, so that comparing costs no query."""
    field = row._meta.get_field(name)
    return getattr(row, field.attname) if isinstance(field, models.Field) else getattr(row, name)
