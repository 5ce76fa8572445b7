"""Days of templates, and events that draft themselves: each once, and in time."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from estates.models import Workday
from events import almanac
from events.models import Event, SeasonalTemplate
from events.services import seasons, seeds, sweeps
from events.services.seasons import Days
from notifications.models import Message
from tests import factories as make
from tests.people import World

DATA = Path(__file__).parents[2].parent / "shared/data/festival-calendars"


def local(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


def held(template: SeasonalTemplate, year: int) -> list[str]:
    days = Days()
    return [f"{one.held_on:%Y-%m-%d}" for one in seasons.occasions([template], year, days)]


@pytest.fixture
def laid(world: World) -> dict[str, SeasonalTemplate]:
    community = world.court.community
    seeds.lay(community, actor=world.admin, at=timezone.now(), today=date(2026, 1, 1))
    return {one.name_en: one for one in SeasonalTemplate.objects.filter(community=community)}


def test_the_seeds_fall_on_their_days(laid: dict[str, SeasonalTemplate]) -> None:
    found = {name: held(one, 2028) for name, one in laid.items() if one.kind != "rrule"}
    assert found == {
        "Lei Feng Day": ["2028-03-05"],
        "Women's Day": ["2028-03-08"],
        "Smile Day": ["2028-05-08"],
        "Mother's Day": ["2028-05-14"],
        "Dragon Boat Festival": ["2028-05-28"],
        "Children's Day": ["2028-06-01"],
        "Father's Day": ["2028-06-18"],
        "Elders' day": ["2028-10-26"],
    }
    assert held(laid["Free haircuts"], 2026)[:2] == ["2026-01-03", "2026-02-07"]
    assert len(held(laid["Free clinic"], 2026)) == 12


def test_laying_them_twice_lays_nothing_and_keeps_what_was_changed(
    world: World, laid: dict[str, SeasonalTemplate]
) -> None:
    SeasonalTemplate.objects.filter(name_en="Smile Day").update(day=9, is_active=False)
    again = seeds.lay(
        world.court.community, actor=world.admin, at=timezone.now(), today=date(2027, 1, 1)
    )
    assert (again, SeasonalTemplate.objects.get(name_en="Smile Day").day) == (0, 9)


def test_the_sweep_drafts_each_once_and_asks_who_plans_it(world: World) -> None:
    template = make.make_template(
        world.court.community, organiser=world.team_lead, team=world.team, checklist="粽叶\n糯米",
        days_before=30,
    )  # fmt: skip
    early = local("2028-04-27T08:00")
    assert sweeps.draft(early).done == 0
    at = local("2028-04-28T08:00")
    assert [sweeps.draft(at).done for _ in range(3)] == [1, 0, 0]
    event = Event.objects.get(template=template)
    assert (event.status, event.occasion) == ("draft", date(2028, 5, 28))
    assert event.starts_at == local("2028-05-28T09:00")
    assert [one.words for one in event.tasks.all()] == ["粽叶", "糯米"]
    told = Message.objects.filter(kind="events.event.draft")
    assert [one.recipient for one in told] == [world.team_lead]


def test_a_leap_month_drafts_no_second_one(world: World) -> None:
    """2028 has two fifth months."""
    make.make_template(world.court.community, days_before=60)
    for week in range(20):
        sweeps.draft(local("2028-04-01T08:00") + timedelta(days=7 * week))
    assert [one.occasion for one in Event.objects.all()] == [date(2028, 5, 28)]


def test_what_was_called_off_does_not_come_back_and_the_next_year_does(world: World) -> None:
    make.make_template(world.court.community, days_before=60)
    sweeps.draft(local("2027-05-01T08:00"))
    Event.objects.update(status="cancelled")
    sweeps.draft(local("2027-05-02T08:00"))
    sweeps.draft(local("2028-05-01T08:00"))
    assert [one.occasion.year for one in Event.objects.order_by("pk")] == [2027, 2028]


def test_it_moves_to_a_working_day_by_the_table_and_by_weekends_beyond_it(world: World) -> None:
    # a Saturday that is worked, and a Monday that is off
    Workday.objects.create(day=date(2026, 10, 10), is_workday=True, name="补班")
    Workday.objects.create(day=date(2026, 10, 5), is_workday=False, name="国庆")
    facts: dict[str, Any] = {"kind": "fixed", "month": 10}
    community = world.court.community

    def day(n: int, shift: str, year: int = 2026) -> str:
        template = SeasonalTemplate(
            community=community, day=n, shift=shift, begins_at=time(9), **facts
        )
        return held(template, year)[0][5:]

    assert day(10, "after") == "10-10"
    assert day(5, "after") == "10-06"
    assert day(5, "before") == "10-02"
    assert day(10, "off") == "10-11"
    assert day(10, "none") == "10-10"
    [unknown] = seasons.occasions(
        [SeasonalTemplate(community=community, day=10, shift="after", begins_at=time(9), **facts)],
        2027,
        Days(),
    )
    assert (unknown.held_on, unknown.is_known) == (date(2027, 10, 11), False)
    assert "not known yet" in seasons.note_of(unknown)


@pytest.mark.skipif(not DATA.exists(), reason="the real calendars are not here")
@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_days_are_worked_as_the_state_council_says(world: World, year: int) -> None:
    said = json.loads((DATA / f"holiday_cn_{year}.json").read_text())["days"]
    for one in said:
        Workday.objects.create(
            day=date.fromisoformat(one["date"]), is_workday=not one["isOffDay"], name=one["name"]
        )
    days = Days()
    wrong = [
        one["date"]
        for one in said
        if days.is_worked(date.fromisoformat(one["date"])) == one["isOffDay"]
    ]
    assert wrong == []


def test_the_year_s_page_shows_what_is_planned_and_what_comes(
    world: World, as_: Any, laid: dict[str, SeasonalTemplate]
) -> None:
    make.make_event(
        world.court.community, local("2031-06-24T09:00"), title="Zqx party", team=world.team
    )
    world.team_lead.language = "en"
    world.team_lead.save()
    client: Client = as_(world.team_lead)
    page = client.get(reverse("events:year") + "?year=2031")
    assert page.context["number"] == 1 + 8 + 5 * 12
    body = page.content.decode()
    assert "Zqx party" in body
    assert "Dragon Boat Festival" in body
    # both on 24 June 2031, the lunar fifth of the fifth
    assert almanac.lunar(2031, 5, 5) == [date(2031, 6, 24)]
    june = page.context["months"][5]["lines"]
    assert {one["label"] for one in june if one["clash"]} >= {"Zqx party", "Dragon Boat Festival"}
    assert "go by weekends" in body or "goes by weekends" in body
    assert as_(world.resident).get(reverse("events:year")).status_code == 403


def test_the_api_gives_a_year_s_days_with_their_lunar_date(
    world: World, as_: Any, laid: dict[str, SeasonalTemplate]
) -> None:
    client = as_(world.team_lead)
    rows = client.get("/api/v1/seasonal-dates/?year=2027").json()
    boat = next(row for row in rows if row["name"] == "端午节")
    assert (boat["date"], boat["rule"], boat["lunar_date"]) == ("2027-06-09", "lunar", "五月初五")
    for odd in ("", "?year=", "?year=abc", "?year=1", "?year=3000"):
        assert client.get(f"/api/v1/seasonal-dates/{odd}").status_code == 400
    assert as_(world.stranger).get("/api/v1/seasonal-dates/?year=2027").json() == []


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"kind": "lunar", "month": "5"}, "day"),
        ({"kind": "nth", "month": "5", "nth": "2"}, "weekday"),
        ({"kind": "term"}, "term"),
        ({"kind": "rrule", "starts_on": "2026-01-01"}, "rrule"),
        ({"kind": "rrule", "rrule": "FREQ=NEVER", "starts_on": "2026-01-01"}, "rrule"),
    ],
)
def test_a_rule_that_wants_more_says_what(
    world: World, as_: Any, facts: dict[str, str], wrong: str
) -> None:
    client = as_(world.team_lead)
    sent = {
        "community": world.court.community.pk,
        "name": "试",
        "shift": "none",
        "begins_at": "09:00",
        "minutes": "60",
        "days_before": "30",
        **facts,
    }
    answer = client.post(reverse("events:templates-new"), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [wrong]


def test_the_public_feed_says_what_is_called_off(world: World, as_: Any) -> None:
    at = timezone.now()
    community = world.court.community
    make.make_event(community, at + timedelta(days=2), status="published", title="Zqx one")
    make.make_event(community, at + timedelta(days=2), status="draft", title="Zqx draft")
    make.make_event(
        community, at + timedelta(days=3), status="cancelled", published_at=at, title="Zqx off"
    )
    answer = as_(None).get("/calendar/events.ics")
    body = answer.content.decode()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert ("Zqx one" in body, "Zqx draft" in body, "Zqx off" in body) == (True, False, True)
    assert body.count("STATUS:CANCELLED") == 1
    again = as_(None).get("/calendar/events.ics", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 304
