"""Pages by key: none is left out and none comes twice, whatever happens between two of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from common.days import FromDay, UntilDay
from common.paging import NEWEST, Order, every, page
from repairs.models import Ticket
from tests import factories as make
from tests.people import World

AT = timezone.now()
ORDERS = {
    "pk": NEWEST,
    "due": Order("due", datetime.fromisoformat),
    "reported_at": Order("reported_at", datetime.fromisoformat, descending=True),
}


@pytest.fixture
def rows(world: World) -> Any:
    luck = Random(3)
    for _ in range(23):
        at = AT - timedelta(hours=luck.randrange(5))
        make.make_ticket(world.pipes, reported_at=at, respond_by=at + timedelta(hours=1))
    return Ticket.objects.all()


@pytest.mark.parametrize("name", ORDERS)
def test_the_pages_are_the_list(rows: Any, name: str) -> None:
    order, token, read = ORDERS[name], "", []
    while True:
        part = page(rows, order, token, 5)
        read += part.rows
        token = part.next
        if not token:
            break
    assert read == list(rows.order_by(*order.by)) == list(every(rows, order, size=4))


def test_what_moves_between_the_two_statements_moves_no_page(rows: Any) -> None:
    """The token is of the keys: the last row's new deadline does not skip a stretch."""
    order = ORDERS["due"]
    whole = list(rows.order_by(*order.by))

    def dressed(some: Any) -> Any:
        Ticket.objects.filter(pk=whole[4].pk).update(respond_by=AT + timedelta(days=9))
        return some

    first = page(rows, order, "", 5, dressed)
    assert page(rows, order, first.next, 5).rows == whole[5:10]


def test_what_is_gone_meanwhile_ends_no_list(rows: Any) -> None:
    whole = list(rows.order_by("-pk"))

    def dressed(some: Any) -> Any:
        Ticket.objects.filter(pk=whole[1].pk).delete()
        return some

    found = page(rows, NEWEST, "", 5, dressed)
    assert found.rows == [whole[0], *whole[2:5]]
    assert page(rows, NEWEST, found.next, 5).rows == whole[5:10]


@pytest.mark.parametrize("token", ["-5", "１２", "1_0", "x", "~", "9" * 40, "²"])
@pytest.mark.parametrize("name", ORDERS)
def test_a_token_that_cannot_be_read_is_the_beginning(rows: Any, name: str, token: str) -> None:
    order = ORDERS[name]
    assert page(rows, order, token, 5).rows == page(rows, order, "", 5).rows


@pytest.mark.parametrize("day", [date.min, date.max])
def test_days_at_the_ends_of_time(rows: Any, day: date) -> None:
    since = FromDay(field_name="reported_at").filter(rows, day)
    until = UntilDay(field_name="reported_at").filter(rows, day)
    early = day == date.min
    assert (since.count(), until.count()) == ((23, 0) if early else (0, 23))
