"""Sign-ups and turns over the API, as an app of a phone would do it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from events.models import Event, Question, Signup
from events.services import signups
from tests import factories as make
from tests.people import World

URL = "/api/v1/signups/"


@pytest.fixture
def event(world: World) -> Event:
    return make.make_event(
        world.court.community,
        timezone.now() + timedelta(days=9),
        status="published",
        organiser=world.team_lead,
        capacity=3,
    )


def test_a_family_signs_up_with_answers(world: World, as_: Any, event: Event) -> None:
    question = Question.objects.create(event=event, words="不吃的", is_required=True)
    client = as_(world.resident)
    [home] = [one for one in signups.household(world.resident) if one.user_id == world.resident.pk]
    body: dict[str, Any] = {"event": event.number, "people": [str(home.pk)], "names": ["小满"]}
    missing = client.post(URL, body, "application/json")
    assert missing.status_code == 400
    body["answers"] = {str(question.pk): "花生"}
    answer = client.post(URL, body, "application/json")
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["status"], said["size"], said["event"]) == ("confirmed", 2, event.number)
    assert [one["name"] for one in said["seats"]] == [world.resident.name, "小满"]
    assert "withdraw" in said["actions"]
    assert client.post(URL, body, "application/json").status_code == 409


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"event": "E2026-999999"}, 400),
        ({"people": ["999999999"]}, 400),
        ({"people": []}, 400),
        ({"names": ["一", "二", "三"]}, 409),
        ({"names": ["x" * 41]}, 400),
    ],
)
def test_what_cannot_be_is_said(
    world: World, as_: Any, event: Event, changes: dict[str, Any], code: int
) -> None:
    body = {"event": event.number, "people": ["me"], "names": []}
    if "names" in changes:
        [home] = [one for one in signups.household(world.resident) if one.user == world.resident]
        body["people"] = [str(home.pk)]
    answer = as_(world.resident).post(URL, {**body, **changes}, "application/json")
    assert answer.status_code == code, answer.content
    assert not Signup.objects.exists()


def test_a_stranger_s_event_is_not_there(world: World, as_: Any, event: Event) -> None:
    body = {"event": event.number, "people": ["me"]}
    assert as_(world.stranger).post(URL, body, "application/json").status_code == 400


def test_the_list_is_one_s_own_and_the_planner_s(world: World, as_: Any, event: Event) -> None:
    make.make_signup(event, world.resident)
    make.make_signup(event, None, "周奶奶", by_staff=True)
    counts = {
        name: as_(getattr(world, name)).get(URL).json()
        for name in ("resident", "neighbour", "team_lead", "desk", "stranger")
    }
    assert {name: len(found["results"]) for name, found in counts.items()} == {
        "resident": 1,
        "neighbour": 0,
        "team_lead": 2,
        "desk": 2,
        "stranger": 0,
    }
