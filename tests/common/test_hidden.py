"""Of a number that is shown by its ends nobody reads the middle, however often they ask."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from common.phones import masked
from estates.models import PHONES, Occupant
from repairs.models import Ticket
from tests import factories as make
from tests.people import World

SignIn = Callable[..., Client]

PHONE = "+8613881552207"
WHOLE = [
    "13881552207", "+8613881552207", "138 8155 2207", "138-8155-2207", "１３８８１５５２２０７",
]  # fmt: skip
PIECES = [
    "8155", "1388", "138", "207", "52207", "815522", "881552207", "+86138", "%2207", "____", "22 0",
]  # fmt: skip


@pytest.mark.parametrize("asked", [*WHOLE, "2207", " ２２０７ "])
def test_found_as_a_whole_or_by_its_end(world: World, asked: str) -> None:
    row = make.make_occupant(world.home, name="无名", phone=PHONE)
    make.make_occupant(world.home, name="别人", phone="+8613881552208")
    make.make_occupant(world.home, name="没有", phone="")
    assert list(Occupant.objects.filter(PHONES.matching(asked))) == [row]


@pytest.mark.parametrize("asked", [*PIECES, "", "13881552208", "2208"])
def test_by_no_other_piece(world: World, asked: str) -> None:
    make.make_occupant(world.home, name="无名", phone=PHONE)
    assert not Occupant.objects.filter(PHONES.matching(asked)).exists()


@pytest.mark.parametrize("short", ["+862551234", "+85251234567", "+861012345", "+864001234567"])
def test_of_a_short_number_no_part_finds_it(world: World, short: str) -> None:
    """Less than its last four digits is shown; as a whole it is found where it is one."""
    make.make_occupant(world.home, name="无名", phone=short)
    assert not Occupant.objects.filter(PHONES.matching(short[-4:])).exists()


@pytest.mark.parametrize("phone", ["+8613881552207", "+862885551234", "+861085551234"])
def test_what_finds_a_number_is_shown_of_it(world: World, phone: str) -> None:
    row = make.make_occupant(world.home, name="无名", phone=phone)
    assert list(Occupant.objects.filter(PHONES.matching(phone[-4:]))) == [row]
    assert masked(phone).endswith(f"****{phone[-4:]}")


def test_the_lists_keep_to_it(world: World, as_: SignIn) -> None:
    """The roster's search and the desk's, page and API alike."""
    make.make_occupant(world.home, name="无名氏", phone=PHONE)
    ticket = make.make_ticket(world.pipes, unit=world.home, contact_phone=PHONE)
    desk = as_(world.dispatcher)
    roster, triage, api = "/estates/occupants/", "/repairs/triage/", "/api/v1/tickets/"
    for piece in PIECES:
        assert "无名氏" not in desk.get(roster, {"q": piece}).content.decode(), piece
        shown = desk.get(triage, {"view": "all", "q": piece}).content.decode()
        assert ticket.get_absolute_url() not in shown, piece
        assert desk.get(api, {"q": piece}).json()["results"] == [], piece
    for asked in (*WHOLE, "2207"):
        assert "无名氏" in desk.get(roster, {"q": asked}).content.decode(), asked
        assert len(desk.get(api, {"q": asked}).json()["results"]) == 1, asked


def test_the_number_of_a_home_opens_only_to_its_desk(world: World, as_: SignIn) -> None:
    """A technician sees the ticket, and finds it by no number."""
    make.make_ticket(world.pipes, contact_phone=PHONE, assignee=world.technician, status="assigned")
    assert Ticket.objects.visible_to(world.technician).count() == 1
    api = as_(world.technician).get("/api/v1/tickets/", {"q": "2207"})
    assert api.json()["results"] == []
