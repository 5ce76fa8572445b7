"""What stands on the front door, for nobody in particular."""

from __future__ import annotations

from typing import Any

from estates.models import Estate

MOST_ESTATES = 5


def landing() -> dict[str, Any]:
    """The estates' names and the numbers to call; more is for those who are at home here."""
    estates = list(Estate.objects.order_by("pk")[:MOST_ESTATES])
    return {"estates": estates, "numbers": [estate for estate in estates if estate.phone]}
