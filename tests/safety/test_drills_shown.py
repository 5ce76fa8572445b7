"""Drills where they are shown and spoken of: homes, calendars, queues, reminders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from notifications.models import Message
from safety.models import Drill, DrillHome, DrillRole, DrillSheet, Improvement
from safety.services import drills, improvements, privacy, roll, sweeps
from safety.services.drill_board import by_year
from tests import factories as make
from tests.people import World
from workflow.calendar import entries_at, entries_of
from workflow.panels import RESIDENT, STAFF, home_of
from workflow.refusals import Invalid, NotAllowed

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def house(world: World) -> Any:
    return world.home.entrance.building


def told(person: Any, kind: str) -> int:
    return Message.objects.filter(recipient=person, kind=f"safety.{kind}").count()


# --- the homes


def test_the_homes_are_those_where_somebody_may_be(world: World) -> None:
    empty = make.make_unit(world.court, "3 栋", "2 单元", "901", floor=9, state="empty")
    make.make_unit(world.court, "3 栋", "2 单元", "P1", use="parking")
    unknown = make.make_unit(world.court, "3 栋", "2 单元", "801", floor=8)
    drill = make.make_drill(world.court, status="announced")
    people = dict(DrillHome.objects.values_list("unit", "people"))
    assert people == {world.home.pk: 1, world.next_door.pk: 1, unknown.pk: 0}
    make.make_occupant(empty, world.mate)
    make.make_occupant(world.home, world.desk)
    make.make_role(drill, world.volunteer, "roll_caller", house(world))
    home = make.home_of(drill, world.home)
    drills.say_away(home, actor=world.resident, at=timezone.now(), away=True)
    drills.start(drill, actor=world.manager, at=timezone.now())
    people = dict(DrillHome.objects.values_list("unit", "people"))
    assert people == {world.home.pk: 2, world.next_door.pk: 1, unknown.pk: 0, empty.pk: 1}
    home.refresh_from_db()
    assert home.said_away


def test_who_has_moved_out_is_not_waited_for(world: World) -> None:
    drill = make.make_drill(world.court, status="announced")
    make.make_role(drill, world.volunteer, "roll_caller", house(world))
    world.next_door.occupants.all().delete()
    type(world.next_door).objects.filter(pk=world.next_door.pk).update(state="empty")
    drills.start(drill, actor=world.manager, at=timezone.now())
    assert list(DrillHome.objects.values_list("unit", flat=True)) == [world.home.pk]


def test_nobody_leaves_home_for_a_table(world: World) -> None:
    drill, at = make.make_drill(world.court, form="tabletop"), timezone.now()
    drills.announce(drill, actor=world.manager, at=at)
    assert not DrillHome.objects.exists()
    assert told(world.resident, "drill.announce") == 0
    full = make.make_drill(world.court, status="announced")
    assert DrillHome.objects.exists()
    drills.change(full, actor=world.manager, at=at, form="tabletop")
    assert not DrillHome.objects.exists()


def test_a_drill_is_the_homes_once_it_is_announced(world: World, as_: Any) -> None:
    drill = make.make_drill(world.court)
    page = drill.get_absolute_url()
    resident = as_(world.resident)
    assert resident.get(page).status_code == 404
    drills.announce(drill, actor=world.manager, at=timezone.now())
    shown = resident.get(page).content.decode()
    assert drill.title in shown
    assert told(world.resident, "drill.announce") == told(world.neighbour, "drill.announce") == 1
    assert told(world.stranger, "drill.announce") == 0
    assert as_(world.stranger).get(page).status_code == 404
    assert "debrief" not in resident.get(f"/api/v1/drills/{drill.number}/").json()
    assert resident.get("/api/v1/drills/").json()["results"] == []


def test_only_who_lives_there_says_that_nobody_will_be_in(world: World, as_: Any) -> None:
    drill = make.make_drill(world.court, status="announced")
    home = make.home_of(drill, world.home)
    url = reverse("safety:drill-away", args=[drill.number])
    for person, code in ((world.neighbour, 400), (world.manager, 403), (world.stranger, 404)):
        answer = as_(person).post(url, {"home": home.pk, "away": "yes"})
        assert answer.status_code == code, person
    assert as_(world.resident).post(url, {"home": "x"}).status_code == 400
    for said, wanted in (("yes", True), ("yes", True), ("no", False)):
        assert as_(world.resident).post(url, {"home": home.pk, "away": said}).status_code == 302
        home.refresh_from_db()
        assert home.said_away is wanted


def test_buildings_that_stay_keep_what_their_homes_said(world: World) -> None:
    far = make.make_unit(world.court, "5 栋", "1 单元", "101")
    drill = make.make_drill(world.court, status="announced")
    home = make.home_of(drill, world.home)
    DrillHome.objects.filter(pk=home.pk).update(said_away=True)
    make.make_role(drill, world.volunteer, "roll_caller", far.entrance.building)
    at = timezone.now()
    make.make_occupant(far, world.mate)
    drills.change(drill, actor=world.manager, at=at, buildings=[house(world)])
    assert (told(world.mate, "drill.dropped"), told(world.mate, "drill.change")) == (1, 0)
    assert (told(world.resident, "drill.dropped"), told(world.resident, "drill.change")) == (0, 1)
    assert told(world.volunteer, "drill.relieved") == 1
    assert set(DrillHome.objects.values_list("unit", "said_away")) == {
        (world.home.pk, True),
        (world.next_door.pk, False),
    }
    assert not DrillRole.objects.exists()


@pytest.mark.parametrize("wrong", ["past", "never", "none", "far", "place"])
def test_a_plan_that_makes_no_sense_is_refused(world: World, wrong: str) -> None:
    at = timezone.now()
    said: dict[str, Any] = {
        "estate": world.court,
        "title": "演练",
        "kind": "fire",
        "planned_at": at + {"past": -HOUR, "never": 9999 * DAY}.get(wrong, DAY),
        "buildings": {"none": [], "far": [world.far_home.entrance.building]}.get(
            wrong, [house(world)]
        ),
    }
    if wrong == "place":
        said["assembly"] = make.make_place(world.garden, "花园")
    with pytest.raises(Invalid):
        drills.plan(actor=world.manager, at=at, **said)


def test_a_drill_begins_on_its_day_and_with_somebody_who_counts(world: World, as_: Any) -> None:
    drill = make.make_drill(world.court, status="announced", planned_at=timezone.now() + 2 * DAY)
    url = reverse("safety:drill-start", args=[drill.number])
    client = as_(world.manager)
    assert client.post(url).status_code == 409
    type(drill).objects.update(planned_at=timezone.now())
    assert client.post(url).status_code == 200
    drill.refresh_from_db()
    assert drill.status == "announced"
    make.make_role(drill, world.volunteer, "roll_caller", house(world))
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 409


# --- roles


def in_chinese(held: DrillRole) -> str:
    with translation.override("zh-hans"):
        return str(held.get_role_display())


def test_who_loses_their_only_role_hears_it_in_their_own_language(world: World) -> None:
    """They see nothing of the drill from then on, and would come all the same."""
    drill, at = make.make_drill(world.court, status="announced"), timezone.now()
    world.volunteer.language = "zh-hans"
    world.volunteer.save(update_fields=["language"])
    said = {"actor": world.manager, "at": at}
    given = {"helper": world.volunteer, "role": "guide"}
    drills.assign(drill, **said, **given)
    [held] = drill.roles.all()
    drills.release(drill, **said, held=held)
    assert not Drill.objects.visible_to(world.volunteer).exists()
    got = Message.objects.filter(recipient=world.volunteer).order_by("pk")
    role = in_chinese(held)
    assert role != held.get_role_display()
    assert [one.kind for one in got] == ["safety.drill.assigned", "safety.drill.relieved"]
    assert role in got[0].title
    assert got[1].body.startswith(role)


def test_who_loses_an_improvement_hears_it_and_sees_it_no_more(world: World) -> None:
    drill = make.make_drill(world.court, status="evaluated")
    row = make.make_improvement(drill, world.volunteer)
    improvements.change(
        row, actor=world.manager, at=timezone.now(), title=row.title, owner=world.desk,
        due_on=row.due_on,
    )  # fmt: skip
    assert not Improvement.objects.visible_to(world.volunteer).exists()
    got = Message.objects.get(recipient=world.volunteer)
    assert (got.kind, got.title) == (
        "safety.improvement.relieved",
        f"改由别人负责：{row.title}",
    )


@pytest.mark.parametrize("lost", [1, 2])
def test_who_calls_two_rolls_hears_of_which_building_they_lose(world: World, lost: int) -> None:
    names = ("5 栋", "6 栋")
    houses = [
        make.make_unit(world.court, name, "1 单元", "101").entrance.building for name in names
    ]
    drill = make.make_drill(world.court, status="announced")
    for building in houses:
        make.make_role(drill, world.volunteer, "roll_caller", building)
    left = [house(world), *houses[lost:]]
    drills.change(drill, actor=world.manager, at=timezone.now(), buildings=left)
    got = Message.objects.get(recipient=world.volunteer, kind="safety.drill.relieved")
    assert [name in got.body for name in names] == [True, lost == 2]
    assert got.body.count("栋") == lost


def test_a_closed_account_is_told_of_no_role(world: World) -> None:
    drill = make.make_drill(world.court, status="announced")
    held = make.make_role(drill, world.volunteer, "guide")
    type(world.volunteer).objects.filter(pk=world.volunteer.pk).update(is_active=False)
    drills.release(
        drill, actor=world.manager, at=timezone.now(), held=DrillRole.objects.get(pk=held.pk)
    )
    assert not DrillRole.objects.exists()
    assert told(world.volunteer, "drill.relieved") == 0


def test_who_keeps_another_role_hears_which_is_taken_back(world: World) -> None:
    drill, at = make.make_drill(world.court, status="announced"), timezone.now()
    held = make.make_role(drill, world.technician, "guide")
    make.make_role(drill, world.technician, "observer")
    drills.release(drill, actor=world.manager, at=at, held=held)
    got = Message.objects.get(recipient=world.technician, kind="safety.drill.relieved")
    assert got.body.startswith(f"{in_chinese(held)}，")


def test_roles_go_to_those_who_work_or_help(world: World) -> None:
    drill, at = make.make_drill(world.court), timezone.now()
    for person in (world.technician, world.grid_member, world.volunteer):
        drills.assign(
            drill, actor=world.manager, at=at, helper=person, role="roll_caller",
            building=house(world),
        )  # fmt: skip
        assert told(person, "drill.assigned") == 1
    for person in (world.resident, world.stranger, world.far_member):
        with pytest.raises(Invalid):
            drills.assign(drill, actor=world.manager, at=at, helper=person, role="guide")
    with pytest.raises(Invalid):
        drills.assign(drill, actor=world.manager, at=at, helper=world.desk, role="roll_caller")
    again = {"helper": world.volunteer, "role": "roll_caller", "building": house(world)}
    with pytest.raises(Invalid):
        drills.assign(drill, actor=world.manager, at=at, **again)


def test_a_role_shows_the_drill_while_one_helps_there(world: World) -> None:
    from volunteers.models import Membership

    drill = make.make_drill(world.court)
    make.make_role(drill, world.volunteer, "observer")
    rows = type(drill).objects

    def seen(name: str) -> bool:
        return bool(rows.visible_to(type(world.mate).objects.get(username=name)).exists())

    assert (seen("volunteer"), seen("mate")) == (True, False)
    Membership.objects.filter(user=world.volunteer).update(status="left")
    assert not seen("volunteer")


# --- sheets


def test_observers_fill_in_their_own_sheet_and_guests_are_entered(world: World) -> None:
    drill, at = make.make_drill(world.court, status="running"), timezone.now()
    make.make_role(drill, world.volunteer, "observer")
    points = dict.fromkeys(("alarm", "order", "help", "roll", "ways"), 80)
    for alarm in (60, 90):
        drills.score(drill, actor=world.volunteer, at=at, **{**points, "alarm": alarm})
    drills.score(drill, actor=world.manager, at=at, name="消防站", **points)
    with pytest.raises(Invalid):
        drills.score(drill, actor=world.manager, at=at, name="volunteer", **points)
    with pytest.raises(NotAllowed):
        drills.score(drill, actor=world.volunteer, at=at, name="消防站", **points)
    with pytest.raises(Invalid):
        drills.score(drill, actor=world.volunteer, at=at, **{**points, "ways": 101})
    sheets = list(DrillSheet.objects.order_by("pk"))
    assert [(one.name, one.alarm) for one in sheets] == [("volunteer", 90), ("消防站", 80)]
    assert drills.average(sheets) == 81
    assert drills.average([]) is None


# --- moments


def test_moments_stand_in_their_order_around_the_all_clear(world: World, as_: Any) -> None:
    now = timezone.now()
    drill = make.make_drill(
        world.court, status="ended", started_at=now - 2 * HOUR, ended_at=now - HOUR
    )
    for words, seen in (("先", now - 1.5 * HOUR), ("后", None)):
        drills.moment(drill, actor=world.manager, at=now, words=words, seen_at=seen)
    page = as_(world.manager).get(drill.get_absolute_url())
    assert [one.words for one in page.context["moments"]][1::2] == ["先", "后"]


# --- improvements


def test_somebody_else_verifies(world: World) -> None:
    drill = make.make_drill(world.court, status="evaluated")
    row = make.make_improvement(drill, world.manager)
    at = timezone.now()
    improvements.finish(row, actor=world.manager, at=at, result="换了喇叭")
    with pytest.raises(NotAllowed):
        improvements.verify(row, actor=world.manager, at=at)
    improvements.send_back(row, actor=world.inspector, at=at, reason="还有一个")
    improvements.finish(row, actor=world.manager, at=at, result="都换了")
    improvements.verify(row, actor=world.inspector, at=at)
    row.refresh_from_db()
    assert (row.status, row.verified_by) == ("verified", world.inspector)


def test_what_is_late_is_said_once_a_deadline(world: World) -> None:
    drill, now = make.make_drill(world.court, status="evaluated"), timezone.now()
    today = timezone.localdate(now)
    row = make.make_improvement(drill, world.technician, due_on=today)
    for days, wanted in ((0, 0), (1, 1), (1, 1), (5, 1)):
        sweeps.remind_of_improvements(now + days * DAY)
        assert told(world.technician, "improvement.remind") == wanted, days
    assert told(world.manager, "improvement.remind") == 1
    improvements.change(
        row, actor=world.manager, at=now, title=row.title, owner=world.technician,
        due_on=today + 6 * DAY,
    )  # fmt: skip
    sweeps.remind_of_improvements(now + 6 * DAY)
    assert told(world.technician, "improvement.remind") == 1
    sweeps.remind_of_improvements(now + 7 * DAY)
    assert told(world.technician, "improvement.remind") == 2


def test_a_repair_comes_from_an_improvement_and_says_so_when_done(world: World) -> None:
    drill = make.make_drill(world.court, status="evaluated")
    row = make.make_improvement(drill, world.technician)
    improvements.mended(row, "R2026-000001", actor=world.desk, at=timezone.now())
    assert told(world.technician, "improvement.mended") == 1


# --- the day before


def test_crew_and_homes_hear_the_day_before_and_once(world: World) -> None:
    now = timezone.now()
    drill = make.make_drill(world.court, planned_at=now + 3 * DAY)
    make.make_role(drill, world.volunteer, "observer")
    drills.announce(drill, actor=world.manager, at=now)
    for days, wanted in ((1, 0), (2.1, 1), (2.2, 1)):
        sweeps.remind_of_drills(now + days * DAY)
        assert told(world.resident, "drill.remind") == wanted
    assert told(world.volunteer, "drill.remind") == 1


def test_what_is_called_off_or_over_is_not_reminded_of(world: World) -> None:
    now = timezone.now()
    off = make.make_drill(world.court, planned_at=now + 3 * DAY)
    drills.announce(off, actor=world.manager, at=now)
    drills.call_off(off, actor=world.manager, at=now, reason="下雨")
    over = make.make_drill(world.court, planned_at=now + 3 * DAY)
    drills.announce(over, actor=world.manager, at=now)
    sweeps.remind_of_drills(now + 4 * DAY)
    assert told(world.resident, "drill.remind") == 0


# --- homes and calendars


def test_homes_show_what_is_theirs(world: World) -> None:
    now = timezone.now()
    drill = make.make_drill(world.court, status="announced", planned_at=now + DAY)
    make.make_role(drill, world.technician, "guide")

    def shown(person: Any, shell: str) -> list[str]:
        panels = [shown for _panel, shown in home_of(person, shell, now).panels]
        return [row.number for one in panels for row in one.get("drills", ())]

    assert shown(world.resident, RESIDENT) == [drill.number]
    assert shown(world.technician, STAFF) == [drill.number]
    assert shown(world.desk, STAFF) == shown(world.stranger, RESIDENT) == []


def test_managers_read_what_waits_of_drills(world: World, as_: Any) -> None:
    drill = make.make_drill(world.court, status="ended")
    yesterday = timezone.localdate() - DAY
    make.make_improvement(drill, world.technician, due_on=yesterday)
    found = {
        figure.url: figure.number
        for figure in home_of(world.manager, STAFF, timezone.now()).figures
        if "drills" in figure.url or "improvements" in figure.url
    }
    assert found == {"/safety/drills/?view=to_evaluate": 1, "/safety/improvements/?view=late": 1}
    for url in found:
        assert as_(world.manager).get(url).content.decode().count('name="pick"') == 1


def test_drills_stand_in_the_calendars_of_homes_crew_and_estate(world: World) -> None:
    now = timezone.now()
    drill = make.make_drill(world.court, status="announced", planned_at=now + DAY)
    make.make_role(drill, world.volunteer, "observer")
    planned = make.make_drill(world.court, planned_at=now + DAY)
    span = (now, now + 7 * DAY)

    def of(person: Any) -> list[str]:
        return [one.uid for one in entries_of(person, *span) if one.uid.startswith("drill-")]

    assert of(world.resident) == of(world.volunteer) == [f"drill-{drill.number}"]
    assert of(world.stranger) == of(world.desk) == []
    at_court = [one for one in entries_at(world.court, *span) if one.uid.startswith("drill-")]
    assert [one.uid for one in at_court] == [f"drill-{d.number}" for d in (drill, planned)]
    assert not [one for one in entries_at(world.garden, *span) if one.uid.startswith("drill-")]
    drills.call_off(drill, actor=world.manager, at=now, reason="下雨")
    [entry] = [one for one in entries_of(world.resident, *span) if one.uid.startswith("drill-")]
    assert entry.cancelled


def test_a_year_says_how_long_it_took(world: World) -> None:
    now = timezone.now()
    begun = timezone.localtime(now).replace(month=1, day=15, hour=10)
    for minutes, said in ((4, "out"), (6, "out"), (0, "missing")):
        drill = make.make_drill(
            world.court, house(world), status="archived", started_at=begun, ended_at=now
        )
        DrillHome.objects.filter(part__drill=drill).update(
            mark=said, marked_at=begun + timedelta(minutes=minutes)
        )
    make.make_drill(world.court, status="archived", form="tabletop", started_at=begun)
    [year] = by_year(world.manager, now)
    assert (year.year, year.held, year.cleared) == (begun.year, 3, 2)
    assert (year.mean, year.worst) == (timedelta(minutes=5), timedelta(minutes=6))
    assert list(by_year(world.outsider, now)) == []


# --- how many statements


@pytest.mark.parametrize("rows", [1, 3])
def test_queues_and_pages_cost_the_same_for_one_row_and_for_many(
    world: World, as_: Any, rows: int
) -> None:
    for n in range(rows):
        building = make.make_unit(world.court, f"{n + 20} 栋", "1 单元", "101").entrance.building
        drill = make.make_drill(world.court, status="running", started_at=timezone.now())
        make.make_role(drill, world.technician, "roll_caller", building)
        make.make_improvement(drill, world.technician, title=f"改进 {n}")
    points = dict.fromkeys(("alarm", "order", "help", "roll", "ways"), 80)
    for n in range(rows):
        make.make_improvement(drill, world.technician, title=f"又一项 {n}")
        drills.moment(drill, actor=world.manager, at=timezone.now(), words=f"时刻 {n}")
        drills.score(drill, actor=world.manager, at=timezone.now(), name=f"来宾 {n}", **points)
    client = as_(world.manager)
    urls = {
        reverse("safety:drills"): 8,
        reverse("safety:improvements"): 8,
        drill.get_absolute_url(): 20,
        reverse("drill-list"): 6,
        reverse("drill-detail", args=[drill.number]): 16,
        reverse("improvement-list"): 6,
    }
    for url, most in urls.items():
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url).status_code == 200
        said = "\n".join(one["sql"][:160] for one in caught)
        assert len(caught) <= most, f"{url}: {len(caught)}\n{said}"


# --- what one takes along, and leaves


def test_one_takes_along_what_one_did_and_leaves_without_a_name(world: World) -> None:
    drill, at = make.make_drill(world.court, status="running"), timezone.now()
    ahead = make.make_drill(world.court)
    for row in (drill, ahead):
        make.make_role(row, world.volunteer, "roll_caller", house(world))
        make.make_role(row, world.volunteer, "observer")
    roll.mark(make.home_of(drill, world.home), actor=world.volunteer, at=at, mark="out")
    points = dict.fromkeys(("alarm", "order", "help", "roll", "ways"), 80)
    drills.score(drill, actor=world.volunteer, at=at, words="有序", **points)
    make.make_improvement(drill, world.volunteer)
    taken = privacy.export(world.volunteer)
    assert [len(taken[f"drill_{name}"]) for name in ("marks", "roles", "sheets")] == [1, 4, 1]
    assert len(taken["improvements"]) == 1
    privacy.erase(world.volunteer)
    assert set(DrillRole.objects.values_list("drill", flat=True)) == {drill.pk}
    assert DrillSheet.objects.get().name.startswith("#")
    assert Improvement.objects.exists()
