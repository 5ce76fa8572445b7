from __future__ import annotations

from typing import Any

from attachments.models import Comment
from attachments.services import of
from tests.attachments.pictures import upload
from tests.people import World
from tests.repairs.battery import refused, told, too_late
from tests.repairs.conftest import Stage

WORDS = {"body": "阀门在柜子最里面"}


def test_resident_adds_words_and_a_photo(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("assigned")
    due = ticket.resolve_by
    client = as_(world.resident)
    client.post(f"/repairs/{ticket.number}/comment/", {**WORDS, "photos": [upload()]})
    said = Comment.objects.get()
    assert (said.body, said.author, said.internal) == (WORDS["body"], world.resident, False)
    assert of(said).count() == 1
    assert told("comment") == {"technician"}
    ticket.refresh_from_db()
    assert (ticket.status, ticket.resolve_by) == ("assigned", due)
    assert WORDS["body"] in client.get(ticket.get_absolute_url()).content.decode()


def test_first_words_of_the_desk_are_the_answer(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("new")
    url = f"/repairs/{ticket.number}/comment/"
    as_(world.resident).post(url, WORDS)
    ticket.refresh_from_db()
    assert ticket.responded_at is None
    as_(world.dispatcher).post(url, WORDS)
    ticket.refresh_from_db()
    assert ticket.responded_at is not None


def test_residents_never_read_internal_notes(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("assigned")
    as_(world.dispatcher).post(f"/repairs/{ticket.number}/note/", {"body": "业主家有狗"})
    page = ticket.get_absolute_url()
    assert "业主家有狗" not in as_(world.resident).get(page).content.decode()
    assert "业主家有狗" in as_(world.technician).get(page).content.decode()
    assert (
        as_(world.resident).post(f"/repairs/{ticket.number}/note/", {"body": "x"}).status_code
        == 403
    )


def test_strangers_cannot_comment(world: World, as_: Any, ticket_in: Stage) -> None:
    refused(world, as_, ticket_in("new"), "comment", WORDS, may_not=())


def test_not_on_what_was_cancelled(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("new")
    as_(world.resident).post(f"/repairs/{ticket.number}/cancel/")
    too_late(as_, world.resident, ticket, "comment", WORDS)
