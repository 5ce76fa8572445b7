"""Who a message goes to is found by indexes, whatever the number of accounts."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from estates.audiences import Audience, living_in, one, posted, residents
from repairs.lives import TICKET
from repairs.querysets import watchers
from tests import factories as make
from tests.everything import Rows, build_rows
from tests.people import World

ACCOUNTS = 60_000


def names(audience: Audience) -> set[str]:
    return {user.username for user in audience.people()}


def test_sets_are_joined_and_bounded(world: World) -> None:
    court = world.court.pk
    desk = posted(court, "dispatcher", "manager")
    assert names(desk) == {"dispatcher", "manager"}
    assert names(posted(court, "technician", trade="lift")) == set()
    assert names(living_in(world.home.pk) | one(world.inspector.pk)) == {"resident", "inspector"}
    assert names(residents(court)) == {"resident", "neighbour"}
    assert names(living_in(None) | one(None)) == set()
    both = desk | one(world.stranger.pk)
    assert {user.username for user in both.within(desk)} == {"dispatcher", "manager"}


def test_a_closed_account_is_nobody(world: World) -> None:
    User.objects.filter(pk=world.manager.pk).update(is_active=False)
    assert names(posted(world.court.pk, "manager")) == set()


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


def scans(rows: Any) -> set[str]:
    """The tables that the plan reads from end to end."""
    return {
        line.split("Seq Scan on ")[1].split()[0]
        for line in rows.explain().splitlines()
        if "Seq Scan on " in line
    }


def test_no_verb_reads_all_accounts_or_the_whole_roster(crowd: World) -> None:
    rows: Rows = build_rows(crowd)
    grown = {"accounts_user", "estates_occupant"}
    assert scans(watchers(rows.ticket).people()) & grown == set()
    for kind in TICKET.kinds():
        found = {kind.code: scans(kind.recipients(rows.ticket)) & grown}
        assert found == {kind.code: set()}


def test_all_of_it_costs_one_statement(world: World, django_assert_num_queries: Any) -> None:
    ticket = make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)
    assert ticket.category.trade  # read before
    kinds = {kind.code: kind for kind in TICKET.kinds()}
    with django_assert_num_queries(1):
        assert len(list(kinds["repairs.ticket.reopen"].recipients(ticket))) == 4
