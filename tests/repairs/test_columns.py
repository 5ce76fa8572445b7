"""Who sees the row, and what of it: the home's own arrangements are not for those who follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from repairs import services
from repairs.models import Follow, Ticket
from tests import factories as make
from tests.people import World
from tests.repairs.conftest import Stage

TOMORROW = f"{timezone.localdate() + timedelta(days=1)}/am"
ARRANGED = {
    "windows": [TOMORROW],
    "may_enter": True,
    "on_behalf_of": "王奶奶",
    "contact_name": "林秀兰",
    "contact_phone": "+8613800002207",
}
NOTHING: dict[str, Any] = {
    "windows": [],
    "may_enter": False,
    "on_behalf_of": "",
    "contact_name": "",
    "contact_phone": "",
}
SAID = ("may enter when nobody is at home", "tomorrow morning", "王奶奶", "林秀兰", "2207")


@pytest.fixture
def ticket(world: World, ticket_in: Stage) -> Ticket:
    """The resident's; the neighbour's report of the same was merged into it."""
    ticket = ticket_in("assigned", **ARRANGED)
    same = make.make_ticket(world.pipes, unit=world.next_door, reporter=world.neighbour)
    services.merge(same, into=ticket, actor=world.dispatcher, at=timezone.now())
    return ticket


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("dispatcher", ARRANGED),
        ("technician", ARRANGED),
        ("other_technician", {**ARRANGED, "contact_phone": "138****2207"}),
        ("resident", ARRANGED),
        ("neighbour", NOTHING),
    ],
)
def test_api_and_page_tell_the_same(
    world: World, as_: Any, ticket: Ticket, who: str, told: dict[str, Any]
) -> None:
    client = as_(getattr(world, who))
    listed = client.get("/api/v1/tickets/").json()["results"]
    rows = [row for row in listed if row["number"] == ticket.number]
    rows.append(client.get(f"/api/v1/tickets/{ticket.number}/").json())
    assert [{name: row[name] for name in ARRANGED} for row in rows] == [told, told]
    page = client.get(ticket.get_absolute_url()).content.decode().lower()
    assert [words in page for words in SAID] == [told is not NOTHING] * len(SAID)


def test_what_a_ticket_went_into_is_named_to_whoever_sees_that(
    world: World, as_: Any, ticket: Ticket
) -> None:
    make.make_occupant(world.next_door, grandmother := make.make_user("grandmother"))
    merged = Ticket.objects.get(status="merged")
    named = {
        person.username: ticket.number
        in as_(person).get(merged.get_absolute_url()).content.decode()
        for person in (world.neighbour, grandmother, world.dispatcher)
    }
    assert named == {"neighbour": True, "grandmother": False, "dispatcher": True}


def test_a_private_ticket_is_not_followed(world: World, as_: Any, ticket: Ticket) -> None:
    """Neither after it becomes private nor when a followed one is merged into it."""
    client = as_(world.neighbour)
    assert client.get(ticket.get_absolute_url()).status_code == 200
    services.amend(ticket, private=True, actor=world.resident, at=timezone.now())
    assert client.get(ticket.get_absolute_url()).status_code == 404

    open_one = make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)
    Follow.objects.create(ticket=open_one, user=world.neighbour)
    private = make.make_ticket(world.pipes, unit=world.home, reporter=world.resident, private=True)
    services.merge(open_one, into=private, actor=world.dispatcher, at=timezone.now())
    assert client.get(private.get_absolute_url()).status_code == 404
