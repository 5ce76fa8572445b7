from __future__ import annotations

from typing import Any

from tests.people import World
from tests.repairs.battery import entries, refused, told, too_late
from tests.repairs.conftest import Stage


def test_resident_confirms_and_rates_at_once(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("resolved")
    url = f"/repairs/{ticket.number}/confirm/"
    answer = as_(world.resident).post(url, {"rating": "5", "words": "很快"})
    ticket.refresh_from_db()
    assert answer.url == ticket.get_absolute_url()
    assert (ticket.status, ticket.rating, ticket.rating_words) == ("closed", 5, "很快")
    assert ticket.closed_at is not None
    assert entries(ticket)[-1] == "repairs.ticket.confirm"
    assert told("confirm") == {"technician"}


def test_no_star_is_needed_and_none_is_preset(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("resolved")
    client, url = as_(world.resident), f"/repairs/{ticket.number}/confirm/"
    assert "checked" not in client.get(url).content.decode()
    client.post(url, {})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.rating) == ("closed", None)


def test_others_cannot_confirm(world: World, as_: Any, ticket_in: Stage) -> None:
    others = ("technician", "other_technician", "dispatcher", "manager", "desk", "admin")
    refused(world, as_, ticket_in("resolved"), "confirm", {}, may_not=others)


def test_second_tap_is_harmless(world: World, as_: Any, ticket_in: Stage) -> None:
    too_late(as_, world.resident, ticket_in("closed"), "confirm", {"rating": "1"})
