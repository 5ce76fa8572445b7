"""The pages of events: signing up, the pass, the doors, the lists and the report."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event, Question, Scan, Seat, Signup
from events.services import signups
from notifications.services import make_link
from tests import factories as make
from tests.html5 import faults
from tests.people import World

HOUR = timedelta(hours=1)


@pytest.fixture
def event(world: World) -> Event:
    world.team_lead.language = world.resident.language = "en"
    for user in (world.team_lead, world.resident):
        user.save()
    return make.make_event(
        world.court.community,
        timezone.now() + timedelta(days=9),
        status="published",
        team=world.team,
        organiser=world.team_lead,
        capacity=3,
        per_household=3,
    )


@pytest.fixture
def near(event: Event) -> Event:
    starts_at = timezone.now() + HOUR / 2
    Event.objects.filter(pk=event.pk).update(starts_at=starts_at, ends_at=starts_at + 2 * HOUR)
    event.refresh_from_db()
    return event


def sent(world: World, *more: str, **others: Any) -> dict[str, Any]:
    [home] = [one for one in signups.household(world.resident) if one.user_id == world.resident.pk]
    return {"people": [home.pk], "more": "\n".join(more), **others}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_family_signs_up_on_the_event_s_page(world: World, as_: Any, event: Event) -> None:
    client = as_(world.resident)
    assert 'id="sign-up"' in text(client.get(event.get_absolute_url()))
    answer = client.post(f"/events/{event.number}/sign-up/", sent(world, "小满", photo_ok="on"))
    row = Signup.objects.get()
    assert (answer.status_code, answer.url) == (302, row.get_absolute_url())
    assert (row.size, row.photo_ok, row.status) == (2, True, "confirmed")
    page = text(client.get(answer.url))
    assert "小满" in page
    assert "<svg" in page
    shown = text(client.get(event.get_absolute_url()))
    assert row.get_absolute_url() in shown


def test_what_went_meanwhile_is_said_and_what_was_typed_is_kept(
    world: World, as_: Any, event: Event
) -> None:
    question = Question.objects.create(event=event, words="不吃的")
    make.make_signup(event, world.neighbour, "甲", "乙")
    body = sent(world, "小满", "老林", **{f"q_{question.pk}": "花生", "photo_ok": "on"})
    answer = as_(world.resident).post(f"/events/{event.number}/sign-up/", body)
    page = text(answer)
    assert answer.status_code == 409
    assert "Places free now: 1. You are 3" in page
    assert "小满\n老林" in page
    assert "花生" in page
    assert not Signup.objects.filter(user=world.resident).exists()
    waited = as_(world.resident).post(f"/events/{event.number}/sign-up/", {**body, "wait": "on"})
    assert waited.status_code == 302
    assert Signup.objects.get(user=world.resident).status == "waitlisted"


def test_nobody_chosen_is_said_at_the_field(world: World, as_: Any, event: Event) -> None:
    answer = as_(world.resident).post(f"/events/{event.number}/sign-up/", {"more": ""})
    assert answer.status_code == 422
    assert "Say who comes." in text(answer)


def test_whoever_is_not_around_or_not_signed_in_signs_up_nobody(
    world: World, as_: Any, event: Event
) -> None:
    url = f"/events/{event.number}/sign-up/"
    assert as_(world.stranger).post(url, sent(world)).status_code == 404
    assert as_(None).post(url, sent(world)).url.startswith("/accounts/login/")
    page = text(as_(None).get(event.get_absolute_url()))
    assert "/accounts/login/?next=" in page
    assert 'id="sign-up"' not in page
    assert not Signup.objects.exists()


def test_somebody_else_s_person_is_not_to_be_chosen(world: World, as_: Any, event: Event) -> None:
    [stranger] = signups.household(world.stranger)
    body = {"people": [stranger.pk], "more": ""}
    assert as_(world.resident).post(f"/events/{event.number}/sign-up/", body).status_code == 422
    assert not Signup.objects.exists()


def test_a_pass_is_its_family_s_and_the_planner_s(world: World, as_: Any, event: Event) -> None:
    row = make.make_signup(event, world.resident, "林阿姨", "小满", answers={"1": "花生"})
    url = row.get_absolute_url()
    codes = {name: as_(getattr(world, name)).get(url).status_code for name in (
        "resident", "neighbour", "team_lead", "desk", "mate", "stranger")}  # fmt: skip
    assert codes == {
        **dict.fromkeys(("resident", "team_lead", "desk"), 200),
        **dict.fromkeys(("neighbour", "mate", "stranger"), 404),
    }
    assert "<svg" in text(as_(world.resident).get(url))
    code = signups.code_of(row)
    assert as_(world.resident).get(f"/events/pass/{code}/").url == url
    assert (
        as_(world.team_lead)
        .get(f"/events/pass/{code}/")
        .url.startswith(f"/events/{event.number}/door/?code=")
    )
    assert as_(world.team_lead).get("/events/pass/1-madeupmadeup/").status_code == 404


def test_one_withdraws_from_the_message_without_signing_in(
    world: World, client: Client, event: Event
) -> None:
    row = make.make_signup(event, world.resident)
    waiting = make.make_signup(event, world.neighbour, "甲", "乙", "丙", status="waitlisted")
    token = make_link(world.resident, row, "events.answer", at=timezone.now())
    url = f"/events/answer/{token}/"
    assert client.get(url).status_code == 200
    assert client.head(url).status_code == 200
    row.refresh_from_db()
    assert row.status == "confirmed"
    assert client.post(url, {"verb": "check_in"}).status_code == 200
    assert client.post(url, {"verb": "withdraw"}).status_code == 200
    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.status, waiting.status) == ("withdrawn", "offered")
    assert client.post(url, {"verb": "withdraw"}).status_code == 410
    assert client.get("/events/answer/nonsense/").status_code == 410


def test_the_door_lets_in_once_and_says_why_not(world: World, as_: Any, near: Event) -> None:
    row = make.make_signup(near, world.resident, "林阿姨", "小满")
    client, url = as_(world.team_lead), f"/events/{near.number}/door/scan/"
    code = f"http://testserver/events/pass/{signups.code_of(row)}/"
    yes = client.post(url, {"code": code, "door": ""})
    page = text(client.get(yes.url))
    assert "verdict yes" in page
    assert "林阿姨" in page
    no = text(client.get(client.post(url, {"code": code}).url))
    assert "verdict no" in no
    assert "used at" in no
    client.post(url, {"tail": "1234"})
    client.post(url, {"signup": row.pk + 1000, "tail": ""})
    assert Scan.objects.filter(let_in=0).count() == 3
    assert Seat.objects.arrived().count() == 2
    assert "2 of 2 here" in text(client.get(f"/events/{near.number}/door/"))
    assert as_(world.resident).get(yes.url).status_code == 404
    assert as_(world.resident).post(url, {"code": code}).status_code == 403


def test_the_list_is_read_filtered_and_taken_along(world: World, as_: Any, event: Event) -> None:
    question = Question.objects.create(event=event, words="不吃的")
    make.make_signup(event, world.resident, "林阿姨", "小满", answers={str(question.pk): "花生"})
    make.make_signup(
        event, None, "周奶奶", by_staff=True, phone="+8613800001111", status="waitlisted"
    )
    client, url = as_(world.team_lead), f"/events/{event.number}/signups/"
    page = text(client.get(url))
    assert "林阿姨" in page
    assert "周奶奶" in page
    rung = text(client.get(f"{url}?by_staff=true"))
    assert "林阿姨" not in rung
    rows = list(csv.reader(StringIO(text_of_stream(client.get(f"{url}?export=csv")))))
    assert len(rows) == 3
    assert "花生" in rows[1]
    assert "13800001111" not in "".join(rows[2])
    workbook = client.get(f"{url}?export=xlsx")
    assert workbook.getvalue().startswith(b"PK")
    assert as_(world.resident).get(url).status_code == 403
    assert as_(world.desk).get(url).status_code == 200


def text_of_stream(answer: Any) -> str:
    return answer.getvalue().decode("utf-8-sig")


def test_the_report_is_one_page_for_who_plans(world: World, as_: Any, near: Event) -> None:
    row = make.make_signup(near, world.resident, "林阿姨", "小满", status="attended", stars=4)
    Signup.objects.filter(pk=row.pk).update(words="热闹")
    Seat.objects.update(arrived_at=timezone.now())
    Event.objects.filter(pk=near.pk).update(status="reported", people=2, cost="88.50", report="好")
    url = f"/events/{near.number}/report/"
    page = text(as_(world.team_lead).get(url))
    for words in ("热闹", "4.0", "88.5", "好"):
        assert words in page
    assert as_(world.resident).get(url).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_pages_cost_the_same_for_one_as_for_three(
    world: World, as_: Any, near: Event, number: int
) -> None:
    Event.objects.filter(pk=near.pk).update(capacity=99)
    for n in range(number):
        make.make_signup(near, None, f"客{n}", "乙", by_staff=True)
        make.make_signup(near, world.resident if n == 0 else None, f"家{n}", name=f"家{n}")
        Question.objects.create(event=near, words=f"问{n}")
    statements = {}
    for who, path in WATCHED:
        client = as_(getattr(world, who))
        url = path.format(near.number)
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url).status_code == 200
        if path == "/events/{}/":
            print(who, *[q["sql"][:230] for q in caught.captured_queries], sep="\n   ")
        statements[who, path] = len(caught)
    assert statements == COSTS


WATCHED = (
    ("resident", "/events/{}/"),
    ("team_lead", "/events/{}/"),
    ("team_lead", "/events/{}/door/"),
    ("team_lead", "/events/{}/signups/"),
    ("team_lead", "/events/{}/report/"),
    ("resident", "/events/"),
)
COSTS = {
    ("resident", "/events/{}/"): 12,
    ("team_lead", "/events/{}/"): 17,
    ("team_lead", "/events/{}/door/"): 7,
    ("team_lead", "/events/{}/signups/"): 9,
    ("team_lead", "/events/{}/report/"): 11,
    ("resident", "/events/"): 4,
}


def test_every_page_is_sound_html(world: World, as_: Any, near: Event) -> None:
    row = make.make_signup(near, world.resident, "林阿姨", "小满")
    client = as_(world.team_lead)
    client.post(f"/events/{near.number}/door/scan/", {"signup": row.pk})
    token = make_link(world.resident, row, "events.answer", at=timezone.now())
    paths = [
        near.get_absolute_url(),
        row.get_absolute_url(),
        *(f"/events/{near.number}/{one}/" for one in ("door", "signups", "report")),
        Scan.objects.get().get_absolute_url(),
        f"/events/answer/{token}/",
    ]
    found = {path: faults(text(client.get(path))) for path in paths}
    assert {path: one for path, one in found.items() if one} == {}


@pytest.mark.parametrize("number", [1, 3])
def test_answers_are_read_in_one_statement(
    world: World, as_: Any, near: Event, number: int
) -> None:
    Event.objects.filter(pk=near.pk).update(capacity=99)
    question = Question.objects.create(event=near, words="不吃的")
    for n in range(number):
        make.make_signup(near, None, f"客{n}", answers={str(question.pk): f"花生{n}"})
    client, url = as_(world.team_lead), f"/events/{near.number}/signups/"
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        page = text(client.get(url))
    assert all(f"花生{n}" in page for n in range(number))
    assert len(caught) == COSTS["team_lead", "/events/{}/signups/"] + 1
