"""The administrator changes a ticket's state by verbs alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Entry
from repairs.models import Ticket
from tests import factories as make
from tests.everything import build_rows
from tests.people import World

LIST = "/admin/repairs/ticket/"


def test_an_action_is_the_verb_and_says_each_refusal(world: World, as_: Any) -> None:
    new, held = make.make_ticket(world.pipes), make.make_ticket(world.pipes, status="accepted")
    answer = as_(world.admin).post(
        LIST, {"action": "accept", "_selected_action": [new.pk, held.pk]}
    )
    assert {str(m) for m in get_messages(answer.wsgi_request)} == {
        f"{held.number}: This cannot be done now: it is already “accepted”.",
        "Accepted. 1 row.",
    }
    new.refresh_from_db()
    assert new.status == "accepted"
    assert [e.actor for e in Entry.objects.filter(code="repairs.ticket.accept")] == [world.admin]


def test_the_form_shows_the_state_and_links_the_verbs(world: World, as_: Any) -> None:
    ticket = make.make_ticket(world.pipes)
    page = as_(world.admin).get(f"{LIST}{ticket.pk}/change/").content.decode()
    assert 'name="status"' not in page
    assert f"/repairs/{ticket.number}/accept/" in page
    assert f"/repairs/{ticket.number}/dispatch/" not in page


def test_a_posted_state_changes_nothing_and_the_edit_is_recorded(world: World, as_: Any) -> None:
    ticket = make.make_ticket(world.pipes)
    as_(world.admin).post(
        f"{LIST}{ticket.pk}/change/",
        {
            "status": "closed",
            "title": "水管漏",
            "description": "滴水",
            **management("assignments", "pauses", "costs"),
        },
    )
    ticket.refresh_from_db()
    assert (ticket.status, ticket.title) == ("new", "水管漏")
    assert Entry.objects.get(code="admin.edit").after == {"title": "水管漏", "description": "滴水"}


def management(*prefixes: str) -> dict[str, int]:
    return {f"{p}-{n}_FORMS": 0 for p in prefixes for n in ("TOTAL", "INITIAL")}


OURS = sorted(
    (model for model in admin.site._registry if model._meta.app_label == "repairs"),
    key=lambda model: model.__name__,
)


@pytest.mark.parametrize("model", OURS)
def test_every_list_opens_with_its_search_and_filters(world: World, as_: Any, model: Any) -> None:
    build_rows(world)
    url = reverse(f"admin:repairs_{model._meta.model_name}_changelist")
    assert as_(world.admin).get(f"{url}?q=R").status_code == 200
    assert as_(world.dispatcher).get(url).status_code == 302


def queries(as_: Any, world: World) -> int:
    signed_in = as_(world.admin)
    signed_in.get(LIST)
    with CaptureQueriesContext(connection) as found:
        signed_in.get(LIST)
    return len(found)


def test_the_list_costs_the_same_for_one_row_and_three(world: World, as_: Any) -> None:
    make.make_ticket(world.pipes, assignee=world.technician, status="assigned")
    one = queries(as_, world)
    for _ in range(2):
        make.make_ticket(world.lifts, assignee=world.technician, status="assigned")
    assert Ticket.objects.count() == 3
    assert queries(as_, world) == one
