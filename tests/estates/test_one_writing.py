"""However a place or a person is written, it is one home and one person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from common.written import key
from estates.forms import BuildingForm, EntranceForm, PostingForm, UnitForm
from estates.models import Building, Entrance, Estate, Facility, Occupant, Place, Unit
from estates.models.homes import building_key, entrance_key, number_key
from estates.services.roster import addresses
from tests import factories as make
from tests.estates.test_roster import csv, imported
from tests.people import World

SignIn = Callable[..., Client]

PLAIN = "5栋,2单元,1204,张三,13800000001,业主"
OTHERS = [
    "５栋,２单元,１２０４,张三,１３８０００００００１,业主",
    "五栋,二单元,一二〇四室,张三,138-0000-0001,业主",
    "五 幢,二 单元,一千二百零四,张三,138 0000 0001,业主",
    "5\u200b栋,2\u2060单元,12\u00ad04,张\ufe0f三\u200b,\u202d138—0000—0001\u202c,业主",
    "５号楼,二门,\ufeff1204\u200e,张三\u200d,（138）0000－0001,业主",
]


def rows() -> tuple[list[str], list[tuple[str, str]]]:
    """All that the tests' import made: homes and who lives there."""
    units = Unit.objects.filter(entrance__building__name__startswith="5").with_address()
    people = Occupant.objects.filter(unit__in=units)
    return [unit.label for unit in units], list(people.values_list("name", "phone"))


ONCE = (["5栋 2单元 1204"], [("张三", "+8613800000001")])


@pytest.mark.parametrize("other", OTHERS)
def test_a_roster_written_otherwise_changes_nothing(world: World, other: str) -> None:
    imported(world, csv(PLAIN))
    assert rows() == ONCE
    before = Building.objects.count(), Entrance.objects.count(), Unit.objects.count()
    counts = imported(world, csv(other))
    assert rows() == ONCE
    assert (Building.objects.count(), Entrance.objects.count(), Unit.objects.count()) == before
    assert counts["units"] == counts["people"] == {"created": 0, "updated": 0, "unchanged": 1}


def test_one_file_may_write_a_home_in_every_way(world: World) -> None:
    counts = imported(world, csv(PLAIN, *OTHERS))
    assert rows() == ONCE
    assert (counts["units"]["created"], counts["people"]["created"]) == (1, 1)


def test_headers_and_numbers_may_be_full_width_or_marked(world: World) -> None:
    header = "\u200b楼\u00ad栋,单\u2060元,房号\ufe0f,姓名,楼层,面积,入住时间"
    imported(
        world, csv("七栋,一单元,３０１,李四,十二层,８９．５㎡,２０２６／６／１", header=header)
    )
    unit = Unit.objects.get(entrance__building__name="七栋")
    assert (unit.number, unit.floor, str(unit.area)) == ("301", 12, "89.50")
    assert str(unit.occupants.get().from_date) == "2026-06-01"


def test_a_person_is_known_by_a_folded_name(world: World) -> None:
    imported(world, csv("5,1,101,Anna  Ｌｅｅ,13800000001,业主"))
    counts = imported(world, csv("5,1,101,anna lee,13900000001,业主"))
    assert counts["people"] == {"created": 0, "updated": 1, "unchanged": 0}


@pytest.mark.parametrize(
    "written", ["五栋二单元一二〇四室", "５－２－１２０４", "5—2—1204", "5\u200b-2-1204"]
)
def test_an_address_in_one_cell(written: str) -> None:
    assert addresses.parse(written) == addresses.Address("5", "2", "1204")


@pytest.mark.parametrize("where", ["5-1-" + "1" * 31, "2栋99999楼5号", "3-" + "百A" * 14])
def test_an_address_that_cannot_be_stored_is_a_bad_row(world: World, where: str) -> None:
    for header in ("位置", "房号"):
        counts = imported(world, csv(where, header=header), good_rows=True)
        assert (counts["bad"], counts["units"]["created"]) == (1, 0)


def test_a_cell_that_grows_too_long_or_is_no_number_is_a_bad_row(world: World) -> None:
    row = f"5,1,{'㎡' * 16},张三,,"
    assert imported(world, csv(row), good_rows=True)["bad"] == 1
    nan = csv("5-1-1,nan", header="位置,面积")
    assert imported(world, nan, good_rows=True)["bad"] == 1


def test_every_door_stores_one_writing(world: World, as_: SignIn) -> None:
    data = {"estate": world.court.pk, "name": " １２\u200b　栋", "order": 12}
    as_(world.manager).post(reverse("estates:buildings-new"), data)
    building = Building.objects.get(name="12 栋")
    entrance = Entrance.objects.create(building=building, name="２\u00ad单元")
    unit = Unit(entrance=entrance, number="１２０４")
    Unit.objects.bulk_create([unit])
    place = Place.objects.create(estate=world.court, name="电梯（东）")
    facility = Facility.objects.create(place=place, name="电梯", serial="ＳＮ－０１\u2060")
    estate = make.make_estate("x", ticket_prefix="Ｘ")
    assert (entrance.name, unit.number, facility.serial, place.name, estate.ticket_prefix) == (
        *("2单元", "1204", "SN-01", "电梯（东）", "X"),
    )
    Unit.objects.filter(pk=unit.pk).update(number="１２０５")
    assert Unit.objects.get(entrance=entrance, number="１２\u200b０５").number == "1205"
    assert Estate.objects.get(ticket_prefix="Ｘ") == estate


