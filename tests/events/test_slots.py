"""Turns at services: taken, given back, called and served; the desk's phone, the hall's screen."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone, translation

from accounts.models import User
from audit.models import Entry as LogEntry
from events.calendar import turns
from events.lives import SLOT
from events.models import Event, Service, Slot
from events.services import events, hall, privacy, slots, sweeps
from notifications.models import Message
from tests import factories as make
from tests.html5 import faults
from tests.people import World, build_world
from tests.workflow.lives import AT, LifecycleBattery
from workflow.actors import SYSTEM
from workflow.refusals import Invalid, NotAllowed, WrongState

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DESK = {"team_lead", "volunteer", "admin"}
AROUND = {"resident", "neighbour", *DESK}


def held_event(world: World, status: str = "published", **fields: Any) -> Event:
    fields.setdefault("begin", timezone.now() + 3 * DAY)
    return make.make_event(
        world.court.community, status=status, team=world.team, organiser=world.team_lead, **fields
    )


def with_helper(world: World, event: Event) -> Event:
    """The volunteer stands at its desk; the mate is in the team, and in no shift of it."""
    shift = make.make_shift(world.team, event.starts_at, origin=event)
    make.make_entry(shift, world.volunteer, overlaps=True)
    return event


@pytest.fixture
def event(world: World) -> Event:
    """Whose people read English, and have names that stand nowhere else on a page."""
    User.objects.update(language="en")
    for person, name in ((world.resident, "林女士"), (world.neighbour, "周先生")):
        User.objects.filter(pk=person.pk).update(display_name=name)
        person.refresh_from_db()
    return with_helper(world, held_event(world))


@pytest.fixture
def cuts(event: Event) -> Service:
    return make.make_service(event, turns=6)


@pytest.fixture
def knives(event: Event) -> Service:
    return make.make_service(event, "B", 4, name="磨刀", desk="1 号台", minutes=None)


def turn(service: Service, number: int) -> Slot:
    return Slot.objects.get(service=service, number=number)


class TestSlot(LifecycleBattery):
    """The resident's, at a service of the team's event, at whose desk the volunteer stands."""

    life = SLOT
    roles = ("resident", "team_lead", "volunteer", "admin")
    blind = ("stranger", "outsider")
    may = {
        "book": {"resident", *DESK},
        "book_for": DESK,
        "give_back": {"resident", "portal", *DESK},
        "call": DESK,
        "pass_by": {"portal", *DESK},
        "serve": DESK,
    }
    told = {"call": {"resident"}}
    api = "slots"
    docs = "event.md"

    def row(self, world: World, state: str) -> Any:
        event = with_helper(world, held_event(world, begin=AT + 3 * DAY))
        service = make.make_service(event)
        mine = {} if state == "free" else {"user": world.resident}
        return make.make_turn(service, status=state, **mine)

    def _due(self, state: str, verb: str, role: str) -> str:
        """What is free is nobody's."""
        if (state, verb, role) == ("free", "give_back", "resident"):
            return "NotAllowed"
        return super()._due(state, verb, role)

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        match verb:
            case "book":
                return {"person": "奶奶"}
            case "book_for":
                return {"person": "王奶奶", "phone": "+8613800000001"}
        return {}


# --- services


def add(world: World, event: Event, **said: Any) -> Service:
    facts = {
        "letter": "A",
        "name": "理发",
        "desk": "2 号椅",
        "begins_at": event.starts_at,
        "ends_at": event.starts_at + HOUR,
        "minutes": 10,
    } | said
    return slots.add_service(event, actor=world.team_lead, at=timezone.now(), **facts)


def test_a_service_has_a_turn_every_so_many_minutes(world: World, event: Event) -> None:
    service = add(world, event)
    found = list(service.slots.order_by("number").values_list("number", "starts_at"))
    assert found == [(n + 1, event.starts_at + n * 10 * MINUTE) for n in range(6)]
    assert [str(one.label) for one in service.slots.all()][:2] == ["A01", "A02"]
    assert LogEntry.objects.for_row(service).get().code == "events.add_service"
    # what does not fit whole is none
    assert add(world, event, letter="B", minutes=25).numbers == 2


def test_a_service_by_number_has_no_times(world: World, event: Event) -> None:
    service = add(world, event, minutes=None, numbers=32)
    assert set(service.slots.values_list("starts_at", flat=True)) == {None}
    assert service.slots.count() == service.numbers == 32


