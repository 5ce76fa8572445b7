"""Many at once for few places, on the real database. Each canary shows that without the lock it
does go wrong."""

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
from tests import factories as make
from tests.people import World, build_world
from tests.races import at_once, outcome, rush
from volunteers.models import Entry, Shift, ShiftPost
from volunteers.services import entries, places, swaps, sweeps
from volunteers.states import HELD

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AT = timezone.make_aware(datetime.fromisoformat("2026-12-08T12:00"))
# With a lock the second never comes while the first holds it; without one it does, in its time.
SHORT, AMPLE = 0.7, 10
# How many sign up, over how many connections, for how many places.
CROWDS = [(24, 8, 5), (200, 40, 1)]
FULL = "All places are taken. On the waiting list you would be number 1."


@pytest.fixture
def race_world(transactional_db: None) -> World:
    return build_world()


def unlocked(pk: int) -> Shift:
    """`places.lock_shift` as it would be without a lock."""
    return Shift.objects.get(pk=pk)


def crowd(world: World, number: int) -> list[User]:
    users = [make.make_user(f"one{n}") for n in range(number)]
    for user in users:
        make.make_membership(user, world.team)
    return users


def sign_up(post: ShiftPost, user: User, **said: Any) -> Callable[[], Entry]:
    return lambda: entries.sign_up(post, actor=user, at=AT, **said)


def held(shift: Shift) -> int:
    return Entry.objects.filter(shift=shift, status__in=HELD).count()


def is_counted_right(shift: Shift) -> bool:
    return held(shift) == shift.posts.get().taken


# --- (a) the last places


def test_many_at_once_never_take_more_than_there_are(race_world: World) -> None:
    users = crowd(race_world, CROWDS[-1][0])
    for day, (number, lanes, free) in enumerate(CROWDS, start=1):
        shift = make.make_shift(race_world.team, AT + day * DAY, places=free + 1)
        make.make_entry(shift, race_world.mate)
        post = shift.posts.get()
        found = rush([sign_up(post, user) for user in users[:number]], lanes)
        assert found == {"done": free, f"WrongState: {FULL}": number - free}
        assert (held(shift), shift.posts.get().taken) == (free + 1, free + 1)


def test_many_at_once_stand_in_line_each_once(race_world: World) -> None:
    number, lanes, free = CROWDS[-1]
    shift = make.make_shift(race_world.team, AT + DAY, places=free)
    post = shift.posts.get()
    users = crowd(race_world, number)
    # each of them taps twice
    doings = [sign_up(post, user, wait=True) for user in users for _ in range(2)]
    assert rush(doings, lanes)["done"] == number
    states = Counter(Entry.objects.filter(shift=shift).values_list("status", flat=True))
    assert states == {"confirmed": free, "waitlisted": number - free}
    assert is_counted_right(shift)


def two_for_the_last(
    world: World, monkeypatch: pytest.MonkeyPatch, patience: float = SHORT
) -> list[str]:
    """Both have read the answer before either takes the place, if the lock lets them."""
    shift = make.make_shift(world.team, AT + DAY, places=1)
    post, meeting, asked = shift.posts.get(), threading.Barrier(2), places.answer

    def meet(*given: Any) -> places.Answer:
        found = asked(*given)
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=patience)
        return found

    monkeypatch.setattr(places, "answer", meet)
    found = rush([sign_up(post, user) for user in (world.volunteer, world.mate)], 2)
    assert is_counted_right(shift)
    assert held(shift) == 1
    return sorted(found.elements())


