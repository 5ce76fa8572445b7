"""Every state × every verb × every role, read from MOVES: moved, WrongState or NotAllowed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from repairs.lives import TICKET
from repairs.models import Assignment, Ticket
from tests import factories as make
from tests.people import World
from tests.workflow.lives import LifecycleBattery

AT = timezone.now().replace(microsecond=0)
STATES = list(Ticket.Status.values)
ROLES: tuple[str, ...] = (
    "resident",
    "technician",
    "other_technician",
    "dispatcher",
    "desk",
    "manager",
    "inspector",
    "admin",
)
# Written out, so that a rule changed by a slip is seen here.
DESK = {"dispatcher", "desk", "manager", "admin"}
HOME = {"resident"}
WORKER = {"technician"}
MAY = {
    "accept": DESK,
    "dispatch": DESK,
    "reassign": DESK,
    "prioritise": DESK,
    "recategorise": DESK,
    "merge": DESK,
    "reject": DESK,
    "take": {"technician", "other_technician"},
    "start": WORKER,
    "resolve": WORKER,
    "plan_visit": DESK | WORKER,
    "hold": DESK | WORKER,
    "resume": DESK | WORKER | {"portal"},
    "hand_back": WORKER,
    "add_cost": DESK | WORKER,
    "confirm": HOME,
    "dispute": HOME,
    "rate": HOME,
    "urge": HOME,
    "amend": HOME | DESK,
    "cancel": HOME | DESK,
    "reopen": HOME | DESK,
    "comment": set(ROLES),
    "note": DESK | WORKER | {"other_technician", "inspector"},
    "close": {"manager", "admin", "portal"},
    "return_visit": DESK,
}


# By the first, in alphabetical order, of those who may.
AT_DESK = {"dispatcher", "desk", "manager"}
TOLD = {
    "accept": HOME,
    "amend": WORKER,
    "cancel": HOME | WORKER,
    "close": HOME | WORKER,
    "comment": HOME | WORKER,
    "confirm": WORKER,
    "dispatch": HOME | {"other_technician"},
    "dispute": AT_DESK,
    "hand_back": AT_DESK,
    "hold": HOME | WORKER,
    "merge": HOME,
    "note": AT_DESK | WORKER,
    "plan_visit": HOME | WORKER,
    "prioritise": WORKER,
    "rate": WORKER,
    "reassign": HOME | {"other_technician"},
    "recategorise": WORKER,
    "reject": HOME,
    "reopen": AT_DESK | HOME,
    "resolve": HOME,
    "resume": HOME | WORKER,
    "start": HOME,
    "take": HOME,
    "urge": AT_DESK | WORKER,
}


def ticket_in(world: World, state: str) -> Ticket:
    """The resident's ticket, the technician's job (once it may be one), in that state."""
    fields: dict[str, Any] = {"unit": world.home, "reporter": world.resident, "clock_from": AT}
    if state == "on_hold":
        fields |= {"held_at": AT, "held_until": AT + timedelta(days=1), "held_from": "assigned"}
    if state in ("closed", "rejected", "cancelled", "merged"):
        fields["closed_at"] = AT
    if state == "resolved":
        fields["resolved_at"] = AT
    if state == "merged":
        fields["merged_into"] = make.make_ticket(world.pipes)
    # In every state, so that the rule of the worker is asked everywhere alike.
    ticket = make.make_ticket(world.pipes, status=state, assignee=world.technician, **fields)
    Assignment.objects.create(ticket=ticket, worker=world.technician, started_at=AT)
    return ticket


def asked(world: World, verb: str) -> dict[str, Any]:
    """What the verb is given."""
    later = AT + timedelta(hours=2)
    given: dict[str, dict[str, Any]] = {
        "dispatch": {"worker": world.other_technician},
        "reassign": {"worker": world.other_technician, "reason": "太忙"},
        "prioritise": {"priority": "urgent"},
        "recategorise": {"category": world.lifts},
        "merge": {"into": make.make_ticket(world.pipes)} if verb == "merge" else {},
        "reject": {"reason": "找供电公司"},
        "resolve": {"resolution": "换了阀芯"},
        "plan_visit": {"visit_from": AT + timedelta(hours=1), "visit_to": later},
        "hold": {"until": later, "reason": "等配件"},
        "hand_back": {"reason": "没有工具"},
        "add_cost": {
            "kind": "material",
            "name": "阀芯",
            "quantity": Decimal(1),
            "unit_price": Decimal(35),
            "payer": "estate",
        },
        "dispute": {"reason": "还在漏"},
        "reopen": {"reason": "又漏了"},
        "rate": {"rating": 5},
        "comment": {"body": "好"},
        "note": {"body": "好"},
        "return_visit": {"words": "满意"},
    }
    return given.get(verb, {})


class TestTicket(LifecycleBattery):
    life = TICKET
    roles = ROLES
    blind = ("stranger", "outsider", "neighbour", "inspector")
    may = MAY
    told = TOLD
    relieved = dict.fromkeys(("dispatch", "reassign", "take", "merge", "reject"), WORKER)
    api = "tickets"
    docs = "ticket.md"

    def row(self, world: World, state: str) -> Ticket:
        world.pipes.dispatch = "pool"
        world.pipes.save(update_fields=["dispatch"])
        return ticket_in(world, state)

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        return asked(world, verb)

    def sent(self, world: World, verb: str) -> dict[str, Any]:
        more = {"description": "还是漏水"} if verb == "amend" else {}
        return super().sent(world, verb) | more
