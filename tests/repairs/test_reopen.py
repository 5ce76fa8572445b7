from __future__ import annotations

from datetime import timedelta
from typing import Any

from repairs.models import Ticket
from tests.people import World
from tests.repairs.battery import entries, refused, told, too_late
from tests.repairs.conftest import Stage

AGAIN = {"reason": "又漏了"}


def test_resident_reopens_within_a_month(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("closed")
    as_(world.resident).post(f"/repairs/{ticket.number}/reopen/", AGAIN)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.closed_at, ticket.assignee) == ("reopened", None, None)
    assert entries(ticket)[-1] == "repairs.ticket.reopen"
    assert told("reopen") == {"dispatcher", "desk", "manager"}


def test_not_after_a_month(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("closed")
    assert ticket.closed_at is not None
    Ticket.objects.filter(pk=ticket.pk).update(closed_at=ticket.closed_at - timedelta(days=31))
    too_late(as_, world.resident, ticket, "reopen", AGAIN)


def test_the_technician_cannot_reopen(world: World, as_: Any, ticket_in: Stage) -> None:
    refused(world, as_, ticket_in("closed"), "reopen", AGAIN, may_not=("technician",))
