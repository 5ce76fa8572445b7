from __future__ import annotations

from typing import Any

from repairs.models import Assignment
from tests.people import World
from tests.repairs.battery import entries, refused, told, too_late
from tests.repairs.conftest import Stage


def test_resident_cancels_before_work_begins(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("assigned")
    as_(world.resident).post(f"/repairs/{ticket.number}/cancel/", {"reason": "自己修好了"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.reason) == ("cancelled", "自己修好了")
    assert ticket.closed_at is not None
    assert Assignment.objects.get(ticket=ticket).ended_at == ticket.closed_at
    assert entries(ticket)[-1] == "repairs.ticket.cancel"
    assert told("cancel") == {"technician"}


def test_others_cannot_cancel(world: World, as_: Any, ticket_in: Stage) -> None:
    refused(world, as_, ticket_in("assigned"), "cancel", {}, may_not=("technician",))


def test_not_once_work_has_begun(world: World, as_: Any, ticket_in: Stage) -> None:
    too_late(as_, world.resident, ticket_in("in_progress"), "cancel", {})
