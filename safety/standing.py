"""Where a person stands in safety: the plans that they lead, the drills in which they have a part;
read once per request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps

from grids.standing import stands_of
from volunteers.standing import memberships_of
from workflow.standing import read_once, register_stands, stands

# They see all rounds of their estates; others those that they walk or lead.
SAFETY = ("manager", "inspector")
INSPECTOR = "inspector"


@dataclass(frozen=True)
class Part:
    """One role in a drill; of a building if it names one."""

    drill_id: int
    role: str
    building_id: int | None


def plans_led(user: Any) -> set[int]:
    if not user.pk:
        return set()
    rows = apps.get_model("safety", "Plan").objects.filter(lead_id=user.pk)
    return read_once(user, "safety.led", lambda: set(rows.values_list("pk", flat=True)))


def register() -> None:
    """Called in ready()."""
    roles = apps.get_model("safety", "DrillRole")
    register_stands(
        "safety.drill_roles",
        roles.objects.of,
        drill="drill",
        role="role",
        building="building",
    )


def parts_of(user: Any) -> list[Part]:
    rows = stands(user, "safety.drill_roles")
    return [Part(row["drill"], row["role"], row["building"]) for row in rows]


def drills_served(user: Any) -> set[int]:
    """The drills in which they have a role."""
    return {part.drill_id for part in parts_of(user)}


def communities_helped(user: Any) -> set[int]:
    """Where they look after households, or volunteer."""
    grids = {stand.community_id for stand in stands_of(user)}
    return grids | {one.community_id for one in memberships_of(user)}
