from __future__ import annotations

from typing import Any

from tests.attachments.pictures import upload
from tests.people import World
from tests.repairs.battery import entries, refused, told, too_late
from tests.repairs.conftest import Stage

STILL = {"reason": "还在滴水"}


def test_resident_says_it_is_not_mended(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("resolved")
    as_(world.resident).post(f"/repairs/{ticket.number}/dispute/", {**STILL, "photos": [upload()]})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee, ticket.reopens) == ("reopened", None, 1)
    assert (ticket.resolved_at, ticket.responded_at) == (None, None)
    assert entries(ticket)[-1] == "repairs.ticket.dispute"
    assert told("dispute") == {"dispatcher", "desk", "manager"}


def test_it_must_be_said_what_is_wrong(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("resolved")
    page = as_(world.resident).post(f"/repairs/{ticket.number}/dispute/", {"reason": " "})
    assert page.context["form"].errors["reason"] == ["Please say what is still wrong."]
    ticket.refresh_from_db()
    assert ticket.status == "resolved"


def test_others_cannot_dispute(world: World, as_: Any, ticket_in: Stage) -> None:
    others = ("technician", "dispatcher", "manager", "desk", "admin")
    refused(world, as_, ticket_in("resolved"), "dispute", STILL, may_not=others)


def test_not_before_it_is_resolved(world: World, as_: Any, ticket_in: Stage) -> None:
    too_late(as_, world.resident, ticket_in("in_progress"), "dispute", STILL)