def test_with_the_lock_the_second_is_told_their_turn(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert two_for_the_last(race_world, monkeypatch) == [f"WrongState: {FULL}", "done"]


def test_without_the_lock_both_are_told_that_it_is_free(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That no harm follows is the constraint's work alone: nobody counted a turn."""
    monkeypatch.setattr(places, "lock_shift", unlocked)
    found = two_for_the_last(race_world, monkeypatch, AMPLE)
    assert found == ["WrongState: All places are taken.", "done"]


# --- what is freed while somebody comes


def freed_while_one_queues(
    world: World, monkeypatch: pytest.MonkeyPatch, patience: float = SHORT
) -> dict[str, str]:
    """The volunteer gives the only place back while the mate, who was told that it is full, stands
    in line: seen by the one who passes it on, if the lock lets them."""
    shift = make.make_shift(world.team, AT + DAY, places=1)
    mine, post = make.make_entry(shift, world.volunteer), shift.posts.get()
    asked, answered, passed = places.answer, threading.Event(), threading.Event()

    def slow(*given: Any) -> places.Answer:
        found = asked(*given)
        answered.set()
        passed.wait(timeout=patience)
        return found

    def withdraw() -> None:
        answered.wait(timeout=10)
        entries.withdraw(mine, actor=world.volunteer, at=AT)
        passed.set()

    monkeypatch.setattr(places, "answer", slow)
    assert at_once(sign_up(post, world.mate, wait=True), withdraw) == ["done", "done"]
    assert is_counted_right(shift)
    rows = Entry.objects.filter(shift=shift)
    return dict(rows.values_list("user__username", "status"))


def test_with_the_lock_who_stands_in_line_just_now_is_offered_it(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = freed_while_one_queues(race_world, monkeypatch)
    assert found == {"volunteer": "withdrawn", "mate": "offered"}


def test_without_the_lock_they_would_wait_for_a_place_that_is_free(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "lock_shift", unlocked)
    found = freed_while_one_queues(race_world, monkeypatch, AMPLE)
    assert found == {"volunteer": "withdrawn", "mate": "waitlisted"}


def test_many_who_withdraw_at_once_make_room_for_as_many(race_world: World) -> None:
    users = crowd(race_world, 16)
    shift = make.make_shift(race_world.team, AT + DAY, places=8)
    rows = [make.make_entry(shift, user) for user in users[:8]]
    for n, user in enumerate(users[8:]):
        make.make_entry(shift, user, status="waitlisted", queued_at=AT - HOUR + n * HOUR / 60)
    leave = [
        lambda entry=entry: entries.withdraw(entry, actor=entry.user, at=AT) for entry in rows[:6]
    ]
    assert rush(leave, 6) == {"done": 6}
    offered = Entry.objects.filter(shift=shift, status="offered").order_by("queued_at")
    assert [one.user.username for one in offered] == [f"one{n}" for n in range(8, 14)]
    assert is_counted_right(shift)


def test_one_person_at_two_phones_is_not_in_two_shifts_at_once(race_world: World) -> None:
    """Two shifts are two locks: here the database is what holds."""
    rows = [make.make_shift(race_world.team, AT + DAY + n * HOUR) for n in range(2)]
    for _ in range(2):
        doings = [sign_up(shift.posts.get(), race_world.volunteer) for shift in rows]
        found = rush(doings, 2)
        assert found["done"] == 1
        [refusal] = [one for one in found if one != "done"]
        assert refusal.startswith("WrongState: ")
        entry = Entry.objects.standing().get(user=race_world.volunteer)
        assert all(is_counted_right(shift) for shift in rows)
        entries.withdraw(entry, actor=race_world.volunteer, at=AT)


# --- (b) swaps


def pair(world: World) -> tuple[Shift, Shift, Any, Entry, Entry]:
    first = make.make_shift(world.team, AT + DAY)
    second = make.make_shift(world.team, AT + 3 * DAY)
    mine, theirs = make.make_entry(first, world.volunteer), make.make_entry(second, world.mate)
    return first, second, make.make_swap(mine, world.mate, other=theirs), mine, theirs


def standing(*rows: Shift) -> list[list[str]]:
    return [
        sorted(Entry.objects.standing().filter(shift=one).values_list("user__username", flat=True))
        for one in rows
    ]


def test_a_swap_that_is_accepted_twice_at_once_is_done_once(race_world: World) -> None:
    for _ in range(3):
        first, second, swap, *_rows = pair(race_world)
        accept = [lambda swap=swap: swaps.accept(swap, actor=race_world.mate, at=AT)] * 2
        assert at_once(*accept) == ["WrongState", "done"]
        assert standing(first, second) == [["mate"], ["volunteer"]]
        assert is_counted_right(first)
        assert is_counted_right(second)
        Entry.objects.update(status="withdrawn")


def test_two_swaps_crosswise_do_not_lock_each_other_out(race_world: World) -> None:
    """Of the same two places, each asked by one of the two: one is done."""
    first, second, swap, mine, theirs = pair(race_world)
    back = make.make_swap(theirs, race_world.volunteer, other=mine)
    found = at_once(
        lambda: swaps.accept(swap, actor=race_world.mate, at=AT),
        lambda: swaps.accept(back, actor=race_world.volunteer, at=AT),
    )
    assert found == ["Invalid", "done"]
    assert standing(first, second) == [["mate"], ["volunteer"]]


def test_a_swap_while_one_withdraws_is_whole_or_not_at_all(race_world: World) -> None:
    for who in ("volunteer", "mate") * 3:
        first, second, swap, mine, theirs = pair(race_world)
        given = mine if who == "volunteer" else theirs
        found = rush(
            [
                lambda swap=swap: swaps.accept(swap, actor=race_world.mate, at=AT),
                lambda given=given: entries.withdraw(given, actor=given.user, at=AT),
            ],
            2,
        )
        swap.refresh_from_db()
        if swap.status == "accepted":
            # the place was somebody else's when they withdrew from it
            assert standing(first, second) == [["mate"], ["volunteer"]]
        else:
            kept = [[], ["mate"]] if who == "volunteer" else [["volunteer"], []]
            assert standing(first, second) == kept
        assert found["done"] == 1
        assert all(one.startswith(("done", "Invalid", "WrongState")) for one in found)
        assert is_counted_right(first)
        assert is_counted_right(second)
        Entry.objects.update(status="withdrawn")


# --- (c) an offer that is taken while it runs out


def taken_while_it_runs_out(
    world: World, monkeypatch: pytest.MonkeyPatch, lock: Callable[[int], Shift]
) -> tuple[list[str], dict[str, str], bool]:
    """In the last moment somebody takes what the portal, a moment later by its clock, passes on."""
    shift = make.make_shift(world.team, AT + DAY, places=1)
    until = AT + HOUR
    mine = make.make_entry(shift, world.volunteer, status="offered", offered_until=until)
    make.make_entry(shift, world.mate, status="waitlisted")
    meeting = threading.Barrier(2)

    def meet(pk: int) -> Shift:
        locked = lock(pk)
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=SHORT)
        return locked

    monkeypatch.setattr(places, "lock_shift", meet)
    found = at_once(
        lambda: entries.accept(mine, actor=world.volunteer, at=until - HOUR / 60),
        lambda: sweeps.run_out(until),
    )
    rows = Entry.objects.filter(shift=shift)
    return found, dict(rows.values_list("user__username", "status")), is_counted_right(shift)


def test_an_offer_is_taken_or_runs_out_and_never_both(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, states, right = taken_while_it_runs_out(race_world, monkeypatch, places.lock_shift)
    assert right
    if found == ["done", "done"]:
        assert states == {"volunteer": "confirmed", "mate": "waitlisted"}
    else:
        assert found == ["WrongState", "done"]
        assert states == {"volunteer": "offer_expired", "mate": "offered"}


@pytest.mark.parametrize("first", ["accept", "run_out"])
def test_whichever_of_both_comes_first_is_what_holds(world: World, first: str) -> None:
    shift = make.make_shift(world.team, AT + DAY, places=1)
    until = AT + HOUR
    mine = make.make_entry(shift, world.volunteer, status="offered", offered_until=until)
    make.make_entry(shift, world.mate, status="waitlisted")
    doings = {
        "accept": lambda: entries.accept(
            Entry.objects.get(pk=mine.pk), actor=world.volunteer, at=until - HOUR / 60
        ),
        "run_out": lambda: sweeps.run_out(until),
    }
    order = [first, *(name for name in doings if name != first)]
    found = [outcome(doings[name]).partition(":")[0] for name in order]
    states = dict(Entry.objects.values_list("user__username", "status"))
    if first == "accept":
        assert (found, states["mate"]) == (["done", "done"], "waitlisted")
    else:
        assert (found, states["mate"]) == (["done", "WrongState"], "offered")
    assert is_counted_right(shift)
