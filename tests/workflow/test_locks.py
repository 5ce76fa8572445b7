"""The order of locks (CONTRIBUTING) is kept by every verb: nobody waits crosswise for another."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from estates.services import postings, shifts
from estates.services.invitations import invite, revoke
from repairs import services
from tests import factories as make
from tests.everything import build_rows
from tests.people import World
from tests.repairs.test_matrix import TestTicket as Tickets
from tests.workflow.lives import AT
from tests.workflow.test_lives import TestClaim as Claims

# As CONTRIBUTING says it, from first to last.
ORDER = (
    {"repairs_ticket", "estates_claim", "estates_rosterimport"},
    {"estates_unit"},
    {"estates_estate", "estates_numberseries"},
    {"estates_occupant", "estates_invitation"},
    {"estates_posting", "estates_dutyshift"},
    {"attachments_attachment", "accounts_user"},
)
RANKS = {table: rank for rank, tables in enumerate(ORDER) for table in tables}
LOCK = re.compile(r'FROM "(\w+)".* FOR (?:NO KEY )?UPDATE', re.DOTALL)


def locks_of(doing: Callable[[], Any]) -> list[str]:
    """The tables whose rows are locked, in the order of the first lock of each."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        doing()
    found = [LOCK.search(query["sql"]) for query in queries]
    return list(dict.fromkeys(match[1] for match in found if match))


def assert_in_order(locks: list[str]) -> None:
    ranks = [RANKS[table] for table in locks]
    assert ranks == sorted(ranks), locks


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("battery", "verb"),
    [(one, verb) for one in (Tickets(), Claims()) for verb in one.life.moves],
    ids=lambda value: value if isinstance(value, str) else value.life.code,
)
def test_each_verb_locks_in_the_order_of_the_house(world: World, battery: Any, verb: str) -> None:
    if verb == "accept":
        type(world.pipes).objects.update(dispatch="round_robin")
    row, doer = battery.ready(world, verb), battery.doer(world, verb)
    fields = battery.fields(world, verb)
    locks = locks_of(lambda: battery.life.do(verb, row, actor=doer, at=AT, **fields))
    assert locks[0] == row._meta.db_table
    assert_in_order(locks)


@pytest.mark.django_db
def test_what_is_no_move_keeps_the_order_too(world: World) -> None:
    rows = build_rows(world)
    posting = make.make_posting(world.resident, world.court, "inspector")
    shift = posting.shifts.create(starts_at=AT, ends_at=AT.replace(year=AT.year + 1))
    report = {"category": world.pipes, "description": "漏水", "unit": world.home}
    by, at = {"actor": world.manager}, {"at": AT}
    doings: list[Callable[[], Any]] = [
        lambda: services.report(**report, **by, **at),
        lambda: shifts.call_off(shift, **by, **at),
        lambda: postings.end_posting(posting, **by, **at),
        lambda: invite([world.home], **by, **at),
        lambda: revoke(rows.invitation, **by, **at),
    ]
    for doing in doings:
        locks = locks_of(doing)
        assert locks
        assert_in_order(locks)
