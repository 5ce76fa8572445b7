"""Every verb of events, from every state, by everybody, through every door."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from attachments.models import Attachment
from attachments.services import store
from events.lives import EVENT, SIGNUP
from events.models import Event, Question, Seat, Task
from tests import factories as make
from tests.everything import a_photo
from tests.people import World
from tests.workflow.lives import AT, LifecycleBattery
from workflow.refusals import NotAllowed, WrongState

FAR = ("stranger", "outsider", "far_member")
PLANNERS = {"team_lead", "admin"}
SPEAK = {"resident", *PLANNERS}


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
        "set_signup": PLANNERS,
        "add_question": PLANNERS,
        "drop_question": PLANNERS,
        "set_poster": PLANNERS,
        "enter": PLANNERS,
        "add_photos": PLANNERS,
        "take_out": PLANNERS,
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
        Question.objects.create(event=event, words="不吃什么？")
        store(a_photo(), by=world.team_lead, at=AT, row=event)
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
            case "add_question":
                return {"words": "几个人吃素？", "choices": "一个\n两个", "is_required": True}
            case "drop_question":
                return {"question": Question.objects.latest("pk")}
            case "set_signup":
                return {"phone_places": 6, "per_household": 3, "doors": "东门\n西门"}
            case "enter":
                return {"name": "周奶奶", "phone": "+8613800001111", "others": ["小周"]}
            case "set_poster":
                return {"photos": [self.photo(world.admin)]}
            case "add_photos":
                return {"photos": [self.photo(world.admin)], "agreed": True}
            case "take_out":
                return {"photo": Attachment.objects.exclude(object_id=None).latest("pk")}
            case "close":
                return {"people": 48, "cost": Decimal("120.50"), "report": "包了三百个"}
        return {}

    def photo(self, person: Any) -> str:
        return str(store(a_photo(), by=person, at=AT).key)

    def sent(self, world: World, verb: str) -> dict[str, Any]:
        said = super().sent(world, verb)
        if "others" in said:
            said["others"] = "\n".join(said["others"])
        # a page sends what is kept under another name than the API
        return {**said, "photos_kept": said["photos"]} if "photos" in said else said

    def _outcome(self, row: Any, world: World, verb: str, person: Any) -> str:
        if verb not in ("set_poster", "add_photos"):
            return super()._outcome(row, world, verb, person)
        # each may show only what is their own
        Attachment.objects.filter(object_id=None).delete()
        said = {**self.fields(world, verb), "photos": [self.photo(person)] if person.pk else []}
        try:
            self.life.do(verb, row, actor=person, at=AT, **said)
        except (NotAllowed, WrongState) as refusal:
            return type(refusal).__name__
        return "moved"


class TestSignup(LifecycleBattery):
    """A family's own; its planners speak for it, and let it in."""

    life = SIGNUP
    roles = ("resident", "neighbour", "team_lead", "admin")
    blind = (*FAR, "neighbour")
    may = {
        "accept": SPEAK,
        "still_come": SPEAK,
        "withdraw": {*SPEAK, "portal"},
        "fewer": SPEAK,
        "answer": SPEAK,
        "offer": {*PLANNERS, "portal"},
        "expire": {"portal"},
        "check_in": PLANNERS,
        "undo": PLANNERS,
        "rate": {"resident"},
    }
    told = {
        "accept": {"resident"},
        "withdraw": {"resident"},
        "offer": {"resident"},
    }
    api = "signups"
    docs = "event.md"

    def row(self, world: World, state: str) -> Any:
        """While the event is on, when everything of a sign-up that stands may be done."""
        event = make.make_event(
            world.court.community, AT + timedelta(days=3), status="running", capacity=9,
            team=world.team, organiser=world.team_lead,
        )  # fmt: skip
        until = AT + timedelta(hours=2) if state == "offered" else None
        return make.make_signup(
            event, world.resident, "林阿姨", "小满", status=state, offered_until=until, asked_at=AT
        )

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        match verb:
            case "fewer":
                return {"seats": [Seat.objects.latest("pk")]}
            case "answer":
                return {"photo_ok": True}
            case "rate":
                return {"stars": 5, "words": "好"}
        return {}

    def sent(self, world: World, verb: str) -> dict[str, Any]:
        said = super().sent(world, verb)
        return {**said, "seats": [one.pk for one in said["seats"]]} if "seats" in said else said


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
    people = ("resident", "volunteer", "manager", "dispatcher")
    clients = {name: as_(getattr(world, name)) for name in people}
    for state in Event.Status.values:
        event = make.make_event(world.court.community, status=state, team=world.team)
        planned = state in ("draft", "approved", "cancelled")
        for verb in EVENT.moves:
            url = EVENT.url(event, verb)
            found = {
                name: client.post(url).status_code
                for name, client in clients.items()
                # the estate's desks enter whoever rings
                if verb != "enter" or name in ("resident", "volunteer")
            }
            assert set(found.values()) == {404 if planned else 403}, (state, verb)
