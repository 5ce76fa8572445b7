"""The life of a noun as a table, and the one writer of its state.

    MOVES = {"accept": Move({NEW}, ACCEPTED, rules.can_accept, _("Accept"), icon="circle-check")}

Buttons, the API's `actions`, the diagram in the docs and the matrix test read the same table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from audit.services import record
from notifications.services import notify
from workflow.refusals import NotAllowed, WrongState

Row = TypeVar("Row", bound=models.Model)
Rule = Callable[[Any, Any], bool]


@dataclass(frozen=True)
class Move:
    """One verb: the states it starts from, the state it leads to, and who may.

    `to` is a state, None (the state stays), or a function of the row (back to where it was).
    `when(row, at)` narrows beyond the state (once a day, within 30 days); `why` is the sentence
    if it refuses. `danger` and `icon` are for the button.
    """

    start: Collection[str]
    to: str | Callable[[Any], str] | None
    rule: Rule
    label: str | Promise
    icon: str = "arrow-right"
    when: Callable[[Any, datetime], bool] | None = None
    why: str | Promise = ""
    danger: bool = False

    def fits(self, row: Any, at: datetime) -> bool:
        return row.status in self.start and (self.when is None or self.when(row, at))

    def target(self, row: Any) -> str:
        if callable(self.to):
            return self.to(row)
        return row.status if self.to is None else self.to


Moves = Mapping[str, Move]


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
        raise WrongState(
            _("This cannot be done now: it is already “%(state)s”.")
            % {"state": row.get_status_display()}
        )
    if m.when is not None and not m.when(row, at):
        raise WrongState(m.why)


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
        values = dict(changes(locked) if callable(changes) else changes or {})
        values["status"] = m.target(locked)
        _write(locked, values, verb, actor=actor, at=at, note=note, tell=tell or {})
    row.refresh_from_db()
    return locked


def lock(row: Row) -> Row:
    """The row as it is now, locked until the transaction ends; references to it stay possible."""
    manager = type(row)._base_manager
    return manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)


def _write(
    row: models.Model,
    values: dict[str, Any],
    verb: str,
    *,
    actor: Any,
    at: datetime,
    note: str,
    tell: Mapping[str, Any],
) -> None:
    before = {name: _value(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    changed = {name for name in values if before[name] != _value(row, name)}
    row.save(update_fields=[*changed, "updated_at"])
    code = f"{row._meta.app_label}.{verb}"
    entry = record(
        code,
        row,
        actor=actor,
        at=at,
        before={name: before[name] for name in sorted(changed)},
        after={name: _value(row, name) for name in sorted(changed)},
        note=note,
    )
    notify(code, row, actor=actor, at=at, occasion=str(entry.pk), note=note, **tell)


def _value(row: models.Model, name: str) -> Any:
    """A foreign key by its pk, so that comparing costs no query."""
    field = row._meta.get_field(name)
    return getattr(row, field.attname) if isinstance(field, models.Field) else getattr(row, name)
