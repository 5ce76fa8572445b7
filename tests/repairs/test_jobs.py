"""The technician's day, from the pool to the result."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories as make
from tests.people import World
from tests.repairs.conftest import Stage

JOBS = "/repairs/jobs/"


@pytest.mark.parametrize(
    ("who", "code"),
    [("technician", 200), ("admin", 200), ("dispatcher", 403), ("resident", 403)],
)
def test_the_page_is_for_technicians(world: World, as_: Any, who: str, code: int) -> None:
    assert as_(getattr(world, who)).get(JOBS).status_code == code


def job(world: World, **fields: Any) -> Any:
    fields = {"unit": world.home, "status": "assigned", "assignee": world.technician} | fields
    return make.make_ticket(world.pipes, responded_at=timezone.now(), **fields)


def mine(page: Any) -> list[str]:
    return [job.ticket.number for job in page.context["mine"]]


def test_what_is_in_hand_comes_first_then_by_visit_then_what_waits(world: World, as_: Any) -> None:
    at = timezone.now()
    held = job(world, status="on_hold", held_at=at, held_until=at + timedelta(hours=1))
    later = job(world, resolve_by=at + timedelta(hours=5))
    visit = job(world, visit_from=at + timedelta(hours=1), visit_to=at + timedelta(hours=2))
    working = job(world, status="in_progress", resolve_by=at + timedelta(days=2))
    job(world, assignee=world.other_technician)
    expected = [working.number, visit.number, later.number, held.number]
    assert mine(as_(world.technician).get(JOBS)) == expected


def test_the_pool_offers_jobs_of_the_trade_and_taking_one_moves_it(world: World, as_: Any) -> None:
    world.pipes.dispatch = world.lifts.dispatch = "pool"
    world.pipes.save(update_fields=["dispatch"])
    world.lifts.save(update_fields=["dispatch"])
    free = make.make_ticket(world.pipes, unit=world.home, status="accepted")
    make.make_ticket(world.lifts, status="accepted")
    technician = as_(world.technician)
    pool = technician.get(JOBS).context["pool"]
    assert [(job.ticket.number, job.lead[0]) for job in pool] == [(free.number, "take")]
    answer = technician.post(f"/repairs/{free.number}/take/", {"next": JOBS})
    assert answer.url == JOBS
    page = technician.get(JOBS)
    assert (mine(page), page.context["pool"]) == ([free.number], [])


def test_a_phone_to_call_is_on_one_s_own_job_alone(world: World, as_: Any) -> None:
    world.pipes.dispatch = "pool"
    world.pipes.save(update_fields=["dispatch"])
    job(world, contact_phone="+8613800002207")
    make.make_ticket(world.pipes, status="accepted", contact_phone="+8613800009999")
    page = as_(world.technician).get(JOBS).content.decode()
    assert "tel:+8613800002207" in page
    assert "13800009999" not in page


def test_what_was_done_today_stands_below(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("resolved")
    job(world, status="resolved", resolved_at=timezone.now() - timedelta(days=2))
    page = as_(world.technician).get(JOBS)
    assert ([t.number for t in page.context["done"]], mine(page)) == ([ticket.number], [])


def queries(client: Any) -> int:
    client.get(JOBS)
    with CaptureQueriesContext(connection) as found:
        client.get(JOBS)
    return len(found)


def test_one_job_and_three_cost_the_same(world: World, as_: Any) -> None:
    technician = as_(world.technician)
    job(world)
    one = queries(technician)
    job(world)
    job(world)
    assert queries(technician) == one
    assert one <= 12


def test_a_card_offers_what_is_done_on_the_spot(world: World, as_: Any) -> None:
    job(world, status="in_progress")
    card = as_(world.technician).get(JOBS).context["mine"][0]
    offered = [verb for verb, _move in card.beside]
    assert (card.lead[0], offered) == ("resolve", ["plan_visit", "add_cost", "hold", "hand_back"])


def test_a_heap_of_jobs_is_shown_in_part_and_counted_whole(world: World, as_: Any) -> None:
    world.pipes.dispatch = "pool"
    world.pipes.save(update_fields=["dispatch"])
    for _ in range(32):
        make.make_ticket(world.pipes, status="assigned", assignee=world.technician)
    for _ in range(22):
        make.make_ticket(world.pipes, status="accepted")
    technician = as_(world.technician)
    page = technician.get(JOBS)
    assert (len(page.context["mine"]), page.context["of_mine"]) == (30, 32)
    assert "Show all 32" in page.content.decode()
    whole = technician.get(f"{JOBS}?all=1")
    assert len(whole.context["mine"]) == 32
    assert "Show all" not in whole.content.decode()
    assert (len(whole.context["pool"]), whole.context["of_pool"]) == (20, 22)
