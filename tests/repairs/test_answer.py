"""One-use links: confirm, dispute and rate from a message, without signing in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from notifications.models import ActionLink
from notifications.services import make_link
from repairs import services
from repairs.models import Ticket
from tests.people import World
from tests.repairs.battery import entries
from tests.repairs.conftest import Stage


def link(ticket: Ticket, user: Any) -> str:
    token = make_link(user, ticket, "repairs.answer", at=timezone.now())
    return f"/repairs/answer/{token}/"


def test_opening_the_link_changes_nothing(world: World, as_: Any, ticket_in: Stage) -> None:
    client = as_(None)
    ticket = ticket_in("resolved")
    url = link(ticket, world.resident)
    for _ in range(2):
        page = client.get(url)
        assert page.status_code == 200
        assert "checked" not in page.content.decode()
    ticket.refresh_from_db()
    assert ticket.status == "resolved"


def test_one_tap_confirms_as_the_person_of_the_link(
    world: World, as_: Any, ticket_in: Stage
) -> None:
    client = as_(None)
    ticket = ticket_in("resolved")
    url = link(ticket, world.resident)
    assert client.post(url, {"verb": "confirm"}).status_code == 200
    ticket.refresh_from_db()
    assert (ticket.status, ticket.rating) == ("closed", None)
    assert entries(ticket)[-1] == "repairs.ticket.confirm"
    assert client.post(url, {"verb": "confirm"}).status_code == 410
    assert client.get(url).status_code == 410


def test_stars_go_with_the_confirmation(world: World, as_: Any, ticket_in: Stage) -> None:
    client = as_(None)
    ticket = ticket_in("resolved")
    client.post(link(ticket, world.resident), {"verb": "confirm", "rating": "5"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.rating) == ("closed", 5)


def test_dispute_wants_a_reason_and_keeps_the_link(
    world: World, as_: Any, ticket_in: Stage
) -> None:
    client = as_(None)
    ticket = ticket_in("resolved")
    url = link(ticket, world.resident)
    page = client.post(url, {"verb": "dispute"})
    assert page.context["form"].errors["reason"] == ["Please say what is still wrong."]
    client.post(url, {"verb": "dispute", "reason": "还在漏"})
    ticket.refresh_from_db()
    assert ticket.status == "reopened"


def test_rate_from_the_link(world: World, as_: Any, ticket_in: Stage) -> None:
    client = as_(None)
    ticket = ticket_in("closed")
    client.post(link(ticket, world.resident), {"verb": "rate", "rating": "4"})
    ticket.refresh_from_db()
    assert ticket.rating == 4


@pytest.mark.parametrize("verb", ["accept", "cancel", "comment", "", "confirm"])
def test_a_link_does_nothing_else(world: World, as_: Any, ticket_in: Stage, verb: str) -> None:
    client = as_(None)
    ticket = ticket_in("new")
    assert client.post(link(ticket, world.resident), {"verb": verb}).status_code == 200
    ticket.refresh_from_db()
    assert ticket.status == "new"
    assert ActionLink.objects.get().used_at is None


def test_old_or_wrong_links_say_so(world: World, as_: Any, ticket_in: Stage) -> None:
    client = as_(None)
    ticket = ticket_in("resolved")
    url = link(ticket, world.resident)
    ActionLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for address in (url, "/repairs/answer/nothing/"):
        assert client.get(address).status_code == 410
        assert client.post(address, {"verb": "confirm"}).status_code == 410
    ticket.refresh_from_db()
    assert ticket.status == "resolved"


def test_who_does_not_see_the_ticket_any_more_cannot_answer(
    world: World, as_: Any, ticket_in: Stage
) -> None:
    client = as_(None)
    ticket = ticket_in("resolved")
    assert client.get(link(ticket, world.neighbour)).status_code == 410


def test_a_link_about_an_earlier_repair_does_not_close_the_next(
    world: World, as_: Any, ticket_in: Stage
) -> None:
    ticket = ticket_in("resolved")
    old = link(ticket, world.resident)
    services.dispute(ticket, reason="还在滴水", actor=world.resident, at=timezone.now())
    assert as_(None).post(old, {"verb": "confirm"}).status_code == 410
    ticket.refresh_from_db()
    assert ticket.status == "reopened"
