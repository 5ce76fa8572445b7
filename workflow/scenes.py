"""What each app brings to the demo, which apps register in ready().

    register_scene(Scene("safety", 20, lay_rounds))

Scenes are laid in their order, each on the same `Stage`. A scene writes at once what stands before
anything happens, and notes into the script what happens: steps of all scenes are played together
once the last is laid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from random import Random
from typing import Any, Protocol

from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import File

from common.worktime import WorkHours

# Drawn when the step is played; what is not played is not drawn.
Picture = Callable[[], File[bytes]]


class Cast(Protocol):
    """Who plays. Phones are of a block that nobody has, each given out once."""

    def role(self, username: str, display_name: str, **fields: bool) -> Any:
        """A new account of somebody whom the demo names; all have the same password."""

    def person(self, username: str) -> Any:
        """Whom an earlier scene has made."""

    def residents(self, people: Sequence[tuple[str, str]]) -> list[Any]:
        """New accounts for these names and phones; they sign in by code, not by password."""

    def name(self, *, surname: str = "", age: str = "middle") -> str:
        """Somebody's who does not exist; `age` is older, middle or younger."""

    def phone(self) -> str: ...


class Clock(Protocol):
    """A place's clock as seen from now. The moments it gives fall where people are awake and desks
    are open."""

    @property
    def now(self) -> datetime: ...

    @property
    def hours(self) -> WorkHours: ...

    def ago(self, *, days: int = 0, hours: float = 0, minutes: int = 0) -> datetime:
        """That much work ago: always a moment at which the desk was open."""

    def on(self, days_ago: int, clock: str) -> datetime:
        """09:20 of a day before today, working or not."""

    def next_visit(self) -> tuple[datetime, datetime]:
        """The next hour that suits a visit."""

    def some_moment(self, day: datetime) -> datetime:
        """At an hour of `day` when people report."""

    def awake(self, moment: datetime) -> datetime:
        """The same moment, or the next morning if it is in the night."""


class Script(Protocol):
    """Steps are noted in any order and happen in the order of their times; of those at the same
    time, the one noted first. A step of the future happens now."""

    @property
    def rows(self) -> dict[str, Any]:
        """What steps have made, by the key they were noted with. Keys begin with the app's name."""

    def note(self, at: datetime, step: Callable[[], object]) -> None: ...

    def do(
        self,
        at: datetime,
        service: Callable[..., Any],
        *,
        by: Any,
        row: str = "",
        gives: str = "",
        photos: Sequence[Picture] = (),
        **words: Any,
    ) -> None:
        """`service(rows[row], actor=by, at=at, **words)`; what it returns becomes `rows[gives]`.

        Without `row` the service takes none. `photos` are taken then and there, and their keys
        handed on.
        """

    def sweep(self, sweep: Callable[[datetime], object]) -> None:
        """What it would have done by now."""


class Stage(Protocol):
    """What a scene is laid with."""

    @property
    def now(self) -> datetime: ...

    @property
    def dice(self) -> Random:
        """One for all scenes, rolled in their order, so that every demo is the same."""

    @property
    def cast(self) -> Cast: ...

    @property
    def script(self) -> Script: ...

    @property
    def props(self) -> dict[str, Any]:
        """What scenes leave for later ones, by the name of their app."""

    def clock(self, hours: WorkHours) -> Clock: ...


@dataclass(frozen=True)
class Scene:
    """`lay(stage)` may use what scenes of a lower order have laid. Leave room between orders: a
    scene shakes the dice of those behind it."""

    name: str
    order: int
    lay: Callable[[Stage], None]


_scenes: dict[str, Scene] = {}


def register_scene(*scenes: Scene) -> None:
    """Called in the app's ready()."""
    for scene in scenes:
        if _scenes.setdefault(scene.name, scene) != scene:
            raise ImproperlyConfigured(f"Two scenes are called {scene.name}.")


def scenes() -> list[Scene]:
    return sorted(_scenes.values(), key=attrgetter("order", "name"))
