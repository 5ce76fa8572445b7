"""Every page of estates, for those who may and those who may not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from estates.views.registers import REGISTERS
from tests import factories as make
from tests.people import World

SignIn = Callable[..., Client]
DESK_PAGES = ("claim-queue", "letters", "roster", "occupants", "occupants-new")
RESIDENT_PAGES = ("home", "claims", "claim-new")


@pytest.fixture
def full(world: World) -> World:
    place = make.make_place(world.court, "3 栋大堂")
    make.make_facility(place, "3 栋电梯")
    return world


@pytest.mark.parametrize("name", DESK_PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("manager", 200),
        ("dispatcher", 200),
        ("desk", 200),
        ("technician", 403),
        ("inspector", 403),
        ("resident", 403),
        ("stranger", 403),
    ],
)
def test_desk_pages(full: World, as_: SignIn, name: str, who: str, status: int) -> None:
    answer = as_(getattr(full, who)).get(reverse(f"estates:{name}"))
    assert answer.status_code == status


@pytest.mark.parametrize("register", [r.route for r in REGISTERS if r.route != "occupants"])
@pytest.mark.parametrize(
    ("who", "status"), [("manager", 200), ("technician", 200), ("resident", 403)]
)
def test_registers_are_the_staffs(
    full: World, as_: SignIn, register: str, who: str, status: int
) -> None:
    answer = as_(getattr(full, who)).get(reverse(f"estates:{register}"))
    assert answer.status_code == status


@pytest.mark.parametrize("name", RESIDENT_PAGES)
@pytest.mark.parametrize("who", ["resident", "stranger", "manager", "admin"])
def test_anybody_signed_in_opens(full: World, as_: SignIn, name: str, who: str) -> None:
    assert as_(getattr(full, who)).get(reverse(f"estates:{name}")).status_code == 200


@pytest.mark.parametrize("name", [*DESK_PAGES, *RESIDENT_PAGES, "posters", "units"])
def test_nobody_is_asked_to_sign_in(full: World, as_: SignIn, name: str) -> None:
    answer = as_(None).get(reverse(f"estates:{name}"))
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_posters_carry_the_codes_of_places_and_facilities(full: World, as_: SignIn) -> None:
    answer = as_(full.technician).get(reverse("estates:posters"))
    assert [sheet["name"] for sheet in answer.context["sheets"]] == ["3 栋大堂", "3 栋电梯"]
    assert answer.content.count(b"<svg") == 2
    assert b"style=" not in answer.content


def test_letters_of_a_foreign_building_are_not_offered(full: World, as_: SignIn) -> None:
    foreign = full.far_home.entrance.building.pk
    answer = as_(full.desk).get(reverse("estates:letters"), {"building": foreign})
    assert answer.context["building"] is None
    assert [b.name for b in answer.context["buildings"]] == ["3 栋"]
