"""The API: an absent key keeps its value; a version that is sent is checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from repairs import services
from repairs.models import Ticket
from tests import factories as make
from tests.people import World

SignIn = Callable[[User | None], Client]
AT = timezone.now()
PHONE = "+8613800000001"


@pytest.fixture
def ticket(world: World) -> Ticket:
    User.objects.update(language="en")
    return make.make_ticket(
        world.pipes,
        unit=world.home,
        reporter=world.resident,
        contact_phone=PHONE,
        private=True,
        may_enter=True,
        place_words="厨房",
        windows=[f"{timezone.localdate():%Y-%m-%d}/am"],
    )


def url(ticket: Ticket, verb: str = "") -> str:
    return f"/api/v1/tickets/{ticket.number}/{verb}{'/' if verb else ''}"


def send(client: Client, ticket: Ticket, verb: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(
        url(ticket, verb), json.dumps(body), content_type="application/json", headers=headers
    )


def test_amending_the_words_alone_leaves_all_else_as_it_was(
    world: World, ticket: Ticket, as_: SignIn
) -> None:
    kept = {"contact_phone", "private", "may_enter", "place_words", "windows"}
    before = {name: getattr(ticket, name) for name in kept}
    answer = send(as_(world.resident), ticket, "amend", {"description": "更厉害了"})
    ticket.refresh_from_db()
    assert answer.status_code == 200, answer.content
    assert ticket.description == "更厉害了"
    assert {name: getattr(ticket, name) for name in kept} == before


def test_each_field_is_changed_by_itself(world: World, ticket: Ticket, as_: SignIn) -> None:
    words = ticket.description
    for body, name, value in (
        ({"private": False}, "private", False),
        ({"contact_phone": ""}, "contact_phone", ""),
        ({"windows": []}, "windows", []),
        ({"place_words": "卫生间"}, "place_words", "卫生间"),
    ):
        assert send(as_(world.resident), ticket, "amend", body).status_code == 200, name
        ticket.refresh_from_db()
        assert (getattr(ticket, name), ticket.description) == (value, words)


def test_what_the_verb_cannot_do_without_is_asked_for(
    world: World, ticket: Ticket, as_: SignIn
) -> None:
    answer = send(as_(world.desk), ticket, "prioritise", {})
    assert (answer.status_code, list(answer.json())) == (400, ["priority"])


def test_a_version_that_is_sent_is_checked(world: World, ticket: Ticket, as_: SignIn) -> None:
    client = as_(world.resident)
    tag = client.get(url(ticket))["ETag"]
    services.amend(ticket, contact_phone="+8613900000009", actor=world.desk, at=AT)
    stale = {"contact_phone": PHONE}
    by_header = send(client, ticket, "amend", stale, **{"If-Match": tag})
    by_field = send(client, ticket, "amend", {**stale, "version": tag.strip('"')})
    for answer in (by_header, by_field):
        assert answer.status_code == 409
        assert list(answer.json()["fields"]) == ["contact_phone"]
        assert "desk has changed" in answer.json()["detail"]
    ticket.refresh_from_db()
    assert ticket.contact_phone == "+8613900000009"
    # What it does not touch may have changed, and nothing asked is nothing refused.
    words = {"description": "更厉害了"}
    assert send(client, ticket, "amend", words, **{"If-Match": tag}).status_code == 200
    assert send(client, ticket, "amend", stale, **{"If-Match": "*"}).status_code == 200


def test_the_tag_of_an_answer_is_good_for_the_next_step(
    world: World, ticket: Ticket, as_: SignIn
) -> None:
    client = as_(world.resident)
    first = send(client, ticket, "amend", {"place_words": "客厅"})
    then = send(client, ticket, "amend", {"place_words": "厨房"}, **{"If-Match": first["ETag"]})
    again = send(client, ticket, "amend", {"place_words": "阳台"}, **{"If-Match": first["ETag"]})
    assert [answer.status_code for answer in (first, then, again)] == [200, 200, 409]
