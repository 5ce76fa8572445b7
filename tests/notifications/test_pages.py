"""The list behind the bell, the choice of channels, and the same for machines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.models import Message, Mute
from notifications.services import Kind, Occasion, Reader, notify, notify_many
from tests.people import World
from workflow.actors import SYSTEM

CODE = "tests.told"


@pytest.fixture
def told(world: World, kind: Callable[..., Kind]) -> list[Message]:
    """Three messages of the resident, and one of the neighbour."""
    kind([world.resident], "Water is off in {{ row }}\nTomorrow.")
    for occasion in "abc":
        notify(CODE, world.home, actor=SYSTEM, at=timezone.now(), occasion=occasion)
    readers = [Reader(world.next_door.pk, world.neighbour.pk, "en")]
    occasions = [Occasion(world.next_door)]
    notify_many(CODE, occasions, actor=SYSTEM, at=timezone.now(), readers=readers)
    return list(Message.objects.filter(recipient=world.resident).order_by("pk"))


def test_list_shows_the_own_messages(world: World, as_: Any, told: list[Message]) -> None:
    page = as_(world.resident).get("/notifications/").content.decode()
    assert [page.count(f'href="/notifications/{one.pk}/"') for one in told] == [1, 1, 1]
    assert "1104" not in page


def test_the_bell_of_a_page_asks_again(world: World, as_: Any) -> None:
    page = as_(world.resident).get("/notifications/").content.decode()
    assert page.count('data-hx-get="/notifications/bell/"') == 1


def test_list_is_paged_by_key(
    world: World, as_: Any, told: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.views.PAGE_SIZE", 2)
    first, second, third = (one.pk for one in told)
    client = as_(world.resident)

    def shown(query: str) -> tuple[list[int], str, str]:
        context = client.get(f"/notifications/{query}").context
        rows = [one.pk for _, _, rows in context["days"] for one in rows]
        return rows, context["previous"], context["next"]

    assert shown("") == ([third, second], "", f"?before={second}")
    assert shown(f"?before={second}") == ([first], f"?after={first}", "")
    assert shown(f"?after={first}") == ([third, second], "", f"?before={second}")
    assert shown("?before=x' OR 1=1") == shown("")
    assert shown("?after=999999999999999999") == ([], "", "")


def test_opening_reads_and_leads_to_the_row(world: World, as_: Any, told: list[Message]) -> None:
    Message.objects.filter(pk=told[0].pk).update(url="/repairs/R1/")
    response = as_(world.resident).get(told[0].get_absolute_url())
    assert (response.status_code, response["Location"]) == (302, "/repairs/R1/")
    assert list(Message.objects.inbox(world.resident).unread().order_by("pk")) == told[1:]


def test_message_of_somebody_else_is_not_found(world: World, as_: Any, told: list[Message]) -> None:
    for person in (world.neighbour, world.stranger, world.manager):
        assert as_(person).get(told[0].get_absolute_url()).status_code == 404
        assert as_(person).get(f"/api/v1/messages/{told[0].pk}/").status_code == 404
    assert Message.objects.inbox(world.resident).unread().count() == 3


def test_all_are_read_at_once(world: World, as_: Any, told: list[Message]) -> None:
    client = as_(world.resident)
    assert client.get("/notifications/read/").url == "/notifications/"
    assert Message.objects.inbox(world.resident).unread().count() == 3
    assert client.post("/notifications/read/").status_code == 302
    assert Message.objects.unread().values_list("recipient__username", flat=True).get() == (
        "neighbour"
    )


def test_nobody_reads_without_signing_in(as_: Any, db: None) -> None:
    for url in ("", "bell/", "settings/", "1/"):
        assert as_(None).get(f"/notifications/{url}").status_code == 302


def test_list_costs_the_same_for_one_and_three(world: World, as_: Any, told: list[Message]) -> None:
    client = as_(world.resident)
    client.get("/notifications/")
    with CaptureQueriesContext(connection) as many:
        client.get("/notifications/")
    Message.objects.exclude(pk=told[0].pk).delete()
    with CaptureQueriesContext(connection) as one:
        client.get("/notifications/")
    assert len(many) == len(one)


def test_unticked_kind_is_muted_and_ticked_again(
    world: World, as_: Any, told: list[Message]
) -> None:
    client = as_(world.resident)
    assert f'name="{CODE}:email"' in client.get("/notifications/settings/").content.decode()
    Mute.objects.create(user=world.resident, kind="tests.gone", channel="email")
    client.post("/notifications/settings/", {})
    muted = Mute.objects.visible_to(world.resident).values_list("kind", "channel")
    assert set(muted) == {(CODE, "email"), ("tests.gone", "email")}
    client.post("/notifications/settings/", {f"{CODE}:email": "on"})
    assert set(muted.all()) == {("tests.gone", "email")}


def test_machine_lists_and_reads(world: World, as_: Any, told: list[Message]) -> None:
    client = as_(world.resident)
    rows = client.get("/api/v1/messages/").json()["results"]
    assert [row["id"] for row in rows] == [one.pk for one in reversed(told)]
    assert set(rows[0]) == {"id", "kind", "title", "body", "url", "created_at", "read_at"}
    assert client.post(f"/api/v1/messages/{told[0].pk}/read/").json()["read_at"] is not None
    unread = client.get("/api/v1/messages/?read_at__isnull=true").json()["results"]
    assert [row["id"] for row in unread] == [told[2].pk, told[1].pk]
    assert client.post("/api/v1/messages/read_all/").json() == {"read": 2}
    assert client.post("/api/v1/messages/read_all/").json() == {"read": 0}
