"""An address that only acts, opened like a page: led on, and nothing done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import reverse

from audit.models import Entry
from common.acting import acts
from estates.models import SavedView
from repairs.models import Follow
from tests.everything import build_rows
from tests.people import World

DONE: list[str] = []


@acts(leads_to=lambda request, pk: f"/page/{pk}/")
def address(request: Any, pk: int) -> Any:
    DONE.append(request.method)


@pytest.fixture(autouse=True)
def nothing_done() -> Iterator[None]:
    DONE.clear()
    yield
    DONE.clear()


@pytest.mark.parametrize("method", ["get", "head"])
def test_opened_it_leads_to_its_page(method: str) -> None:
    answer = address(getattr(RequestFactory(), method)("/"), pk=7)
    assert (answer.status_code, answer["Location"], DONE) == (302, "/page/7/", [])


def test_only_a_post_acts() -> None:
    request = RequestFactory()
    address(request.post("/"), pk=7)
    refused = [address(getattr(request, m)("/"), pk=7).status_code for m in ("put", "delete")]
    assert (DONE, refused) == (["POST"], [405, 405])


@pytest.mark.parametrize(
    ("route", "page"),
    [
        ("repairs:unfollow", "/repairs/{public}/"),
        ("estates:delete-view", "/repairs/triage/?category=1"),
        ("estates:rename-view", "/repairs/triage/?category=1"),
        ("repairs:triage-bulk", "/repairs/triage/"),
        ("estates:revoke-invitation", "/estates/letters/"),
        ("estates:reveal", "/estates/occupants/{occupant}/"),
        ("estates:discard-roster", "/estates/roster/{roster}/"),
    ],
)
def test_the_pages_of_the_desk(route: str, page: str, world: World, as_: Any) -> None:
    rows, view = build_rows(world), SavedView.objects.get()
    occupant = world.home.occupants.get(user=world.resident)
    Follow.objects.create(ticket=rows.public_ticket, user=world.dispatcher)
    of = {
        "repairs:unfollow": {"number": rows.public_ticket.number},
        "estates:revoke-invitation": {"pk": rows.invitation.pk},
        "estates:reveal": {"pk": occupant.pk},
        "estates:discard-roster": {"pk": rows.roster_import.pk},
        "repairs:triage-bulk": {},
    }
    before = (Entry.objects.count(), Follow.objects.count(), SavedView.objects.count())
    answer = as_(world.dispatcher).get(reverse(route, kwargs=of.get(route, {"pk": view.pk})))
    assert answer.url == page.format(
        public=rows.public_ticket.number, occupant=occupant.pk, roster=rows.roster_import.pk
    )
    assert (Entry.objects.count(), Follow.objects.count(), SavedView.objects.count()) == before


def test_after_the_sign_in_somebody_is_led_to_the_page(world: World, as_: Any) -> None:
    number = build_rows(world).ticket.number
    asked = as_(None).post(f"/repairs/{number}/follow/")
    assert asked.url == f"/accounts/login/?next=/repairs/{number}/follow/"
    assert as_(world.dispatcher).get(f"/repairs/{number}/follow/").url == f"/repairs/{number}/"
