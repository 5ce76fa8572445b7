"""The entries of the bars, which apps register in ready(), and who gets which bar.

An entry exists because its page does; nothing here knows any app. What the bars count is read from
the cache in one go, at most KEPT seconds old, and forgotten sooner when something is told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby, product
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from redis import RedisError

logger = logging.getLogger(__name__)

RESIDENT = "resident"
STAFF = "staff"
COOKIE = "shell"
# Seconds.
KEPT = 30


@dataclass(frozen=True)
class NavItem:
    """One entry; `count` is the number beside it, read with all others at most every KEPT seconds.
    It must equal what the list behind the entry shows."""

    label: str | Promise
    icon: str
    url_name: str
    shell: str
    order: int
    section: str | Promise = ""
    visible: Callable[[HttpRequest], bool] = lambda request: True
    count: Callable[[HttpRequest], int] | None = None


@dataclass
class Registry:
    items: list[NavItem] = field(default_factory=list)
    numbers: dict[str, Callable[[HttpRequest], int]] = field(default_factory=dict)
    is_staff: Callable[[HttpRequest], bool] = lambda request: False
    is_resident: Callable[[HttpRequest], bool] = lambda request: True
    place: Callable[[HttpRequest], str] = lambda request: ""


registry = Registry()


def register(*items: NavItem) -> None:
    registry.items.extend(item for item in items if item not in registry.items)


def register_number(name: str, count: Callable[[HttpRequest], int]) -> None:
    """A number of the bars that is no entry's, such as the bell's."""
    registry.numbers[name] = count


def register_standing(
    *,
    is_staff: Callable[[HttpRequest], bool],
    is_resident: Callable[[HttpRequest], bool],
    place: Callable[[HttpRequest], str],
) -> None:
    """Who gets the staff's bar, who the residents', and the name of where they are."""
    registry.is_staff, registry.is_resident, registry.place = is_staff, is_resident, place


# --- what is kept of the bars


def _key(pk: int, shell: str, language: str) -> str:
    return f"bars:{pk}:{shell}:{language}"


def forget(people: Iterable[int]) -> None:
    """Their next page counts afresh; call it when something was told to them, or done by them."""
    languages = [code for code, _name in settings.LANGUAGES]
    keys = [_key(*one) for one in product(people, (RESIDENT, STAFF), languages)]
    try:
        cache.delete_many(keys)
    except RedisError:
        logger.warning("the cache is away; the bars may be %d seconds old", KEPT)


def know(request: HttpRequest, url_name: str, number: int) -> None:
    """The page has just counted it itself; its bar says the same."""
    known = getattr(request, "known_numbers", {})
    request.known_numbers = {**known, url_name: number}  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Entry:
    label: str
    icon: str
    url: str
    section: str
    current: bool
    count: int | None


class Navigation:
    """The bars of one request; worked out when a template first asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def signed_in(self) -> bool:
        user = getattr(self.request, "user", None)
        return bool(user and user.is_authenticated)

    @cached_property
    def is_staff(self) -> bool:
        return self.signed_in and registry.is_staff(self.request)

    @cached_property
    def can_switch(self) -> bool:
        return self.is_staff and registry.is_resident(self.request)

    @cached_property
    def shell(self) -> str:
        if not self.is_staff:
            return RESIDENT
        chose_home = self.request.COOKIES.get(COOKIE) == RESIDENT
        return RESIDENT if chose_home and self.can_switch else STAFF

    @cached_property
    def place(self) -> str:
        """Empty where it is not known yet who asks: on the page of an early error."""
        if not self.signed_in:
            return registry.place(self.request) if hasattr(self.request, "user") else ""
        return str(self.kept["place"])

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        known: Mapping[str, int] = getattr(self.request, "known_numbers", {})
        return {**self.kept["numbers"], **known} if self.signed_in else {}

    @cached_property
    def kept(self) -> dict[str, Any]:
        """Place and numbers of this side of the portal. Without a cache, counted for every page."""
        key = _key(self.request.user.pk or 0, self.shell, get_language() or "")
        try:
            found: dict[str, Any] | None = cache.get(key)
            if found is None:
                found = self._read()
                cache.set(key, found, KEPT)
        except RedisError:
            found = self._read()
        return found

    def _read(self) -> dict[str, Any]:
        counts = {item.url_name: item.count for item in self.items if item.count}
        return {
            "place": registry.place(self.request),
            "numbers": {
                name: count(self.request) for name, count in {**registry.numbers, **counts}.items()
            },
        }

    @cached_property
    def items(self) -> list[NavItem]:
        return [
            item
            for item in sorted(registry.items, key=attrgetter("order"))
            if item.shell == self.shell and item.visible(self.request)
        ]

    @cached_property
    def entries(self) -> list[Entry]:
        if not self.signed_in:
            return []
        urls = [reverse(item.url_name) for item in self.items]
        here = self._here(urls)
        return [
            Entry(
                label=str(item.label),
                icon=item.icon,
                url=url,
                section=str(item.section),
                current=url == here,
                count=self.numbers.get(item.url_name) if item.count else None,
            )
            for item, url in zip(self.items, urls, strict=True)
        ]

    @cached_property
    def sections(self) -> list[tuple[str, list[Entry]]]:
        return [(name, list(group)) for name, group in groupby(self.entries, attrgetter("section"))]

    def _here(self, urls: list[str]) -> str:
        """The entry whose address begins this page's; the longest if several do."""
        path = self.request.path
        begins = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
        return max(begins, key=len, default="")
