"""Where somebody stands is read once, in one statement, and kept with the user of a request.

What stands where is for the apps to say: each registers a set of rows of a person (postings, homes,
grids), and all of them are read together when the first is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, TypeVar

from django.db.models import QuerySet, Value
from django.db.models.functions import JSONObject

T = TypeVar("T")
KEPT = "_standing"
TOGETHER = "workflow.stands"

_stands: dict[str, tuple[Callable[[Any], QuerySet[Any]], dict[str, Any]]] = {}


def register_stands(name: str, rows: Callable[[Any], QuerySet[Any]], **facts: Any) -> None:
    """`rows(user)` are those of a person now; `facts` are expressions of each, by name. Called in
    ready(), before anybody asks."""
    _stands[name] = (rows, facts)


def stands(user: Any, name: str) -> list[Any]:
    """The facts of somebody's rows of that name: dicts of plain values."""
    if not user.pk:
        return []
    return read_once(user, TOGETHER, lambda: _read(user)).get(name, [])


def _read(user: Any) -> dict[str, list[Any]]:
    """One statement, whoever asks first: a set each, joined by UNION."""
    sets: list[Any] = [
        rows(user).order_by().values_list(Value(name), JSONObject(**facts))
        for name, (rows, facts) in _stands.items()
    ]
    found: dict[str, list[Any]] = {}
    for name, facts in reduce(lambda some, more: some.union(more, all=True), sets):
        found.setdefault(name, []).append(facts)
    return found


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
