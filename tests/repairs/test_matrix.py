"""Every state × every verb × every role, read from MOVES: moved, WrongState or NotAllowed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from repairs import services
from repairs.models import Assignment, Ticket
from repairs.services import MOVES
from tests import factories as make
from tests.people import World
from workflow.actors import SYSTEM
from workflow.moves import open_to
from workflow.refusals import NotAllowed, WrongState

AT = timezone.now().replace(microsecond=0)
STATES = list(Ticket.Status.values)
ROLES = (
    "resident",
    "technician",
    "other_technician",
    "dispatcher",
    "desk",
    "manager",
    "inspector",
    "admin",
    "portal",
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
    "comment": set(ROLES) - {"portal"},
    "note": DESK | WORKER | {"other_technician", "inspector"},
    "close": {"manager", "admin", "portal"},
    "return_visit": DESK,
}


def person(world: World, role: str) -> Any:
    return SYSTEM if role == "portal" else getattr(world, role)


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


def outcome(ticket: Ticket, world: World, verb: str, role: str) -> str:
    try:
        getattr(services, verb)(ticket, actor=person(world, role), at=AT, **asked(world, verb))
    except (NotAllowed, WrongState) as refusal:
        return type(refusal).__name__
    return "moved"


def expected(state: str, verb: str, role: str) -> str:
    if role not in MAY[verb]:
        return "NotAllowed"
    return "moved" if state in MOVES[verb].start else "WrongState"


def test_the_matrix_knows_every_verb() -> None:
    assert set(MAY) == set(MOVES)


@pytest.mark.parametrize("verb", sorted(MOVES))
@pytest.mark.parametrize("state", STATES)
def test_state_by_verb_by_role(world: World, state: str, verb: str) -> None:
    world.pipes.dispatch = "pool"
    world.pipes.save(update_fields=["dispatch"])
    found, wanted = {}, {}
    for role in ROLES:
        ticket = ticket_in(world, state)
        offered = verb in open_to(MOVES, ticket, person(world, role), at=AT)
        found[role] = (outcome(ticket, world, verb, role), offered)
        wanted[role] = (expected(state, verb, role), expected(state, verb, role) == "moved")
        ticket.refresh_from_db()
        came_to = MOVES[verb].target(ticket_before(ticket, state)) if offered else state
        assert ticket.status == came_to, role
    assert found == wanted


def ticket_before(ticket: Ticket, state: str) -> Ticket:
    return Ticket(status=state, held_from=ticket.held_from)
