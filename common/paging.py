"""Pages by key: the rows after a row, however many stand before it, and no count of them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from common.keys import key_of


@dataclass(frozen=True)
class Order:
    """Rows by `field`, then by pk; `parse` reads a value of the field back from an address."""

    field: str
    parse: Callable[[str], Any]
    descending: bool = False

    @property
    def by(self) -> list[str]:
        sign = "-" if self.descending else ""
        return ["-pk"] if self.field == "pk" else [f"{sign}{self.field}", "-pk"]

    def token(self, key: Mapping[str, Any]) -> str:
        """`key` holds the pk and the field, as the statement found them."""
        value = key[self.field]
        words = value.isoformat() if hasattr(value, "isoformat") else str(value)
        return words if self.field == "pk" else f"{words}~{key['pk']}"

    def after(self, token: str) -> Q:
        """Rows that follow the one of `token`; a token that cannot be read is the beginning."""
        value, _tilde, pk = token.partition("~")
        last = key_of(value if self.field == "pk" else pk)
        try:
            key = self.parse(value)
        except ValueError:
            return Q()
        if last is None:
            return Q()
        if self.field == "pk":
            return Q(pk__lt=last)
        further = Q(**{f"{self.field}__{'lt' if self.descending else 'gt'}": key})
        return further | Q(**{self.field: key, "pk__lt": last})


NEWEST = Order("pk", int)


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    next: str


Dress = Callable[[QuerySet[Any]], QuerySet[Any]]


def as_they_are(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows


def page(
    rows: QuerySet[Any], order: Order, token: str, size: int, dressed: Dress = as_they_are
) -> Page:
    """`size` rows after `token`, and the token of the page behind them, empty at the end.

    Keys first: filter and order are asked of the rows' own table and its indexes, and only what is
    shown is joined, by `dressed`, with what is shown of it.
    """
    chosen = rows.filter(order.after(token)) if token else rows
    # The next page begins where these keys end, whatever becomes of the rows meanwhile.
    keys = list(chosen.order_by(*order.by).values("pk", *{order.field} - {"pk"})[: size + 1])
    found = of_keys(rows, [key["pk"] for key in keys[:size]], dressed)
    return Page(found, order.token(keys[size - 1]) if len(keys) > size else "")


def first(
    rows: QuerySet[Any], by: Sequence[Any], size: int, dressed: Dress = as_they_are
) -> list[Any]:
    """The first rows in an order."""
    return of_keys(rows, keys_of(rows, by, size), dressed)


def keys_of(rows: QuerySet[Any], by: Sequence[Any], size: int) -> list[Any]:
    return list(rows.order_by(*by).values_list("pk", flat=True)[:size])


def of_keys(rows: QuerySet[Any], keys: Sequence[Any], dressed: Dress = as_they_are) -> list[Any]:
    """The rows of these keys, in their order; one that is gone meanwhile is left out."""
    found = by_key(rows, keys, dressed)
    return [found[key] for key in keys if key in found]


def by_key(
    rows: QuerySet[Any], keys: Sequence[Any], dressed: Dress = as_they_are
) -> dict[Any, Any]:
    """A statement of its own: of a subquery beside many joins PostgreSQL joins all rows first."""
    return {row.pk: row for row in dressed(rows.model._default_manager.filter(pk__in=keys))}


def number_of(rows: QuerySet[Any], shown: Sequence[Any], most: int) -> int:
    """How many there are, counted only where the page, which shows `most`, may not show all."""
    return len(shown) if len(shown) < most else rows.count()


def every(
    rows: QuerySet[Any], order: Order, dressed: Dress = as_they_are, size: int = 500
) -> Iterator[Any]:
    """All rows in their order, in flat memory: the keys by a cursor, the rest a part at a time."""
    keys = rows.order_by(*order.by).values_list("pk", flat=True).iterator(chunk_size=size)
    while some := list(islice(keys, size)):
        yield from of_keys(rows, some, dressed)


class CursorPages(CursorPagination):
    """The API's pages by key: a cursor made by hand is not found rather than an error."""

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, ValidationError) as error:
            raise NotFound(self.invalid_cursor_message) from error
