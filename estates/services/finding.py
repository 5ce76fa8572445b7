"""A home by the words that somebody says at the telephone."""

from __future__ import annotations

import re
from typing import Any

from estates.models import Unit

PARTS = re.compile(r"[0-9A-Za-z]+")


def find_homes(words: str, homes: Any) -> list[Unit]:
    """Of `homes`, those whose building, entrance and room are these, in this order; a room alone
    will do."""
    parts = PARTS.findall(words)
    if not parts:
        return []
    rooms = homes.with_address().filter(number__iexact=parts[-1])
    return [unit for unit in rooms if _fits(parts, PARTS.findall(unit.label))]


def _fits(parts: list[str], label: list[str]) -> bool:
    """3-1204 fits 3 栋 2 单元 1204; 2-1204 does not."""
    wanted = [part.lower() for part in parts]
    known = [part.lower() for part in label]
    return wanted[:-1] == known[: len(wanted) - 1]
