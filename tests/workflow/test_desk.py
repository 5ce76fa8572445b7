"""The base of queues: a row changes in its place, several at once say what became of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from repairs import services
from repairs.desk import TRIAGE
from repairs.models import Ticket
from tests import factories as make
from tests.people import World
from workflow import desk

SignIn = Callable[[User | None], Client]
HTMX = {"HX-Request": "true"}
AT = timezone.now()


@pytest.fixture
def ticket(world: World) -> Ticket:
    User.objects.update(language="en")
    return make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)


def press(client: Client, ticket: Ticket, verb: str, **fields: Any) -> HttpResponse:
    """A verb pressed in the row, as scripts send it."""
    sent = {"of_desk": "repairs.ticket", "query": "view=to_accept", **fields}
    url = reverse(f"repairs:ticket-{verb}", args=[ticket.number])
    return client.post(url, sent, headers=HTMX)


def said(answer: HttpResponse) -> list[str]:
    events = json.loads(answer["HX-Trigger"])
    if "banyan:refused" in events:
        return [events["banyan:refused"]["sentence"]]
    return [one["sentence"] for one in events["banyan:said"]["said"]]


def test_a_row_verb_answers_with_its_row_and_the_chips(
    world: World, ticket: Ticket, as_: SignIn
) -> None:
    answer = press(as_(world.dispatcher), ticket, "accept")
    ticket.refresh_from_db()
    text = answer.content.decode()
    assert (answer.status_code, ticket.status) == (200, "accepted")
    assert text.lstrip().startswith(f'<tr data-row id="row-{ticket.pk}"')
    assert text.count("<tr") == 1
    assert f'id="assign-{ticket.pk}"' in text  # what can be done now
    assert 'data-hx-swap-oob="true"' in text
    assert "Accepted." in said(answer)[0]
    bar = json.loads(answer["HX-Trigger"])["banyan:counted"]
    assert bar == {"url": TRIAGE.url(), "number": 0}


def test_without_scripts_the_same_button_leads_back_to_the_queue(
    world: World, ticket: Ticket, as_: SignIn
) -> None:
    url = reverse("repairs:ticket-accept", args=[ticket.number])
    answer = as_(world.dispatcher).post(url, {"of_desk": "repairs.ticket", "next": TRIAGE.url()})
    assert (answer.status_code, answer["Location"]) == (302, TRIAGE.url())


def test_who_came_too_late_sees_what_the_other_did(
    world: World, ticket: Ticket, as_: SignIn
) -> None:
    services.accept(ticket, actor=world.manager, at=AT)
    answer = press(as_(world.dispatcher), ticket, "accept")
    assert (answer.status_code, answer["HX-Reswap"]) == (409, "outerHTML")
    assert f'id="assign-{ticket.pk}"' in answer.content.decode()
    assert "manager was first" in said(answer)[0]


def test_what_is_missing_is_said_and_the_row_stays(
    world: World, ticket: Ticket, as_: SignIn
) -> None:
    services.accept(ticket, actor=world.manager, at=AT)
    answer = press(as_(world.dispatcher), ticket, "dispatch", worker="")
    assert (answer.status_code, answer["HX-Reswap"], answer.content) == (422, "none", b"")
    assert said(answer) == ["Please choose “Technician”."]


def test_a_row_that_is_out_of_sight_leaves(world: World, ticket: Ticket, as_: SignIn) -> None:
    """Whoever is no longer at the desk gets no row of it."""
    answer = press(as_(world.resident), ticket, "cancel", reason="不用了")
    assert answer.status_code == 302  # a resident's own verb, pressed elsewhere
    assert press(as_(world.outsider), ticket, "accept").status_code == 404
    assert press(as_(world.dispatcher), ticket, "accept", of_desk="no.such").status_code == 409


def test_several_at_once_say_what_became_of_each_without_a_new_page(
    world: World, ticket: Ticket, as_: SignIn
) -> None:
    done = make.make_ticket(world.pipes, status="accepted", responded_at=AT)
    url, client = reverse("repairs:triage-bulk"), as_(world.dispatcher)
    sent = {"verb": "accept", "pick": [ticket.number, done.number], "query": "view=all"}
    answer = client.post(url, sent, headers=HTMX)
    assert answer.status_code == 200
    assert answer.content.decode().count("<tr data-row") == 2
    refused, told = said(answer)
    assert refused.startswith(f"{done.number}: ")
    assert told == "1 ticket: Accepted."


def test_each_number_of_the_bar_is_the_queue_s_own(
    world: World, ticket: Ticket, as_: SignIn
) -> None:
    client = as_(world.dispatcher)
    client.get("/")
    make.make_ticket(world.pipes)  # the bar, half a minute old at most, does not know of it
    page = client.get(TRIAGE.url()).content.decode()
    assert page.count('<span class="n num">2</span>') >= 2  # the chip and the bar
    assert page.count('<span class="n num">1</span>') == 0


@pytest.mark.parametrize("who", ["technician", "inspector", "resident", "outsider"])
def test_a_view_of_a_desk_is_kept_by_whoever_works_at_it(
    world: World, as_: SignIn, who: str
) -> None:
    url = reverse("estates:save-view", args=["repairs.ticket"])
    answer = as_(getattr(world, who)).post(url, {"name": "x", "query": "q=1"})
    assert answer.status_code == (302 if who == "outsider" else 403)
    nowhere = reverse("estates:save-view", args=["no.such"])
    assert as_(world.dispatcher).post(nowhere, {"name": "x"}).status_code == 404


def test_every_desk_shows_all_where_an_empty_view_leads() -> None:
    assert len(desk._desks) >= 3
    for one in desk._desks.values():
        assert one.all_url == f"{one.url()}?view=all"
        assert "all" in one.views, one.code
