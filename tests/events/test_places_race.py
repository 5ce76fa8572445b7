"""Many families at once for few places, on the real database; a canary shows that without the lock
it does go wrong."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from events.models import Event, Scan, Seat, Signup
from events.services import doors, places, signups, sweeps
from tests import factories as make
from tests.people import World, build_world
from tests.races import at_once, rush

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AT = timezone.make_aware(datetime.fromisoformat("2026-12-08T12:00"))
SHORT, AMPLE = 0.7, 10
FAMILIES, LANES, PLACES, SIZE = 200, 40, 20, 4


@pytest.fixture
def race_world(transactional_db: None) -> World:
    return build_world()


def an_event(world: World, **fields: Any) -> Event:
    fields.setdefault("status", "published")
    return make.make_event(world.court.community, AT + 9 * DAY, organiser=world.team_lead, **fields)


def settle(world: World, user: Any) -> None:
    make.make_occupant(make.make_unit(world.court, "9 栋", "1 单元", f"9{user.pk}"), user=user)


def sign_up(event: Event, user: Any, size: int, at: datetime, **said: Any) -> Callable[[], Signup]:
    guests = [
        signups.Guest(user.name, user=user),
        *(signups.Guest(f"孩子{n}") for n in range(1, size)),
    ]
    return lambda: signups.sign_up(event, actor=user, at=at, guests=guests, **said)


def is_counted_right(event: Event) -> bool:
    event.refresh_from_db()
    held = Signup.objects.filter(event=event).held().people()
    seats = Seat.objects.filter(event=event, signup__status__in=("confirmed", "offered")).standing()
    return bool(event.taken == held == seats.count())


def test_families_at_once_are_never_too_many_and_never_split(race_world: World) -> None:
    """200 sign-ups over 40 connections for 20 places with families of four."""
    event = an_event(race_world, capacity=PLACES)
    users = [make.make_user(f"family{n}") for n in range(FAMILIES)]
    for user in users:
        make.make_occupant(
            make.make_unit(race_world.court, "9 栋", "1 单元", f"9{user.pk}"), user=user
        )
    doings = [
        sign_up(event, user, SIZE, AT + n * timedelta(seconds=1), wait=True)
        for n, user in enumerate(users)
    ]
    assert rush(doings, LANES) == {"done": FAMILIES}
    rows = Signup.objects.filter(event=event)
    in_it = PLACES // SIZE
    assert Counter(rows.values_list("status", flat=True)) == {
        "confirmed": in_it,
        "waitlisted": FAMILIES - in_it,
    }
    assert set(rows.values_list("size", flat=True)) == {SIZE}
    assert Seat.objects.filter(event=event).count() == FAMILIES * SIZE
    assert is_counted_right(event)
    # Three families leave at once: as many are asked, the first of the list, each whole.
    waiting = list(rows.waiting())
    leave = [
        lambda one=one: signups.withdraw(one, actor=one.user, at=AT + HOUR)
        for one in rows.filter(status="confirmed").select_related("user", "event")[:3]
    ]
    assert rush(leave, 3) == {"done": 3}
    offered = rows.filter(status="offered").order_by("queued_at", "pk")
    assert list(offered.values_list("pk", flat=True)) == [one.pk for one in waiting[:3]]
    assert is_counted_right(event)


def two_for_the_last(
    world: World, monkeypatch: pytest.MonkeyPatch, patience: float = SHORT
) -> list[str]:
    """Both have seen that there is room before either takes it, if the lock lets them."""
    event = an_event(world, capacity=SIZE)
    users = [make.make_user(f"family{n}") for n in range(2)]
    for user in users:
        settle(world, user)
    meeting, asked = threading.Barrier(2), places.fits

    def meet(*given: Any, **more: Any) -> bool:
        found = asked(*given, **more)
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=patience)
        return found

    monkeypatch.setattr(places, "fits", meet)
    found = rush([sign_up(event, user, SIZE, AT) for user in users], 2)
    return sorted(one.partition(":")[0] for one in found.elements())


def test_with_the_lock_the_second_family_hears_that_it_is_full(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert two_for_the_last(race_world, monkeypatch) == ["WrongState", "done"]


def test_without_the_lock_the_database_alone_holds(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "lock_event", lambda pk: Event.objects.get(pk=pk))
    assert two_for_the_last(race_world, monkeypatch, AMPLE) == ["IntegrityError", "done"]


def test_an_offer_is_taken_or_runs_out_and_never_both(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        event = an_event(race_world, capacity=2)
        until = AT + HOUR
        mine = make.make_signup(
            event, race_world.resident, "林", "满", status="offered", offered_until=until
        )
        make.make_signup(event, race_world.neighbour, status="waitlisted")
        found = at_once(
            lambda mine=mine, until=until: signups.accept(
                mine, actor=race_world.resident, at=until - HOUR / 60
            ),
            lambda until=until: sweeps.run_out(until),
        )
        states = dict(Signup.objects.filter(event=event).values_list("user__username", "status"))
        if found == ["done", "done"]:
            assert states["resident"] == "confirmed"
        else:
            assert found == ["WrongState", "done"]
            assert states == {"resident": "expired", "neighbour": "offered"}
        assert is_counted_right(event)


def test_three_hundred_through_three_doors_each_once(race_world: World) -> None:
    """One of the doors has no signal for a while: what it read comes later, some of whom another
    door has let in meanwhile. Each is counted once, and every refusal is kept."""
    gates = ("东门", "西门", "车库")
    event = an_event(race_world, capacity=300, status="running", doors="\n".join(gates))
    rows = [make.make_signup(event, None, f"客{n}", name=f"客{n}") for n in range(300)]
    again = rows[:30]
    read_at = AT + 9 * DAY + timedelta(minutes=5)

    def read(row: Signup, gate: str, at: datetime) -> Callable[[], Any]:
        code = signups.code_of(row)

        def reading() -> Any:
            # each phone signs in for itself
            actor = User.objects.get(pk=race_world.team_lead.pk)
            said = {"door": gate, "code": code, "moment": read_at}
            return doors.scan(event, actor=actor, at=at, **said)

        return reading

    online = [read(row, gates[n % 2], read_at) for n, row in enumerate(rows[:200])]
    late = [read(row, gates[2], read_at + HOUR) for row in rows[200:] + again]
    assert rush([*online, *late], 12) == {"done": 330}
    seats = Seat.objects.filter(event=event)
    assert seats.arrived().count() == 300
    assert set(seats.values_list("arrived_at", flat=True)) == {read_at}
    scans = Scan.objects.filter(event=event)
    assert scans.filter(let_in=1).count() == 300
    assert scans.filter(let_in=0).count() == 30
    tally = doors.counts(event)
    assert doors.total(tally) == (300, 30)
    assert {one.door for one in tally} == set(gates)
    assert not scans.filter(let_in=0, reason="").exists()
