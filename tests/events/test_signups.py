"""Families sign up, wait, are offered places, come, and say how it was."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from attachments.models import Attachment
from attachments.services import store
from audit.models import Entry
from events.models import Event, Question, Scan, Seat, Signup
from events.services import doors, events, places, report, signups, sweeps
from notifications.models import Message
from tests import factories as make
from tests.everything import a_photo
from tests.people import World
from workflow.refusals import Invalid, NotAllowed, WrongState
from workflow.standing import forget

AT = timezone.make_aware(datetime.fromisoformat("2026-12-08T12:00"))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def event(world: World) -> Event:
    return make.make_event(
        world.court.community,
        AT + 9 * DAY,
        status="published",
        team=world.team,
        organiser=world.team_lead,
        capacity=6,
    )


def guests(user: Any, *names: str) -> list[signups.Guest]:
    return [signups.Guest(user.name, user=user), *(signups.Guest(name) for name in names)]


def sign_up(event: Event, user: Any, *names: str, at: datetime = AT, **said: Any) -> Signup:
    return signups.sign_up(event, actor=user, at=at, guests=guests(user, *names), **said)


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def told(kind: str) -> set[str]:
    rows = Message.objects.filter(kind=f"events.signup.{kind}")
    return {one.recipient.username for one in rows.select_related("recipient")}


# --- signing up


def test_a_family_is_in_each_by_name_and_hears_how_to_withdraw(world: World, event: Event) -> None:
    row = sign_up(event, world.resident, "小满", photo_ok=True)
    assert (row.status, row.size, row.unit) == ("confirmed", 2, world.home)
    assert [seat.name for seat in row.seats.all()] == [world.resident.name, "小满"]
    assert (fresh(event).taken, fresh(event).phone_taken) == (2, 0)
    assert told("sign_up") == {"resident"}


def test_counting_places_is_no_change_of_the_event(world: World, event: Event) -> None:
    """Calendars count their SEQUENCE by it."""
    before = fresh(event).updated_at
    sign_up(event, world.resident)
    assert fresh(event).updated_at == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"capacity": 0}, "simply come"),
        ({"status": "draft", "published_at": None}, "over"),
        ({"opens_at": AT + HOUR}, "opens"),
        ({"closes_at": AT - HOUR}, "over"),
        ({"status": "ended"}, "over"),
        ({"status": "cancelled"}, "called off"),
    ],
)
def test_when_it_is_not_open_the_reason_is_said(
    world: World, event: Event, changes: dict[str, Any], words: str
) -> None:
    Event.objects.filter(pk=event.pk).update(**changes)
    with translation.override("en"), pytest.raises(WrongState, match=words):
        sign_up(event, world.resident, wait=True)
    assert not Signup.objects.exists()


def test_no_limit_and_nought_are_two_things(world: World, event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(capacity=None)
    names = [f"客{n}" for n in range(11)]
    assert sign_up(event, world.resident, *names).size == 12
    assert places.free_for(fresh(event), by_staff=False) is None
    Event.objects.filter(pk=event.pk).update(capacity=0, taken=0)
    with pytest.raises(WrongState):
        sign_up(event, world.neighbour)


def test_too_few_places_are_said_with_their_number_and_one_may_wait(
    world: World, event: Event
) -> None:
    sign_up(event, world.resident, "小满", "老林", "小周")
    with pytest.raises(WrongState, match=r"2.*3"):
        sign_up(event, world.neighbour, "甲", "乙")
    row = sign_up(event, world.neighbour, "甲", "乙", wait=True)
    assert (row.status, places.turn_of(row), fresh(event).taken) == ("waitlisted", 1, 4)


def test_limits_by_household_and_by_person(world: World, event: Event) -> None:
    mate = make.make_user("mate_of_home")
    make.make_occupant(world.home, mate)
    Event.objects.filter(pk=event.pk).update(per_household=3, per_person=2)
    with pytest.raises(Invalid):
        sign_up(event, world.resident, "甲", "乙")
    sign_up(event, world.resident, "甲")
    with pytest.raises(Invalid):
        signups.sign_up(event, actor=world.resident, at=AT, guests=[signups.Guest("乙")])
    with pytest.raises(Invalid):
        sign_up(event, mate, "乙")
    assert sign_up(event, mate).size == 1
    # what is withdrawn is free for the household again
    signups.withdraw(Signup.objects.get(user=mate), actor=mate, at=AT)
    assert sign_up(event, mate).size == 1


@pytest.mark.parametrize("names", [[], ["小满", "小满"], [f"客{n}" for n in range(13)]])
def test_nobody_twice_and_no_crowd(world: World, event: Event, names: list[str]) -> None:
    Event.objects.filter(pk=event.pk).update(capacity=None)
    with pytest.raises(Invalid):
        signups.sign_up(
            event, actor=world.resident, at=AT, guests=[signups.Guest(name) for name in names]
        )
    assert not Signup.objects.exists()


def test_a_person_is_in_once_by_whoever_entered_them(world: World, event: Event) -> None:
    mate = make.make_user("mate_of_home")
    there = make.make_occupant(world.home, mate)
    both = [*guests(world.resident), signups.Guest(mate.name, occupant=there, user=mate)]
    signups.sign_up(event, actor=world.resident, at=AT, guests=both)
    with pytest.raises(WrongState):
        sign_up(event, mate)
    with pytest.raises(WrongState):
        sign_up(event, world.resident)


def test_questions_are_answered_or_the_form_comes_back(world: World, event: Event) -> None:
    must = Question.objects.create(event=event, words="大人几位？", is_required=True)
    ticks = Question.objects.create(event=event, words="不吃的", choices="花生\n蛋黄")
    for answers in ({}, {str(must.pk): " "}, {str(must.pk): "2", str(ticks.pk): "石头"}):
        with pytest.raises(Invalid):
            sign_up(event, world.resident, answers=answers)
    row = sign_up(
        event, world.resident, answers={str(must.pk): "2", str(ticks.pk): "花生, 蛋黄", "9": "x"}
    )
    assert row.answers == {str(must.pk): "2", str(ticks.pk): "花生, 蛋黄"}
    said = {str(must.pk): "3"}
    assert signups.answer(row, actor=world.resident, at=AT, answers=said).answers == said


# --- by telephone


def test_places_are_set_aside_for_who_rings(world: World, event: Event) -> None:
    events.set_signup(event, actor=world.team_lead, at=AT, phone_places=2)
    with pytest.raises(WrongState):
        sign_up(event, world.resident, "甲", "乙", "丙", "丁")
    sign_up(event, world.resident, "甲", "乙", "丙")
    with pytest.raises(WrongState):
        sign_up(event, world.neighbour)
    said = {"name": "周奶奶", "phone": "+8613800001111", "others": ["老周"]}
    events.enter(fresh(event), actor=world.desk, at=AT, **said)
    row = Signup.objects.get(by_staff=True)
    assert (row.user, row.name, row.size, row.status) == (None, "周奶奶", 2, "confirmed")
    assert (fresh(event).taken, fresh(event).phone_taken) == (6, 2)
    with pytest.raises(WrongState):
        events.enter(fresh(event), actor=world.desk, at=AT, name="王爷爷")
    events.enter(fresh(event), actor=world.desk, at=AT, name="王爷爷", wait=True)
    # the desk speaks for those without an account
    signups.withdraw(row, actor=world.desk, at=AT)
    assert (fresh(event).phone_taken, fresh(event).taken) == (1, 5)
    assert Signup.objects.get(name="王爷爷").status == "offered"
    assert told("offer") == {"team_lead"}


def test_who_is_neither_desk_nor_planner_types_no_names(world: World, event: Event) -> None:
    with pytest.raises(NotAllowed):
        events.enter(event, actor=world.resident, at=AT, name="王爷爷")


# --- the waiting list


def full(event: Event, world: World) -> tuple[Signup, Signup, Signup]:
    """Four are in and two; three wait, and after them one."""
    first = sign_up(event, world.resident, "甲", "乙", "丙")
    second = sign_up(event, world.neighbour, "丁")
    return first, second, sign_up(event, world.mate, "戊", "己", at=AT + HOUR, wait=True)


def test_what_becomes_free_is_offered_in_order_each_family_whole(
    world: World, event: Event
) -> None:
    first, second, third = full(event, world)
    single = sign_up(event, world.volunteer, at=AT + 2 * HOUR, wait=True)
    signups.withdraw(second, actor=world.neighbour, at=AT + 3 * HOUR)
    # two are free: the three keep their turn, the one behind them fits
    assert (fresh(third).status, fresh(single).status) == ("waitlisted", "offered")
    assert places.turn_of(fresh(third)) == 1
    signups.withdraw(first, actor=world.resident, at=AT + 4 * HOUR)
    assert fresh(third).status == "offered"
    assert fresh(third).offered_until != fresh(single).offered_until
    assert fresh(event).taken == 4
    signups.accept(fresh(third), actor=world.mate, at=AT + 5 * HOUR)
    assert (fresh(third).status, fresh(third).offered_until) == ("confirmed", None)
    assert told("offer") == {"mate", "volunteer"}


def test_an_offer_runs_out_and_passes_on_once(world: World, event: Event) -> None:
    first, _second, third = full(event, world)
    later = sign_up(event, world.volunteer, "庚", at=AT + 2 * HOUR, wait=True)
    signups.fewer(
        first, actor=world.resident, at=AT + 3 * HOUR, seats=list(first.seats.order_by("pk"))[1:]
    )
    assert (fresh(first).size, fresh(third).status) == (1, "offered")
    until = fresh(third).offered_until
    assert sweeps.run_out(until - HOUR / 60).done == 0
    assert sweeps.run_out(until).done == 1
    assert (fresh(third).status, fresh(later).status) == ("expired", "offered")
    assert sweeps.run_out(until).done == 0
    with pytest.raises(WrongState):
        signups.accept(fresh(third), actor=world.mate, at=until)
    assert not Seat.objects.filter(signup=third).standing().exists()
    assert sign_up(event, world.mate, at=until, wait=True).status == "confirmed"


def test_an_offer_by_night_holds_until_the_morning(world: World, event: Event) -> None:
    night = timezone.make_aware(datetime.fromisoformat("2026-12-08T23:30"))
    until = places.held_until(event, night)
    assert until is not None
    assert timezone.localtime(until).isoformat()[:16] == "2026-12-09T10:00"
    assert places.held_until(event, event.starts_at - timedelta(minutes=10)) is None
    near = event.starts_at - HOUR
    assert places.held_until(event, near) == near + HOUR / 2


def test_more_places_are_offered_to_who_waits(world: World, event: Event) -> None:
    *_rows, third = full(event, world)
    local = timezone.localtime(event.starts_at)
    same = {"on": local.date(), "begin": local.time(), "end": time(23, 0), "capacity": 9}
    events.change(fresh(event), actor=world.team_lead, at=AT + 2 * HOUR, **same)
    assert fresh(third).status == "offered"
    with pytest.raises(Invalid):
        events.change(fresh(event), actor=world.team_lead, at=AT, **{**same, "capacity": 8})


# --- moved, reminded, called off


def test_a_moved_event_asks_whether_they_still_come(world: World, event: Event) -> None:
    mine, theirs, _third = full(event, world)
    local = timezone.localtime(event.starts_at) + DAY
    events.change(
        event,
        actor=world.team_lead,
        at=AT + 2 * HOUR,
        on=local.date(),
        begin=local.time(),
        end=(local + HOUR).time(),
        capacity=6,
    )
    assert told("moved") == {"resident", "neighbour", "mate"}
    assert {fresh(one).asked_at for one in (mine, theirs)} == {AT + 2 * HOUR}
    signups.still_come(fresh(mine), actor=world.resident, at=AT + 3 * HOUR)
    assert fresh(mine).asked_at is None
    with pytest.raises(WrongState):
        signups.still_come(fresh(mine), actor=world.resident, at=AT + 3 * HOUR)


def test_other_words_ask_nobody(world: World, event: Event) -> None:
    full(event, world)
    local = timezone.localtime(event.starts_at)
    end = timezone.localtime(event.ends_at)
    same = {"on": local.date(), "begin": local.time(), "end": end.time(), "capacity": 6}
    events.change(event, actor=world.team_lead, at=AT, title="包粽子大赛", **same)
    assert told("moved") == set()


def test_whoever_comes_is_reminded_once_a_day_before(world: World, event: Event) -> None:
    full(event, world)
    day = event.starts_at - DAY
    assert sweeps.remind(day - HOUR).done == 0
    assert sweeps.remind(day).done == 1
    assert sweeps.remind(day + HOUR).done == 0
    assert told("remind") == {"resident", "neighbour", "mate"}


def test_a_called_off_event_tells_whoever_comes_or_waits(world: World, event: Event) -> None:
    full(event, world)
    events.cancel(event, actor=world.team_lead, at=AT, reason="下雨")
    assert told("called_off") == {"resident", "neighbour", "mate"}


# --- the doors


def read(event: Event, by: Any, at: datetime, **shown: Any) -> Scan:
    return doors.scan(event, actor=by, at=at, door=event.gates[0], **shown)


def test_a_pass_lets_a_family_in_once(world: World, event: Event) -> None:
    row, at = sign_up(event, world.resident, "小满", "老林"), event.starts_at - HOUR / 2
    some = read(event, world.team_lead, at, code=signups.code_of(row), number=2)
    assert (some.let_in, fresh(row).status) == (2, "attended")
    rest = read(event, world.team_lead, at, code=signups.code_of(row))
    again = read(event, world.team_lead, at, code=signups.code_of(row))
    assert (rest.let_in, again.let_in) == (1, 0)
    assert f"{timezone.localtime(at):%H:%M}" in again.reason
    assert doors.total(doors.counts(event)) == (3, 1)
    signups.undo(fresh(row), actor=world.team_lead, at=at)
    assert (fresh(row).status, doors.total(doors.counts(event))[0]) == ("confirmed", 0)


def test_whoever_is_not_to_come_in_is_turned_away_and_it_is_kept(
    world: World, event: Event
) -> None:
    at = event.starts_at
    mine, _second, waiting = full(event, world)
    other = make.make_event(world.court.community, at, status="published")
    elsewhere = sign_up(other, world.volunteer)
    read(event, world.team_lead, at, code="17-made-up")
    read(event, world.team_lead, at, code=signups.code_of(elsewhere))
    read(event, world.team_lead, at, signup=waiting)
    signups.withdraw(mine, actor=world.resident, at=AT + 2 * HOUR)
    read(event, world.team_lead, at, signup=fresh(mine))
    read(event, world.team_lead, at, tail="0000")
    read(event, world.team_lead, at, tail="99")
    kept = list(Scan.objects.order_by("pk"))
    assert [one.let_in for one in kept] == [0] * 6
    assert len({one.reason for one in kept}) >= 4
    assert all(one.reason for one in kept)
    assert not Seat.objects.arrived().exists()


def test_by_the_end_of_a_number(world: World, event: Event) -> None:
    world.resident.phone = "+8613800002207"
    world.resident.save()
    sign_up(event, world.resident)
    assert read(event, world.team_lead, event.starts_at, tail="尾号 2207").let_in == 1
    make.make_signup(event, None, "甲", name="甲", phone="+8613900002207", by_staff=True)
    assert read(event, world.team_lead, event.starts_at, tail="2207").let_in == 0


def test_the_doors_open_an_hour_before_and_take_what_a_phone_kept(
    world: World, event: Event
) -> None:
    row = sign_up(event, world.resident)
    early = read(event, world.team_lead, event.starts_at - 2 * HOUR, code=signups.code_of(row))
    assert early.let_in == 0
    Event.objects.filter(pk=event.pk).update(status="ended")
    late = event.ends_at + HOUR
    seen = read(
        fresh(event), world.team_lead, late, code=signups.code_of(row), moment=event.starts_at
    )
    assert seen.let_in == 1
    assert Seat.objects.get(signup=row).arrived_at == event.starts_at


def test_a_helper_of_the_event_s_shift_stands_at_the_door(world: World, event: Event) -> None:
    row = sign_up(event, world.resident)
    with pytest.raises(NotAllowed):
        read(event, world.volunteer, event.starts_at, code=signups.code_of(row))
    shift = make.make_shift(world.team, event.starts_at, origin=event)
    make.make_entry(shift, world.volunteer)
    forget(world.volunteer)  # asked once a request
    assert read(event, world.volunteer, event.starts_at, code=signups.code_of(row)).let_in == 1


# --- afterwards


def test_the_report_counts_what_is_there(world: World, event: Event) -> None:
    row = sign_up(event, world.resident, "小满")
    sign_up(event, world.neighbour)
    read(event, world.team_lead, event.starts_at, code=signups.code_of(row))
    Event.objects.filter(pk=event.pk).update(status="ended")
    signups.rate(fresh(row), actor=world.resident, at=event.ends_at, stars=4, words="热闹")
    shift = make.make_shift(world.team, event.starts_at, origin=event)
    make.make_entry(
        shift,
        world.volunteer,
        status="hours_confirmed",
        arrived_at=shift.starts_at,
        left_at=shift.ends_at,
        minutes=120,
    )
    found = report.figures(fresh(event))
    assert (found.signed_up, found.families, found.came, found.refused) == (3, 2, 2, 0)
    assert (found.helpers, found.minutes, found.rated, found.stars) == (1, 120, 1, 4)
    assert [one.words for one in report.said(event)] == ["热闹"]


def test_the_album_takes_what_was_agreed_and_gives_out_at_once(world: World, event: Event) -> None:
    sign_up(event, world.resident)
    Event.objects.filter(pk=event.pk).update(status="ended")
    row = fresh(event)

    def a_key() -> str:
        return str(store(a_photo(), by=world.resident, at=AT).key)

    for said in ({"photos": [a_key()], "agreed": False}, {"photos": [], "agreed": True}):
        with pytest.raises(Invalid):
            events.add_photos(row, actor=world.resident, at=AT, **said)
    events.add_photos(row, actor=world.resident, at=AT, photos=[a_key()], agreed=True)
    [picture] = events.album(row)
    with pytest.raises(NotAllowed):
        events.take_out(row, actor=world.neighbour, at=AT, photo=picture)
    events.take_out(row, actor=world.resident, at=AT, photo=picture)
    assert events.album(row) == []
    with pytest.raises(Invalid):
        events.take_out(row, actor=world.resident, at=AT, photo=picture)
    assert Entry.objects.for_row(row).filter(code="events.event.take_out").count() == 1


def test_who_is_erased_leaves_what_is_ahead_and_no_name_behind(world: World, event: Event) -> None:
    from events.services import privacy

    *_rows, third = full(event, world)
    mine = Signup.objects.get(user=world.resident)
    assert privacy.export(world.resident)["signed_up"][0]["size"] == 4
    privacy.erase(world.resident)
    assert (fresh(mine).status, fresh(mine).name, fresh(mine).answers) == ("withdrawn", "", {})
    assert set(Seat.objects.filter(signup=mine).values_list("name", flat=True)) == {""}
    assert fresh(third).status == "offered"
    assert Attachment.objects.count() == 0
