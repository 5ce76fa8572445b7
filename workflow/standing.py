"""Where somebody stands is read once and kept with the user of a request.

What stands where is for the apps to say: estates read postings and homes, later ones their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
KEPT = "_standing"


def read_once(user: Any, name: str, read: Callable[[], T]) -> T:
    """What `read` gives; asked of the database the first time only."""
    kept: dict[str, Any] | None = getattr(user, KEPT, None)
    if kept is None:
        kept = {}
        setattr(user, KEPT, kept)
    if name not in kept:
        kept[name] = read()
    found: T = kept[name]
    return found


def forget(user: Any) -> None:
    """Something was written that may have moved this person: the next question reads anew."""
    if getattr(user, KEPT, None) is not None:
        setattr(user, KEPT, None)
