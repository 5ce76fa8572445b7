from __future__ import annotations

from datetime import timedelta
from typing import Any

from repairs.models import Ticket
from tests.people import World
from tests.repairs.battery import entries, refused, told, too_late
from tests.repairs.conftest import Stage


def test_resident_urges_once_a_day(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("assigned")
    client, url = as_(world.resident), f"/repairs/{ticket.number}/urge/"
    client.post(url)
    ticket.refresh_from_db()
    assert (ticket.urges, ticket.status) == (1, "assigned")
    assert entries(ticket)[-1] == "repairs.ticket.urge"
    assert told("urge") == {"dispatcher", "desk", "manager", "technician"}
    too_late(as_, world.resident, ticket, "urge", {})

    assert ticket.urged_at is not None
    Ticket.objects.filter(pk=ticket.pk).update(urged_at=ticket.urged_at - timedelta(days=1))
    client.post(url)
    ticket.refresh_from_db()
    assert ticket.urges == 2


def test_urging_moves_no_deadline(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("accepted")
    due = ticket.resolve_by
    as_(world.resident).post(f"/repairs/{ticket.number}/urge/")
    ticket.refresh_from_db()
    assert ticket.resolve_by == due


def test_others_cannot_urge(world: World, as_: Any, ticket_in: Stage) -> None:
    others = ("technician", "dispatcher", "manager", "desk", "admin")
    refused(world, as_, ticket_in("assigned"), "urge", {}, may_not=others)


def test_not_when_it_is_done(world: World, as_: Any, ticket_in: Stage) -> None:
    too_late(as_, world.resident, ticket_in("resolved"), "urge", {})
