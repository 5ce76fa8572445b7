"""What is sealed, put under the first of CARE_KEYS; then older keys may go from the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import models, transaction

from common.secrets import rotate
from grids.models import PURPOSE, CareFlag, HeardNeed, Visit

SEALED: tuple[tuple[type[Any], str], ...] = (
    (CareFlag, "sealed_note"),
    (Visit, "sealed_words"),
    (HeardNeed, "sealed_words"),
)
AT_ONCE = 200


def rotate_all(tell: Callable[[int], None] = lambda count: None) -> int:
    """How many texts were put under the first key. Raises common.secrets.Unreadable at the first
    that no key opens; what was done before it stays done."""
    done = 0
    for model, column in SEALED:
        for keys in _pages(model.objects.exclude(**{column: ""})):
            with transaction.atomic():
                rows = model.objects.filter(pk__in=keys).order_by("pk")
                for row in rows.select_for_update(of=("self",), no_key=True):
                    fresh = rotate(getattr(row, column), purpose=PURPOSE)
                    model.objects.filter(pk=row.pk).update(**{column: fresh})
            done += len(keys)
            tell(done)
    return done


def how_many() -> int:
    return sum(model.objects.exclude(**{column: ""}).count() for model, column in SEALED)


def _pages(rows: models.QuerySet[Any]) -> Iterator[list[int]]:
    last = 0
    while keys := list(
        rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    ):
        yield keys
        last = keys[-1]
