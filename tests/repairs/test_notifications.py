"""Who is told of what, always among those who may open the ticket, in words of their language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from notifications.models import Message
from notifications.services import Occasion, Reader, notify_many
from repairs import services
from repairs.lives import TICKET
from repairs.models import Follow, Ticket
from repairs.querysets import watchers
from repairs.services import MOVES
from tests import factories as make
from tests.everything import only
from tests.people import World
from tests.repairs.conftest import Stage
from tests.repairs.test_matrix import ticket_in as ticket_at

AT = timezone.now()
KINDS = TICKET.kinds()
# What nobody needs to hear of: it is seen on the ticket.
SILENT = {"add_cost", "return_visit"}


def test_every_verb_tells_somebody_or_is_silent_on_purpose() -> None:
    told = {kind.code.rpartition(".")[2] for kind in KINDS}
    assert told == (set(MOVES) - SILENT) | {
        "report",
        "heard",
        "absorb",
        "relieved",
        "due_soon",
        "overdue",
    }


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("state", Ticket.Status.values)
def test_recipients_are_always_among_the_watchers(world: World, state: str, private: bool) -> None:
    make.make_occupant(world.home, make.make_user("grandmother"))
    ticket = ticket_at(world, state)
    Follow.objects.create(ticket=ticket, user=world.neighbour)
    Ticket.objects.filter(pk=ticket.pk).update(private=private)
    ticket.refresh_from_db()
    seen = set(watchers(only(ticket)))
    assert {kind.code: set(kind.recipients(only(ticket))) - seen for kind in KINDS} == {
        kind.code: set() for kind in KINDS
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_each_text_is_whole_in_both_languages(world: World, kind: Any) -> None:
    world.neighbour.language = "en"
    world.neighbour.save(update_fields=["language"])
    ticket = ticket_at(world, "resolved")
    Ticket.objects.filter(pk=ticket.pk).update(
        title="<厨房> & 水槽",
        visit_from=AT,
        visit_to=AT + timedelta(hours=1),
        rating=4,
        resolution="换了阀芯",
    )
    ticket.refresh_from_db()
    people = [world.resident, world.neighbour]
    occasion = Occasion(ticket, "", {"note": "为什么", "body": "好的", "deadline": AT})
    readers = [Reader(ticket.pk, one.pk, one.language) for one in people]
    notify_many(kind.code, [occasion], actor=world.dispatcher, at=AT, readers=readers)
    texts = [(m.title, m.body) for m in Message.objects.filter(kind=kind.code)]
    assert len(texts) == 2
    for title, body in texts:
        assert "<厨房> & 水槽" in title
        assert body
        assert "  " not in f"{title} {body}"
        assert "None" not in f"{title} {body}"


def told(kind: str) -> set[str]:
    return {m.recipient.username for m in Message.objects.filter(kind=f"repairs.ticket.{kind}")}


def test_the_story_tells_exactly_those_concerned(world: World, ticket_in: Stage) -> None:
    ticket_in("closed")
    assert {kind: told(kind) for kind in ("report", "accept", "dispatch", "start", "resolve")} == {
        "report": {"dispatcher", "manager", "desk"},
        "accept": {"resident"},
        "dispatch": {"technician", "resident"},
        "start": {"resident"},
        "resolve": {"resident"},
    }
    assert told("confirm") == {"technician"}


def test_handing_back_calls_the_desk(world: World, ticket_in: Stage) -> None:
    services.hand_back(ticket_in("assigned"), reason="缺工具", actor=world.technician, at=AT)
    assert told("hand_back") == {"dispatcher", "manager", "desk"}


def test_a_note_is_not_for_residents(world: World, ticket_in: Stage) -> None:
    services.note(ticket_in("assigned"), body="备件已订", actor=world.dispatcher, at=AT)
    assert told("note") == {"manager", "desk", "technician"}


def test_a_private_ticket_tells_nobody_else_at_home(world: World, ticket_in: Stage) -> None:
    make.make_occupant(world.home, make.make_user("grandmother"))
    services.accept(ticket_in("new", private=True), actor=world.dispatcher, at=AT)
    assert told("accept") == {"resident"}
