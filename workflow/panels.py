"""The parts of somebody's home, which apps register in ready().

    register_panels(Panel("safety.rounds", 20, rules.walks, "safety/panels/rounds.html", rounds))

A person sees those of all their duties. What a panel counts is what the list it opens shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from common.navigation import RESIDENT, STAFF


@dataclass(frozen=True)
class Figure:
    """A number at the head of a home; `late` makes it red while it is not nought."""

    label: str | Promise
    number: int
    url: str
    late: bool = False


@dataclass(frozen=True)
class Action:
    """The one green button of a home: that of the first panel that has one."""

    label: str | Promise
    icon: str
    url_name: str
    key: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True)
class Panel:
    """`visible(user)` costs no statement; `context(user, at)` is read for those who see it, and
    stands in the template as `panel`. Its `figures` and `whereabouts`, if any, go to the head of
    the page: a panel of nothing else needs no template. One whose context is empty is left out.
    """

    name: str
    order: int
    visible: Callable[[Any], bool]
    template: str
    context: Callable[[Any, datetime], Mapping[str, Any]]
    side: str = STAFF
    action: Action | None = None


@dataclass
class Home:
    """What one person's home is made of."""

    panels: list[tuple[Panel, Mapping[str, Any]]] = field(default_factory=list)

    @property
    def figures(self) -> list[Figure]:
        return [figure for _panel, shown in self.panels for figure in shown.get("figures", ())]

    @property
    def is_idle(self) -> bool:
        """Nothing waits: there is neither a panel nor a figure."""
        return not self.shown and not any(figure.number for figure in self.figures)

    @property
    def whereabouts(self) -> str:
        """Where the reader is at home, in a line."""
        said = (shown.get("whereabouts", "") for _panel, shown in self.panels)
        return next(filter(None, said), "")

    @property
    def shown(self) -> list[tuple[str, Mapping[str, Any]]]:
        return [(panel.template, shown) for panel, shown in self.panels if panel.template and shown]

    @property
    def action(self) -> Action | None:
        return next((panel.action for panel, _shown in self.panels if panel.action), None)


_panels: dict[str, Panel] = {}


def register_panels(*panels: Panel) -> None:
    """Called in ready(), once per panel."""
    _panels.update({panel.name: panel for panel in panels})


def panels_of(user: Any, side: str) -> list[Panel]:
    here = (panel for panel in _panels.values() if panel.side == side and panel.visible(user))
    return sorted(here, key=attrgetter("order", "name"))


def home_of(user: Any, side: str, at: datetime) -> Home:
    return Home([(panel, panel.context(user, at)) for panel in panels_of(user, side)])


def everybody(user: Any) -> bool:
    return True


__all__ = [
    "RESIDENT",
    "STAFF",
    "Action",
    "Figure",
    "Home",
    "Panel",
    "everybody",
    "home_of",
    "panels_of",
    "register_panels",
]
