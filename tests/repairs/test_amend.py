from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from repairs import services
from tests import factories as make
from tests.people import World
from tests.repairs.battery import entries, refused, told, too_late
from tests.repairs.conftest import Stage
from workflow.refusals import Invalid

MORE = {"description": "水槽下面漏水,更大了", "place_words": "厨房", "may_enter": "on"}


def test_resident_changes_what_was_said(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("assigned")
    client, url = as_(world.resident), f"/repairs/{ticket.number}/amend/"
    assert client.get(url).context["form"]["description"].value() == "水槽下面漏水"
    client.post(url, MORE)
    ticket.refresh_from_db()
    assert (ticket.description, ticket.place_words) == ("水槽下面漏水,更大了", "厨房")
    assert (ticket.may_enter, ticket.status) == (True, "assigned")
    assert entries(ticket)[-1] == "repairs.ticket.amend"
    assert told("amend") == {"technician"}


def test_only_the_reporter_makes_it_private(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("new")
    family = make.make_user("family")
    make.make_occupant(world.home, family)
    as_(family).post(f"/repairs/{ticket.number}/amend/", {**MORE, "private": "on"})
    ticket.refresh_from_db()
    assert (ticket.place_words, ticket.private) == ("厨房", False)
    with pytest.raises(Invalid):
        services.amend(ticket, private=True, actor=family, at=timezone.now())


def test_nothing_else_can_be_changed(world: World, ticket_in: Stage) -> None:
    with pytest.raises(Invalid):
        services.amend(
            ticket_in("new"), priority="emergency", actor=world.resident, at=timezone.now()
        )


def test_others_cannot_amend(world: World, as_: Any, ticket_in: Stage) -> None:
    refused(world, as_, ticket_in("assigned"), "amend", MORE, may_not=("technician",))


def test_not_once_work_has_begun(world: World, as_: Any, ticket_in: Stage) -> None:
    too_late(as_, world.resident, ticket_in("in_progress"), "amend", MORE)
