"""The entries of the bars, which apps register in ready(), and who gets which bar.

An entry exists because its page does; nothing here knows any app.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import attrgetter

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

RESIDENT = "resident"
STAFF = "staff"
COOKIE = "shell"


@dataclass(frozen=True)
class NavItem:
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
    is_staff: Callable[[HttpRequest], bool] = lambda request: False
    is_resident: Callable[[HttpRequest], bool] = lambda request: True
    place: Callable[[HttpRequest], str] = lambda request: ""


registry = Registry()


def register(*items: NavItem) -> None:
    registry.items.extend(item for item in items if item not in registry.items)


def register_standing(
    *,
    is_staff: Callable[[HttpRequest], bool],
    is_resident: Callable[[HttpRequest], bool],
    place: Callable[[HttpRequest], str],
) -> None:
    """Who gets the staff's bar, who the residents', and the name of where they are."""
    registry.is_staff, registry.is_resident, registry.place = is_staff, is_resident, place


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
        return registry.place(self.request) if hasattr(self.request, "user") else ""

    @cached_property
    def entries(self) -> list[Entry]:
        if not self.signed_in:
            return []
        items = [
            item
            for item in sorted(registry.items, key=attrgetter("order"))
            if item.shell == self.shell and item.visible(self.request)
        ]
        urls = [reverse(item.url_name) for item in items]
        here = self._here(urls)
        return [
            Entry(
                label=str(item.label),
                icon=item.icon,
                url=url,
                section=str(item.section),
                current=url == here,
                count=item.count(self.request) if item.count else None,
            )
            for item, url in zip(items, urls, strict=True)
        ]

    @cached_property
    def sections(self) -> list[tuple[str, list[Entry]]]:
        return [(name, list(group)) for name, group in groupby(self.entries, attrgetter("section"))]

    def _here(self, urls: list[str]) -> str:
        """The entry whose address begins this page's; the longest if several do."""
        path = self.request.path
        begins = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
        return max(begins, key=len, default="")
