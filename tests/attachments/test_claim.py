from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from attachments.models import Attachment
from attachments.services import claim, discard, of, of_rows, purge, store
from tests.attachments.pictures import content, upload
from tests.factories import make_ticket
from tests.people import World, build_world


def photos(by: Any, count: int = 1) -> list[str]:
    return [store(upload(), by=by, at=timezone.now()).key for _ in range(count)]


def test_uploads_are_given_in_the_order_named(world: World) -> None:
    ticket = make_ticket(world.pipes, reporter=world.resident)
    first, second = photos(world.resident, 2)
    given = claim([second, first], row=ticket, by=world.resident, stage="after")
    assert [one.key for one in given] == [second, first]
    assert {(one.key, one.stage) for one in of(ticket)} == {(first, "after"), (second, "after")}


def test_second_click_is_harmless(world: World) -> None:
    ticket = make_ticket(world.pipes, reporter=world.resident)
    keys = photos(world.resident, 2)
    claim(keys, row=ticket, by=world.resident)
    assert claim(keys, row=ticket, by=world.resident) == []
    assert [one.key for one in of(ticket)] == keys


@pytest.mark.parametrize("whose", ["somebody else's", "another ticket's", "nobody's"])
def test_what_is_not_an_own_unsent_upload_refuses_them_all(world: World, whose: str) -> None:
    ticket = make_ticket(world.pipes, reporter=world.resident)
    [mine] = photos(world.resident)
    [alien] = photos(world.neighbour if whose == "somebody else's" else world.resident)
    if whose == "another ticket's":
        claim([alien], row=make_ticket(world.pipes), by=world.resident)
    if whose == "nobody's":
        alien = "x" * 24
    with pytest.raises(ValidationError, match="no longer here"):
        claim([mine, alien], row=ticket, by=world.resident)
    assert list(of(ticket)) == []


def test_nine_of_a_stage_and_no_more(world: World) -> None:
    ticket = make_ticket(world.pipes, reporter=world.resident)
    claim(photos(world.resident, 9), row=ticket, by=world.resident)
    with pytest.raises(ValidationError, match="At most 9 photos"):
        claim(photos(world.resident), row=ticket, by=world.resident)
    claim(photos(world.technician), row=ticket, by=world.technician, stage="after")
    assert of(ticket).count() == 10


def test_files_of_many_rows_cost_one_query(world: World, django_assert_num_queries: Any) -> None:
    tickets = [make_ticket(world.pipes, reporter=world.resident) for _ in range(3)]
    for ticket in tickets[:2]:
        claim(photos(world.resident, 2), row=ticket, by=world.resident)
    with django_assert_num_queries(1):
        found = of_rows(tickets)
    assert [len(found[ticket.pk]) for ticket in tickets] == [2, 2, 0]


def test_own_upload_is_thrown_away(world: World, stored: Path) -> None:
    kept, other = (Attachment.objects.get(key=key) for key in photos(world.resident, 2))
    assert discard(other, by=world.neighbour) is False
    assert discard(other, by=world.resident) is True
    assert list(Attachment.objects.all()) == [kept]
    assert len([path for path in stored.rglob("*") if path.is_file()]) == 2


def test_sent_photo_is_not_thrown_away(world: World) -> None:
    [key] = photos(world.resident)
    ticket = make_ticket(world.pipes, reporter=world.resident)
    claim([key], row=ticket, by=world.resident)
    assert discard(of(ticket)[0], by=world.resident) is False


def test_sweep_takes_only_what_was_never_sent(world: World, stored: Path) -> None:
    now = timezone.now()
    stale, fresh, sent = photos(world.resident, 3)
    claim([sent], row=make_ticket(world.pipes), by=world.resident)
    Attachment.objects.filter(key__in=[stale, sent]).update(created_at=now - timedelta(days=3))
    assert (purge(at=now), purge(at=now)) == (1, 0)
    assert set(Attachment.objects.values_list("key", flat=True)) == {fresh, sent}
    assert len([path for path in stored.rglob("*") if path.is_file()]) == 4


def test_sweep_takes_files_that_no_row_knows(world: World, stored: Path) -> None:
    """A verb that was undone after it had stored a file."""
    now = timezone.now()
    try:
        with transaction.atomic():
            store(upload(), by=world.resident, at=now)
            raise LookupError
    except LookupError:
        pass
    sent = store(upload(), by=world.resident, at=now, row=world.home)
    assert len(list(stored.rglob("*.jpg"))) == 4
    assert purge(at=now) == 0
    assert purge(at=now + timedelta(days=4)) == 2
    assert len(list(stored.rglob("*.jpg"))) == 2
    assert content(sent.file)


@pytest.mark.django_db(transaction=True)
def test_two_claims_at_once_do_not_pass_the_limit() -> None:
    world = build_world()
    ticket = make_ticket(world.pipes, reporter=world.resident)
    claim(photos(world.resident, 8), row=ticket, by=world.resident)
    keys = photos(world.resident, 2)
    refused: list[str] = []
    start = threading.Barrier(2)

    def take(key: str) -> None:
        start.wait()
        try:
            claim([key], row=ticket, by=world.resident)
        except ValidationError as error:
            refused.append(str(error.code))
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (of(ticket).count(), refused) == (9, ["limit"])
