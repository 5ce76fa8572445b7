from __future__ import annotations

from datetime import timedelta
from typing import Any

from repairs.models import Ticket
from tests.people import World
from tests.repairs.battery import entries, refused, told, too_late
from tests.repairs.conftest import Stage

FOUR = {"rating": "4", "words": "不错"}


def test_resident_rates_a_closed_ticket_once(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("closed")
    client, url = as_(world.resident), f"/repairs/{ticket.number}/rate/"
    client.post(url, FOUR)
    ticket.refresh_from_db()
    assert (ticket.rating, ticket.rating_words, ticket.status) == (4, "不错", "closed")
    assert entries(ticket)[-1] == "repairs.ticket.rate"
    assert told("rate") == {"technician"}
    too_late(as_, world.resident, ticket, "rate", {"rating": "1"})


def test_stars_are_needed_and_at_most_five(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("closed")
    client, url = as_(world.resident), f"/repairs/{ticket.number}/rate/"
    for rating in ("", "0", "6", "x"):
        assert "rating" in client.post(url, {"rating": rating}).context["form"].errors
    ticket.refresh_from_db()
    assert ticket.rating is None


def test_others_cannot_rate(world: World, as_: Any, ticket_in: Stage) -> None:
    others = ("technician", "dispatcher", "manager", "desk", "admin")
    refused(world, as_, ticket_in("closed"), "rate", FOUR, may_not=others)


def test_nobody_rates_a_job_of_his_own(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("closed")
    Ticket.objects.filter(pk=ticket.pk).update(reporter=world.technician)
    assert as_(world.technician).post(f"/repairs/{ticket.number}/rate/", FOUR).status_code == 403


def test_not_after_a_month(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("closed")
    assert ticket.closed_at is not None
    Ticket.objects.filter(pk=ticket.pk).update(closed_at=ticket.closed_at - timedelta(days=31))
    too_late(as_, world.resident, ticket, "rate", FOUR)
