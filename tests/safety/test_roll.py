"""The roll-call: several at once, without signal, and only by those who call it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from safety.models import DrillHome, DrillMark
from safety.services import drills, roll
from tests import factories as make
from tests.people import World
from tests.races import rush
from workflow.refusals import NotAllowed, WrongState

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def running(world: World, **fields: Any) -> Any:
    """Called by the grid member and the volunteer."""
    house = world.home.entrance.building
    drill = make.make_drill(world.court, house, status="running", **fields)
    for person in (world.grid_member, world.volunteer):
        make.make_role(drill, person, "roll_caller", house)
    return drill


def mark(home: DrillHome, by: Any, said: str, at: datetime | None = None, **more: Any) -> Any:
    return roll.mark(home, actor=by, at=at or timezone.now(), mark=said, **more)


def tally(drill: Any) -> roll.Tally:
    return roll.whole(roll.tallies([drill]).values())


# --- counted once


def test_each_home_counts_once_however_often_it_is_said(world: World) -> None:
    drill = running(world)
    home = make.home_of(drill, world.home)
    for by in (world.grid_member, world.volunteer, world.grid_member):
        mark(home, by, "out")
    found = tally(drill)
    assert (found.homes, found.out, found.left) == (2, 1, 1)
    assert list(DrillMark.objects.order_by("pk").values_list("is_taken", flat=True)) == [
        True,
        False,
        False,
    ]


def test_who_comes_second_reads_who_was_there(world: World) -> None:
    drill = running(world)
    home = make.home_of(drill, world.home)
    assert mark(home, world.grid_member, "missing").before == ""
    second = mark(home, world.volunteer, "out")
    assert (second.taken, second.before, second.before_by) == (True, "missing", world.grid_member)
    third = mark(home, world.grid_member, "out")
    assert (third.taken, third.before, third.before_by) == (False, "out", world.volunteer)
    own = mark(home, world.volunteer, "assisted")
    assert (own.taken, own.before) == (True, "")


def test_the_latest_word_holds_whenever_it_arrives(world: World) -> None:
    """A phone without signal had said it missing before somebody found them."""
    drill = running(world)
    home, at = make.home_of(drill, world.home), timezone.now()
    mark(home, world.grid_member, "out", at, seen_at=at - MINUTE)
    late = mark(home, world.volunteer, "missing", at, seen_at=at - 2 * MINUTE)
    assert (late.taken, late.home.mark) == (False, "out")
    later = mark(home, world.volunteer, "missing", at, seen_at=at - 30 * SECOND)
    assert (later.taken, later.home.mark) == (True, "missing")
    kept = DrillMark.objects.order_by("pk").values_list("mark", "at", "arrived_at", "is_taken")
    assert list(kept)[1] == ("missing", at - 2 * MINUTE, at, False)


def test_a_word_that_only_said_the_same_is_the_latest_as_well(world: World) -> None:
    """Whatever the order in which three phones are heard, the home is out."""
    drill = running(world)
    home, at = make.home_of(drill, world.home), timezone.now()
    mark(home, world.grid_member, "out", at, seen_at=at - 4 * MINUTE)
    mark(home, world.volunteer, "out", at, seen_at=at - 2 * MINUTE)
    late = mark(home, world.grid_member, "missing", at, seen_at=at - 3 * MINUTE)
    assert (late.taken, late.home.mark) == (False, "out")


def test_a_correction_takes_no_longer(world: World) -> None:
    """In which way somebody was found may be said later."""
    drill = running(world)
    home, at = make.home_of(drill, world.home), timezone.now()
    mark(home, world.volunteer, "out", at, seen_at=at - 4 * MINUTE)
    right = mark(home, world.volunteer, "assisted", at)
    assert (right.home.mark, right.home.marked_at) == ("assisted", at - 4 * MINUTE)


def test_the_rest_is_what_was_blank_on_that_phone(world: World, as_: Any) -> None:
    beside = make.make_unit(world.court, "3 栋", "2 单元", "1203", floor=12)
    drill = running(world)
    home, other = (make.home_of(drill, unit) for unit in (world.home, beside))
    [floor, _below] = roll.floors(roll.homes_of(home.part), set())
    url = reverse("safety:roll-rest", args=[drill.number, world.home.entrance.building_id])
    client = as_(world.volunteer)
    assert client.post(url, {"floor": floor.key, "homes": "x"}).status_code == 400
    assert client.post(url, {"floor": floor.key, "homes": str(other.pk)}).status_code == 302
    assert dict(DrillHome.objects.values_list("unit", "mark")) == {
        world.home.pk: "",
        beside.pk: "out",
        world.next_door.pk: "",
    }


def test_a_wrong_clock_of_a_phone_counts_between_the_alarm_and_now(world: World) -> None:
    drill = running(world)
    at = timezone.now()
    early = mark(
        make.home_of(drill, world.home), world.volunteer, "out", at, seen_at=at - 9 * MINUTE
    )
    ahead = mark(
        make.home_of(drill, world.next_door), world.volunteer, "out", at, seen_at=at + MINUTE
    )
    assert (early.home.marked_at, ahead.home.marked_at) == (drill.started_at, at)


def test_a_building_took_as_long_as_its_last_home(world: World) -> None:
    drill = running(world)
    begun, at = drill.started_at, timezone.now()
    home, beside = (make.home_of(drill, unit) for unit in (world.home, world.next_door))
    mark(home, world.volunteer, "out", at, seen_at=begun + MINUTE)
    assert tally(drill).took is None
    mark(beside, world.volunteer, "missing", at, seen_at=begun + 90 * SECOND)
    assert (tally(drill).took, tally(drill).is_clear) == (None, False)
    mark(beside, world.volunteer, "assisted", at, seen_at=begun + 4 * MINUTE)
    mark(home, world.grid_member, "out", at, seen_at=begun + 4 * MINUTE + SECOND)
    assert tally(drill).took == 4 * MINUTE


def test_the_rest_of_a_floor_is_only_what_nobody_has_said(world: World) -> None:
    drill = running(world)
    home, beside = (make.home_of(drill, unit) for unit in (world.home, world.next_door))
    mark(home, world.volunteer, "missing")
    done = roll.mark_rest([home, beside], actor=world.grid_member, at=timezone.now(), mark="out")
    assert done == 1
    assert Counter(DrillHome.objects.values_list("mark", flat=True)) == {"missing": 1, "out": 1}


# --- who may, and when


def test_only_who_calls_the_roll_of_the_building_counts(world: World) -> None:
    far = make.make_unit(world.court, "5 栋", "1 单元", "101")
    drill = running(world)
    drills._set_buildings(drill, [world.home.entrance.building, far.entrance.building])
    drills.lay_homes(drill, timezone.localdate())
    make.make_role(drill, world.manager, "commander")
    for person in (world.manager, world.admin, world.resident, world.mate, world.outsider):
        with pytest.raises(NotAllowed):
            mark(make.home_of(drill, world.home), person, "out")
    with pytest.raises(NotAllowed):
        mark(make.home_of(drill, far), world.volunteer, "out")
    assert not DrillMark.objects.exists()


def test_late_comers_are_counted_for_a_day(world: World) -> None:
    drill = running(world)
    at, home = timezone.now(), make.home_of(drill, world.home)
    drills.end(drill, actor=world.manager, at=at)
    mark(home, world.volunteer, "out", at + 23 * 60 * MINUTE, seen_at=at)
    with pytest.raises(WrongState):
        mark(make.home_of(drill, world.next_door), world.volunteer, "out", at + 25 * 60 * MINUTE)
    # What a phone kept is taken also where somebody has evaluated it at once.
    drills.evaluate(drill, actor=world.manager, at=at, score=80, debrief="好")
    mark(make.home_of(drill, world.next_door), world.volunteer, "out", at)
    assert tally(drill).counted == 2


@pytest.mark.parametrize("status", ["announced", "cancelled", "archived"])
def test_nobody_is_counted_outside_of_a_drill(world: World, status: str) -> None:
    drill = running(world)
    home = make.home_of(drill, world.home)
    type(drill).objects.update(status=status, ended_at=timezone.now())
    with pytest.raises(WrongState):
        mark(make.home_of(drill, home.unit), world.volunteer, "out")


# --- needs help


@pytest.fixture
def flagged(world: World) -> None:
    someone = world.home.occupants.get()
    make.make_flag(someone, note="坐轮椅", hint_help=True)


@pytest.mark.usefixtures("flagged")
def test_where_somebody_needs_help_is_told_to_who_calls_while_it_runs(world: World) -> None:
    far = make.make_unit(world.court, "5 栋", "1 单元", "101")
    drill = running(world)
    drills._set_buildings(drill, [world.home.entrance.building, far.entrance.building])
    make.make_role(drill, world.mate, "roll_caller", far.entrance.building)
    part = make.home_of(drill, world.home).part
    homes = roll.homes_of(part)
    told = {
        name: roll.hinted(homes, getattr(world, name))
        for name in ("volunteer", "grid_member", "mate", "manager", "admin", "grid_leader")
    }
    assert told == {
        "volunteer": {world.home.pk},
        "grid_member": {world.home.pk},
        **{name: set() for name in ("mate", "manager", "admin", "grid_leader")},
    }
    drills.end(drill, actor=world.manager, at=timezone.now())
    assert roll.hinted(roll.homes_of(part), world.volunteer) == set()


@pytest.mark.usefixtures("flagged")
def test_page_and_api_tell_it_to_the_same(world: World, as_: Any) -> None:
    drill = running(world)
    house = world.home.entrance.building_id
    page, api = (
        reverse("safety:roll", args=[drill.number, house]),
        reverse("drill-homes", args=[drill.number]),
    )
    for name, wanted in (("volunteer", 1), ("manager", 0)):
        client = as_(getattr(world, name))
        assert client.get(page).content.decode().count('class="needs"') == wanted, name
        assert sum(home["needs_help"] for home in client.get(api).json()) == wanted, name
    assert as_(world.resident).get(page).status_code == 404


def test_a_home_that_did_not_agree_is_no_hint(world: World) -> None:
    make.make_flag(world.home.occupants.get(), note="听力不好")
    drill = running(world)
    part = make.home_of(drill, world.home).part
    assert roll.hinted(roll.homes_of(part), world.volunteer) == set()


# --- the API


@pytest.mark.usefixtures("flagged")
def test_the_roll_of_three_buildings_costs_what_that_of_one_does(world: World, as_: Any) -> None:
    drill = running(world)
    client, url = as_(world.grid_member), reverse("drill-homes", args=[drill.number])
    cost = []
    for n in (1, 3):
        if n > 1:
            more = [make.make_unit(world.court, f"{k} 栋", "1 单元", "101") for k in (7, 8)]
            houses = [unit.entrance.building for unit in (world.home, *more)]
            drills._set_buildings(drill, houses)
            DrillHome.objects.bulk_create(
                DrillHome(part=drill.parts.get(building=unit.entrance.building), unit=unit)
                for unit in more
            )
            for unit in more:
                make.make_role(drill, world.grid_member, "roll_caller", unit.entrance.building)
        client.get(url)  # where they stand is known afterwards
        with CaptureQueriesContext(connection) as asked:
            rooms = [home["room"] for home in client.get(url).json()]
        cost.append(len(asked))
        assert len({room.split()[0] for room in rooms}) == n
    assert cost[0] == cost[1]


def test_a_tap_through_the_api_says_what_came_of_it(world: World, as_: Any) -> None:
    drill = running(world)
    home = make.home_of(drill, world.home)
    url = reverse("drill-mark", args=[drill.number])
    mark(home, world.grid_member, "missing")
    answer = as_(world.volunteer).post(
        url, {"home": home.pk, "mark": "out"}, content_type="application/json"
    )
    said = answer.json()
    assert (answer.status_code, said["taken"], said["before"]) == (200, True, "missing")
    assert said["before_by"] == world.grid_member.name
    refused = as_(world.manager).post(
        url, {"home": home.pk, "mark": "out"}, content_type="application/json"
    )
    assert refused.status_code == 403
    wrong = as_(world.volunteer).post(
        url, {"home": home.pk, "mark": "asleep"}, content_type="application/json"
    )
    assert (wrong.status_code, list(wrong.json())) == (400, ["mark"])


def test_asked_for_one_building_the_roll_is_that_one_s(world: World, as_: Any) -> None:
    drill, url = running(world), "drill-homes"
    client = as_(world.volunteer)
    address = reverse(url, args=[drill.number])
    house = world.home.entrance.building_id
    assert [len(client.get(address, {"building": b}).json()) for b in (house, 0, "x")] == [2, 0, 0]


def test_a_home_of_another_drill_is_not_on_this_roll(world: World, as_: Any) -> None:
    drill, other = running(world), running(world)
    house = world.home.entrance.building_id
    home = make.home_of(other, world.home)
    url = reverse("safety:roll-mark", args=[drill.number, house])
    assert as_(world.volunteer).post(url, {"said": f"{home.pk}:out"}).status_code == 400
    for said in ("", "x", f"{home.pk}:asleep", "9" * 30 + ":out"):
        assert as_(world.volunteer).post(url, {"said": said}).status_code == 400
    assert not DrillMark.objects.exists()


# --- how many statements


@pytest.mark.parametrize("homes", [1, 3])
def test_a_roll_costs_the_same_for_one_home_and_for_many(
    world: World, as_: Any, homes: int
) -> None:
    for n in range(homes):
        make.make_unit(world.court, "3 栋", "2 单元", f"20{n}", floor=2)
    drill = running(world)
    client = as_(world.volunteer)
    url = reverse("safety:roll", args=[drill.number, world.home.entrance.building_id])
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    assert len(caught) <= 12, "\n".join(one["sql"][:150] for one in caught)


# --- at once


@pytest.mark.django_db(transaction=True)
def test_forty_marks_at_once_on_twenty_homes(world: World) -> None:
    """Two people for each home, one of whom finds it missing: the counts are the rows'."""
    units = [make.make_unit(world.court, "7 栋", "1 单元", f"{n}01", floor=n) for n in range(1, 21)]
    house = units[0].entrance.building
    drill = make.make_drill(world.court, house, status="running")
    for person in (world.grid_member, world.volunteer):
        make.make_role(drill, person, "roll_caller", house)
    homes = list(DrillHome.objects.select_related("part__drill", "part__building"))
    assert len(homes) == 20
    begun = drill.started_at

    def tap(n: int, home: DrillHome, person: Any, said: str) -> Any:
        at = begun + timedelta(seconds=n + (30 if said == "out" else 0))
        return lambda: mark(home, type(person).objects.get(pk=person.pk), said, seen_at=at)

    taps = [tap(n, home, world.grid_member, "out") for n, home in enumerate(homes)]
    taps += [tap(n, home, world.volunteer, "missing") for n, home in enumerate(homes)]
    assert rush(taps, 40) == {"done": 40}
    found = tally(drill)
    rows = Counter(DrillHome.objects.values_list("mark", flat=True))
    # Whoever was found later than they were missed is out, in whichever order it was heard.
    assert rows == {"out": 20}
    assert (found.homes, found.out, found.missing, found.left) == (20, 20, 0, 0)
    assert found.took == timedelta(seconds=49)
    assert DrillMark.objects.count() == 40
    assert DrillMark.objects.filter(is_taken=True, mark="out").count() == 20