def test_what_makes_no_sense_is_no_service(world: World, event: Event) -> None:
    add(world, event)
    wrong: list[dict[str, Any]] = [
        {"letter": "A"},
        {"letter": "B", "begins_at": event.starts_at - MINUTE},
        {"letter": "B", "ends_at": event.ends_at + MINUTE},
        {"letter": "B", "ends_at": event.starts_at},
        {"letter": "B", "minutes": 61},
        {"letter": "B", "minutes": 241},
        {"letter": "B", "minutes": None},
        {"letter": "B", "minutes": None, "numbers": 100},
        {"letter": "B", "minutes": 1, "ends_at": event.starts_at + 100 * MINUTE},
    ]
    for said in wrong:
        with pytest.raises(Invalid):
            add(world, event, **said)
    assert Service.objects.count() == 1


def test_only_those_who_plan_it_set_services_up(world: World, event: Event, as_: Any) -> None:
    url = f"/events/{event.number}/services/new/"
    sent = {
        "letter": "C", "name": "义诊", "icon": "stethoscope", "desk": "3 号桌", "minutes": "15",
        "begin": f"{timezone.localtime(event.starts_at):%H:%M:%S.%f}",
        "end": f"{timezone.localtime(event.ends_at):%H:%M:%S.%f}",
    }  # fmt: skip
    for person, code in ((world.resident, 403), (world.volunteer, 403), (world.stranger, 404)):
        assert as_(person).get(url).status_code == code
        assert as_(person).post(url, sent).status_code == code
    lead = as_(world.team_lead)
    assert 'value="A" selected' in lead.get(url).content.decode()
    assert lead.post(url, {**sent, "desk": ""}).status_code == 422
    assert lead.post(url, {**sent, "end": sent["begin"]}).status_code in (302, 422)
    Service.objects.all().delete()
    answer = lead.post(url, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    service = Service.objects.get()
    assert (service.letter, service.icon, service.numbers) == ("C", "stethoscope", 8)
    again = lead.post(url, sent)
    assert again.status_code == 422
    assert "Another service of this event has this letter." in again.content.decode()
    Event.objects.update(status="ended")
    assert lead.post(url, {**sent, "letter": "D"}).status_code == 409


def test_a_service_goes_only_while_nobody_has_a_turn(world: World, cuts: Service, as_: Any) -> None:
    url = f"/events/services/{cuts.pk}/remove/"
    assert as_(world.volunteer).post(url).status_code == 403
    make.make_turn(cuts, status="booked", user=world.resident)
    assert as_(world.team_lead).post(url).status_code == 409
    Slot.objects.update(status="free", user=None, booked_at=None)
    assert as_(world.team_lead).get(url).status_code == 302
    assert Service.objects.exists()
    assert as_(world.team_lead).post(url).status_code == 302
    assert not Slot.objects.exists()
    codes = LogEntry.objects.filter(code="events.remove_service")
    assert [one.before["name"] for one in codes] == ["理发"]


# --- taking a turn


def test_a_turn_is_one_s_own_or_somebody_s_of_the_household(world: World, cuts: Service) -> None:
    at = timezone.now()
    slots.book(turn(cuts, 2), actor=world.resident, at=at)
    slots.book(turn(cuts, 3), actor=world.resident, at=at, person=" 奶奶 ")
    found = [(one.user, one.person, one.who, one.by_staff) for one in Slot.objects.held()]
    assert found == [
        (world.resident, "", world.resident.name, False),
        (world.resident, "奶奶", "奶奶", False),
    ]
    for person in ("", "奶奶"):
        with pytest.raises(Invalid, match="Give it back first"):
            slots.book(turn(cuts, 4), actor=world.resident, at=at, person=person)
    slots.book(turn(cuts, 4), actor=world.resident, at=at, person="爷爷")
    slots.book(turn(cuts, 5), actor=world.resident, at=at, person="妹妹")
    with pytest.raises(Invalid, match="that is the most"):
        slots.book(turn(cuts, 6), actor=world.resident, at=at, person="弟弟")


def test_turns_are_taken_while_the_event_is_announced_or_on(world: World) -> None:
    at = timezone.now()
    for status in Event.Status.values:
        service = make.make_service(held_event(world, status))
        slot = turn(service, 1)
        if status in ("published", "running"):
            slots.book(slot, actor=world.team_lead, at=at)
        else:
            with pytest.raises(WrongState):
                slots.book(slot, actor=world.team_lead, at=at)
            with pytest.raises(WrongState):
                slots.book_for(slot, actor=world.team_lead, at=at, person="王奶奶")


def test_what_has_begun_is_only_given_at_the_desk(world: World, cuts: Service) -> None:
    first = turn(cuts, 1)
    assert first.starts_at is not None
    with pytest.raises(WrongState):
        slots.book(first, actor=world.resident, at=first.starts_at)
    slots.book_for(first, actor=world.volunteer, at=first.starts_at, person="王奶奶")
    assert turn(cuts, 1).by_staff


def test_whoever_comes_second_hears_what_is_free_and_not_who_was_first(
    world: World, cuts: Service, knives: Service
) -> None:
    at = timezone.now()
    slots.book(turn(cuts, 1), actor=world.resident, at=at)
    second = turn(cuts, 2)
    assert second.starts_at is not None
    time = f"{timezone.localtime(second.starts_at):%H:%M}"
    with pytest.raises(WrongState) as refused:
        slots.book(turn(cuts, 1), actor=world.neighbour, at=at)
    assert str(refused.value) == (f"This turn has just been taken; the next free is {time} (A02).")
    slots.book(turn(knives, 1), actor=world.resident, at=at)
    with pytest.raises(WrongState, match="the next free is B02"):
        slots.book(turn(knives, 1), actor=world.neighbour, at=at)
    Slot.objects.filter(service=knives).update(status="booked", person="甲", booked_at=at)
    with pytest.raises(WrongState, match="no other is free"):
        slots.book(turn(knives, 1), actor=world.neighbour, at=at)


def test_the_page_takes_a_turn_and_keeps_what_was_typed_if_somebody_was_quicker(
    world: World, cuts: Service, as_: Any
) -> None:
    url = f"/events/services/{cuts.pk}/book/"
    assert as_(None).get(url).url.startswith("/accounts/login/")
    assert as_(world.stranger).get(url).status_code == 404
    neighbour = as_(world.neighbour)
    assert 'name="number" value="1"' in neighbour.get(url).content.decode()
    assert as_(world.resident).post(url, {"number": "1"}).status_code == 302
    late = neighbour.post(url, {"number": "1", "person": "外婆"})
    page = late.content.decode()
    assert late.status_code == 409
    assert "This turn has just been taken; the next free is" in page
    assert 'value="外婆"' in page
    assert world.resident.name not in page
    assert neighbour.post(url, {"number": "100"}).status_code == 422
    assert neighbour.post(url, {"number": "2", "person": "外婆"}).status_code == 302
    again = neighbour.post(url, {"number": "3", "person": "外婆"})
    assert (again.status_code, "You have A02 already" in again.content.decode()) == (422, True)
    # without a number whichever is free next
    assert neighbour.post(url, {}).status_code == 302
    assert turn(cuts, 3).user == world.neighbour


def test_whoever_does_not_see_the_event_takes_no_turn(world: World, cuts: Service) -> None:
    with pytest.raises(NotAllowed):
        slots.book(turn(cuts, 1), actor=world.stranger, at=timezone.now())
    with pytest.raises(NotAllowed):
        slots.book_for(turn(cuts, 1), actor=world.mate, at=timezone.now(), person="甲")


def test_a_turn_given_back_is_free_at_once_and_tells_nobody(world: World, cuts: Service) -> None:
    slot = make.make_turn(cuts, status="booked", user=world.resident, person="奶奶")
    with pytest.raises(NotAllowed):
        slots.give_back(slot, actor=world.neighbour, at=timezone.now())
    slots.give_back(slot, actor=world.resident, at=timezone.now())
    assert (slot.status, slot.user, slot.person, slot.booked_at) == ("free", None, "", None)
    assert not Message.objects.exists()
    assert "奶奶" not in str(list(LogEntry.objects.for_row(slot).values("before", "after")))
    slots.book(slot, actor=world.neighbour, at=timezone.now())


# --- the desk


def test_the_first_who_waits_is_called_and_told(world: World, knives: Service) -> None:
    at = timezone.now()
    make.make_turn(knives, 2, status="booked", user=world.resident)
    make.make_turn(knives, 3, status="booked", person="王奶奶", by_staff=True)
    assert str(slots.next_of(knives)) == "磨刀 B02"
    called = slots.call_next(knives, actor=world.volunteer, at=at)
    assert (called.number, called.status, called.called_at) == (2, "called", at)
    [told] = Message.objects.filter(kind="events.slot.call")
    assert told.recipient == world.resident
    assert slots.call_next(knives, actor=world.volunteer, at=at).number == 3
    assert Message.objects.count() == 1
    with pytest.raises(WrongState, match="Nobody waits"):
        slots.call_next(knives, actor=world.volunteer, at=at)
    with pytest.raises(NotAllowed):
        slots.call_next(knives, actor=world.mate, at=at)


def test_whoever_was_passed_over_is_called_again(world: World, knives: Service) -> None:
    at = timezone.now()
    slot = make.make_turn(knives, status="called", user=world.resident)
    slots.pass_by(slot, actor=world.volunteer, at=at)
    slots.call(slot, actor=world.volunteer, at=at)
    slots.serve(slot, actor=world.volunteer, at=at)
    assert slot.status == "served"
    passed = make.make_turn(knives, 2, status="passed", user=world.resident)
    slots.book(turn(knives, 3), actor=world.resident, at=at)
    with pytest.raises(WrongState, match="another turn"):
        slots.call(passed, actor=world.volunteer, at=at)


def test_the_desk_s_phone(world: World, cuts: Service, knives: Service, as_: Any) -> None:
    url = f"/events/{cuts.event.number}/desk/"
    make.make_turn(cuts, 1, status="called", person="李大爷", phone="+8613800000002")
    make.make_turn(cuts, 2, status="booked", user=world.resident)
    make.make_turn(cuts, 3, status="passed", person="张阿姨")
    assert as_(None).get(url).status_code == 302
    found = {p.username: as_(p).get(url).status_code for p in (
        world.resident, world.mate, world.stranger, world.volunteer, world.team_lead)}  # fmt: skip
    assert found == {
        "resident": 403, "mate": 403, "stranger": 404, "volunteer": 200, "team_lead": 200,
    }  # fmt: skip
    helper = as_(world.volunteer)
    page = helper.get(url).content.decode()
    for words in ("李大爷", "138 0000 0002", world.resident.name, "张阿姨", "Call the next: A02"):
        assert words in page
    for verb, number, state in (("serve", 1, "served"), ("call", 3, "called")):
        address = SLOT.url(turn(cuts, number), verb)
        assert helper.post(address, {"next": url}).url == url
        assert turn(cuts, number).status == state
    assert helper.post(f"/events/services/{cuts.pk}/call/").url == url
    assert turn(cuts, 2).status == "called"
    assert helper.post(f"/events/services/{cuts.pk}/call/").status_code == 409
    assert as_(world.mate).post(f"/events/services/{cuts.pk}/call/").status_code == 403


def test_a_walk_in_has_the_turn_that_is_free_next(world: World, knives: Service, as_: Any) -> None:
    url, helper = f"/events/services/{knives.pk}/walk-in/", as_(world.volunteer)
    assert as_(world.resident).post(url, {"person": "甲"}).status_code == 403
    assert helper.get(url).status_code == 302
    wrong = helper.post(url, {"person": "王奶奶", "phone": "12"})
    assert (wrong.status_code, 'value="王奶奶"' in wrong.content.decode()) == (422, True)
    assert helper.post(url, {"person": "王奶奶", "phone": "13800000003"}).status_code == 302
    slot = turn(knives, 1)
    assert (slot.who, slot.phone, slot.by_staff) == ("王奶奶", "+8613800000003", True)
    # two of one name are two people
    for _ in range(3):
        assert helper.post(url, {"person": "王奶奶"}).status_code == 302
    full = helper.post(url, {"person": "李大爷"})
    assert full.status_code == 409
    assert "No turn is free." in full.content.decode()
    assert 'value="李大爷"' in full.content.decode()


# --- who sees what


def test_names_are_for_the_desk_and_whoever_has_the_turn(
    world: World, cuts: Service, as_: Any
) -> None:
    make.make_turn(cuts, 1, status="booked", user=world.resident, person="奶奶")
    make.make_turn(cuts, 2, status="booked", person="王奶奶", phone="+8613800000004")
    seen = {}
    for name in ("resident", "neighbour", "mate", "stranger", "volunteer", "team_lead"):
        answer = as_(getattr(world, name)).get("/api/v1/slots/?ordering=number").json()
        seen[name] = [one["number"] for one in answer["results"]]
        assert ("138" in str(answer)) == (name in ("volunteer", "team_lead"))
    free = [3, 4, 5, 6]
    assert seen == {
        "resident": [1, *free],
        "neighbour": free,
        "mate": free,
        "stranger": [],
        "volunteer": [1, 2, *free],
        "team_lead": [1, 2, *free],
    }
    url = (
        f"/api/v1/slots/?event={cuts.event.number}&service={cuts.pk}&status=booked&ordering=number"
    )
    assert [one["label"] for one in as_(world.volunteer).get(url).json()["results"]] == [
        "A01",
        "A02",
    ]


def test_the_hall_shows_numbers_and_no_names(
    world: World, cuts: Service, knives: Service, as_: Any
) -> None:
    at = timezone.now()
    make.make_turn(cuts, 1, status="passed", person="张阿姨")
    make.make_turn(cuts, 2, status="served", person="李大爷", called_at=at - 10 * MINUTE)
    make.make_turn(cuts, 3, status="called", user=world.resident, called_at=at - 2 * MINUTE)
    make.make_turn(cuts, 4, status="booked", person="王奶奶", phone="+8613800000005")
    make.make_turn(cuts, 5, status="booked", user=world.neighbour)
    make.make_turn(knives, 1, status="called", person="赵叔", called_at=at - MINUTE)
    page = as_(None).get(f"/events/{cuts.event.number}/hall/")
    words = page.content.decode()
    for name in ("张阿姨", "李大爷", "王奶奶", "赵叔", world.resident.name, world.neighbour.name):
        assert name not in words
    assert "0000" not in words
    first, second = hall.board(cuts.event)
    assert [card.now.label for card in (first, second) if card.now] == ["A03", "B01"]
    assert (first.is_latest, second.is_latest) == (False, True)
    assert [one.label for one in first.next] == ["A04", "A05"]
    assert first.minutes == 20
    assert [one.label for one in hall.passed([first, second])] == ["A01"]
    for shown in ("A03", "B01", "A04", "A05", "2 waiting", "about 20 min", "2 号椅"):
        assert shown in words
    assert words.count('class="counter called"') == 1
    assert "style=" not in words.replace("stylesheet", "")
    # the same is not sent again
    again = as_(None).get(page.request["PATH_INFO"], headers={"if-none-match": page["ETag"]})
    assert again.status_code in (200, 304)


def test_the_hall_is_there_for_what_is_public_and_has_services(
    world: World, event: Event, as_: Any
) -> None:
    url = f"/events/{event.number}/hall/"
    assert as_(None).get(url).status_code == 404
    make.make_service(event)
    assert as_(None).get(url).status_code == 200
    Event.objects.update(status="draft")
    assert as_(None).get(url).status_code == 404
    assert as_(world.team_lead).get(url).status_code == 404


def test_waiting_by_number_is_told_by_how_it_went(world: World, knives: Service) -> None:
    at = timezone.now()
    make.make_turn(knives, 4, status="booked")
    assert hall.board(knives.event)[0].minutes == 0
    for number in (1, 2, 3):
        moment = at - (20 - 4 * number) * MINUTE
        make.make_turn(knives, number, status="served", called_at=moment)
    assert hall.board(knives.event)[0].minutes == 5


def test_the_event_s_page_offers_turns_and_shows_one_s_own(
    world: World, cuts: Service, knives: Service, as_: Any
) -> None:
    url = cuts.event.get_absolute_url()
    make.make_turn(cuts, 1, status="booked", user=world.resident, person="奶奶")
    make.make_turn(cuts, 2, status="booked", person="王奶奶")
    mine = as_(world.resident).get(url).content.decode()
    for words in ("A01", "奶奶", "Give back", "4 turns free", "Take B01", 'value="3"'):
        assert words in mine
    assert "王奶奶" not in mine
    assert 'value="2"' not in mine
    guest = as_(None).get(url).content.decode()
    assert "Sign in to take a turn" in guest
    assert "奶奶" not in guest
    assert "Add a service" not in mine
    lead = as_(world.team_lead).get(url).content.decode()
    for words in ("Add a service", "At the desk", "Screen of the hall", "Remove"):
        assert words in lead
    # of the other community: it is read by its address, and no turn is taken
    far = as_(world.stranger).get(url).content.decode()
    assert "Take B01" not in far


def test_the_pages_are_valid_whatever_they_say(
    world: World, cuts: Service, knives: Service, as_: Any
) -> None:
    make.make_turn(cuts, 1, status="booked", user=world.resident, person="奶奶")
    make.make_turn(cuts, 2, status="called", person="王奶奶", phone="+8613800000006")
    make.make_turn(cuts, 3, status="passed", user=world.resident)
    event = cuts.event.get_absolute_url()
    helper, walk_in = as_(world.volunteer), f"/events/services/{cuts.pk}/walk-in/"
    pages = {
        "hall": as_(None).get(f"{event}hall/"),
        "desk": helper.get(f"{event}desk/"),
        "walk-in": helper.post(walk_in, {"phone": "1"}),
        "event": as_(world.resident).get(event),
        "plans": as_(world.team_lead).get(event),
        "guest": as_(None).get(event),
        "times": as_(world.neighbour).get(f"/events/services/{cuts.pk}/book/?number=4"),
        "late": as_(world.neighbour).post(f"/events/services/{cuts.pk}/book/", {"number": "1"}),
        "numbers": as_(world.neighbour).get(f"/events/services/{knives.pk}/book/"),
        "new": as_(world.team_lead).get(f"{event}services/new/"),
    }
    found = {name: faults(page.content.decode()) for name, page in pages.items()}
    assert found == {name: [] for name in pages}


@pytest.mark.parametrize("number", [1, 3])
def test_pages_ask_the_same_of_one_service_and_of_three(
    world: World, event: Event, as_: Any, django_assert_num_queries: Any, number: int
) -> None:
    for letter in "ABC"[:number]:
        service = make.make_service(event, letter, 6)
        for turn_number in range(1, number + 1):
            make.make_turn(service, turn_number, status="booked", user=world.resident)
            Slot.objects.filter(service=service, number=turn_number).update(
                person=f"p{turn_number}"
            )
    with django_assert_num_queries(3):
        hall_page = as_(None).get(f"/events/{event.number}/hall/")
    assert hall_page.status_code == 200
    with django_assert_num_queries(2):
        hall.board(event, names=True)
    person = User.objects.get(pk=world.resident.pk)
    with django_assert_num_queries(7):
        slots.shown(Event.objects.with_all().get(pk=event.pk), person, timezone.now())
    client = as_(world.volunteer)
    client.get("/api/v1/slots/")
    with django_assert_num_queries(5):
        client.get("/api/v1/slots/")


# --- calendar, and what is held of a person


def test_a_turn_with_a_time_stands_in_one_s_calendar(
    world: World, cuts: Service, knives: Service
) -> None:
    make.make_turn(cuts, 2, status="booked", user=world.resident, person="奶奶")
    make.make_turn(knives, 1, status="booked", user=world.resident)
    start = cuts.event.starts_at
    [entry] = turns(world.resident, start - DAY, start + DAY)
    assert (entry.title, entry.starts_at) == ("理发 A02 · 奶奶", start + 10 * MINUTE)
    assert entry.ends_at == start + 20 * MINUTE
    assert "2 号椅" in entry.place
    assert not entry.cancelled
    assert turns(world.neighbour, start - DAY, start + DAY) == []
    Event.objects.update(status="cancelled")
    assert turns(world.resident, start - DAY, start + DAY)[0].cancelled


def test_turns_are_taken_along_and_go_with_the_account(world: World, cuts: Service) -> None:
    states = ("booked", "called", "served", "passed")
    for number, state in enumerate(states, start=1):
        make.make_turn(cuts, number, status=state, user=world.resident, person=f"奶奶{number}")
    exported = privacy.export(world.resident)["turns"]
    assert [one["person"] for one in exported] == [f"奶奶{n}" for n in range(1, 5)]
    privacy.erase(world.resident)
    found = list(Slot.objects.order_by("number").values_list("status", "user", "person"))[:4]
    assert found == [(state, None, "") for state in ("free", "passed", "served", "passed")]
    with pytest.raises(WrongState, match="Nobody is left"):
        slots.call(turn(cuts, 2), actor=world.volunteer, at=timezone.now())
    with pytest.raises(NotAllowed):
        slots.serve(turn(cuts, 2), actor=SYSTEM, at=timezone.now())


# --- many at once


@pytest.fixture
def race_world(transactional_db: None) -> World:
    return build_world()


def rush(doings: list[Callable[[], Any]]) -> Counter[str]:
    """All at once, each over its own connection; what became of them in the words of refusals."""
    found: Counter[str] = Counter()
    ready, tally = threading.Barrier(len(doings)), threading.Lock()

    def run(doing: Callable[[], Any]) -> None:
        said = "done"
        try:
            ready.wait(timeout=20)
            with translation.override("en"):
                doing()
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        finally:
            connections.close_all()
        with tally:
            found[said] += 1

    threads = [threading.Thread(target=run, args=(doing,)) for doing in doings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found


def test_forty_who_want_the_same_turn(race_world: World) -> None:
    world, at = race_world, timezone.now()
    service = make.make_service(held_event(world), turns=3)
    people = [make.make_user(f"one{n}") for n in range(40)]
    for person in people:
        make.make_membership(person, world.team)
    slot = turn(service, 1)

    def book(person: User) -> Callable[[], Any]:
        return lambda: slots.book(Slot.objects.get(pk=slot.pk), actor=person, at=at)

    found = rush([book(person) for person in people])
    second = turn(service, 2)
    assert second.starts_at is not None
    time = f"{timezone.localtime(second.starts_at):%H:%M}"
    words = f"WrongState: This turn has just been taken; the next free is {time} (A02)."
    assert found == {"done": 1, words: 39}
    assert Slot.objects.held().count() == 1


def test_one_person_at_many_phones_has_four_turns(race_world: World) -> None:
    world, at = race_world, timezone.now()
    service = make.make_service(held_event(world), turns=10)

    def book(number: int) -> Callable[[], Any]:
        one = f"p{number}"
        return lambda: slots.book(turn(service, number), actor=world.resident, at=at, person=one)

    assert rush([book(number) for number in range(1, 11)])["done"] == 4
    assert Slot.objects.held().count() == 4


def test_six_desks_never_call_the_same_number(race_world: World) -> None:
    world, at = race_world, timezone.now()
    service = make.make_service(held_event(world), turns=30, minutes=None)
    Slot.objects.update(status="booked", person="甲", booked_at=at)
    called: list[int] = []
    leads = [User.objects.get(pk=world.team_lead.pk) for _ in range(6)]

    def call(lead: User) -> Callable[[], Any]:
        return lambda: called.append(slots.call_next(service, actor=lead, at=at).number)

    for round_of in range(1, 6):
        assert rush([call(lead) for lead in leads]) == {"done": 6}
        assert len(set(called)) == 6 * round_of
    assert sorted(called) == list(range(1, 31))


# --- with the event


def test_turns_move_along_with_their_event_and_are_told(world: World) -> None:
    event = make.make_event(
        world.court.community, AT + timedelta(days=3), status="published", organiser=world.team_lead
    )
    service = make.make_service(event, turns=2)
    mine = make.make_turn(service, 1, status="booked", user=world.resident)
    day_after = event.starts_at + timedelta(days=1)
    later = timezone.localtime(day_after)
    events.change(
        event,
        actor=world.team_lead,
        at=AT,
        on=later.date(),
        begin=later.time(),
        end=(later + timedelta(minutes=90)).time(),
    )
    moved = Slot.objects.get(pk=mine.pk)
    assert moved.starts_at == day_after
    service.refresh_from_db()
    assert service.begins_at == day_after
    assert told("moved") == {"resident"}
    events.cancel(Event.objects.get(pk=event.pk), actor=world.team_lead, at=AT, reason="下雨")
    assert told("called_off") == {"resident"}


def test_numbers_are_forgotten_when_it_is_long_over(world: World) -> None:
    event = make.make_event(world.court.community, AT - timedelta(days=70), status="ended")
    service = make.make_service(event, turns=2)
    make.make_turn(service, 1, status="served", person="王奶奶", phone="+8613800001111")
    rang = make.make_signup(event, None, "周", phone="+8613800001112", answers={"1": "花生"})
    assert sweeps.forget(AT - timedelta(days=20)).done == 0
    assert sweeps.forget(AT).done == 2
    assert sweeps.forget(AT).done == 0
    rang.refresh_from_db()
    assert (rang.phone, rang.answers) == ("", {})
    assert not Slot.objects.exclude(phone="").exists()


def told(verb: str) -> set[str]:
    rows = Message.objects.filter(kind=f"events.slot.{verb}")
    return {one.recipient.username for one in rows.select_related("recipient")}
