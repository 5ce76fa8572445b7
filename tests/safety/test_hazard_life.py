"""Every verb of a hazard, from every state, by everybody, through every door."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from attachments.models import Attachment
from attachments.services import store
from safety.lives import HAZARD
from safety.states import AT_WORK, CLIMBING
from tests import factories as make
from tests.everything import a_photo
from tests.people import World
from tests.workflow.lives import AT, LifecycleBattery

SAFETY = {"manager", "inspector", "admin"}
MANAGERS = {"manager", "admin"}
STAFF = {"technician", "desk", *SAFETY}


class TestHazard(LifecycleBattery):
    """Which a resident reported, and a technician is to put right."""

    life = HAZARD
    roles = ("resident", "technician", "desk", "manager", "inspector", "admin")
    blind = ("neighbour", "stranger", "outsider", "far_member", "secretary")
    may = {
        "grade": SAFETY,
        "order": MANAGERS,
        "extend": MANAGERS,
        "reassign": MANAGERS,
        "begin": {"technician"},
        "submit": {"technician"},
        "close": SAFETY,
        "send_back": SAFETY,
        "comment": STAFF,
        "note": STAFF,
        "remind": {"portal"},
        "climb": {"portal"},
    }
    told = {
        "grade": {"manager"},
        "order": {"technician"},
        "extend": {"technician", "manager"},
        "reassign": {"desk"},
        "submit": {"inspector", "manager"},
        "close": {"technician", "manager"},
        "send_back": {"technician", "manager"},
        "remind": {"technician"},
        "comment": {"technician", "manager"},
        "note": {"technician", "manager"},
    }
    relieved = {"reassign": {"technician"}}
    api = "hazards"
    docs = "hazard.md"
    # A photograph is taken along by whoever took it.
    inspecting: Any = None

    def row(self, world: World, state: str) -> Any:
        """Late, where it can be."""
        return make.make_hazard(
            world.court,
            status=state,
            found_at=AT - timedelta(days=9),
            found_by=world.resident,
            reporter=world.resident,
            responsible=world.technician,
            due_at=AT - timedelta(days=2),
            remind_at=AT - timedelta(days=3) if state in AT_WORK else None,
            step_at=AT - timedelta(days=2) if state in CLIMBING else None,
            inspected_by=world.inspector if state == "closed" else None,
        )

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        soon = timezone.localtime(AT + timedelta(days=5)).replace(second=0)
        match verb:
            case "grade":
                return {"grade": "major", "interim": "拉警戒线"}
            case "order":
                return {
                    "plan": "换掉",
                    "responsible": world.technician,
                    "measures": "先断电",
                    "funds": Decimal("350.00"),
                    "due_at": soon,
                }
            case "extend":
                return {"due_at": soon, "reason": "等配件"}
            case "reassign":
                return {"worker": world.desk, "reason": "请假"}
            case "submit":
                photo = str(store(a_photo(), by=world.technician, at=AT).key)
                return {"result": "换好了", "photos": [photo]}
            case "close":
                person = self.inspecting or self.doer(world, verb)
                photo = str(store(a_photo(), by=person, at=AT).key)
                return {"inspection": "看过了", "photos": [photo]}
            case "send_back":
                return {"reason": "还有一个没换"}
            case "comment" | "note":
                return {"body": "配件周五到"}
        return {}

    def sent(self, world: World, verb: str) -> dict[str, Any]:
        said = super().sent(world, verb)
        # a page sends what is kept under another name than the API
        return {**said, "photos_kept": said["photos"]} if "photos" in said else said

    def _outcome(self, row: Any, world: World, verb: str, person: Any) -> str:
        Attachment.objects.filter(object_id=None).delete()
        self.inspecting = person if person.pk else None
        return super()._outcome(row, world, verb, person)
