"""Every verb of matters, parts, registrations and wishes, from every state, by everybody, through
every door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from attachments.models import Attachment
from attachments.services import store
from parties.lives import MATTER, PART, REGISTRATION, WISH
from parties.models import MatterPart, PartyMember
from tests import factories as make
from tests.everything import a_photo
from tests.people import World
from tests.workflow.lives import AT, LifecycleBattery, as_sent

BLIND = (
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
CALLER = {"secretary", "grid_leader"}
LEAD = {"property_lead"}
INSIDE = {*CALLER, *LEAD, "committee", "admin"}


def tomorrow() -> Any:
    return timezone.localdate(AT) + timedelta(days=7)


class TestMatter(LifecycleBattery):
    """Called by the branch, raised by a grid's leader; the property company's branch leads."""

    life = MATTER
    roles = ("secretary", "grid_leader", "property_lead", "committee", "resident", "admin")
    blind = (*BLIND, "grid_member", "party_member")
    may = {
        "sign": LEAD,
        "arrive": LEAD,
        "plan": LEAD,
        "begin": LEAD,
        "complete": LEAD,
        "accept": CALLER,
        "send_back": CALLER,
        "rate": CALLER,
        "archive": {*CALLER, "portal"},
        "withdraw": CALLER,
        "transfer": CALLER | LEAD,
        "call_in": CALLER | LEAD,
        "tell": CALLER | LEAD,
        "comment": INSIDE,
        "note": INSIDE,
        "supervise": {"portal"},
    }
    # The battery does what the first who may by the alphabet does: grid_leader, or admin.
    told = {
        "sign": {"secretary", "grid_leader"},
        "arrive": {"secretary", "grid_leader"},
        "plan": {"secretary", "grid_leader"},
        "complete": {"secretary", "grid_leader"},
        "accept": {"property_lead"},
        "send_back": {"property_lead"},
        "rate": {"property_lead"},
        "withdraw": {"property_lead"},
        "transfer": {"committee"},
        "call_in": {"committee", "property_lead"},
        "comment": {"secretary", "grid_leader", "property_lead"},
        "note": {"secretary", "grid_leader", "property_lead"},
    }
    relieved = {"transfer": {"property_lead"}}
    api = "matters"
    docs = "matter.md"

    def row(self, world: World, state: str) -> Any:
        return make.make_matter(
            world.branch,
            world.property_branch,
            status=state,
            raised_by=world.grid_leader,
            resident=world.resident,
            due_on=None
            if state in ("completed", "accepted", "rated", "archived", "withdrawn")
            else timezone.localdate(AT),
        )

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        match verb:
            case "plan":
                return {"plan": "画线，装立柱", "due_on": tomorrow()}
            case "complete":
                return {"result": "装好了", "photos": [self.photo(world)]}
            case "send_back" | "withdraw":
                return {"reason": "还有车"}
            case "transfer":
                return {"organisation": world.party_committee, "reason": "归你们"}
            case "call_in":
                return {"organisation": world.party_committee, "reason": "一起看"}
            case "tell":
                return {"public_title": "通道夜里被占", "public_words": "正在办"}
            case "rate":
                part = MatterPart.objects.latest("pk")
                return {"grades": {part.pk: ("good", "")}}
            case "comment" | "note":
                return {"body": "今晚去看"}
        return {}

    def photo(self, world: World) -> str:
        return str(store(a_photo(), by=world.property_lead, at=AT).key)

    def sent(self, world: World, verb: str) -> dict[str, Any]:
        said = self.fields(world, verb)
        if "grades" in said:
            [(pk, (grade, why))] = said["grades"].items()
            return {f"grade_{pk}": grade, f"why_{pk}": why}
        if "photos" in said:
            # a page sends what is kept under another name than the API
            return {**said, "photos_kept": said["photos"]}
        return {name: as_sent(value) for name, value in said.items()}

    def _outcome(self, row: Any, world: World, verb: str, person: Any) -> str:
        if verb == "complete":
            # each may show only what is their own
            Attachment.objects.all().delete()
            shown = [store(a_photo(), by=person, at=AT).key] if person.pk else []
            try:
                self.life.do(verb, row, actor=person, at=AT, result="装好了", photos=shown)
            except Exception as refusal:
                return type(refusal).__name__
            return "moved"
        return super()._outcome(row, world, verb, person)


class TestPart(LifecycleBattery):
    life = PART
    roles = ("secretary", "grid_leader", "property_lead", "committee", "admin")
    blind = (*BLIND, "grid_member", "party_member", "resident")
    may = {
        "promise": LEAD,
        "finish": LEAD,
        "note": {*CALLER, *LEAD},
    }
    told = {
        "promise": {"secretary", "grid_leader"},
        "finish": {"secretary", "grid_leader"},
        "note": {"secretary", "property_lead"},
    }
    api = "matter-parts"

    def row(self, world: World, state: str) -> Any:
        """The lead's own."""
        matter = make.make_matter(
            world.branch,
            world.property_branch,
            raised_by=world.grid_leader,
            resident=world.resident,
        )
        part = matter.parts.get()
        done = timezone.localdate(AT) if state == "done" else None
        MatterPart.objects.filter(pk=part.pk).update(status=state, done_on=done)
        part.refresh_from_db()
        return part

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        match verb:
            case "promise":
                return {"promise": "每晚巡查", "due_on": tomorrow()}
            case "note":
                return {"body": "人手不够"}
        return {}


class TestRegistration(LifecycleBattery):
    life = REGISTRATION
    roles = ("party_member", "secretary", "admin")
    blind = (*BLIND, "grid_member", "resident", "property_lead", "committee")
    may = {
        "agree": {"party_member"},
        "decline": {"party_member"},
        "register": {"secretary"},
        "turn_down": {"secretary"},
        "end": {"party_member", "secretary"},
    }
    told = {
        "agree": {"secretary"},
        "decline": {"secretary"},
        "register": {"party_member", "grid_leader"},
        "turn_down": {"party_member"},
        "end": {"secretary"},
    }
    api = "registrations"
    docs = "matter.md"

    def row(self, world: World, state: str) -> Any:
        person = PartyMember.objects.get(user=world.party_member)
        person.registrations.all().delete()
        return make.make_registration(person, world.micro, status=state)


class TestWish(LifecycleBattery):
    life = WISH
    roles = ("party_member", "secretary", "committee", "grid_member", "grid_leader", "admin")
    blind = (*BLIND, "resident")
    may = {
        "claim": {"party_member"},
        "give_back": {"party_member"},
        "fulfil": {"party_member"},
        "withdraw": {"grid_member", "grid_leader", "admin"},
    }
    told = {
        "claim": {"grid_member"},
        "fulfil": {"grid_member"},
        "withdraw": {"party_member"},
    }
    api = "micro-wishes"
    docs = "matter.md"

    def row(self, world: World, state: str) -> Any:
        person = PartyMember.objects.get(user=world.party_member)
        return make.make_wish(world.micro, status=state, member=person, raised_by=world.grid_member)

    def ready(self, world: World, verb: str) -> Any:
        start = "claimed" if verb == "withdraw" else sorted(self.life.moves[verb].start)[0]
        return self.row(world, start)

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        return {"result": "送到了"} if verb == "fulfil" else {}
