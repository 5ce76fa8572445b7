"""Every route × every role by GET, HEAD and POST, and every verb of every life × everybody.

A route that is missing from tests/routes_table.py or tests/routes_posts.py, and a verb that is
missing from tests/routes_may.py, fails here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse, reverse_lazy
from django.utils import timezone

from safety.models import CRITERIA
from tests.everything import NOW, Rows, build_rows
from tests.people import World
from tests.routes_kwargs import kwargs_of
from tests.routes_may import MAY, SEES
from tests.routes_posts import POSTS
from tests.routes_table import OPEN_TO_ALL, ROLES, ROUTES, TESTED_ELSEWHERE
from workflow.lives import Lifecycle, all_lives

AsUser = Callable[[Any], Client]
STRANGER = ROLES.index("stranger")


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


@pytest.mark.parametrize("table", [ROUTES, POSTS], ids=["GET", "POST"])
def test_no_route_is_missing_from_the_table(table: Mapping[str, str]) -> None:
    missing = {name for name in route_names() if name not in table and not is_elsewhere(name)}
    assert sorted(missing) == []


@pytest.mark.parametrize("table", [ROUTES, POSTS], ids=["GET", "POST"])
def test_the_table_names_no_route_that_is_gone(table: Mapping[str, str]) -> None:
    assert sorted(set(table) - set(route_names())) == []
    assert {name for name, codes in table.items() if len(codes.split()) != len(ROLES)} == set()


def test_no_page_refuses_to_be_opened() -> None:
    """An address that only acts leads to its page; routes of the API are no pages."""
    assert [name for name, codes in ROUTES.items() if ":" in name and "405" in codes] == []


def test_a_stranger_finds_nothing_of_the_estate(world: World, rows: Rows) -> None:
    """Whatever the method, no row of another estate is there; the tables say so."""
    found = {
        name: {int(table[name].split()[STRANGER]) for table in (ROUTES, POSTS)}
        for name in ROUTES
        if name not in OPEN_TO_ALL and kwargs_of(name, world, rows)
    }
    assert {name: codes for name, codes in found.items() if not codes <= {404, 405}} == {}


@pytest.fixture
def rows(world: World) -> Rows:
    return build_rows(world)


@pytest.fixture(params=ROLES)
def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# Seventy fields are read much sooner so than in as many parts, which one address insists on.
FORM = "application/x-www-form-urlencoded"
IN_PARTS = reverse_lazy("attachment-list")


def answer_of(client: Client, method: str, url: str, sent: Any = None) -> int:
    """Its code. What it wrote, and what it left in the browser, is taken back."""
    cookies: SimpleCookie = SimpleCookie(client.cookies)
    given = {"data": sent}
    if sent and url != IN_PARTS:
        given = {"data": urlencode(sent, doseq=True), "content_type": FORM}
    with transaction.atomic():
        response = getattr(client, method)(url, **given)
        if response.streaming:
            response.getvalue()  # to the end, which closes the file
        transaction.set_rollback(True)
    client.cookies = cookies
    assert method != "head" or response.streaming or not response.content
    return int(response.status_code)


# The API's verbs are made of the lives, as their pages are, and a POST of either is tried below by
# whoever finds the row. Of those who do not, two are tried there, and all at the page by GET.
API_VERBS = {f"{life.noun}-{verb}" for life in all_lives() for verb in life.moves}
PAGE_VERBS = {f"{life.app}:{life.noun}-{verb}" for life in all_lives() for verb in life.moves}
AT_EVERY_DOOR = {"anonymous", "stranger", "admin"}


def expected(table: Mapping[str, str], role: str) -> dict[str, int]:
    column = ROLES.index(role)
    elsewhere = API_VERBS | PAGE_VERBS if table is POSTS else API_VERBS
    tried = {name for name in table if role in AT_EVERY_DOOR or name not in elsewhere}
    return {name: int(table[name].split()[column]) for name in tried}


@pytest.fixture
def kept_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """No savepoint brings back a file that is thrown away."""
    monkeypatch.setattr(default_storage, "delete", lambda name: None)


@pytest.fixture
def client_of_role(role: str, world: World, as_: AsUser) -> Client:
    return as_(None if role == "anonymous" else getattr(world, role))


@pytest.fixture
def urls(world: World, rows: Rows) -> dict[str, str]:
    return {name: reverse(name, kwargs=kwargs_of(name, world, rows)) for name in ROUTES}


def test_every_route_as(role: str, client_of_role: Client, urls: dict[str, str]) -> None:
    wanted = expected(ROUTES, role)
    found = {name: answer_of(client_of_role, "get", urls[name]) for name in wanted}
    assert found == wanted


# Whether a view answers HEAD is nobody's role; between them these meet every kind of answer.
@pytest.mark.parametrize(
    "role", ["anonymous", "technician", pytest.param("admin", marks=pytest.mark.soak)]
)
def test_head_answers_as_the_page_does(
    role: str, client_of_role: Client, urls: dict[str, str]
) -> None:
    wanted = expected(ROUTES, role)
    found = {name: answer_of(client_of_role, "head", urls[name]) for name in wanted}
    assert found == wanted


@pytest.mark.usefixtures("kept_files")
def test_every_post_as(
    role: str, client_of_role: Client, urls: dict[str, str], world: World, rows: Rows
) -> None:
    sent, wanted = verb_fields(world, rows), expected(POSTS, role)
    found = {name: answer_of(client_of_role, "post", urls[name], sent) for name in wanted}
    assert found == wanted


# Lives that tests make up are tried where they are made.
LIVES = [life for life in all_lives() if not life.model.__module__.startswith("tests.")]
# The form is read after the rule was asked: what it finds wrong says that one may.
OUTCOMES = {403: "may not", **dict.fromkeys((200, 302, 400, 409), "may")}


def test_no_life_and_no_verb_is_missing_from_the_table() -> None:
    assert {life.code: set(life.moves) for life in LIVES} == {c: set(may) for c, may in MAY.items()}
    assert set(SEES) == set(MAY)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.code)
def test_each_verb_is_for_those_who_may(
    life: Lifecycle, world: World, rows: Rows, as_: AsUser
) -> None:
    """Whatever state the row is in: the rule is asked first, at the page as in the API."""
    type(world.pipes).objects.update(dispatch="pool")  # so that somebody may take it
    row = next(row for row in vars(rows).values() if type(row) is life.model)
    fields, found, wanted = verb_fields(world, rows), {}, {}
    for name in sorted(SEES[life.code]):  # the rest find nothing: see POSTS
        client = as_(getattr(world, name))
        client.defaults["HTTP_HX_REQUEST"] = "true"  # a refusal is its sentence alone
        for verb in life.moves:
            answers = [answer_of(client, "post", url, fields) for url in doors(life, row, verb)]
            found[name, verb] = [OUTCOMES.get(code, str(code)) for code in answers]
            may = name in MAY[life.code][verb]
            wanted[name, verb] = ["may" if may else "may not"] * 2
    assert found == wanted


def doors(life: Lifecycle, row: Any, verb: str) -> tuple[str, str]:
    """The verb's page, and its address in the API."""
    api = reverse(f"{life.noun}-{verb}", kwargs={life.key: life.key_of(row)})
    return life.url(row, verb), api


