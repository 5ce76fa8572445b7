"""Pages by key: the rows after a row, however many stand before it, and no count of them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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

    def token(self, row: Any) -> str:
        value = getattr(row, self.field)
        words = value.isoformat() if hasattr(value, "isoformat") else str(value)
        return words if self.field == "pk" else f"{words}~{row.pk}"

    def after(self, token: str) -> Q:
        """Rows that follow the one of `token`; a token that cannot be read is the beginning."""
        value, _tilde, pk = token.partition("~")
        try:
            if self.field == "pk":
                return Q(pk__lt=int(value))
            key, last = self.parse(value), key_of(pk)
        except ValueError:
            return Q()
        if last is None:
            return Q()
        further = Q(**{f"{self.field}__{'lt' if self.descending else 'gt'}": key})
        return further | Q(**{self.field: key, "pk__lt": last})


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    next: str


def page(rows: QuerySet[Any], order: Order, token: str, size: int) -> Page:
    """`size` rows after `token`, and the token of the page behind them, empty at the end."""
    chosen = rows.filter(order.after(token)) if token else rows
    found = list(chosen.order_by(*order.by)[: size + 1])
    more = len(found) > size
    return Page(found[:size], order.token(found[size - 1]) if more else "")


class CursorPages(CursorPagination):
    """The API's pages by key: a cursor made by hand is not found rather than an error."""

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, ValidationError) as error:
            raise NotFound(self.invalid_cursor_message) from error
