"""What a browser's outbox sends again under the same key is done once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import Sending
from accounts.services import forget_sendings
from attachments.models import Comment
from repairs.models import Ticket
from tests import factories as make
from tests.people import World, build_world

SignIn = Callable[[Any], Client]
KEY = "ab" * 32


@pytest.fixture
def ticket(world: World) -> Ticket:
    return make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)


def say(client: Client, ticket: Ticket, body: str, key: str = KEY) -> Any:
    url = f"/repairs/{ticket.number}/comment/"
    return client.post(url, {"body": body}, headers={"x-outbox-key": key})


def test_the_same_key_twice_is_done_once_and_leads_to_the_same_place(
    world: World, ticket: Ticket, as_: SignIn
) -> None:
    client = as_(world.resident)
    answers = [say(client, ticket, "阀门在柜子里") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert Comment.objects.count() == 1


def test_another_key_is_another_thing(world: World, ticket: Ticket, as_: SignIn) -> None:
    client = as_(world.resident)
    for key in (KEY, "cd" * 32):
        say(client, ticket, "阀门在柜子里", key)
    assert Comment.objects.count() == 2


def test_a_key_is_its_persons_own(world: World, ticket: Ticket, as_: SignIn) -> None:
    say(as_(world.resident), ticket, "我说")
    say(as_(world.manager), ticket, "经理说")
    assert Comment.objects.count() == 2


def test_what_was_refused_may_be_sent_again(world: World, ticket: Ticket, as_: SignIn) -> None:
    client = as_(world.resident)
    assert say(client, ticket, "").status_code == 200
    assert not Sending.objects.exists()
    assert say(client, ticket, "阀门").status_code == 302
    assert as_(world.resident).post(
        f"/repairs/{ticket.number}/confirm/", headers={"x-outbox-key": "ef" * 32}
    ).status_code == 409  # fmt: skip
    assert Sending.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x", "AB" * 32, "ab" * 33, "ab" * 15])
def test_what_is_no_key_is_no_matter(world: World, ticket: Ticket, as_: SignIn, key: str) -> None:
    for _ in range(2):
        assert say(as_(world.resident), ticket, "阀门", key).status_code == 302
    assert (Comment.objects.count(), Sending.objects.count()) == (2, 0)


def test_nobody_has_keys(world: World, ticket: Ticket, as_: SignIn) -> None:
    assert say(as_(None), ticket, "阀门").url.startswith("/accounts/login/")
    assert not Sending.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one() -> None:
    world = build_world()
    ticket = make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)
    codes: list[int] = []

    def send() -> None:
        client = Client()
        client.force_login(world.resident)
        codes.append(say(client, ticket, "阀门").status_code)
        connections.close_all()

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (codes, Comment.objects.count()) == ([302] * 4, 1)


def test_keys_are_forgotten_in_time(world: World) -> None:
    now = timezone.now()
    Sending.objects.create(user=world.resident, key=KEY)
    assert forget_sendings(at=now + timedelta(days=89)) == 0
    assert forget_sendings(at=now + timedelta(days=91)) == 1


def test_pages_that_know_their_reader_are_kept_by_nobody(world: World, as_: SignIn) -> None:
    assert as_(world.resident).get("/")["Cache-Control"] == "private, no-store"
    assert "no-store" not in as_(None).get("/").get("Cache-Control", "")
    pages = [as_(who).get("/offline/").content for who in (world.resident, world.manager)]
    assert pages[0] == pages[1]


def test_what_another_person_wrote_is_not_sent_as_ones_own(
    world: World, ticket: Ticket, as_: SignIn
) -> None:
    """Somebody else has signed in since, in another tab of the same browser."""
    url = f"/repairs/{ticket.number}/comment/"
    sent = {"x-outbox-key": KEY, "x-outbox-person": str(world.resident.pk)}
    answer = as_(world.manager).post(url, {"body": "我说"}, headers=sent)
    assert (answer.status_code, Comment.objects.count()) == (401, 0)
    assert as_(world.resident).post(url, {"body": "我说"}, headers=sent).status_code == 302


def test_the_way_to_the_second_step_is_no_deed(
    world: World, ticket: Ticket, as_: SignIn, settings: Any
) -> None:
    settings.REQUIRE_MFA = True
    answer = say(as_(world.manager), ticket, "经理说")
    assert (answer.status_code, Comment.objects.count()) == (401, 0)
    assert not Sending.objects.exists()


def test_what_failed_half_way_was_not_done(
    world: World, ticket: Ticket, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verb was written, then the page broke: sent again, it is done once."""
    client = as_(world.resident)
    client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("workflow.verbs.after", lambda *args: 1 / 0)
        assert say(client, ticket, "阀门").status_code == 500
    assert (Comment.objects.count(), Sending.objects.count()) == (0, 0)
    assert say(client, ticket, "阀门").status_code == 302
    assert Comment.objects.count() == 1
