"""Every verb of care flags and visits, from every state, by everybody, through every door."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from grids.lives import FLAG, VISIT
from grids.models import Household
from grids.states import Need
from tests import factories as make
from tests.people import World
from tests.workflow.lives import AT, LifecycleBattery

BLIND = (
    "resident",
    "neighbour",
    "stranger",
    "outsider",
    "dispatcher",
    "desk",
    "manager",
    "technician",
    "inspector",
    "far_member",
)
ROLES = ("grid_member", "grid_leader", "admin")
CARERS = set(ROLES)
LEADERS = {"grid_leader", "admin"}
KINDS = Need.values
numbers = count()


class TestFlag(LifecycleBattery):
    """A flag that the leader proposed, so that a member may not change it."""

    life = FLAG
    roles = ROLES
    blind = BLIND
    may = {
        "confirm": LEADERS,
        "refuse": LEADERS,
        "renew": LEADERS,
        "change": LEADERS,
        "agree": CARERS,
        "withdraw_consent": CARERS,
        "write": CARERS,
        "clear": LEADERS,
        "end": {*LEADERS, "portal"},
    }
    told = {
        "confirm": {"grid_leader"},
        "refuse": {"grid_leader"},
        "end": {"grid_member"},
    }
    api = "care-flags"
    docs = "grids.md"

    def row(self, world: World, state: str) -> Any:
        """Of a person of its own, for nobody has two of a kind."""
        person = make.make_occupant(world.home, name=f"刘奶奶{next(numbers)}")
        return make.make_flag(person, status=state, note="耳背", proposed_by=world.grid_leader)

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        today = timezone.localdate(AT)
        match verb:
            case "refuse" | "end":
                return {"reason": "mistake"}
            case "renew":
                return {"review_on": today + timedelta(days=100)}
            case "change":
                return {
                    "kind": "empty_nest",
                    "tier": "yellow",
                    "is_elder": True,
                    "source": "family",
                    "review_on": today + timedelta(days=60),
                }
            case "agree":
                return {
                    "consent_by": "儿子",
                    "consent_on": today,
                    "consent_how": "by_phone",
                    "hint_two": True,
                    "hint_help": False,
                }
            case "write":
                return {"note": "敲门要久一点"}
        return {}


class TestVisit(LifecycleBattery):
    life = VISIT
    roles = ROLES
    blind = BLIND
    may = {
        "log": CARERS,
        "correct": {"grid_member"},
        "put_off": CARERS,
        "transfer": LEADERS,
        "call_off": {*LEADERS, "portal"},
    }
    told = {"transfer": {"grid_leader"}}
    relieved = {"transfer": {"grid_member"}}
    api = "visits"
    docs = "grids.md"

    def row(self, world: World, state: str) -> Any:
        """Of a home of its own: two are never planned for one."""
        unit = make.make_unit(world.court, "5 栋", "1 单元", f"{next(numbers):04d}")
        Household.objects.create(unit=unit, grid=world.micro)
        held = state not in ("planned", "called_off")
        return make.make_visit(
            unit,
            status=state,
            assignee=world.grid_member,
            visited_at=AT if held else None,
            logged_at=AT if held else None,
            logged_by=world.grid_member,
            wellbeing="good" if state in ("met", "phoned") else "",
        )

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        match verb:
            case "log" | "correct":
                return {"result": "met", "wellbeing": "fair"}
            case "put_off":
                return {"due_on": timezone.localdate(AT) + timedelta(days=2)}
            case "transfer":
                return {"worker": world.grid_leader}
        return {}

    def doer(self, world: World, verb: str) -> Any:
        return world.admin if verb == "transfer" else super().doer(world, verb)
