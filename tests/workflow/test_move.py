"""The one writer of states: lock, state, rule, write, record, tell."""

import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.models import Entry
from repairs import services
from repairs.models import Ticket
from tests.factories import make_ticket
from tests.people import World, build_world
from workflow import moves
from workflow.actors import SYSTEM
from workflow.refusals import NotAllowed, WrongState

NOW = timezone.now()


@pytest.fixture
def ticket(world: World) -> Ticket:
    return make_ticket(world.pipes, unit=world.home, reporter=world.resident)


def test_a_move_writes_records_and_refreshes(world: World, ticket: Ticket) -> None:
    locked = services.accept(ticket, actor=world.dispatcher, at=NOW)
    entry = Entry.objects.for_row(ticket).get()
    assert (locked.status, ticket.status, ticket.responded_at) == ("accepted", "accepted", NOW)
    assert (entry.code, entry.actor, entry.before, entry.after) == (
        "repairs.ticket.accept",
        world.dispatcher,
        {"responded_at": None, "status": "new"},
        {"responded_at": str(NOW), "status": "accepted"},
    )


def test_the_rule_is_asked_before_the_state(world: World, ticket: Ticket) -> None:
    services.accept(ticket, actor=world.dispatcher, at=NOW)
    with pytest.raises(NotAllowed):
        services.accept(ticket, actor=world.resident, at=NOW)
    with pytest.raises(WrongState, match="accepted"):
        services.accept(ticket, actor=world.manager, at=NOW)


def test_a_rule_refuses_and_leaves_nothing(world: World, ticket: Ticket) -> None:
    with pytest.raises(NotAllowed):
        services.accept(ticket, actor=world.resident, at=NOW)
    ticket.refresh_from_db()
    assert (ticket.status, Entry.objects.for_row(ticket).count()) == ("new", 0)


def test_a_stale_copy_cannot_move_twice(world: World, ticket: Ticket) -> None:
    stale = Ticket.objects.get(pk=ticket.pk)
    services.accept(ticket, actor=world.dispatcher, at=NOW)
    with pytest.raises(WrongState):
        services.accept(stale, actor=world.manager, at=NOW)


def test_open_to_says_what_the_verbs_would_allow(world: World, ticket: Ticket) -> None:
    assert moves.open_to(services.MOVES, ticket, world.resident, at=NOW) == [
        "urge",
        "amend",
        "cancel",
        "comment",
    ]


def test_a_narrowing_refuses_with_its_own_sentence(world: World, ticket: Ticket) -> None:
    services.urge(ticket, actor=world.resident, at=NOW)
    with pytest.raises(WrongState, match="urged today already"):
        services.urge(ticket, actor=world.resident, at=NOW + timedelta(hours=1))
    services.urge(ticket, actor=world.resident, at=NOW + timedelta(days=1))
    assert ticket.urges == 2


def test_the_portal_may_only_what_rules_say(world: World, ticket: Ticket) -> None:
    with pytest.raises(NotAllowed):
        services.accept(ticket, actor=SYSTEM, at=NOW)


def _race(ticket: Ticket, world: World, read: Callable[[Ticket], Ticket]) -> list[str]:
    """Two dispatchers accept the same ticket at the same moment; what became of each."""
    both_have_read = threading.Barrier(2, timeout=1)
    outcomes: list[str] = []

    def accept(actor: object) -> None:
        try:
            with transaction.atomic():
                row = read(ticket)
                with contextlib.suppress(threading.BrokenBarrierError):
                    both_have_read.wait()
                if row.status != "new":
                    outcomes.append("refused")
                    return
                Ticket.objects.filter(pk=row.pk).update(status="accepted")
                outcomes.append("accepted")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=accept, args=(who,)) for who in (world.dispatcher, world.manager)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_canary_without_the_lock_both_accept() -> None:
    world = build_world()
    ticket = make_ticket(world.pipes, unit=world.home)
    outcomes = _race(ticket, world, lambda row: Ticket.objects.get(pk=row.pk))
    assert outcomes == ["accepted", "accepted"]


@pytest.mark.django_db(transaction=True)
def test_with_the_lock_one_accepts() -> None:
    world = build_world()
    ticket = make_ticket(world.pipes, unit=world.home)
    outcomes = _race(ticket, world, moves.lock)
    assert outcomes == ["accepted", "refused"]
