"""Events in the calendars of phones: read by two libraries, counted up by a change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import vobject
from icalendar import Calendar

from events.calendar import mine
from events.models import Event
from events.services import events, signups
from tests import factories as make
from tests.people import World
from tests.workflow.lives import AT

DAY = timedelta(days=1)


def an_event(world: World, **fields: Any) -> Event:
    event = make.make_event(
        world.court.community,
        AT + 9 * DAY,
        status="published",
        organiser=world.team_lead,
        place_words="一楼，共享厨房；门口",
        line="自带围裙, 别迟到",
        **fields,
    )
    Event.objects.update(created_at=AT - DAY, updated_at=AT - DAY)
    return event


def read(body: bytes) -> dict[str, dict[str, Any]]:
    """By UID: what both libraries say of each event; they agree on its times and its name."""
    first = Calendar.from_ical(body)
    second = vobject.readOne(body.decode())
    others = {str(one.uid.value): one for one in getattr(second, "vevent_list", [])}
    found = {}
    for one in first.walk("VEVENT"):
        uid = str(one["uid"])
        other = others.pop(uid)
        assert one["dtstart"].dt == other.dtstart.value
        assert one["dtend"].dt == other.dtend.value
        assert str(one["summary"]) == other.summary.value
        assert str(one["location"]) == other.location.value
        found[uid] = {
            "sequence": int(one["sequence"]),
            "status": str(one["status"]),
            "starts_at": one["dtstart"].dt,
        }
    assert others == {}
    return found


def the_one(answer: Any) -> dict[str, Any]:
    [found] = read(answer.content).values()
    return found


def test_both_libraries_read_the_feed_and_the_file(world: World, as_: Any) -> None:
    event = an_event(world)
    an_event(world, title="第二场")
    assert len(read(as_(None).get("/calendar/events.ics").content)) == 2
    assert the_one(as_(None).get(f"/events/{event.number}.ics"))["starts_at"] == event.starts_at


def test_a_change_raises_the_sequence_and_a_sign_up_does_not(world: World, as_: Any) -> None:
    event = an_event(world, capacity=9)
    url = f"/events/{event.number}.ics"
    before = the_one(as_(None).get(url))
    guests = [signups.Guest(world.resident.name, user=world.resident)]
    signups.sign_up(event, actor=world.resident, at=AT, guests=guests)
    assert the_one(as_(None).get(url)) == before
    local = (event.starts_at + DAY).astimezone()
    events.change(
        Event.objects.get(pk=event.pk),
        actor=world.team_lead,
        at=AT,
        on=local.date(),
        begin=local.time(),
        end=(local + timedelta(minutes=30)).time(),
        capacity=9,
    )
    after = the_one(as_(None).get(url))
    assert after["sequence"] > before["sequence"]
    assert after["starts_at"] == event.starts_at + DAY


def test_what_is_called_off_says_so(world: World, as_: Any) -> None:
    event = an_event(world)
    before = the_one(as_(None).get("/calendar/events.ics"))
    events.cancel(event, actor=world.team_lead, at=AT, reason="下雨")
    after = the_one(as_(None).get("/calendar/events.ics"))
    assert (before["status"], after["status"]) == ("CONFIRMED", "CANCELLED")
    assert after["sequence"] > before["sequence"]


def test_one_s_own_calendar_says_whether_one_is_in(world: World) -> None:
    event = an_event(world)
    make.make_signup(event, world.resident, status="waitlisted")
    span = (AT, AT + 30 * DAY)
    [entry] = mine(world.resident, *span)
    assert entry.words.startswith(str(event.signups.get().get_status_display()))
    [other] = mine(world.neighbour, *span)
    assert other.words == event.line
