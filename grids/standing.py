"""Where a person stands in the grids, to the minute; read once per request.

A leader sees the households of the grid and of its micro-grids, a member those of the micro-grid,
a steward only names and rooms of a building or an entrance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from grids.states import STEWARDS, Duty
from workflow.standing import register_stands, stands


@dataclass(frozen=True)
class Stand:
    """One posting. `below` are the grid itself and the micro-grids in it."""

    grid_id: int
    duty: str
    community_id: int
    building_id: int | None
    entrance_id: int | None
    below: frozenset[int]


def stands_of(user: Any) -> list[Stand]:
    return [
        Stand(
            row["grid"],
            row["duty"],
            row["community"],
            row["building"],
            row["entrance"],
            frozenset({row["grid"], *row["micro"]}),
        )
        for row in stands(user, "grids.postings")
    ]


def register() -> None:
    """Called in ready()."""
    grids, postings = (apps.get_model("grids", name) for name in ("Grid", "GridPosting"))
    register_stands(
        "grids.postings",
        postings.objects.of,
        grid="grid",
        duty="duty",
        community="grid__community",
        building="building",
        entrance="entrance",
        micro=ArraySubquery(grids.objects.filter(parent=OuterRef("grid")).values("pk")),
    )


def works_in_grids(user: Any) -> bool:
    return bool(stands_of(user))


def grids_led(user: Any) -> set[int]:
    """The grids that a person leads, with the micro-grids in them."""
    return {pk for s in stands_of(user) if s.duty == Duty.LEADER for pk in s.below}


def grids_kept(user: Any) -> set[int]:
    """The micro-grids whose households somebody looks after as a member."""
    return {pk for s in stands_of(user) if s.duty == Duty.MEMBER for pk in s.below}


def grids_seen(user: Any) -> set[int]:
    """Those whose households somebody sees, with what is known of them."""
    return grids_led(user) | grids_kept(user)


def stairs_of(user: Any) -> list[Stand]:
    """What a steward is posted to."""
    return [s for s in stands_of(user) if s.duty in STEWARDS]
