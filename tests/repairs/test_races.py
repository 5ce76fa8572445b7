"""Two at once, on the real database. Each canary shows that without the lock it does go wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from audit.models import Entry
from repairs import services
from repairs.models import Assignment, Ticket
from tests import factories as make
from tests.people import World, build_world
from workflow import moves

AT = timezone.now()


@pytest.fixture
def race_world(transactional_db: None) -> World:
    return build_world()


def at_once(*doings: Callable[[], Any]) -> list[str]:
    """Run each in a thread with its own connection; what became of each."""
    results = [""] * len(doings)

    def run(index: int, doing: Callable[[], Any]) -> None:
        try:
            doing()
            results[index] = "done"
        except Exception as error:
            results[index] = type(error).__name__
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(doings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return sorted(results)


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
    assert Entry.objects.filter(code="repairs.dispatch").count() == 1


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
