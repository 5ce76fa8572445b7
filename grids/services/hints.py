"""The plain words that people see who see nothing else of it, where somebody agreed to them."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet
from django.utils import timezone

from grids.models import CareFlag


def two_people(units: Collection[int]) -> set[int]:
    """Of these units, those to which technicians come in pairs."""
    return _units(units, hint_two=True) if units else set()


def needs_help(units: Collection[int]) -> set[int]:
    """Of these units, those where somebody does not come down alone."""
    return _units(units, hint_help=True) if units else set()


def _units(units: Collection[int], **hint: bool) -> set[int]:
    found = _confirmed().filter(occupant__unit__in=units, **hint)
    return set(found.values_list("occupant__unit", flat=True))


def _confirmed() -> QuerySet[CareFlag]:
    return CareFlag.objects.confirmed(timezone.localdate())
