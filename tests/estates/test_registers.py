"""The registers: rows written by the right people, recorded, exported, never lost from sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from estates.models import Building, DutyShift, Occupant, Place, Posting, Unit
from tests import factories as make
from tests.people import World

SignIn = Callable[..., Client]


def new_building(world: World) -> dict[str, Any]:
    return {"estate": world.court.pk, "name": "12 栋", "order": 12, "floors": 18}


def test_manager_adds_a_building_and_it_is_recorded(world: World, as_: SignIn) -> None:
    answer = as_(world.manager).post(reverse("estates:buildings-new"), new_building(world))
    row = Building.objects.get(name="12 栋")
    entry = Entry.objects.for_row(row).get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("estates:buildings"))
    assert (entry.code, entry.actor) == ("estates.create_building", world.manager)
    assert entry.after == {"estate": world.court.pk, "name": "12 栋", "floors": 18, "order": 12}


@pytest.mark.parametrize(
    ("who", "status"), [("dispatcher", 403), ("technician", 403), ("resident", 403)]
)
def test_others_add_no_building(world: World, as_: SignIn, who: str, status: int) -> None:
    answer = as_(getattr(world, who)).post(reverse("estates:buildings-new"), new_building(world))
    assert answer.status_code == status
    assert not Building.objects.filter(name="12 栋").exists()


def test_a_foreign_estate_cannot_be_chosen(world: World, as_: SignIn) -> None:
    data = {**new_building(world), "estate": world.garden.pk}
    answer = as_(world.manager).post(reverse("estates:buildings-new"), data)
    assert answer.status_code == 422
    assert not Building.objects.filter(name="12 栋").exists()


def test_a_row_that_would_leave_the_actors_hands_is_undone(world: World, as_: SignIn) -> None:
    """The dispatcher of one estate who lives in another sees both and may write in none."""
    make.make_occupant(world.far_home, world.manager)
    row = Building.objects.get(estate=world.court)
    data = {**new_building(world), "name": row.name, "estate": world.garden.pk}
    answer = as_(world.manager).post(reverse("estates:buildings-edit", args=[row.pk]), data)
    row.refresh_from_db()
    assert (answer.status_code, row.estate) == (403, world.court)
    assert Entry.objects.for_row(row).count() == 0


def test_an_edit_writes_and_records_what_changed(world: World, as_: SignIn) -> None:
    url = reverse("estates:units-edit", args=[world.home.pk])
    data = {"entrance": world.home.entrance.pk, "number": "1204", "floor": 12, "use": "home"}
    as_(world.manager).post(url, {**data, "area": "89.5", "state": "let"})
    entry = Entry.objects.for_row(world.home).get()
    assert (entry.before, entry.after) == (
        {"area": None, "state": "unknown"},
        {"area": "89.5", "state": "let"},
    )
    assert as_(world.outsider).get(url).status_code == 404
    assert as_(world.technician).get(url).status_code == 403


def test_what_others_stand_on_is_not_removed(world: World, as_: SignIn) -> None:
    house = world.home.entrance.building
    url = reverse("estates:buildings-remove", args=[house.pk])
    assert as_(world.manager).get(url).status_code == 200
    assert as_(world.manager).post(url).status_code == 409
    assert Building.objects.filter(pk=house.pk).exists()
    place = make.make_place(world.court, "儿童乐园")
    url = reverse("estates:places-remove", args=[place.pk])
    assert [as_(world.manager).post(url).status_code for _turn in range(2)] == [302, 404]
    assert not Place.objects.filter(pk=place.pk).exists()


def test_an_occupant_is_ended_and_stays_in_the_records(world: World, as_: SignIn) -> None:
    row = Occupant.objects.get(user=world.resident)
    url = reverse("estates:occupants-remove", args=[row.pk])
    assert as_(world.technician).post(url).status_code == 404
    assert [as_(world.desk).post(url).status_code for _turn in range(2)] == [302, 409]
    row.refresh_from_db()
    assert row.to_date == timezone.localdate()


def test_the_phone_is_kept_replaced_or_removed(world: World, as_: SignIn) -> None:
    row = Occupant.objects.get(user=world.resident)
    Occupant.objects.filter(pk=row.pk).update(phone="+8613800000001")
    desk, url = as_(world.desk), reverse("estates:occupants-edit", args=[row.pk])
    data = {"name": "林女士", "relation": "owner"}
    seen = []
    for typed in ({"phone": ""}, {"phone": "139 0000 0002"}, {"phone": "", "no_phone": "on"}):
        assert desk.post(url, {**data, **typed}).status_code == 302
        row.refresh_from_db()
        seen.append(row.phone)
    assert seen == ["+8613800000001", "+8613900000002", ""]
    bad = desk.post(url, {**data, "phone": "12"})
    assert (bad.status_code, b"value=&quot;12" in bad.content or b'value="12"' in bad.content) == (
        422,
        True,
    )


def test_the_same_person_twice_is_refused_with_a_sentence(world: World, as_: SignIn) -> None:
    data = {"unit": world.home.pk, "name": "resident", "phone": "", "relation": "owner"}
    answer = as_(world.desk).post(reverse("estates:occupants-new"), data)
    assert answer.status_code == 422
    assert "on the roster of the unit already" in answer.content.decode()


def test_a_colleague_is_named_by_sign_in(world: World, as_: SignIn) -> None:
    plumber = make.make_user("plumber", phone="+8613800000005", email_verified=False)
    url = reverse("estates:postings-new")
    data = {"estate": world.court.pk, "duty": "technician", "trades": ["plumbing"]}
    manager = as_(world.manager)
    assert manager.post(url, {**data, "who": "nobody-at-all"}).status_code == 422
    # only claimed: anybody may have typed them at signing up
    assert manager.post(url, {**data, "who": "138 0000 0005"}).status_code == 422
    assert manager.post(url, {**data, "who": "plumber@example.org"}).status_code == 422
    plumber.phone_verified = True
    plumber.save(update_fields=["phone_verified"])
    assert manager.post(url, {**data, "who": "138 0000 0005"}).status_code == 302
    posting = Posting.objects.get(user__username="plumber")
    assert (posting.duty, posting.trades) == ("technician", ["plumbing"])


def test_shifts_of_one_person_do_not_overlap(world: World, as_: SignIn) -> None:
    posting = Posting.objects.get(user=world.technician)
    url = reverse("estates:shifts-new")
    data = {"posting": posting.pk, "starts_at": "2026-06-01T09:00", "ends_at": "2026-06-01T18:00"}
    manager = as_(world.manager)
    assert manager.post(url, data).status_code == 302
    late = manager.post(
        url, {**data, "starts_at": "2026-06-01T17:00", "ends_at": "2026-06-01T22:00"}
    )
    assert (late.status_code, DutyShift.objects.count()) == (422, 1)
    week = manager.get(reverse("estates:shifts"), {"week": "2026-06-03"})
    assert [str(day) for day, _those in week.context["days"]] == ["2026-06-01"]
    empty = manager.get(reverse("estates:shifts"), {"week": "2026-06-10"})
    assert empty.context["days"] == []


def test_exports_follow_the_filters(world: World, as_: SignIn) -> None:
    url = reverse("estates:units")
    answer = as_(world.manager).get(url, {"export": "csv", "q": "1204"})
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["unit", "3 栋 2 单元 1204"]
    book = as_(world.manager).get(url, {"export": "xlsx"})
    assert book.getvalue().startswith(b"PK")
    assert as_(world.resident).get(url, {"export": "csv"}).status_code == 403


# Lists cost the same for one row and for many


def fill(world: World, count: int) -> None:
    for n in range(count):
        unit = make.make_unit(world.court, f"{20 + n} 栋", "1 单元", f"{n}01")
        make.make_occupant(unit, name=f"人{n}", phone=f"+861380000{n:04d}")
        place = make.make_place(world.court, f"地方{n}")
        make.make_facility(place, f"设备{n}")
        make.make_posting(make.make_user(f"staff{n}"), world.court, "desk")


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "name", ["buildings", "entrances", "units", "places", "facilities", "occupants", "postings"]
)
def test_lists_cost_the_same_for_any_number_of_rows(world: World, as_: SignIn, name: str) -> None:
    client, url = as_(world.manager), reverse(f"estates:{name}")
    make.make_facility(make.make_place(world.court, "大堂"), "电梯")
    one = queries(client, url)
    fill(world, 3)
    many = queries(client, url)
    assert (one, many <= 12) == (many, True), (one, many)


@pytest.mark.parametrize(
    "name",
    ["buildings", "entrances", "units", "places", "facilities", "occupants", "postings", "claims"],
)
def test_api_lists_cost_the_same_for_any_number_of_rows(
    world: World, as_: SignIn, name: str
) -> None:
    client, url = as_(world.manager), f"/api/v1/{name}/"
    make.make_facility(make.make_place(world.court, "大堂"), "电梯")
    one = queries(client, url)
    fill(world, 3)
    assert queries(client, url) == one


def test_api_shows_one_estate_only(world: World, as_: SignIn) -> None:
    foreign = {
        "estates": world.garden.pk,
        "units": world.far_home.pk,
        "occupants": Occupant.objects.get(user=world.stranger).pk,
        "postings": Posting.objects.get(user=world.outsider).pk,
    }
    client = as_(world.manager)
    for name, pk in foreign.items():
        assert pk not in [row["id"] for row in client.get(f"/api/v1/{name}/").json()["results"]]
        assert client.get(f"/api/v1/{name}/{pk}/").status_code == 404
    units = as_(world.resident).get("/api/v1/units/").json()["results"]
    assert [row["address"] for row in units] == ["3 栋 2 单元 1204"]
    assert Unit.objects.count() == 3
