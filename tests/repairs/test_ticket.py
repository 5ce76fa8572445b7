"""The page of a ticket, and the residents' list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from repairs import services
from repairs.models import Ticket
from tests import factories as make
from tests.people import World
from tests.repairs.conftest import Stage

SEERS = {"resident", "technician", "other_technician", "dispatcher", "manager", "desk", "admin"}


def test_who_sees_a_ticket(world: World, as_: Any, ticket_in: Stage) -> None:
    url = ticket_in("assigned").get_absolute_url()
    answers = {name: as_(user).get(url).status_code for name, user in world.people().items()}
    assert answers == {name: 200 if name in SEERS else 404 for name in world.people()}
    assert as_(None).get(url).url == f"/accounts/login/?next={url}"


@pytest.mark.parametrize(
    ("state", "lead", "beside"),
    [
        ("new", "urge", ["comment"]),
        ("assigned", "urge", ["comment"]),
        ("in_progress", "urge", ["comment"]),
        ("on_hold", "urge", ["comment"]),
        ("resolved", "confirm", ["dispute"]),
        ("closed", "rate", ["comment"]),
    ],
)
def test_one_green_button_for_the_resident(
    world: World, as_: Any, ticket_in: Stage, state: str, lead: str, beside: list[str]
) -> None:
    page = as_(world.resident).get(ticket_in(state).get_absolute_url())
    shown = page.context["page"]
    assert (shown.lead.verb, [button.verb for button in shown.beside]) == (lead, beside)


@pytest.mark.parametrize(
    ("state", "person", "lead"),
    [
        ("new", "dispatcher", "accept"),
        ("accepted", "dispatcher", "dispatch"),
        ("assigned", "technician", "start"),
        ("in_progress", "technician", "resolve"),
        ("on_hold", "dispatcher", "resume"),
    ],
)
def test_one_green_button_for_the_staff(
    world: World, as_: Any, ticket_in: Stage, state: str, person: str, lead: str
) -> None:
    page = as_(getattr(world, person)).get(ticket_in(state).get_absolute_url())
    assert page.context["page"].lead.verb == lead


def test_every_state_has_its_page(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("new")
    other = make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)
    for status in Ticket.Status.values:
        Ticket.objects.filter(pk=ticket.pk).update(**row_in(status, world, other))
        for person in (world.resident, world.dispatcher, world.technician):
            assert as_(person).get(ticket.get_absolute_url()).status_code == 200, status


def row_in(status: str, world: World, other: Ticket) -> dict[str, Any]:
    at = timezone.now()
    ended = status in {"closed", "rejected", "cancelled", "merged"}
    held = status == "on_hold"
    return {
        "status": status,
        "assignee": world.technician if status in {"assigned", "in_progress"} else None,
        "closed_at": at if ended else None,
        "resolved_at": at if status in {"resolved", "closed"} else None,
        "held_at": at if held else None,
        "held_until": at + timedelta(days=1) if held else None,
        "held_from": "accepted" if held else "",
        "merged_into": other if status == "merged" else None,
    }


def test_the_technicians_phone_shows_while_the_job_is_his(
    world: World, as_: Any, ticket_in: Stage
) -> None:
    world.technician.phone = "+8613900000009"
    world.technician.save()
    ticket = ticket_in("in_progress")
    client, url = as_(world.resident), ticket.get_absolute_url()
    assert 'href="tel:+8613900000009"' in client.get(url).content.decode()
    services.resolve(ticket, resolution="好了", actor=world.technician, at=timezone.now())
    assert "13900000009" not in client.get(url).content.decode()


def test_a_colleague_sees_the_contacts_phone_masked(
    world: World, as_: Any, ticket_in: Stage
) -> None:
    url = ticket_in("assigned", contact_phone="+8613800000001").get_absolute_url()
    for name in ("resident", "dispatcher", "technician"):
        assert "+8613800000001" in as_(getattr(world, name)).get(url).content.decode(), name
    page = as_(world.other_technician).get(url).content.decode()
    assert "138****0001" in page
    assert "13800000001" not in page


def test_reasons_of_the_staff_stay_with_the_staff(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("assigned")
    services.hand_back(ticket, reason="腰伤复发", actor=world.technician, at=timezone.now())
    url = ticket.get_absolute_url()
    assert "腰伤复发" not in as_(world.resident).get(url).content.decode()
    assert "腰伤复发" in as_(world.dispatcher).get(url).content.decode()


def test_a_verb_goes_back_only_to_this_site(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("new")
    url = f"/repairs/{ticket.number}/comment/"
    client = as_(world.resident)
    assert client.post(url, {"body": "a", "next": "/repairs/"}).url == "/repairs/"
    for away in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert client.post(url, {"body": "a", "next": away}).url == ticket.get_absolute_url()


def test_list_shows_the_households_own(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("new")
    make.make_ticket(world.pipes, unit=world.next_door, reporter=world.neighbour)
    make.make_ticket(world.far_pipes, unit=world.far_home, reporter=world.stranger)
    page = as_(world.resident).get("/repairs/")
    assert [row.pk for row, _photo in page.context["tickets"]] == [ticket.pk]
    assert page.context["counts"] == {"open": 1, "closed": 0}


def test_private_tickets_are_not_the_familys(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("new", private=True)
    family = make.make_user("family")
    make.make_occupant(world.home, family)
    assert as_(family).get("/repairs/").context["tickets"] == []
    assert as_(family).get(ticket.get_absolute_url()).status_code == 404


def test_staff_are_sent_to_their_desk(world: World, as_: Any) -> None:
    sent = {
        name: as_(getattr(world, name)).get("/repairs/").headers.get("Location", "")
        for name in ("dispatcher", "manager", "desk", "technician", "inspector", "resident")
    }
    triage, jobs = "/repairs/triage/", "/repairs/jobs/"
    assert sent == {
        "dispatcher": triage,
        "manager": triage,
        "desk": triage,
        "technician": jobs,
        "inspector": "",
        "resident": "",
    }
    assert as_(world.dispatcher).get("/repairs/?state=open").status_code == 200


def test_pages_of_the_list_follow_one_another(world: World, as_: Any) -> None:
    made = [
        make.make_ticket(world.pipes, unit=world.home, reporter=world.resident).pk
        for _ in range(23)
    ]
    client = as_(world.resident)
    first = client.get("/repairs/")
    second = client.get(f"/repairs/{first.context['older']}")
    shown = [row.pk for page in (first, second) for row, _photo in page.context["tickets"]]
    assert shown == made[::-1]
    assert second.context["older"] == ""


def queries(client: Any, url: str) -> int:
    client.get(url)  # content types and the session are known afterwards
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# user, postings, homes, follows, counts of the chips, keys, tickets,
# photos
LIST = 7


def test_list_costs_the_same_for_one_and_three(world: World, as_: Any, ticket_in: Stage) -> None:
    client = as_(world.resident)
    ticket_in("assigned")
    one = queries(client, "/repairs/")
    make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)
    make.make_ticket(world.lifts, reporter=world.resident)
    assert (one, queries(client, "/repairs/")) == (LIST, LIST)


# user, ticket, where they stand, log, comments, photos, costs, what was merged into it; what the
# bars say is cached; of those who live here also what they follow
TICKET, TICKET_OF_STAFF = 10, 9


def test_ticket_costs_the_same_however_long(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("in_progress")
    for person, cost in ((world.resident, TICKET), (world.dispatcher, TICKET_OF_STAFF)):
        client, url = as_(person), ticket.get_absolute_url()
        services.comment(ticket, body="一", actor=world.resident, at=timezone.now())
        one = queries(client, url)
        for word in "二三":
            services.comment(ticket, body=word, actor=world.dispatcher, at=timezone.now())
        assert (one, queries(client, url)) == (cost, cost)


def test_thanks_promise_no_time_that_has_passed(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket, client, thanks = ticket_in("new"), as_(world.resident), "Thank you, we have your report"
    before = thanks in client.get(ticket.get_absolute_url()).content.decode()
    ticket.respond_by = timezone.now() - timedelta(minutes=1)
    ticket.save(update_fields=["respond_by"])
    after = thanks in client.get(ticket.get_absolute_url()).content.decode()
    assert (before, after) == (True, False)