@pytest.mark.parametrize("name", ["３ 栋", "三栋", "3栋", "3\u200b 栋", "三幢", "3号楼"])
def test_a_second_building_of_the_name_is_refused(world: World, name: str) -> None:
    form = BuildingForm({"estate": world.court.pk, "name": name, "order": 0}, user=world.manager)
    assert form.errors == {"name": ["The estate has a building of this name."]}


@pytest.mark.parametrize("name", ["２ 单元", "二单元", "2单元"])
def test_a_second_entrance_of_the_name_is_refused(world: World, name: str) -> None:
    building = world.home.entrance.building.pk
    form = EntranceForm({"building": building, "name": name, "order": 0}, user=world.manager)
    assert form.errors == {"name": ["The building has an entrance of this name."]}


@pytest.mark.parametrize("number", ["１２０４", "12\u200b04", "1204室", "一二〇四"])
def test_a_second_room_of_the_number_is_refused(world: World, number: str) -> None:
    data = {"entrance": world.home.entrance.pk, "number": number, "use": "home", "state": "empty"}
    form = UnitForm(data, user=world.manager)
    assert form.errors == {"number": ["The entrance has a room of this number."]}


def test_a_name_of_marks_alone_is_none(world: World) -> None:
    data = {"estate": world.court.pk, "name": "\u200b\u2060", "order": 0}
    assert "name" in BuildingForm(data, user=world.manager).errors


def test_twins_of_old_may_be_edited_but_no_new_one_made(world: World) -> None:
    """Stored before names were compared, or by two who wrote them at once."""
    twin = Building.objects.create(estate=world.court, name="三栋")
    other = Building.objects.create(estate=world.court, name="四栋")
    data = {"estate": world.court.pk, "name": "三栋", "order": 7}
    assert BuildingForm(data, instance=twin, user=world.manager).is_valid()
    assert not BuildingForm(data, instance=other, user=world.manager).is_valid()


@pytest.mark.parametrize(
    ("register", "q", "found"),
    [
        ("buildings", "三栋", ["3 栋"]),
        ("buildings", "３栋", ["3 栋"]),
        ("buildings", "3 栋", ["3 栋"]),
        ("buildings", "3\u200b栋", ["3 栋"]),
        ("buildings", "四栋", []),
        ("entrances", "二单元", ["3 栋 2 单元"]),
        ("units", "１２０４", ["3 栋 2 单元 1204"]),
        ("units", "12\u200b04", ["3 栋 2 单元 1204"]),
        ("units", "一二〇四", ["3 栋 2 单元 1204"]),
        ("units", "%", []),
    ],
)
def test_search_finds_what_is_typed_otherwise(
    world: World, as_: SignIn, register: str, q: str, found: list[str]
) -> None:
    api = as_(world.manager).get(f"/api/v1/{register}/", {"q": q}).json()["results"]
    model: Any = {"buildings": Building, "entrances": Entrance, "units": Unit}[register]
    assert [str(model.objects.get(pk=row["id"])) for row in api] == found
    page = as_(world.manager).get(reverse(f"estates:{register}"), {"q": q})
    assert page.status_code == 200


def test_a_name_is_found_with_or_without_its_spaces(world: World, as_: SignIn) -> None:
    place = make.make_place(world.court, "North Gate")
    for q in ("north gate", "ＮＯＲＴＨ", "northgate", "th ga"):
        rows = as_(world.manager).get("/api/v1/places/", {"q": q}).json()["results"]
        assert [row["id"] for row in rows] == [place.pk]


@pytest.mark.parametrize("q", ["电梯（东）", "电梯(东)", "（东", "Ａ区", "a区"])
def test_a_name_with_wide_signs_is_found_as_it_stands(world: World, as_: SignIn, q: str) -> None:
    place = make.make_place(world.court, "Ａ区 电梯（东）")
    rows = as_(world.manager).get("/api/v1/places/", {"q": q}).json()["results"]
    assert [row["id"] for row in rows] == [place.pk]


def test_a_colleague_is_named_in_full_width(world: World) -> None:
    data = {"who": "ｄｅｓｋ\u200b", "estate": world.court.pk, "duty": "desk"}
    form = PostingForm(data, user=world.manager)
    assert "who" not in form.errors
    assert form.instance.user == world.desk


@given(st.text() | st.text(st.sampled_from("三十Ｒ２ 栋楼号单元门室no\u200b－—０")))
def test_a_stored_name_compares_as_it_was_written(text: str) -> None:
    if text.isprintable():
        for compare in (building_key, entrance_key, number_key):
            assert compare(key(text)) == compare(text)
