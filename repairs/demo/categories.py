"""What may be reported in the estates of the demo: the default tree."""

from __future__ import annotations

from estates.models import Estate
from repairs.models import Category


def categories_of(estate: Estate) -> dict[str, Category]:
    return {category.code: category for category in Category.objects.filter(estate=estate)}
