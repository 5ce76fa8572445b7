"""/api/v1/tickets/: the same rows, verbs and refusals as the pages."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from repairs import services
from repairs.models import Ticket
from repairs.services import MOVES
from tests import factories as make
from tests.everything import build_rows
from tests.people import World
from tests.repairs.conftest import Stage

API = "/api/v1/tickets/"


def numbers(answer: Any) -> list[str]:
    return [row["number"] for row in answer.json()["results"]]


def report(client: Any, world: World, key: str = "", **fields: Any) -> Any:
    data = {"category": world.pipes.pk, "description": "水槽漏水", "unit": world.home.pk} | fields
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(API, data, content_type="application/json", headers=headers)


def act(client: Any, ticket: Ticket, verb: str, **data: Any) -> Any:
    return client.post(f"{API}{ticket.number}/{verb}/", data, content_type="application/json")


def test_everybody_lists_what_they_see(world: World, as_: Any) -> None:
    rows = build_rows(world)
    both = [rows.public_ticket.number, rows.ticket.number]
    seen = {
        name: numbers(as_(getattr(world, name)).get(API))
        for name in ("dispatcher", "resident", "neighbour", "technician", "stranger", "outsider")
    }
    assert seen == {
        "dispatcher": both,
        "resident": both,
        "neighbour": [rows.public_ticket.number],
        "technician": [rows.ticket.number],
        "stranger": [],
        "outsider": [],
    }
    assert as_(None).get(API).status_code in {401, 403}


def test_the_list_is_filtered_and_ordered(world: World, as_: Any) -> None:
    first = make.make_ticket(world.pipes, title="水槽漏水", priority="urgent")
    second = make.make_ticket(world.lifts, title="电梯异响")
    desk = as_(world.dispatcher)
    assert numbers(desk.get(f"{API}?q=异响")) == [second.number]
    assert numbers(desk.get(f"{API}?priority=urgent")) == [first.number]
    assert numbers(desk.get(f"{API}?view=to_accept&ordering=id")) == [first.number, second.number]
    assert desk.get(f"{API}?status=nonsense").status_code == 400


def test_a_report_follows_the_rules_of_the_page(world: World, as_: Any) -> None:
    answer = report(as_(world.resident), world)
    ticket = Ticket.objects.get()
    assert (answer.status_code, answer.json()["number"]) == (201, ticket.number)
    assert (ticket.source, ticket.reporter, ticket.unit) == ("api", world.resident, world.home)
    assert report(as_(world.resident), world, unit=world.next_door.pk).status_code == 400
    assert report(as_(world.stranger), world).status_code == 400
    assert Ticket.objects.count() == 1


def test_phone_and_wished_times_are_checked_as_on_the_page(world: World, as_: Any) -> None:
    resident, today = as_(world.resident), timezone.localdate()
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    wrong = report(resident, world, contact_phone="12", windows=["some day"])
    assert (wrong.status_code, set(wrong.json())) == (400, {"contact_phone", "windows"})
    assert report(resident, world, windows=[f"{tomorrow}/night"]).status_code == 400
    windows = [f"{yesterday}/am", f"{tomorrow}/pm", f"{tomorrow}/pm"]
    sent = report(resident, world, contact_phone="138 0000 0001", windows=windows)
    assert sent.status_code == 201
    ticket = Ticket.objects.get()
    assert (ticket.contact_phone, ticket.windows) == ("+8613800000001", [f"{tomorrow}/pm"])


def test_where_and_what_are_asked_as_on_the_page(world: World, as_: Any) -> None:
    resident = as_(world.resident)
    assert report(resident, world, unit=None).status_code == 400
    world.lifts.is_active = False
    world.lifts.save(update_fields=["is_active"])
    assert report(resident, world, category=world.lifts.pk).status_code == 400
    words = {"place_words": "东门", "private": True, "may_enter": True}
    assert report(resident, world, unit=None, **words).status_code == 201
    ticket = Ticket.objects.get()
    assert (ticket.place_words, ticket.private, ticket.may_enter) == ("东门", False, False)


def test_the_desk_reports_for_the_caller(world: World, as_: Any) -> None:
    world.home.occupants.update(phone="+8613800000001")
    report(as_(world.dispatcher), world, contact_phone="13800000001")
    ticket = Ticket.objects.get()
    assert (ticket.reporter, ticket.entered_by) == (world.resident, world.dispatcher)


def test_the_same_key_makes_one_ticket(world: World, as_: Any) -> None:
    key, resident = str(uuid.uuid4()), as_(world.resident)
    answers = [report(resident, world, key).json()["number"] for _ in range(2)]
    assert answers == [Ticket.objects.get().number] * 2
    assert report(resident, world, "not-a-key").status_code == 400


def test_too_many_like_reports_are_refused_with_a_sentence(world: World, as_: Any) -> None:
    resident = as_(world.resident)
    codes = [report(resident, world).status_code for _ in range(3)]
    assert codes == [201, 201, 429]


def test_actions_are_what_is_open_and_doing_one_answers_with_the_ticket(
    world: World, as_: Any, ticket_in: Stage
) -> None:
    ticket = ticket_in("accepted")
    desk = as_(world.dispatcher)
    offered = desk.get(f"{API}{ticket.number}/").json()["actions"]
    assert offered == [verb for verb in MOVES if verb in offered]
    assert "dispatch" in offered
    answer = act(desk, ticket, "dispatch", worker=world.technician.pk)
    assert (answer.status_code, answer.json()["status"]) == (200, "assigned")
    assert answer.json()["assignee"] == world.technician.pk


def test_the_three_refusals(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("accepted")
    assert act(as_(world.stranger), ticket, "accept").status_code == 404
    refused = act(as_(world.resident), ticket, "accept")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    late = act(as_(world.dispatcher), ticket, "accept")
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    missing = act(as_(world.dispatcher), ticket, "dispatch")
    assert (missing.status_code, list(missing.json())) == (400, ["worker"])
    assert as_(world.dispatcher).get(f"{API}{ticket.number}/accept/").status_code == 405


@pytest.mark.parametrize("verb", sorted(MOVES))
def test_no_verb_is_there_for_a_stranger(world: World, as_: Any, verb: str) -> None:
    ticket = make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)
    assert act(as_(world.stranger), ticket, verb).status_code == 404
    assert act(as_(world.outsider), ticket, verb).status_code == 404


def test_an_instant_keeps_its_zone(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket, day = ticket_in("assigned"), timezone.localdate() + timedelta(days=2)
    act(
        as_(world.technician),
        ticket,
        "plan_visit",
        visit_from=f"{day}T06:00:00Z",
        visit_to=f"{day}T15:00:00+08:00",
    )
    ticket.refresh_from_db()
    assert f"{ticket.visit_from:%H:%M} {ticket.visit_to:%H:%M}" == "06:00 07:00"


def test_phones_and_notes_are_for_those_who_work_on_it(
    world: World, as_: Any, ticket_in: Stage
) -> None:
    ticket = ticket_in("assigned", contact_phone="+8613800002207")
    services.note(ticket, body="备件已订", actor=world.dispatcher, at=timezone.now())
    read = {
        name: as_(getattr(world, name)).get(f"{API}{ticket.number}/").json()
        for name in ("dispatcher", "technician", "resident", "other_technician")
    }
    assert {name: row["contact_phone"] for name, row in read.items()} == {
        "dispatcher": "+8613800002207",
        "technician": "+8613800002207",
        "resident": "+8613800002207",
        "other_technician": "138****2207",
    }
    assert {name: [c["body"] for c in row["comments"]] for name, row in read.items()} == {
        "dispatcher": ["备件已订"],
        "technician": ["备件已订"],
        "resident": [],
        "other_technician": ["备件已订"],
    }


def queries(client: Any) -> int:
    client.get(API)
    with CaptureQueriesContext(connection) as found:
        client.get(API)
    return len(found)


def test_the_list_costs_the_same_for_one_row_and_three(world: World, as_: Any) -> None:
    make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)
    one = queries(as_(world.dispatcher))
    for _ in range(2):
        make.make_ticket(world.lifts, unit=world.next_door, reporter=world.neighbour)
    assert queries(as_(world.dispatcher)) == one
    # the session's user, where they stand, the rows
    assert one == 3


def paged(client: Any, address: str, way: str = "next") -> list[list[str]]:
    """The numbers of each page, followed to the end."""
    pages = []
    while address:
        answer = client.get(address).json()
        pages.append([row["number"] for row in answer["results"]])
        address = answer[way]
        assert len(pages) < 50, "the pages never end"
    return pages


@pytest.mark.parametrize("ordering", ["resolve_by", "-resolve_by", "reported_at"])
def test_pages_in_any_order_show_each_row_once(world: World, as_: Any, ordering: str) -> None:
    """Like times, and deadlines that are not there, which come last."""
    at = timezone.now()
    due = [at, None, at, at + timedelta(hours=1), None, None, at - timedelta(hours=1)]
    rows = [make.make_ticket(world.pipes, reported_at=at, resolve_by=by) for by in due]
    in_order = {
        "resolve_by": [6, 2, 0, 3, 5, 4, 1],
        "-resolve_by": [5, 4, 1, 3, 2, 0, 6],
        "reported_at": [6, 5, 4, 3, 2, 1, 0],
    }
    expected = [rows[index].number for index in in_order[ordering]]
    desk, address = as_(world.dispatcher), f"{API}?ordering={ordering}&page_size=2"
    pages = paged(desk, address)
    assert [number for page in pages for number in page] == expected


def test_pages_end_where_a_city_s_closed_tickets_have_no_deadline(world: World, as_: Any) -> None:
    at = timezone.now()
    Ticket.objects.bulk_create(
        Ticket(
            estate=world.court,
            category=world.pipes,
            number=f"R1999-{n:06d}",
            reported_at=at,
            status="closed",
            closed_at=at,
        )
        for n in range(1150)
    )
    pages = paged(as_(world.dispatcher), f"{API}?ordering=resolve_by&page_size=100")
    shown = [number for page in pages for number in page]
    assert (len(shown), len(set(shown))) == (1150, 1150)


def test_categories_are_those_of_one_s_estates(world: World, as_: Any) -> None:
    seen = {
        name: [
            row["code"]
            for row in as_(getattr(world, name)).get("/api/v1/categories/").json()["results"]
        ]
        for name in ("resident", "stranger")
    }
    assert seen == {"resident": ["pipes", "lifts"], "stranger": ["pipes"]}
