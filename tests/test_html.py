"""Every page is valid HTML, whoever reads it and whatever it refuses, to tests/html5.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse

from notifications.services import make_link
from repairs import services
from tests.everything import NOW, Rows, build_rows
from tests.factories import PASSWORD, make_user
from tests.html5 import faults
from tests.people import World
from tests.routes_kwargs import kwargs_of
from tests.routes_table import ROLES, ROUTES
from tests.test_routes import route_names

AsUser = Callable[[Any], Client]
# Pages that differ by who reads them; the others are read by the first who may.
DIFFER = ("repairs:ticket", "repairs:new", "repairs:list", "portal:home", "accounts:me")
MAIL = SimpleNamespace(title="x", body="y", url="/x/", answer_url="/y/")
LISTS = ("/", "/repairs/")
READERS = ("anonymous", "resident", "dispatcher", "technician", "manager", "admin")


@pytest.fixture
def rows(world: World) -> Rows:
    return build_rows(world)


def faults_in(pages: dict[str, Any]) -> dict[str, list[str]]:
    """By the name of the answer. What is no page (a file, JSON) has no faults."""
    found = {name: faults(words_of(answer)) for name, answer in pages.items()}
    return {name: said for name, said in found.items() if said}


def words_of(answer: Any) -> str:
    """Of a page; what is none (a file, JSON) is read to its end, which closes it."""
    body = answer.getvalue() if answer.streaming else answer.content
    return body.decode() if answer.headers.get("Content-Type", "").startswith("text/html") else ""


def read_by(role: str) -> Iterator[str]:
    """The routes that this role reads: nobody before may, or it looks different."""
    for name, codes in ROUTES.items():
        may = [one for one, code in zip(ROLES, codes.split(), strict=True) if code == "200"]
        first = next((one for one in READERS if one in may), None)
        if role == first or (name in DIFFER and role in may):
            yield name


@pytest.mark.parametrize("role", READERS)
def test_every_page(role: str, world: World, rows: Rows, as_: AsUser) -> None:
    client = as_(None if role == "anonymous" else getattr(world, role))
    urls = {name: reverse(name, kwargs=kwargs_of(name, world, rows)) for name in read_by(role)}
    assert faults_in({name: client.get(url) for name, url in urls.items()}) == {}
    assert faults_in({name: emptied(client, url) for name, url in urls.items()}) == {}


def emptied(client: Client, url: str) -> Any:
    """The answer to a form that was sent empty; what it may have done is undone."""
    with transaction.atomic():
        answer = client.post(url, {})
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("standing", ["nobody", "proven", "two factors"])
def test_pages_of_the_account(standing: str, world: World, as_: AsUser, settings: Any) -> None:
    settings.DEMO = True
    client = as_(None)
    if standing != "nobody":
        world.resident.set_password(PASSWORD)
        world.resident.save()
        client.post("/accounts/login/", {"login": "resident", "password": PASSWORD})
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    if standing == "two factors":
        TOTP.activate(world.resident, generate_totp_secret())
        RecoveryCodes.activate(world.resident)
    pages = {}
    for name in route_names():
        if name.startswith(("account_", "mfa_", "usersessions_")):
            with suppress(NoReverseMatch):
                url = reverse(name)
                pages[name] = client.get(url, follow=True)
                if name != "account_logout":
                    pages[f"{name}, sent empty"] = emptied(client, url)
    assert faults_in(pages) == {}


def test_who_has_no_home_yet(world: World, as_: AsUser) -> None:
    newcomer = as_(make_user("newcomer"))
    urls = ("/", "/repairs/", "/repairs/new/", "/estates/claims/", "/notifications/")
    pages: dict[str, Any] = {url: newcomer.get(url) for url in urls}
    pages["code"] = newcomer.post(reverse("estates:claim-by-code"), {"code": "nonsense"})
    assert faults_in(pages) == {}


def test_answers_to_forms(world: World, rows: Rows, as_: AsUser) -> None:
    """The pages that only a filled form leads to."""
    manager = as_(world.manager)
    columns = reverse("estates:roster-columns", args=[rows.roster_import.pk])
    chosen = dict(enumerate(("building", "entrance", "number", "name", "phone")))
    occupant = kwargs_of("estates:reveal", world, rows)
    pages = {
        "preview": manager.post(columns, {f"0-{n}": one for n, one in chosen.items()}, follow=True),
        "letters": manager.post(reverse("estates:letters"), {"pick": world.home.pk}, follow=True),
        "phone": manager.post(
            reverse("estates:reveal", kwargs=occupant), {"reveal-reason": "漏水"}
        ),
        "queue": manager.get(reverse("repairs:triage"), headers={"HX-Request": "true"}),
        "found": manager.get(reverse("repairs:triage"), {"q": "x", "sort": "y", "after": "z"}),
        "twice": manager.post(columns, {"0-0": "phone", "0-1": "phone"}),
        "new": as_(world.resident).get(rows.public_ticket.get_absolute_url()),
        "mail": HttpResponse(render_to_string("notifications/mail.html", {"message": MAIL})),
    }
    assert faults_in(pages) == {}


def test_a_ticket_in_each_state(world: World, rows: Rows, as_: AsUser) -> None:
    """From work to the end: the ticket, its lists, the forms it leads to, the link in the mail."""
    ticket, at = rows.ticket, NOW + timedelta(minutes=5)
    worker, resident = world.technician, world.resident
    here = ticket.get_absolute_url()
    readers = {"resident": as_(resident), "worker": as_(worker), "manager": as_(world.manager)}
    steps: list[tuple[str, Any, dict[str, Any]]] = [
        ("hold", worker, {"until": at + timedelta(days=1), "reason": "等备件"}),
        ("resume", worker, {}),
        ("plan_visit", worker, {"visit_from": at, "visit_to": at + timedelta(hours=1)}),
        ("start", worker, {}),
        ("resolve", worker, {"resolution": "已修好"}),
        ("dispute", resident, {"reason": "还在漏"}),
        ("dispatch", world.dispatcher, {"worker": worker}),
        ("start", worker, {}),
        ("resolve", worker, {"resolution": "已修好"}),
        ("confirm", resident, {}),
    ]
    read: set[tuple[str, str]] = set()  # a verb's form is the same in each state
    for verb, actor, fields in steps:
        getattr(services, verb)(ticket, actor=actor, at=at, **fields)
        link = link_in_mail(resident, ticket, at)
        pages = {f"link after {verb}": as_(None).get(link)}
        for who, client in readers.items():
            pages |= {f"{who} after {verb}: {url}": client.get(url, follow=True) for url in LISTS}
            page = pages[f"{who} after {verb}"] = client.get(here)
            forms = {(who, url) for url in re.findall(rf'"({here}\w+/)', page.content.decode())}
            pages |= {f"{who}: {url}": client.get(url) for _, url in forms - read}
            read |= forms
        assert faults_in(pages) == {}
    assert len(read) > 20
    link = link_in_mail(resident, ticket, at)
    answers = {stars: as_(None).post(link, {"verb": "rate", "rating": stars}) for stars in "945"}
    assert faults_in(answers) == {}


def link_in_mail(user: Any, ticket: Any, at: datetime) -> str:
    return reverse("repairs:answer", args=[make_link(user, ticket, "repairs.answer", at=at)])


def test_a_ticket_taken_back(world: World, rows: Rows, as_: AsUser) -> None:
    services.cancel(rows.public_ticket, reason="x", actor=world.resident, at=NOW)
    here = rows.public_ticket.get_absolute_url()
    assert faults_in({who: as_(getattr(world, who)).get(here) for who in READERS[1:]}) == {}


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "409", "429", "500"])
@pytest.mark.parametrize("who", ["resident", "manager"])
def test_refusals_and_failures(name: str, who: str, world: World, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = getattr(world, who)
    request.session = Client().session
    assert faults_in({name: render(request, f"{name}.html")}) == {}


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ('<p hx-get="/">x</p>', "p: unknown attribute hx-get"),
        ("<blink>x</blink>", "blink: unknown element"),
        ("<span><form></form></span>", "span > form: a block in span"),
        ("<p>x<div>y</div></p>", "line 1: unexpected-end-tag {'name': 'p'}"),
        ("<form><form></form></form>", "line 1: unexpected-start-tag {'name': 'form'}"),
        ("<ul><li>x</li>y</ul>", "ul: words between the parts"),
        ("<ul><p>x</p></ul>", "ul > p: not allowed in ul"),
        ('<a href="/"><button>x</button></a>', "a > button: inside a"),
        ('<img src="/x.png">', "img: no alt"),
        ("<h2> </h2>", "h2: empty"),
        ('<p class="x" class="y">z</p>', "line 1: duplicate-attribute {}"),
        ("<div aria-label='x'>y</div>", "div: aria-label without a role"),
    ],
)
def test_the_reader_is_strict(fragment: str, said: str) -> None:
    assert said in faults(fragment)


def test_ids_are_read(rf: RequestFactory) -> None:
    page = '<!doctype html><title>x</title><p id="a"></p><p id="a"></p><label for="b">y</label>'
    assert faults(page) == ["#a stands 2 times", "label for=b leads nowhere"]
