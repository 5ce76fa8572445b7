"""The repair form, and the verb behind it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from notifications.models import Message
from repairs import services
from repairs.models import Ticket
from tests import factories as make
from tests.attachments.pictures import upload
from tests.people import World
from workflow.refusals import Invalid, NotAllowed, TooMany

NEW = "/repairs/new/"


def words(world: World, **fields: Any) -> dict[str, Any]:
    return {
        "tile": world.pipes.pk,
        "where": f"unit-{world.home.pk}",
        "description": "水槽下面漏水。阀门关不紧",
        "key": str(uuid.uuid4()),
        **fields,
    }


def test_resident_reports_from_the_form(world: World, as_: Any) -> None:
    window = f"{timezone.localdate() + timedelta(days=1)}/am"
    data = words(
        world, windows=[window], may_enter="on", contact_phone="138 0000 0001", photos=[upload()]
    )
    answer = as_(world.resident).post(NEW, data)

    ticket = Ticket.objects.get()
    assert answer.url == f"/repairs/{ticket.number}/"
    assert (ticket.status, ticket.title, ticket.unit) == ("new", "水槽下面漏水", world.home)
    assert (ticket.reporter, ticket.entered_by, ticket.source) == (
        world.resident,
        world.resident,
        "web",
    )
    assert (ticket.windows, ticket.may_enter) == ([window], True)
    assert ticket.contact_phone == "+8613800000001"
    assert [entry.code for entry in Entry.objects.for_row(ticket)] == ["repairs.ticket.report"]
    told = {message.recipient for message in Message.objects.filter(kind="repairs.ticket.report")}
    assert told == {world.dispatcher, world.desk, world.manager}


def test_double_tap_makes_one_ticket(world: World, as_: Any) -> None:
    client, data = as_(world.resident), words(world)
    first, second = client.post(NEW, data), client.post(NEW, data)
    assert first.url == second.url
    assert Ticket.objects.count() == 1


def test_error_keeps_words_and_photos(world: World, as_: Any) -> None:
    client = as_(world.resident)
    answer = client.post(NEW, words(world, description="", place_words="厨房", photos=[upload()]))
    page = answer.content.decode()
    assert "Please say in a few words what happened." in page
    assert 'value="厨房"' in page
    [key] = answer.context["form"].fields["photos"].widget.kept
    client.post(NEW, words(world, photos_kept=[key.key]))
    assert Ticket.objects.get().pk == Entry.objects.get(code="repairs.ticket.report").object_id
    key.refresh_from_db()
    assert key.object_id == Ticket.objects.get().pk


def test_problem_of_another_tile_is_ignored(world: World, as_: Any) -> None:
    leaf = make.make_category(world.court, "lift-noise", parent=world.lifts)
    as_(world.resident).post(NEW, words(world, problem=leaf.pk))
    assert Ticket.objects.get().category == world.pipes


def test_problem_of_the_tile_is_the_category(world: World, as_: Any) -> None:
    leaf = make.make_category(world.court, "sink", parent=world.pipes, priority="urgent")
    as_(world.resident).post(NEW, words(world, problem=leaf.pk))
    ticket = Ticket.objects.get()
    assert (ticket.category, ticket.priority) == (leaf, "urgent")


def test_resident_chooses_a_facility_of_the_building(world: World, as_: Any) -> None:
    building = world.home.entrance.building
    place = make.make_place(world.court, "电梯厅", kind="lift", building=building)
    lift = make.make_facility(place, "1 号电梯", kind="lift")
    data = words(world, where="building", near=f"facility-{lift.pk}", may_enter="on", private="on")
    as_(world.resident).post(NEW, data)
    ticket = Ticket.objects.get()
    assert (ticket.unit, ticket.place, ticket.facility) == (None, place, lift)
    assert (ticket.may_enter, ticket.private) == (False, False)


def test_public_place_wants_a_place_or_words(world: World, as_: Any) -> None:
    client = as_(world.resident)
    page = client.post(NEW, words(world, where="estate")).content.decode()
    assert "Please choose the place, or say where it is." in page
    client.post(NEW, words(world, where="estate", place_words="喷泉旁边"))
    ticket = Ticket.objects.get()
    assert (ticket.unit, ticket.place, ticket.where) == (None, None, "喷泉旁边")


def test_poster_opens_the_form_with_its_place(world: World, as_: Any) -> None:
    place = make.make_place(world.court, "东门", kind="gate")
    gate = make.make_facility(place, "道闸")
    client = as_(world.resident)
    assert client.get(f"/repairs/at/{place.qr}/").url == f"{NEW}?place={place.pk}"
    assert client.get(f"/repairs/at/{gate.qr}/").url == f"{NEW}?facility={gate.pk}"
    form = client.get(f"{NEW}?facility={gate.pk}").context["form"]
    assert (form["where"].value(), form["elsewhere"].value()) == ("estate", f"facility-{gate.pk}")


def test_stranger_finds_nothing_at_a_poster(world: World, as_: Any) -> None:
    place = make.make_place(world.court, "东门", kind="gate")
    client = as_(world.stranger)
    assert client.get(f"/repairs/at/{place.qr}/").status_code == 404
    for asked in (f"place={place.pk}", f"unit={world.home.pk}", "estate=court", "place=x"):
        assert client.get(f"{NEW}?{asked}").status_code == 404


def test_stranger_cannot_choose_a_home_of_ours(world: World, as_: Any) -> None:
    page = as_(world.stranger).post(NEW, words(world, tile=world.far_pipes.pk))
    errors = page.context["form"].errors.as_data()
    assert [error.code for error in errors["where"]] == ["invalid_choice"]
    assert Ticket.objects.count() == 0


def test_somebody_without_a_home_is_led_to_claim_one(world: World, as_: Any) -> None:
    page = as_(make.make_user("newcomer", language="en")).get(NEW).content.decode()
    assert "First tell us where you live" in page
    assert 'href="/estates/claims/' in page


def test_desk_reports_for_a_caller_whose_number_is_on_the_roster(world: World, as_: Any) -> None:
    world.home.occupants.update(phone="+8613800000001")
    data = words(
        world,
        where="home",
        home="3-2-1204",
        contact_phone="13800000001",
        contact_name="林阿姨",
        source="phone",
        priority="urgent",
    )
    as_(world.dispatcher).post(NEW, data)
    ticket = Ticket.objects.get()
    assert (ticket.unit, ticket.reporter, ticket.entered_by) == (
        world.home,
        world.resident,
        world.dispatcher,
    )
    assert (ticket.source, ticket.priority) == ("phone", "urgent")


def test_the_number_of_somebody_who_moved_out_makes_no_reporter(world: World) -> None:
    world.home.occupants.update(
        phone="+8613800000001", to_date=timezone.localdate() - timedelta(days=1)
    )
    ticket = services.report(
        actor=world.dispatcher,
        at=timezone.now(),
        category=world.pipes,
        description="水槽漏水",
        unit=world.home,
        contact_phone="+8613800000001",
    )
    assert ticket.reporter is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("9-9-999", "No home of the estate answers to this."),
        ("", "No home of the estate answers to this."),
        ("1204", "Several homes answer to this: 3 栋 2 单元 1204, 4 栋 1 单元 1204."),
    ],
)
def test_desk_is_told_when_a_home_is_not_one(world: World, as_: Any, typed: str, said: str) -> None:
    make.make_unit(world.court, "4 栋", "1 单元", "1204")
    data = words(world, where="home", home=typed, source="desk")
    page = as_(world.dispatcher).post(NEW, data)
    assert page.context["form"].errors["home"] == [said]


def test_resident_reports_only_for_own_home(world: World) -> None:
    with pytest.raises(NotAllowed):
        report(world, unit=world.next_door)


def test_place_and_home_together_make_no_sense(world: World) -> None:
    with pytest.raises(Invalid):
        report(world, unit=world.home, place=make.make_place(world.court, "大厅"))


def test_third_like_report_is_one_too_many(world: World, as_: Any) -> None:
    report(world)
    report(world)
    with pytest.raises(TooMany):
        report(world)
    answer = as_(world.resident).post(NEW, words(world))
    assert answer.status_code == 429
    assert "水槽下面漏水。阀门关不紧" in answer.content.decode()


def report(world: World, **fields: Any) -> Ticket:
    fields.setdefault("unit", world.home)
    return services.report(
        actor=world.resident,
        at=timezone.now(),
        category=world.pipes,
        description="水槽下面漏水",
        **fields,
    )
