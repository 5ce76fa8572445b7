"""The life of a noun as a table, and the two writers of its state: one row, and many at once.

    MOVES = Moves("repairs.ticket", {
        "accept": Move({NEW}, ACCEPTED, rules.can_accept, _("Accept"), "circle-check",
                       did=_("accepted the report"), done=_("Accepted.")),
    })

What the table says once, every door reads: `workflow.lives` makes routes, pages, API and admin
actions, labels and kinds of messages from it; the diagram in the docs and the matrix test too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.db import connection, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from psycopg2.sql import SQL, Identifier

from audit.models import Entry
from audit.querysets import DISCREET
from audit.services import entry_of
from common.dates import said_time
from notifications.services import Occasion, Reader, notify, notify_many
from workflow.actors import name_of
from workflow.refusals import NotAllowed, WrongState
from workflow.standing import forget

# The kind of message for whoever lost something by a move that `relieves`.
RELIEVED = "relieved"

# The new values are columns of a table of their own, so one statement writes any number of rows.
WRITE = SQL("""
    UPDATE {table} AS old SET ({columns}) = ROW({values})
    FROM unnest({given}) AS new (key, {columns})
    WHERE old.{key} = new.key RETURNING old.{key}
""")

Row = TypeVar("Row", bound=models.Model)
Rule = Callable[[Any, Any], bool]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Tells:
    """Whom a move tells: `who(rows)`, of a queryset, are the Readers of each row, who see it;
    `label` is the kind's name among the settings, `answer` the purpose of the one-use link that
    leaves with it."""

    label: str | Promise
    who: Callable[[models.QuerySet[Any]], Iterable[Reader]]
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
    it, and hears that as `app.noun.relieved`; with `farewell` also who sees nothing of the row from
    then on, and would go on with it. `inner` moves stand in the timeline for the staff alone; of
    `private` ones only the reason does. `said` ones are words that the timeline shows as such.
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
    farewell: bool = False
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
    """Who was first, and when: the last move that brought the row to where it is. Where the very
    doer is a secret, nobody is named but to themselves."""
    changes = [moves.code_of(verb) for verb, m in moves.items() if m.to is not None]
    last = Entry.objects.for_row(row).filter(code__in=changes).order_by("-pk").first()
    state = {"state": row.get_status_display()}
    own = last is not None and last.actor_id is not None and last.actor_id == user.pk
    if last is None or (last.code in DISCREET and not own):
        return _("This cannot be done now: it is already “%(state)s”.") % state
    who = name_of(last.actor)
    said = state | {"who": who, "what": last.label, "when": said_time(last.at, at)}
    if own:
        return _("You did so already (%(when)s: %(what)s). It is now “%(state)s”.") % said
    return _("%(who)s was first (%(when)s: %(what)s). It is now “%(state)s”.") % said


def move(
    moves: Moves,
    verb: str,
    row: Row,
    *,
    actor: Any,
    at: datetime,
    changes: Values | Callable[[Row], Values] | None = None,
    note: str = "",
    tell: Values | None = None,
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
        had = _holders(m, [locked])
        values = dict(changes(locked) if callable(changes) else changes or {})
        values["status"] = m.target(locked)
        code = moves.code_of(verb)
        entry = _write(locked, values, code, actor=actor, at=at, note=note)
        told = {"note": note, **(tell or {})}
        notify(code, locked, actor=actor, at=at, occasion=str(entry.pk), **told)
        _tell_relieved(moves, verb, {locked.pk: entry}, [locked], had, actor=actor, at=at)
    forget(actor)
    row.refresh_from_db()
    return locked


def move_many(
    moves: Moves,
    verb: str,
    rows: Sequence[Row],
    *,
    actor: Any,
    at: datetime,
    changes: Callable[[Sequence[Row]], Sequence[Values]] | None = None,
    note: str = "",
) -> None:
    """`move` for many rows in a handful of statements: all of them, or none.

    The caller has locked the rows as they are now (`sweeps.in_sets` does) and joined what the
    messages show. `changes` gives the values of each, the same fields for all. Raises what `move`
    raises, at the first row that does not fit.
    """
    m, code = moves[verb], moves.code_of(verb)
    with transaction.atomic():
        for row in rows:
            check(moves, verb, row, actor, at=at)
        had = _holders(m, rows)
        values = changes(rows) if changes else [{}] * len(rows)
        made = [
            _changed(row, {**its, "status": m.target(row)}, code, actor=actor, at=at, note=note)
            for row, its in zip(rows, values, strict=True)
        ]
        write_many(rows, {"updated_at", *(name for entry in made for name in entry.after)})
        entries = {entry.object_id: entry for entry in Entry.objects.bulk_create(made)}
        occasions = [Occasion(row, str(entries[row.pk].pk), {"note": note}) for row in rows]
        notify_many(code, occasions, actor=actor, at=at)
        _tell_relieved(moves, verb, entries, rows, had, actor=actor, at=at)
    forget(actor)


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
    entry = _changed(row, values, code, actor=actor, at=at, note=note)
    row.save(update_fields=[*entry.after, "updated_at"])
    entry.save(force_insert=True)
    return entry


def _changed(row: models.Model, values: Values, code: str, **told: Any) -> Entry:
    """Sets the values on the row, in memory, and gives the entry that tells which were new."""
    before = {name: value_of(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    changed = sorted(name for name in values if before[name] != value_of(row, name))
    return entry_of(
        code,
        row,
        before={name: before[name] for name in changed},
        after={name: value_of(row, name) for name in changed},
        **told,
    )


def write_many(rows: Sequence[models.Model], names: Collection[str]) -> None:
    """The fields `names` of many rows (one at least), as they stand in memory, in one UPDATE.

    Raises LookupError if a row is not there any more. Fields that are arrays do not go this way.
    """
    meta = type(rows[0])._meta
    key: Any = meta.pk
    fields: list[Any] = [meta.get_field(name) for name in sorted(names)]
    columns = [Identifier(field.column) for field in fields]
    # Without its length: a cast would cut what is too long, where the column refuses it.
    types = [field.rel_db_type(connection).partition("(")[0] for field in [key, *fields]]
    update = WRITE.format(
        table=Identifier(meta.db_table),
        key=Identifier(key.column),
        columns=SQL(", ").join(columns),
        values=SQL(", ").join(SQL("new.{}").format(column) for column in columns),
        given=SQL(", ").join(SQL("%s::{}[]").format(SQL(one)) for one in types),
    )
    values = [
        [field.get_db_prep_save(field.pre_save(row, False), connection) for row in rows]
        for field in [key, *fields]
    ]
    with connection.cursor() as cursor:
        cursor.execute(update, values)
        if cursor.rowcount != len(rows):
            raise LookupError(f"{len(rows) - cursor.rowcount} rows are not there any more")


def _holders(m: Move, rows: Sequence[models.Model]) -> set[Reader]:
    """Who holds what the move may take away."""
    return set(m.relieves.who(_again(rows))) if m.relieves else set()


def _again(rows: Sequence[models.Model]) -> models.QuerySet[Any]:
    return type(rows[0])._base_manager.filter(pk__in=[row.pk for row in rows])


def _tell_relieved(
    moves: Moves,
    verb: str,
    entries: Mapping[int, Entry],
    rows: Sequence[Any],
    had: set[Reader],
    *,
    actor: Any,
    at: datetime,
) -> None:
    """Those who still have it have lost nothing; those who may not see the row now hear nothing,
    unless they would go on with it."""
    if not had:
        return
    lost = had - _holders(moves[verb], rows)
    told = list(lost) if moves[verb].farewell else _who_see(lost, rows)
    occasions = [
        Occasion(row, str(entries[row.pk].pk), {"note": entries[row.pk].note})
        for row in rows
        if row.pk in {one.row for one in told}
    ]
    if occasions:
        notify_many(moves.code_of(RELIEVED), occasions, actor=actor, at=at, readers=told)


def _who_see(lost: Collection[Reader], rows: Sequence[Any]) -> list[Reader]:
    seen = {
        (person.pk, pk)
        for person in get_user_model().objects.filter(pk__in={one.person for one in lost})
        for pk in _seen(person, [one.row for one in lost if one.person == person.pk], rows)
    }
    return [one for one in lost if (one.person, one.row) in seen]


def _seen(person: Any, keys: Sequence[int], rows: Sequence[Any]) -> list[int]:
    sights = type(rows[0])._default_manager.visible_to(person)
    return list(sights.filter(pk__in=keys).values_list("pk", flat=True))


def value_of(row: models.Model, name: str) -> Any:
    """A foreign key by its pk, so that comparing costs no query."""
    field = row._meta.get_field(name)
    return getattr(row, field.attname) if isinstance(field, models.Field) else getattr(row, name)
