"""Every verb of a drill, of a requirement and of an improvement: from every state, by everybody,
through every door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from safety.lives import DRILL, IMPROVEMENT, REQUIREMENT
from safety.models import DrillRole
from tests import factories as make
from tests.people import World
from tests.workflow.lives import AT, LifecycleBattery

MANAGERS = {"manager", "admin"}
LEADS = {"grid_member", *MANAGERS}
STAFF = {"technician", "desk", "inspector", *MANAGERS}
CREW = {"grid_member", "volunteer", "technician"}
HOMES = {"resident", "neighbour"}
POINTS = {"alarm": 72, "order": 90, "help": 94, "roll": 88, "ways": 86}


class TestDrill(LifecycleBattery):
    """The grid member is in command, the volunteer observes and calls the roll, the technician
    guides people out."""

    life = DRILL
    roles = ("technician", "desk", "manager", "inspector", "admin", "grid_member", "volunteer")
    blind = ("stranger", "outsider", "far_member", "grid_leader", "mate", "secretary")
    may = {
        "change": LEADS,
        "assign": LEADS,
        "release": LEADS,
        "announce": LEADS,
        "call_off": LEADS,
        "start": LEADS,
        "end": LEADS,
        "evaluate": LEADS,
        "improve": LEADS,
        "archive": LEADS,
        "moment": LEADS | CREW,
        "call_support": LEADS | CREW,
        "score": LEADS | {"volunteer"},
        "comment": STAFF | CREW,
        "note": STAFF | CREW,
        "remind": {"portal"},
    }
    told = {
        "change": CREW | HOMES,
        "announce": CREW | HOMES,
        "call_off": CREW | HOMES,
        "start": CREW,
        "evaluate": CREW,
        "call_support": CREW,
        "comment": {"grid_member"},
        "note": {"grid_member"},
        "remind": CREW | HOMES,
    }
    relieved = {"release": {"technician"}}
    api = "drills"
    docs = "drill.md"

    def row(self, world: World, state: str) -> Any:
        """Due to be reminded of; on its day."""
        ahead = state in ("planned", "announced")
        house = world.home.entrance.building
        times: dict[str, Any] = {"planned_at": AT + timedelta(minutes=30)}
        if not ahead and state != "cancelled":
            begun = AT - timedelta(minutes=20)
            times = {"planned_at": begun, "started_at": begun}
        drill = make.make_drill(
            world.court,
            house,
            status=state,
            remind_at=AT - timedelta(hours=1) if ahead else None,
            **times,
        )
        if state not in ("planned", "announced", "running", "cancelled"):
            type(drill).objects.filter(pk=drill.pk).update(ended_at=AT - timedelta(minutes=1))
            drill.refresh_from_db()
        make.make_role(drill, world.grid_member, "commander")
        make.make_role(drill, world.volunteer, "roll_caller", house)
        make.make_role(drill, world.volunteer, "observer")
        make.make_role(drill, world.technician, "guide")
        return drill

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        house = world.home.entrance.building
        match verb:
            case "change":
                return {
                    "title": "改在周日",
                    "kind": "fire",
                    "form": "full",
                    "planned_at": timezone.localtime(AT + timedelta(days=3)).replace(second=0),
                    "minutes": 40,
                    "target_minutes": 6,
                    "buildings": [house],
                    "assembly": None,
                    "assembly_words": "中心广场",
                    "scenario": "3 栋 1 层起火",
                }
            case "assign":
                return {"helper": world.mate, "role": "guide", "building": None}
            case "release":
                return {"held": DrillRole.objects.filter(person=world.technician).latest("pk")}
            case "call_off":
                return {"reason": "下大雨"}
            case "moment":
                return {"words": "5 栋广播没响", "is_trouble": True, "seen_at": None}
            case "call_support":
                return {"words": "要两个人抬轮椅", "building": house}
            case "score":
                return {**POINTS, "words": "有序"}
            case "evaluate":
                return {"score": 86, "debrief": "整体不错"}
            case "improve":
                return {
                    "title": "修好广播",
                    "owner": world.technician,
                    "due_on": timezone.localdate(AT) + timedelta(days=9),
                    "words": "",
                }
            case "comment" | "note":
                return {"body": "记得带喇叭"}
        return {}

    def sent(self, world: World, verb: str) -> dict[str, Any]:
        said = super().sent(world, verb)
        if verb == "change":
            said["buildings"] = [house.pk for house in said["buildings"]]
        return {name: value for name, value in said.items() if value is not None}


class TestRequirement(LifecycleBattery):
    life = REQUIREMENT
    roles = ("technician", "desk", "manager", "inspector", "admin")
    blind = ("resident", "stranger", "outsider", "grid_member", "volunteer", "secretary")
    may = {"switch_on": MANAGERS, "switch_off": MANAGERS}
    api = "drill-requirements"
    docs = "requirement.md"

    def row(self, world: World, state: str) -> Any:
        name = f"消防演练 {world.court.drill_requirements.count()}"
        return make.make_requirement(world.court, status=state, name=name)


class TestImprovement(LifecycleBattery):
    """Late, and the technician sees to it."""

    life = IMPROVEMENT
    roles = ("technician", "desk", "manager", "inspector", "admin")
    blind = ("resident", "stranger", "outsider", "grid_member", "volunteer", "secretary")
    may = {
        "change": MANAGERS,
        "finish": {"technician"},
        "verify": {"manager", "inspector", "admin"},
        "send_back": {"manager", "inspector", "admin"},
        "remind": {"portal"},
    }
    told = {
        "change": {"desk"},
        "finish": {"inspector", "manager"},
        "verify": {"technician"},
        "send_back": {"technician"},
        "remind": {"technician", "manager"},
    }
    relieved = {"change": {"technician"}}
    api = "improvements"
    docs = "improvement.md"

    def row(self, world: World, state: str) -> Any:
        drill = make.make_drill(world.court, status="evaluated")
        late = timezone.localdate(AT) - timedelta(days=2)
        more = {"verified_by": world.inspector} if state == "verified" else {}
        return make.make_improvement(drill, world.technician, status=state, due_on=late, **more)

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        match verb:
            case "change":
                return {
                    "title": "换掉喇叭",
                    "owner": world.desk,
                    "due_on": timezone.localdate(AT) + timedelta(days=9),
                    "words": "报价已批",
                }
            case "finish":
                return {"result": "换好了"}
            case "send_back":
                return {"reason": "还有一个没换"}
        return {}
