"""The numbers by which people call a row: R2026-000123, counted per noun, year and owner."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Length

from estates.models import Community, Estate, NumberSeries

DIGITS = 6


def next_numbers(
    noun: str, taken: QuerySet[Any], *, letters: str, of: Estate | Community, year: int, count: int
) -> list[str]:
    """`count` numbers in a row, none of which stands in the field `number` of `taken` yet.

    Call it in the transaction that uses them: the series stays locked, so whoever else wants a
    number of it waits, and none is left out while transactions succeed. What others have given
    under the same letters, before these were the owner's, is passed over.
    """
    owner: dict[str, Any] = {"estate" if isinstance(of, Estate) else "community": of}
    NumberSeries.objects.get_or_create(noun=noun, year=year, **owner)
    series = NumberSeries.objects.select_for_update().get(noun=noun, year=year, **owner)
    numbers = _after(series.last, letters, year, count)
    if taken.filter(number__in=numbers).exists():
        series.last = _highest(taken, letters, year)
        numbers = _after(series.last, letters, year, count)
    series.last += count
    series.save(update_fields=["last"])
    return numbers


def _after(last: int, letters: str, year: int, count: int) -> list[str]:
    return [f"{letters}{year}-{n:0{DIGITS}d}" for n in range(last + 1, last + 1 + count)]


def _highest(taken: QuerySet[Any], letters: str, year: int) -> int:
    """A longer number is a higher one: beyond 999,999 there are seven digits."""
    beginning = f"{letters}{year}-"
    given = taken.filter(number__startswith=beginning).order_by(Length("number").desc(), "-number")
    return int(given.values_list("number", flat=True)[0].removeprefix(beginning))
