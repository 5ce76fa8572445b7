"""The answer to a report was lost, its draft is sent again: nothing double, nothing swallowed."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from attachments.models import Comment
from attachments.services import of
from notifications.models import Message
from repairs import services
from repairs.models import Ticket
from tests.attachments.pictures import picture_bytes, upload
from tests.people import World, build_world

NEW, API = "/repairs/new/", "/api/v1/tickets/"


@pytest.fixture
def key() -> str:
    return str(uuid.uuid4())


def words(world: World, key: str, **fields: Any) -> dict[str, Any]:
    return {
        "tile": world.pipes.pk,
        "where": f"unit-{world.home.pk}",
        "description": "电梯停了",
        "key": key,
        **fields,
    }


def asked(world: World, **fields: Any) -> dict[str, Any]:
    return {
        "category": world.pipes.pk,
        "unit": world.home.pk,
        "description": "电梯停了",
        **fields,
    }


def comments() -> list[str]:
    return list(Comment.objects.order_by("pk").values_list("body", flat=True))


def test_same_words_are_the_same_ticket(world: World, as_: Any, key: str) -> None:
    client = as_(world.resident)
    first = client.post(NEW, words(world, key, photos=[upload()]))
    second = client.post(NEW, words(world, key, photos=[upload()]))
    assert (first.url, Ticket.objects.count(), comments()) == (second.url, 1, [])
    assert of(Ticket.objects.get()).count() == 1


def test_added_words_become_a_comment_and_the_person_reads_so(
    world: World, as_: Any, key: str
) -> None:
    """The handed fault: “somebody is trapped” was answered with thanks, and gone."""
    client = as_(world.resident)
    client.post(NEW, words(world, key))
    said = words(world, key, description="电梯停了。有人被困在里面")
    answer = client.post(NEW, said, follow=True)
    ticket = Ticket.objects.get()
    assert answer.redirect_chain == [(f"/repairs/{ticket.number}/", 302)]
    assert (ticket.description, comments()) == ("电梯停了", ["有人被困在里面"])
    assert f"We had your report already: {ticket.number}." in answer.content.decode()
    told = Message.objects.filter(kind="repairs.ticket.comment").values_list("recipient", flat=True)
    assert world.dispatcher.pk in told

    client.post(NEW, said)
    assert (Ticket.objects.count(), comments()) == (1, ["有人被困在里面"])
    # the first words once more: they stand there, and nobody is told that they were added
    again = client.post(NEW, words(world, key), follow=True).content.decode()
    assert (comments(), "Thank you, we have your report." in again) == (["有人被困在里面"], True)
    assert "is added to it" not in again


def test_other_words_are_said_whole(world: World, as_: Any, key: str) -> None:
    client = as_(world.resident)
    client.post(NEW, words(world, key))
    client.post(NEW, words(world, key, description="有人被困", place_words="12 层"))
    assert comments() == ["有人被困\nWhere: 3 栋 2 单元 1204 · 12 层"]


def test_another_category_and_photo_are_told(world: World, as_: Any, key: str) -> None:
    client = as_(world.resident)
    client.post(NEW, words(world, key, photos=[upload()]))
    more = [upload(), upload(picture_bytes(size=(90, 60)))]
    client.post(NEW, words(world, key, tile=world.lifts.pk, photos=more))
    [said] = Comment.objects.all()
    assert (said.body, of(said).count()) == ("What is broken: Lift", 1)


def test_phone_is_put_right_on_the_ticket_not_told_to_all(world: World, as_: Any, key: str) -> None:
    client = as_(world.resident)
    client.post(NEW, words(world, key, contact_phone="13800000001"))
    client.post(NEW, words(world, key, contact_phone="13800000002", may_enter="on"))
    ticket = Ticket.objects.get()
    assert (ticket.contact_phone, ticket.may_enter) == ("+8613800000002", True)
    assert comments() == []


def test_what_the_desk_has_put_right_is_not_put_back(world: World, as_: Any, key: str) -> None:
    client = as_(world.resident)
    client.post(NEW, words(world, key, contact_phone="13800000001"))
    at = timezone.now()
    services.amend(
        Ticket.objects.get(), actor=world.dispatcher, at=at, contact_phone="+8613800000009"
    )
    client.post(
        NEW, words(world, key, contact_phone="13800000001", description="电梯停了!有人被困")
    )
    ticket = Ticket.objects.get()
    assert ticket.contact_phone == "+8613800000009"
    assert comments() == ["有人被困\nContact's phone: +8613800000001"]


def test_words_for_a_ticket_that_is_over_become_a_ticket(world: World, as_: Any, key: str) -> None:
    client = as_(world.resident)
    client.post(NEW, words(world, key))
    services.cancel(Ticket.objects.get(), actor=world.resident, at=timezone.now())
    said = words(world, key, description="又停了")
    first, second = client.post(NEW, said), client.post(NEW, said)
    assert first.url == second.url
    assert list(Ticket.objects.order_by("pk").values_list("description", "status")) == [
        ("电梯停了", "cancelled"),
        ("又停了", "new"),
    ]


def test_key_of_one_person_says_nothing_to_another(world: World, as_: Any, key: str) -> None:
    as_(world.resident).post(NEW, words(world, key))
    as_(world.neighbour).post(
        NEW, words(world, key, where=f"unit-{world.next_door.pk}", description="别的事")
    )
    assert (Ticket.objects.count(), comments()) == (2, [])


def test_api_answers_other_words_with_the_first_number(world: World, as_: Any, key: str) -> None:
    client: Client = as_(world.resident)
    keyed = {"idempotency-key": key}
    first = client.post(API, asked(world), "application/json", headers=keyed)
    again = client.post(API, asked(world), "application/json", headers=keyed)
    number = first.json()["number"]
    assert (first.status_code, again.status_code, again.json()["number"]) == (201, 201, number)
    other = client.post(
        API, asked(world, description="有人被困"), "application/json", headers=keyed
    )
    assert (other.status_code, other.json()) == (
        409,
        {
            "detail": f"This report was sent before, in other words: it is {number}."
            " Add to that one.",
            "code": "sent_before",
            "number": number,
        },
    )
    assert (Ticket.objects.count(), comments()) == (1, [])


@pytest.mark.django_db(transaction=True)
def test_two_taps_of_the_added_words_are_one_comment(key: str) -> None:
    world = build_world()
    client = Client()
    client.force_login(world.resident)
    client.post(NEW, words(world, key))
    said = words(world, key, description="电梯停了。有人被困")
    start = threading.Barrier(2)

    def tap() -> None:
        mine = Client()
        mine.force_login(world.resident)
        start.wait(10)
        mine.post(NEW, said)
        connection.close()

    taps = [threading.Thread(target=tap) for _ in range(2)]
    for one in taps:
        one.start()
    for one in taps:
        one.join(20)
    assert (Ticket.objects.count(), comments()) == (1, ["有人被困"])
