"""Who a message goes to is found by indexes, whatever the number of accounts."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from estates.audiences import Audience, living_in, of, posted, working_at
from repairs.lives import TICKET
from repairs.models import Ticket
from repairs.querysets import watchers
from tests import factories as make
from tests.everything import Rows, build_rows, only, people
from tests.people import World

ACCOUNTS = 60_000


def names(audience: Audience) -> set[str]:
    return {user.username for user in people(audience)}


def test_sets_are_joined_and_bounded(world: World) -> None:
    here = only(make.make_ticket(world.pipes, unit=world.home, reporter=world.inspector))
    desk = posted(here, "estate", "dispatcher", "manager")
    assert names(desk) == {"dispatcher", "manager"}
    assert names(posted(here, "estate", "technician", trade="lift")) == set()
    assert names(living_in(here, "unit") | of(here, "reporter")) == {"resident", "inspector"}
    assert names(working_at(here, "reporter", "estate")) == {"inspector"}
    assert names(of(here, "assignee") | Audience()) == set()
    both = desk | of(here, "reporter")
    assert {reader.person for reader in both.within(of(here, "reporter"))} == {world.inspector.pk}
    assert names(both.within(Audience())) == set()


def test_each_row_has_its_own_people(world: World) -> None:
    """Whoever is bound out of one row is not let in by another."""
    home = make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)
    private = make.make_ticket(world.pipes, unit=world.home, reporter=world.neighbour, private=True)
    rows = Ticket.objects.filter(pk__in=[home.pk, private.pk])
    told = living_in(rows, "unit").within(watchers(rows))
    assert [(one.row, one.person) for one in told] == [(home.pk, world.resident.pk)]
    assert len(set(watchers(rows))) == len(set(watchers(only(home)))) + len(
        set(watchers(only(private)))
    )


def test_a_closed_account_is_nobody(world: World) -> None:
    User.objects.filter(pk=world.manager.pk).update(is_active=False)
    here = posted(only(make.make_ticket(world.pipes)), "estate", "manager")
    assert names(here) == set()
    assert list(here) == []


@pytest.fixture
def crowd(world: World) -> World:
    """Sixty thousand accounts, most of them at home in the court."""
    User.objects.bulk_create(
        (User(username=f"crowd{n}", password="!") for n in range(ACCOUNTS)), batch_size=5000
    )
    with connection.cursor() as cursor:
        home = world.home.pk
        cursor.execute(
            """
            INSERT INTO estates_occupant (unit_id, user_id, name, phone, relation,
                created_at, updated_at)
            SELECT CASE WHEN id %% 20000 = 0 THEN %s ELSE %s END, id, username, '', 'owner',
                now(), now()
            FROM accounts_user WHERE username LIKE 'crowd%%'
            """,
            [home, world.far_home.pk],
        )
        cursor.execute("ANALYZE accounts_user")
        cursor.execute("ANALYZE estates_occupant")
    return world


def scans(audience: Any) -> set[str]:
    """The tables that its statement reads from end to end."""
    with CaptureQueriesContext(connection) as asked:
        list(audience)
    [statement] = asked.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement['sql']}")
        lines = [line for (line,) in cursor.fetchall()]
    return {line.split("Seq Scan on ")[1].split()[0] for line in lines if "Seq Scan on " in line}


def test_no_verb_reads_all_accounts_or_the_whole_roster(crowd: World) -> None:
    rows: Rows = build_rows(crowd)
    with connection.cursor() as cursor:
        # What earlier tests wrote and took back leaves pages that look like rows to the planner.
        cursor.execute("ANALYZE repairs_ticket")
    grown = {"accounts_user", "estates_occupant"}
    assert scans(watchers(only(rows.ticket))) & grown == set()
    for kind in TICKET.kinds():
        found = {kind.code: scans(kind.recipients(only(rows.ticket))) & grown}
        assert found == {kind.code: set()}


def test_all_of_it_costs_one_statement(world: World, django_assert_num_queries: Any) -> None:
    ticket = make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)
    kinds = {kind.code: kind for kind in TICKET.kinds()}
    with django_assert_num_queries(1):
        assert len(list(kinds["repairs.ticket.reopen"].recipients(only(ticket)))) == 4
