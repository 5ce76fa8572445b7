"""How many, of several lists, in one statement."""

from __future__ import annotations

from functools import reduce
from typing import Any

from django.db.models import Count, QuerySet, Value


def tally(**sets: QuerySet[Any]) -> dict[str, int]:
    """The number of rows of each."""
    counted = [
        rows.order_by().values(of=Value(name)).annotate(n=Count("pk")).values_list("of", "n")
        for name, rows in sets.items()
    ]
    whole = reduce(lambda some, more: some.union(more, all=True), counted)
    return dict.fromkeys(sets, 0) | {name: n for name, n in whole if n}
