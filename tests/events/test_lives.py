"""Every verb of events, from every state, by everybody, through every door."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from events.lives import EVENT
from events.models import Event, Task
from tests import factories as make
from tests.people import World
from tests.workflow.lives import AT, LifecycleBattery

FAR = ("stranger", "outsider", "far_member")
PLANNERS = {"team_lead", "admin"}


class TestEvent(LifecycleBattery):
    """The team's, which its lead plans; who manages the community is the administrator here."""

    life = EVENT
    roles = ("team_lead", "admin")
    blind = FAR
    may = {
        "change": PLANNERS,
        "add_task": PLANNERS,
        "tick": PLANNERS,
        "approve": {"admin"},
        "send_back": {"admin"},
        "publish": PLANNERS,
        "begin": {*PLANNERS, "portal"},
        "end": {*PLANNERS, "portal"},
        "close": PLANNERS,
        "cancel": PLANNERS,
    }
    told = {
        "approve": {"team_lead"},
        "send_back": {"team_lead"},
        "end": {"team_lead"},
        "cancel": {"team_lead"},
    }
    api = "events"
    docs = "event.md"

    def row(self, world: World, state: str) -> Any:
        event = make.make_event(
            world.court.community, AT + timedelta(days=3), status=state, team=world.team,
            organiser=world.team_lead,
        )  # fmt: skip
        Task.objects.create(event=event, words="搬桌子")
        return event

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        match verb:
            case "send_back" | "cancel":
                return {"reason": "下大雨"}
            case "change":
                day = timezone.localdate(AT) + timedelta(days=9)
                return {"title": "改期", "on": day, "begin": time(9), "end": time(11)}
            case "add_task":
                return {"words": "买粽叶"}
            case "tick":
                return {"task": Task.objects.latest("pk")}
            case "close":
                return {"people": 48, "cost": Decimal("120.50"), "report": "包了三百个"}
        return {}


def test_what_is_public_is_anybody_s_and_the_rest_nobody_s(world: World, as_: Any) -> None:
    for state in Event.Status.values:
        event = make.make_event(world.court.community, status=state, story="zqxkvj")
        for person in (None, world.resident, world.stranger):
            client = as_(person)
            public = state not in ("draft", "approved", "cancelled")
            for url in (event.get_absolute_url(), f"/events/{event.number}.ics"):
                assert client.get(url).status_code == (200 if public else 404), (state, url)
    called_off = make.make_event(
        world.court.community, status="cancelled", published_at=timezone.now()
    )
    page = as_(None).get(called_off.get_absolute_url()).content.decode()
    assert "It is called off." in page


def test_others_see_an_event_once_it_is_published_and_may_do_nothing(
    world: World, as_: Any
) -> None:
    people = (world.resident, world.volunteer, world.manager, world.dispatcher)
    for state in Event.Status.values:
        event = make.make_event(world.court.community, status=state, team=world.team)
        planned = state in ("draft", "approved", "cancelled")
        for verb in EVENT.moves:
            url = EVENT.url(event, verb)
            found = {as_(person).post(url).status_code for person in people}
            assert found == {404 if planned else 403}, (state, verb)
