"""What else somebody may want to say, beside the repairs of the report form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from workflow.panels import everybody


@dataclass(frozen=True)
class Tile:
    """A way to another form, on the residents' home and under the tiles of the report form."""

    label: str | Promise
    icon: str
    url_name: str
    order: int
    visible: Callable[[Any], bool] = everybody

    @property
    def url(self) -> str:
        return reverse(self.url_name)


_tiles: dict[str, Tile] = {}


def register_tiles(*tiles: Tile) -> None:
    """Called in ready(), once per form."""
    _tiles.update({tile.url_name: tile for tile in tiles})


def tiles_of(user: Any) -> list[Tile]:
    here = (tile for tile in _tiles.values() if tile.visible(user))
    return sorted(here, key=attrgetter("order", "url_name"))