def verb_fields(world: World, rows: Rows) -> dict[str, Any]:
    """Something sensible for every field that any verb asks for."""
    soon = timezone.localtime(NOW) + timedelta(days=1)
    return {
        "reason": "理由",
        "reveal-reason": "理由",
        "worker": world.other_technician.pk,
        "priority": "urgent",
        "category": world.lifts.pk,
        "into": rows.public_ticket.number,
        "description": "还是漏水",
        "resolution": "已修好",
        "rating": "5",
        "visit_from": f"{soon:%Y-%m-%dT%H:%M}",
        "visit_to": f"{soon + timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "until": f"{soon:%Y-%m-%dT%H:%M}",
        "on": f"{soon:%Y-%m-%d}",
        "kind": "material",
        "name": "阀芯",
        "quantity": "1",
        "unit_price": "35",
        "payer": "owner",
        "body": "话",
        "words": "话",
        "unit": world.home.pk,
        "relation": "owner",
        "route": rows.route.pk,
        "often": "daily",
        "starts_on": f"{soon:%Y-%m-%d}",
        "time": "09:00",
        "ends": "11:00",
        "checkpoint": rows.checkpoint.pk,
        "result": "met",
        "wellbeing": "fair",
        "due_on": f"{soon:%Y-%m-%d}",
        "review_on": f"{soon:%Y-%m-%d}",
        "note": "话",
        "consent_by": "本人",
        "consent_on": f"{timezone.localtime(NOW):%Y-%m-%d}",
        "consent_how": "in_person",
        "why": "arrange",
        "plan": "话",
        "promise": "话",
        "organisation": world.party_committee.pk,
        "public_title": "话",
        "public_words": "话",
        f"grade_{rows.part.pk}": "good",
        "grid": world.micro.pk,
        f"item_{rows.item.pk}": "pass",
        "consented_on": f"{timezone.localtime(NOW):%Y-%m-%d}",
        "role": "deputy",
        "title": "便民服务日",
        "begin": "09:00",
        "end": "11:00",
        "withdraw_hours": "2",
        "wanted": "1",
        "places": "3",
        "post": rows.entry.post_id,
        "member": world.mate.team_memberships.get().pk,
        "rule": "FREQ=WEEKLY",
        "came": "09:00",
        "went": "11:00",
        "tail": "0000",
        "task": rows.event.tasks.get().pk,
        "people": "48",
        "verb": "confirm",
        "grade": "general",
        "responsible": world.other_technician.pk,
        "measures": "话",
        "due_at": f"{soon:%Y-%m-%dT%H:%M}",
        "helper": world.mate.pk,
        "form": "full",
        "planned_at": f"{soon:%Y-%m-%dT%H:%M}",
        "minutes": "30",
        "buildings": [world.home.entrance.building_id],
        "building": world.home.entrance.building_id,
        "held": rows.drill_role.pk,
        "owner": world.other_technician.pk,
        "score": "86",
        "debrief": "话",
        **dict.fromkeys(CRITERIA, "86"),
        "home": world.home.drill_homes.get().pk,
        "said": f"{world.home.drill_homes.get().pk}:out",
        "mark": "out",
        "away": "yes",
        "floor": f"{world.home.entrance_id}-12",
    }
