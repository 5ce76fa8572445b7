"""A page reads as much of the database beside twenty thousand tickets as beside two thousand.

Counted are the blocks that each statement of each page of the route table touches: they tell a scan
from an index on any machine, however fast it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from audit.services import entry_of
from notifications.models import Message
from repairs.models import Assignment, Follow, Ticket
from safety.models import Round, RoundPoint
from tests import factories as make
from tests.everything import Rows, build_rows
from tests.people import World, build_world
from tests.routes_kwargs import kwargs_of
from tests.routes_table import ROLES, ROUTES
from workflow.actors import SYSTEM

AT = timezone.now()
LONG_AGO = AT - timedelta(days=100)
FEW, MANY = 2_000, 20_000
MOST_GROWTH = 1.5
# Where so few are touched, a page more of an index is no growth.
SLACK = 40
PEOPLE = [
    pytest.param(("resident", "dispatcher", "inspector"), id="some"),
    pytest.param(("technician", "manager"), id="others", marks=pytest.mark.soak),
]
# A sheet holds all rows: it reads them a part at a time.
SHEETS = {"repairs:triage-export", "accounts:export"}
OPEN = {"accepted": 60, "assigned": 60, "new": 60, "in_progress": 20}


def fill(world: World, homes: list[Any], start: int, stop: int) -> None:
    """Tickets of other homes that are done with, each with its log, its job and its messages.

    None of them ended today: a technician's page shows what he finished today, more of it with each
    hour of the day that the test runs at.
    """
    begun = [LONG_AGO - timedelta(minutes=10 * (MANY - n)) for n in range(start, stop)]
    tickets = Ticket.objects.bulk_create(
        Ticket(
            estate=world.court,
            category=(world.pipes, world.lifts)[n % 2],
            unit=homes[n % len(homes)],
            reporter=world.neighbour,
            number=f"ZZ-{n}",
            title="水管漏水" if n % 5 else "电梯异响",
            description="厨房的水管一直滴水",
            contact_phone=f"+86138{n:08}",
            status="closed",
            assignee=world.technician,
            reported_at=at,
            respond_by=at,
            resolve_by=at,
            responded_at=at,
            resolved_at=at,
            closed_at=at,
        )
        for n, at in zip(range(start, stop), begun, strict=True)
    )
    fill_rounds(world, start, stop)
    Assignment.objects.bulk_create(
        Assignment(ticket=one, worker=world.technician, started_at=LONG_AGO, ended_at=LONG_AGO)
        for one in tickets
    )
    Follow.objects.bulk_create(Follow(ticket=one, user=world.desk) for one in tickets[::20])
    code = "repairs.ticket.close"
    Entry.objects.bulk_create(entry_of(code, one, actor=SYSTEM, at=LONG_AGO) for one in tickets)
    of_ticket = ContentType.objects.get_for_model(Ticket)
    Message.objects.bulk_create(
        Message(
            recipient=world.dispatcher,
            kind=code,
            content_type=of_ticket,
            object_id=one.pk,
            title=one.title,
            read_at=LONG_AGO,
        )
        for one in tickets
    )


def fill_rounds(world: World, start: int, stop: int) -> None:
    """Rounds that were walked months ago, each with a point where something was found."""
    plan = world.court.round_plans.get()
    checkpoint = world.court.checkpoints.first()
    walked = Round.objects.bulk_create(
        Round(
            plan=plan,
            estate=world.court,
            planned_at=LONG_AGO - timedelta(minutes=10 * (MANY - n)),
            ends_at=LONG_AGO - timedelta(minutes=10 * (MANY - n) - 5),
            status=("done", "missed")[n % 50 == 0],
            assignee=world.technician if n % 2 else world.inspector,
            finished_at=LONG_AGO,
        )
        for n in range(start, stop)
    )
    RoundPoint.objects.bulk_create(
        RoundPoint(round=one, checkpoint=checkpoint, position=1, reached_at=LONG_AGO, failed=1)
        for one in walked
    )


def fill_open(world: World, homes: list[Any]) -> None:
    for status, number in OPEN.items():
        at_work = status in ("assigned", "in_progress")
        for n in range(number):
            make.make_ticket(
                world.lifts,
                unit=homes[n % len(homes)],
                status=status,
                assignee=world.other_technician if at_work else None,
            )


def vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


class Blocks:
    """Explains each statement beside running it, and adds up the blocks that it touches."""

    def __init__(self) -> None:
        self.touched = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip("( ").startswith("SELECT") and "FOR " not in sql[-40:]:
            with context["connection"].connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
                [found] = cursor.fetchone()
            plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
            self.touched += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        return execute(sql, params, many, context)


def touched(client: Client, url: str) -> int:
    """What the page writes is taken back; what the bars count is counted anew."""
    cache.clear()
    blocks = Blocks()
    with transaction.atomic():
        with connection.execute_wrapper(blocks):
            response = client.get(url)
            if response.streaming:
                response.getvalue()
        transaction.set_rollback(True)
    assert response.status_code == 200, url
    return blocks.touched


def pages(world: World, rows: Rows, people: tuple[str, ...]) -> dict[tuple[str, str], str]:
    asked = {
        name: reverse(name, kwargs=kwargs_of(name, world, rows))
        for name in ROUTES
        if name not in SHEETS
    }
    may = {name: dict(zip(ROLES, ROUTES[name].split(), strict=True)) for name in asked}
    found = {
        (person, name): asked[name]
        for name in asked
        for person in people
        if may[name][person] == "200"
    }
    triage, api = reverse("repairs:triage"), reverse("ticket-list")
    queries = {
        "overdue": "?view=overdue",
        "all": "?view=all",
        "mine": "?view=mine",
        "closed": "?view=all&status=closed",
        "category": f"?view=all&category={world.lifts.pk}",
        "building": f"?view=all&building={world.home.entrance.building_id}",
        "month": "?view=all&since=2020-01-01&until=2020-02-01",
        "phone": "?view=all&q=1207",
        "nothing": "?view=all&q=麒麟",
        "a fifth": "?view=all&q=电梯",
    }
    more = {("dispatcher", f"triage: {name}"): f"{triage}{asks}" for name, asks in queries.items()}
    more |= {("resident", "API"): api, ("technician", "API"): api}
    return found | {page: url for page, url in more.items() if page[0] in people}


@pytest.fixture(params=PEOPLE)
def grown(
    request: pytest.FixtureRequest, transactional_db: None, as_: Callable[..., Client]
) -> Any:
    """Every page's blocks beside few and beside many."""
    world = build_world()
    rows = build_rows(world)
    clients = {person: as_(getattr(world, person)) for person in request.param}
    asked = pages(world, rows, request.param)
    homes = [make.make_unit(world.court, "9", "1", f"{n}") for n in range(100)]
    fill_open(world, homes)

    def measured() -> dict[tuple[str, str], int]:
        vacuum()
        return {page: touched(clients[page[0]], url) for page, url in asked.items()}

    fill(world, homes, 0, FEW)
    few = measured()
    fill(world, homes, FEW, MANY)
    return few, measured()


def test_no_page_reads_more_beside_ten_times_the_tickets(grown: Any) -> None:
    few, many = grown
    assert len(few) > 150
    too_many = {
        page: (few[page], many[page])
        for page in few
        if many[page] > MOST_GROWTH * few[page] + SLACK
    }
    assert too_many == {}
