"""Every route × every role, and every staff verb × resident, at page and API.

A route that is missing from tests/routes_table.py fails the first test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from repairs.services import MOVES
from tests.everything import Rows, build_rows
from tests.people import World
from tests.routes_kwargs import kwargs_of
from tests.routes_table import OPEN_TO_ALL, ROLES, ROUTES, TESTED_ELSEWHERE

AsUser = Callable[[Any], Client]


def route_names(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[str]:
    """The full name of each named route, or its pattern where it has none."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from route_names(entry.url_patterns, inner)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name or entry.pattern}"


def is_elsewhere(name: str) -> bool:
    return name.startswith(TESTED_ELSEWHERE)


def test_no_route_is_missing_from_the_table() -> None:
    missing = sorted(
        {name for name in route_names() if name not in ROUTES and not is_elsewhere(name)}
    )
    assert missing == []


def test_the_table_names_no_route_that_is_gone() -> None:
    assert sorted(set(ROUTES) - set(route_names())) == []


@pytest.fixture
def rows(world: World) -> Rows:
    return build_rows(world)


@pytest.fixture(params=ROLES)
def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def answer_of(client: Client, method: str, url: str) -> int:
    response = getattr(client, method)(url)
    if response.streaming:
        b"".join(response.streaming_content)  # to the end, which closes the file
    return int(response.status_code)


def test_every_route_as(role: str, world: World, rows: Rows, as_: AsUser) -> None:
    client = as_(None if role == "anonymous" else getattr(world, role))
    expected = {name: int(codes.split()[ROLES.index(role)]) for name, codes in ROUTES.items()}
    urls = {name: reverse(name, kwargs=kwargs_of(name, world, rows)) for name in ROUTES}
    assert {name: answer_of(client, "get", url) for name, url in urls.items()} == expected


def test_a_stranger_finds_nothing_of_the_estate(world: World, rows: Rows, as_: AsUser) -> None:
    """Whatever the method, no row of another estate is there."""
    stranger = as_(world.stranger)
    found = {}
    for name in ROUTES:
        kwargs = kwargs_of(name, world, rows)
        if not kwargs or name in OPEN_TO_ALL:
            continue
        url = reverse(name, kwargs=kwargs)
        found[name] = {answer_of(stranger, method, url) for method in ("get", "post")}
    assert {name: codes for name, codes in found.items() if not codes <= {404, 405}} == {}


STAFF_VERBS = sorted(
    verb
    for verb, move in MOVES.items()
    if move.rule.__name__
    in {"can_triage", "can_take", "is_worker", "can_work", "can_resume", "is_staff", "can_close"}
)


@pytest.mark.parametrize("verb", STAFF_VERBS)
@pytest.mark.parametrize("door", ["page", "api"])
def test_a_resident_may_do_no_staff_verb(
    verb: str, door: str, world: World, rows: Rows, as_: AsUser
) -> None:
    """Whatever state the ticket is in: the rule is asked first."""
    urls = {
        "page": reverse(f"repairs:ticket-{verb}", args=[rows.ticket.number]),
        "api": f"/api/v1/tickets/{rows.ticket.number}/{verb}/",
    }
    before = rows.ticket.status
    answer = as_(world.resident).post(urls[door], verb_fields(world, rows))
    rows.ticket.refresh_from_db()
    assert (answer.status_code, rows.ticket.status) == (403, before)


def verb_fields(world: World, rows: Rows) -> dict[str, Any]:
    """Something sensible for every field that any verb asks for."""
    return {
        "reason": "理由",
        "worker": world.technician.pk,
        "priority": "urgent",
        "category": world.lifts.pk,
        "into": rows.public_ticket.number,
        "resolution": "已修好",
        "visit_from": "2030-01-01T09:00",
        "visit_to": "2030-01-01T10:00",
        "until": "2030-01-01T09:00",
        "kind": "material",
        "name": "阀芯",
        "quantity": "1",
        "unit_price": "35",
        "payer": "owner",
        "body": "话",
        "words": "话",
    }
