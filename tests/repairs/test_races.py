"""Two at once, on the real database. Each canary shows that without the lock it does go wrong."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from estates.models import DutyShift, Posting
from repairs import services
from repairs.models import Assignment, Ticket
from repairs.services import crew, desk, reporting
from tests import factories as make
from tests.people import World, build_world
from tests.races import at_once
from workflow import moves, sweeps

AT = timezone.now()


@pytest.fixture
def race_world(transactional_db: None) -> World:
    return build_world()


def unlocked(row: Any) -> Any:
    """`workflow.moves.lock` as it would be without a lock."""
    return type(row)._base_manager.get(pk=row.pk)


def two_dispatchers(world: World, monkeypatch: pytest.MonkeyPatch, lock: Any) -> list[str]:
    """Both read the row before either writes, if the lock lets them."""
    ticket = make.make_ticket(world.pipes, unit=world.home, status="accepted")
    meeting = threading.Barrier(2)

    def meet(row: Any) -> Any:
        locked = lock(row)
        # With a lock the second never comes here while the first holds it.
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=1.5)
        return locked

    monkeypatch.setattr(moves, "lock", meet)
    return at_once(
        lambda: services.dispatch(
            Ticket.objects.get(pk=ticket.pk), worker=world.technician, actor=world.dispatcher, at=AT
        ),
        lambda: services.dispatch(
            Ticket.objects.get(pk=ticket.pk),
            worker=world.other_technician,
            actor=world.manager,
            at=AT,
        ),
    )


def test_without_the_lock_two_dispatchers_both_go_on(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both pass the check of the state; that no harm follows is the constraint's work alone.
    assert "WrongState" not in two_dispatchers(race_world, monkeypatch, unlocked)


def test_with_the_lock_the_second_dispatcher_is_told(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert two_dispatchers(race_world, monkeypatch, moves.lock) == ["WrongState", "done"]
    assert Assignment.objects.filter(ended_at__isnull=True).count() == 1
    assert Entry.objects.filter(code="repairs.ticket.dispatch").count() == 1


def test_reports_at_once_cannot_pass_the_daily_limit(race_world: World) -> None:
    def report() -> None:
        services.report(
            actor=race_world.resident,
            at=AT,
            category=race_world.pipes,
            description="漏水",
            unit=race_world.home,
        )

    assert at_once(*[report] * 4) == ["TooMany", "TooMany", "done", "done"]


@pytest.mark.parametrize("before", [0, 1])
def test_the_day_s_last_report_sent_twice_at_once_is_one(
    race_world: World, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    """The second is answered with the ticket of the first, not with the limit that it reached."""
    meeting, next_number = threading.Barrier(2), reporting.next_number

    def meet(*place: Any) -> str:
        meeting.wait(timeout=5)
        return next_number(*place)

    def report(key: uuid.UUID) -> None:
        services.report(
            actor=race_world.resident,
            at=AT,
            category=race_world.pipes,
            description="漏水",
            unit=race_world.home,
            key=key,
        )

    for _ in range(before):
        report(uuid.uuid4())
    monkeypatch.setattr(reporting, "next_number", meet)
    key = uuid.uuid4()
    assert at_once(lambda: report(key), lambda: report(key)) == ["done", "done"]
    assert Ticket.objects.count() == before + 1


def two_in_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two tickets accepted at once; each is given only after both have asked, if they can."""
    world.pipes.dispatch = "round_robin"
    world.pipes.save(update_fields=["dispatch"])
    for posting in Posting.objects.filter(duty="technician"):
        hour = timedelta(hours=1)
        DutyShift.objects.create(posting=posting, starts_at=AT - hour, ends_at=AT + hour)
    one, two = make.make_ticket(world.pipes), make.make_ticket(world.pipes)
    meeting, dispatch = threading.Barrier(2), desk.dispatch

    def meet(*ticket: Any, **words: Any) -> Ticket:
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=1.5)
        return dispatch(*ticket, **words)

    monkeypatch.setattr(desk, "dispatch", meet)
    done = at_once(
        lambda: services.accept(one, actor=world.dispatcher, at=AT),
        lambda: services.accept(two, actor=world.manager, at=AT),
    )
    assert done == ["done", "done"]
    given = Assignment.objects.select_related("worker")
    return sorted(assignment.worker.username for assignment in given)


def test_without_the_lock_one_technician_gets_both(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "lock_turn", lambda rows: [row.user_id for row in rows])
    assert two_in_turn(race_world, monkeypatch) == ["technician", "technician"]


def test_with_the_lock_each_technician_gets_one(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert two_in_turn(race_world, monkeypatch) == ["other_technician", "technician"]


def test_numbers_are_unique_and_without_gaps_when_many_report_at_once(race_world: World) -> None:
    def report() -> None:
        services.report(
            actor=race_world.dispatcher,
            at=AT,
            category=race_world.pipes,
            description="漏水",
            unit=race_world.home,
        )

    assert at_once(*[report] * 6) == ["done"] * 6
    numbers = sorted(Ticket.objects.values_list("number", flat=True))
    year = timezone.localtime(AT).year
    assert numbers == [f"R{year}-{n:06d}" for n in range(1, 7)]


def test_two_merging_crosswise_do_not_lock_each_other_out(race_world: World) -> None:
    one, two = make.make_ticket(race_world.pipes), make.make_ticket(race_world.pipes)
    assert at_once(
        lambda: services.merge(one, into=two, actor=race_world.dispatcher, at=AT),
        lambda: services.merge(two, into=one, actor=race_world.manager, at=AT),
    ) == ["Invalid", "done"]


def test_a_ticket_held_anew_during_the_sweep_sleeps_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of due ones is read once; each is asked again under its lock."""
    for _ in range(2):
        make.make_ticket(world.pipes, status="on_hold", held_from="new", held_at=AT, held_until=AT)

    pages = sweeps._pages

    def held_anew(due: Any) -> Iterator[list[int]]:
        """Somebody holds the last of the page after its keys were read, before it is locked."""
        for page in pages(due):
            held = Ticket.objects.filter(pk=page[-1])
            held.update(held_until=AT + timedelta(days=9))
            yield page

    monkeypatch.setattr(sweeps, "_pages", held_anew)
    assert services.wake_held(AT).done == 1
    assert sorted(Ticket.objects.values_list("status", flat=True)) == ["new", "on_hold"]
