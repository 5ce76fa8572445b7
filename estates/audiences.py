"""Who a message goes to: named sets of people for each of some rows, joined by UNION.

    tickets = Ticket.objects.filter(pk__in=keys)  # one of them, or ten thousand
    told = posted(tickets, "estate", "manager") | one(tickets, "assignee")
    told.within(watchers(tickets))

Each set starts from the rows and is read by an index of its own; nothing is asked of the table of
all users but the few rows that are found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from estates.querysets import current, holding
from estates.standing import today
from notifications.services import Reader

Rows = QuerySet[Any]
Pairs = QuerySet[Any, Any]

HOME = "unit__entrance__building__estate"
# Querysets joined by UNION cannot be joined further, so people's languages are fetched around them.
READERS = """
    SELECT told.row, person.id, person.language FROM ({}) AS told (row, person)
    JOIN accounts_user person ON person.id = told.person WHERE person.is_active
"""


@dataclass(frozen=True)
class Audience:
    """Some people of some rows, as querysets of pairs (row, user); without any it is nobody."""

    sets: tuple[Pairs, ...] = ()

    def __or__(self, other: Audience) -> Audience:
        return Audience(self.sets + other.sets)

    def __iter__(self) -> Iterator[Reader]:
        return iter(self.readers())

    def pairs(self) -> Pairs:
        sets = self.sets or (User.objects.none().values_list("pk", "pk"),)
        return sets[0].union(*sets[1:]) if len(sets) > 1 else sets[0]

    def within(self, bound: Audience) -> Audience:
        """Those of them who stand in `bound` too, for the same row."""
        return Audience((self.pairs().intersection(bound.pairs()),))

    def without(self, others: Audience) -> Audience:
        """Those of them who do not stand in `others`, for the same row."""
        return Audience((self.pairs().difference(others.pairs()),))

    def readers(self) -> list[Reader]:
        """Whose accounts are closed are left out. One statement."""
        try:
            pairs, values = self.pairs().query.sql_with_params()
        except EmptyResultSet:
            return []
        with connection.cursor() as cursor:
            cursor.execute(READERS.format(pairs), values)
            return [Reader(*found) for found in cursor.fetchall()]


Who = Callable[[Rows], Audience]


def both(*parts: Who) -> Who:
    def told(rows: Rows) -> Audience:
        return reduce(or_, (part(rows) for part in parts))

    return told


def of(rows: Rows, person: str, *conditions: Q) -> Audience:
    """The people to whom the path `person` leads from the rows, if what lies on it holds."""
    # In one call: each call of filter() would follow a path of many anew.
    found = rows.filter(*conditions, **{f"{person}__isnull": False})
    return Audience((found.order_by().values_list("pk", person),))


def posted(rows: Rows, estate: str, *duties: str, trade: str | F = "") -> Audience:
    """Who works for the rows' estates, or for the communities around them, today; in one of
    `duties` if any are named, and in the `trade` if one is. `estate` is the path to the estate."""

    def working(path: str) -> Audience:
        return of(rows, f"{path}__user", _holding(path, duties, trade))

    return working(f"{estate}__postings") | working(f"{estate}__community__postings")


def working_at(rows: Rows, person: str, estate: str) -> Audience:
    """Of the people whom the path `person` names, those who work for the row's estate today."""

    def working(place: str, here: str) -> Audience:
        path = f"{person}__postings"
        there = Q(**{f"{path}__{place}": F(here)})
        return of(rows, person, _holding(path), there)

    return working("estate", estate) | working("community", f"{estate}__community")


def _holding(path: str, duties: tuple[str, ...] = (), trade: str | F = "") -> Q:
    wanted = holding(timezone.now(), path)
    if duties:
        wanted &= Q(**{f"{path}__duty__in": duties})
    if trade:
        wanted &= Q(**{f"{path}__trades__contains": [trade]})
    return wanted


def living_in(rows: Rows, unit: str) -> Audience:
    """The people of the rows' homes who have signed up."""
    path = f"{unit}__occupants"
    return of(rows, f"{path}__user", current(today(), path))


def living_at(rows: Rows, person: str, estate: str) -> Audience:
    """Of the people whom the path `person` names, those at home in the row's estate today."""
    path = f"{person}__occupancies"
    here = Q(**{f"{path}__{HOME}": F(estate)})
    return of(rows, person, current(today(), path), here)
