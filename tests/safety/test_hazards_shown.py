"""Where hazards are shown beside their list: homes, calendars, the board."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.tallies import tally
from safety.models import Hazard
from safety.services.hazard_board import by_age, in_time
from tests import factories as make
from tests.people import World
from workflow.calendar import entries_at, entries_of
from workflow.panels import STAFF, home_of

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def local(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


AT = local("2026-11-30T10:00")


def hazard(world: World, status: str = "found", **fields: Any) -> Hazard:
    if status not in ("found", "graded"):
        fields.setdefault("responsible", world.technician)
        fields.setdefault("due_at", AT + DAY)
    if status in ("submitted", "closed"):
        fields.setdefault("submitted_by", world.technician)
    if status == "closed":
        fields.setdefault("inspected_by", world.inspector)
    return make.make_hazard(world.court, status=status, **fields)


# --- homes


def figures(person: Any) -> dict[str, int]:
    home = home_of(person, STAFF, AT)
    return {figure.url: figure.number for figure in home.figures if "hazards" in figure.url}


def test_homes_say_what_waits_and_their_lists_show_as_many(world: World, as_: Any) -> None:
    for status in Hazard.Status.values:
        hazard(world, status, due_at=None if status in ("found", "graded") else AT - HOUR)
    hazard(world, "ordered", due_at=timezone.now() + 9 * DAY)
    url = "/safety/hazards/?view="
    assert figures(world.manager) == {f"{url}to_order": 1, f"{url}late": 4}
    assert figures(world.technician) == {f"{url}mine": 4}
    assert figures(world.inspector) == {f"{url}to_grade": 1, f"{url}to_inspect": 1}
    assert figures(world.desk) == {}
    assert figures(world.secretary) == {}
    Hazard.objects.filter(status="rectifying").update(to_meeting_at=AT)
    assert figures(world.secretary) == {f"{url}open": 1}
    for person in ("technician", "inspector", "secretary"):
        for at, number in figures(getattr(world, person)).items():
            shown = as_(getattr(world, person)).get(at).content.decode()
            assert shown.count('name="pick"') == number, (person, at)


def test_several_lists_are_counted_in_one_statement(world: World) -> None:
    hazard(world)
    every = Hazard.objects.all()
    with CaptureQueriesContext(connection) as caught:
        found = tally(all=every, none=every.none(), closed=every.filter(status="closed"))
    assert (found, len(caught)) == ({"all": 1, "none": 0, "closed": 0}, 1)
    assert tally(none=every.none()) == {"none": 0}


# --- calendars


def test_deadlines_stand_in_the_calendar_of_whoever_is_responsible(world: World) -> None:
    due = AT + 2 * DAY
    rows = {status: hazard(world, status, due_at=due) for status in ("ordered", "closed")}
    span = (AT, AT + 7 * DAY)
    [entry] = [one for one in entries_of(world.technician, *span) if "hazard" in one.uid]
    assert (entry.uid, entry.ends_at) == (f"hazard-{rows['ordered'].number}", due)
    assert not [one for one in entries_of(world.desk, *span) if "hazard" in one.uid]
    assert [one.uid for one in entries_at(world.court, *span)] == [entry.uid]
    assert entries_at(world.garden, *span) == []
    assert entries_at(world.court, due, due + DAY) == []


# --- the board


def test_open_ones_are_counted_by_age_and_grade(world: World) -> None:
    for days, grade in ((0, ""), (2, "major"), (3, "general"), (29, "major"), (30, "general")):
        status = "graded" if grade else "found"
        hazard(world, status, grade=grade, found_at=AT - days * DAY)
    hazard(world, "closed", grade="major", found_at=AT)
    ages = by_age(world.manager, AT)
    assert [(one.major, one.general, one.ungraded) for one in ages] == [
        (1, 0, 1),
        (0, 1, 0),
        (1, 0, 0),
        (0, 1, 0),
    ]
    assert sum(one.all for one in by_age(world.outsider, AT)) == 0


def test_each_age_leads_to_as_many(world: World, as_: Any) -> None:
    now = timezone.now()
    for days in (0, 1, 2, 3, 6, 7, 29, 30, 200):
        hazard(world, found_at=now - days * DAY)
    client = as_(world.manager)
    board = client.get("/safety/").content.decode()
    for age in by_age(world.manager, now):
        asked = {"view": "open", "until_day": age.until.isoformat()}
        if age.since:
            asked["from_day"] = age.since.isoformat()
        assert str(age.label) in board
        page = client.get("/safety/hazards/", asked).content.decode()
        assert page.count('name="pick"') == age.all > 0, age


def test_in_time_is_what_was_put_right_by_its_deadline(world: World) -> None:
    """By the month of the deadline; what is not put right is not in time."""
    november, october = local("2026-11-12T12:00"), local("2026-10-31T23:30")
    for due, put_right in (
        (november, november),
        (november, november + HOUR),
        (november, None),
        (october, october - DAY),
        (AT + DAY, None),
    ):
        hazard(world, "submitted" if put_right else "ordered", due_at=due, submitted_at=put_right)
    rates = {f"{month:%m}": (rate.in_time, rate.due) for month, rate in in_time(world.manager, AT)}
    assert rates == {
        "11": (1, 3),
        "10": (1, 1),
        "09": (0, 0),
        "08": (0, 0),
        "07": (0, 0),
        "06": (0, 0),
    }
