"""Every verb of plans and rounds, from every state, by everybody, through every door."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from django.utils import timezone

from safety.lives import PLAN, ROUND
from safety.models import RoundPoint
from safety.services.rounds import Given, lay_points
from safety.states import AHEAD
from tests import factories as make
from tests.people import World
from tests.workflow.lives import AT, LifecycleBattery, as_sent

BLIND = ("resident", "neighbour", "stranger", "outsider", "dispatcher", "desk", "other_technician")
MANAGERS = {"manager", "admin"}


class TestPlan(LifecycleBattery):
    life = PLAN
    roles = ("technician", "manager", "inspector", "admin")
    blind = BLIND
    may = {"change": MANAGERS, "pause": MANAGERS, "resume": MANAGERS}
    told = {
        "change": {"inspector"},
        "pause": {"technician"},
        "resume": {"technician"},
    }
    api = "plans"

    def row(self, world: World, state: str) -> Any:
        route = make.make_route(world.court, name=f"路线 {state} {world.court.routes.count()}")
        return make.make_plan(route, assignee=world.technician, status=state)

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        if verb != "change":
            return {}
        self.route = make.make_route(world.court, name=f"新路线 {world.court.routes.count()}")
        return {
            "name": f"夜巡 {self.route.pk}",
            "route": self.route,
            "rule": "FREQ=WEEKLY;BYDAY=TU,FR",
            "starts_on": date(2026, 11, 27),
            "time": time(20),
            "window_minutes": 120,
            "leads": [1440],
            "assignee": world.inspector,
        }

    def sent(self, world: World, verb: str) -> dict[str, Any]:
        said = self.fields(world, verb)
        if not said:
            return {}
        return {
            "name": said["name"],
            "route": said["route"].pk,
            "often": "weekly",
            "days": ["TU", "FR"],
            "starts_on": "2026-11-27",
            "time": "20:00",
            "ends": "22:00",
            "leads": ["1440"],
            "assignee": world.inspector.pk,
        }


class TestRound(LifecycleBattery):
    life = ROUND
    roles = ("technician", "manager", "inspector", "admin")
    blind = BLIND
    may = {
        "start": {"technician", "inspector", "admin"},
        "check": {"technician", "inspector", "admin"},
        "arrive": {"technician", "inspector", "admin"},
        "finish": {"technician", "inspector", "admin"},
        "transfer": MANAGERS,
        "make_up": MANAGERS,
        "excuse": MANAGERS,
        "comment": {"technician", "manager", "inspector", "admin"},
        "note": {"technician", "manager", "inspector", "admin"},
        "close": {"portal"},
        "call_off": {"portal"},
        "revive": {"portal"},
    }
    told = {
        "finish": {"manager"},
        "transfer": {"inspector"},
        "excuse": {"technician", "manager"},
        "comment": {"technician", "manager"},
        "note": {"technician", "manager"},
    }
    relieved = {"transfer": {"technician"}}
    api = "rounds"
    docs = "round.md"

    def row(self, world: World, state: str) -> Any:
        """Of three points the first is reached; whoever is sent is a technician."""
        route = make.make_route(world.court, name=f"路线 {state} {world.court.routes.count()}")
        row = make.make_round(
            make.make_plan(route),
            status=state,
            assignee=world.technician,
            planned_at=AT - timedelta(minutes=30),
            finished_at=None if state in {*AHEAD, "called_off"} else AT,
        )
        lay_points([row])
        RoundPoint.objects.filter(round=row, position=1).update(
            reached_at=AT, reached_by=world.technician
        )
        return row

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        match verb:
            case "check" | "arrive":
                point = world.court.checkpoints.get(name="2 栋楼道")
                item = point.checklist.items.get()
                said = {"checkpoint": point, "answers": {item.pk: Given("pass")}}
                return said | {"walked_at": AT} if verb == "arrive" else said
            case "finish" | "excuse":
                return {"reason": "停电"}
            case "transfer":
                return {"worker": world.inspector, "reason": "请假"}
            case "make_up":
                return {"worker": world.inspector, "until": timezone.now() + timedelta(hours=3)}
            case "comment" | "note":
                return {"body": "水泵房锁着"}
        return {}

    def sent(self, world: World, verb: str) -> dict[str, Any]:
        said = self.fields(world, verb)
        if "answers" not in said:
            return super().sent(world, verb)
        [item] = said.pop("answers")
        return {name: as_sent(value) for name, value in said.items()} | {f"item_{item}": "pass"}
