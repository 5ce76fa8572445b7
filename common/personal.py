"""What an app holds of a person: how they take it along, and how it is let go of.

Each app whose models name personal fields registers both in ready(); a test fails otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class Page:
    """Where a person reads something of it, for the section “My data”; `part` is the id there."""

    label: str | Promise
    icon: str
    url_name: str
    part: str = ""

    @property
    def url(self) -> str:
        return f"{reverse(self.url_name)}{'#' if self.part else ''}{self.part}"


@dataclass(frozen=True)
class Held:
    """`export(user)` gives plain data; `erase(user)` runs in the transaction of the erasure, before
    the account's own name is gone, and keeps what is the estate's without the person in it."""

    export: Callable[[Any], Any]
    erase: Callable[[Any], object]
    page: Page | None = None


_held: dict[str, Held] = {}


def register(
    app: str,
    *,
    export: Callable[[Any], Any],
    erase: Callable[[Any], object],
    page: Page | None = None,
) -> None:
    """`app` is the label of the app, and the name of its part in the export."""
    _held[app] = Held(export, erase, page)


def pages() -> list[Page]:
    return [one.page for one in _held.values() if one.page]


def held() -> Mapping[str, Held]:
    return dict(_held)
