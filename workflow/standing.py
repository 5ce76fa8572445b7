"""Where somebody stands is read once, in one statement, and kept with the user of a request.

What stands where is for the apps to say: each registers a set of rows of a person (postings, homes,
grids), and all of them are read together when the first is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, reduce
from typing import Any, TypeVar

from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.functions import JSONObject
from django.utils import timezone

T = TypeVar("T")
KEPT = "_standing"
TOGETHER = "workflow.stands"

Rows = Callable[[Any, datetime], QuerySet[Any]]
_stands: dict[str, tuple[Rows, dict[str, Any]]] = {}


@dataclass(frozen=True)
class Somebody:
    """Whom the statement is made for. Nobody has this key: it is found among what it is given."""

    pk: int = -1_234_567_891


SOMEBODY = Somebody()
KINDS = (int, date, datetime)
# Nothing happened at this moment, nor on its day.
SOME_TIME = datetime(1907, 5, 3, 4, 5, 6, 789, tzinfo=UTC)


def register_stands(name: str, rows: Rows, **facts: Any) -> None:
    """`rows(user, at)` are those of a person at that moment; `facts` are expressions of each, by
    name. What else the rows go by must be the same for everybody, always: the statement is made
    once. Called in ready(), before anybody asks."""
    _stands[name] = (rows, facts)
    _made.cache_clear()


def stands(user: Any, name: str) -> list[Any]:
    """The facts of somebody's rows of that name: dicts of plain values."""
    if not user.pk:
        return []
    return read_once(user, TOGETHER, lambda: _read(user)).get(name, [])


def _read(user: Any) -> dict[str, list[Any]]:
    """One statement, whoever asks first."""
    sql, params = _made()
    at = timezone.now()
    now = {
        SOMEBODY.pk: user.pk,
        SOME_TIME: at,
        timezone.localdate(SOME_TIME): timezone.localdate(at),
    }
    found: dict[str, list[Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [now.get(one, one) if type(one) in KINDS else one for one in params])
        for name, facts in cursor.fetchall():
            found.setdefault(name, []).append(json.loads(facts))
    return found


@cache
def _made() -> tuple[str, tuple[Any, ...]]:
    """A set each, joined by UNION: its text, and what it is given. Compiled once, for to put the
    sets together costs more than to ask for them; two threads that are first make it twice."""
    whole = reduce(lambda some, more: some.union(more, all=True), sets_of(SOMEBODY, SOME_TIME))
    sql, params = whole.query.get_compiler(connection=connection).as_sql()
    return sql, tuple(params)


def sets_of(user: Any, at: datetime) -> list[Any]:
    return [
        rows(user, at).order_by().values_list(Value(name), JSONObject(**facts))
        for name, (rows, facts) in _stands.items()
    ]


def read_once(user: Any, name: str, read: Callable[[], T]) -> T:
    """What `read` gives; asked of the database the first time only."""
    kept: dict[str, Any] | None = getattr(user, KEPT, None)
    if kept is None:
        kept = {}
        setattr(user, KEPT, kept)
    if name not in kept:
        kept[name] = read()
    found: T = kept[name]
    return found


def forget(user: Any) -> None:
    """Something was written that may have moved this person: the next question reads anew."""
    if getattr(user, KEPT, None) is not None:
        setattr(user, KEPT, None)
