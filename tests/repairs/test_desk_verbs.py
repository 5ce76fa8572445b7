"""What the front desk does at the pages: each verb works, is recorded, tells those concerned,
and refuses everybody else. Which states and roles it knows, the matrix holds.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from estates.models import DutyShift, Posting
from repairs.models import Assignment, Category, Follow, Ticket
from tests import factories as make
from tests.people import World
from tests.repairs.battery import entries, told, too_late
from tests.repairs.conftest import Stage

HOME = {"resident"}


def post(client: Any, ticket: Ticket, verb: str, **data: Any) -> Any:
    answer = client.post(f"/repairs/{ticket.number}/{verb}/", data)
    ticket.refresh_from_db()
    return answer


CASES = [
    ("accept", "new", "accepted"),
    ("dispatch", "accepted", "assigned"),
    ("reassign", "assigned", "assigned"),
    ("prioritise", "new", "new"),
    ("recategorise", "new", "new"),
    ("reject", "new", "rejected"),
    ("close", "resolved", "closed"),
    ("return_visit", "closed", "closed"),
    ("note", "closed", "closed"),
]


def given(verb: str, world: World) -> dict[str, Any]:
    return {
        "dispatch": {"worker": world.technician.pk},
        "reassign": {"worker": world.other_technician.pk, "reason": "太忙"},
        "prioritise": {"priority": "emergency"},
        "recategorise": {"category": world.lifts.pk},
        "reject": {"reason": "请联系供电公司"},
        "return_visit": {"words": "住户满意"},
        "note": {"body": "备件已订"},
    }.get(verb, {})


TELLS = {
    "accept": HOME,
    "dispatch": HOME | {"technician"},
    "reassign": HOME | {"other_technician"},
    "reject": HOME,
    "close": HOME | {"technician"},
    "note": {"dispatcher", "desk", "technician"},
}


@pytest.mark.parametrize(("verb", "state", "to"), CASES)
def test_the_manager_does_it_once(
    world: World, as_: Any, ticket_in: Stage, verb: str, state: str, to: str
) -> None:
    ticket = ticket_in(state)
    answer = post(as_(world.manager), ticket, verb, **given(verb, world))
    assert (answer.status_code, ticket.status) == (302, to)
    assert entries(ticket)[-1] == f"repairs.ticket.{verb}"
    assert told(verb) == TELLS.get(verb, set())


@pytest.mark.parametrize(("verb", "state", "to"), CASES)
def test_nobody_else_does_it(
    world: World, as_: Any, ticket_in: Stage, verb: str, state: str, to: str
) -> None:
    ticket = ticket_in(state)
    data, before = given(verb, world), entries(ticket)
    codes = {
        name: as_(getattr(world, name)).post(f"/repairs/{ticket.number}/{verb}/", data).status_code
        for name in ("resident", "neighbour", "stranger", "outsider")
    }
    assert codes == {"resident": 403, "neighbour": 404, "stranger": 404, "outsider": 404}
    assert entries(ticket) == before


def test_a_second_click_is_harmless(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("new")
    post(as_(world.dispatcher), ticket, "accept")
    too_late(as_, world.dispatcher, ticket, "accept", {})


def test_accepting_answers_and_a_note_does_not(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("new")
    post(as_(world.dispatcher), ticket, "note", body="看过了")
    assert ticket.responded_at is None
    post(as_(world.dispatcher), ticket, "accept")
    assert ticket.responded_at is not None


def on_duty(user: Any) -> None:
    at, posting = timezone.now(), Posting.objects.get(user=user)
    DutyShift.objects.create(
        posting=posting, starts_at=at - timedelta(hours=1), ends_at=at + timedelta(hours=7)
    )


def test_accepting_sends_the_next_in_turn_where_the_category_goes_round(
    world: World, as_: Any, ticket_in: Stage
) -> None:
    Category.objects.filter(pk=world.pipes.pk).update(dispatch="round_robin")
    on_duty(world.technician)
    on_duty(world.other_technician)
    tickets = [ticket_in("new") for _ in range(2)]
    for ticket in tickets:
        post(as_(world.dispatcher), ticket, "accept")
    assert [(t.status, t.assignee) for t in tickets] == [
        ("assigned", world.technician),
        ("assigned", world.other_technician),
    ]


def test_nobody_on_duty_leaves_it_to_the_desk(world: World, as_: Any, ticket_in: Stage) -> None:
    Category.objects.filter(pk=world.pipes.pk).update(dispatch="round_robin")
    ticket = ticket_in("new")
    post(as_(world.dispatcher), ticket, "accept")
    assert (ticket.status, ticket.assignee) == ("accepted", None)


def test_the_page_of_dispatching_says_each_worker_s_load(
    world: World, as_: Any, ticket_in: Stage
) -> None:
    make.make_ticket(world.pipes, status="assigned", assignee=world.technician)
    page = as_(world.dispatcher).get(f"/repairs/{ticket_in('accepted').number}/dispatch/")
    choices = [str(words) for _value, words in page.context["form"].fields["worker"].choices]
    assert choices == ["other_technician · 0 open", "technician · 1 open"]


def test_a_resident_is_no_worker(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("accepted")
    answer = post(as_(world.dispatcher), ticket, "dispatch", worker=world.resident.pk)
    assert (answer.status_code, ticket.status) == (200, "accepted")
    assert list(answer.context["form"].errors) == ["worker"]


def test_reassigning_ends_the_first_assignment_with_its_reason(
    world: World, as_: Any, ticket_in: Stage
) -> None:
    ticket = ticket_in("in_progress")
    post(
        as_(world.dispatcher),
        ticket,
        "reassign",
        worker=world.other_technician.pk,
        reason="请假",
    )
    assert [(a.worker, a.reason, a.ended_at is None) for a in Assignment.objects.all()] == [
        (world.technician, "请假", False),
        (world.other_technician, "", True),
    ]


def test_a_higher_priority_shortens_both_deadlines_from_the_same_start(
    world: World, as_: Any, ticket_in: Stage
) -> None:
    Category.objects.filter(pk=world.pipes.pk).update(
        clock="always", respond_minutes=120, resolve_minutes=960
    )
    world.pipes.refresh_from_db()
    ticket = ticket_in("new")
    post(as_(world.dispatcher), ticket, "prioritise", priority="urgent")
    start = ticket.clock_from
    assert (ticket.respond_by - start, ticket.resolve_by - start) == (
        timedelta(minutes=60),
        timedelta(minutes=480),
    )


def test_merging_moves_reporter_and_followers(world: World, as_: Any, ticket_in: Stage) -> None:
    target = make.make_ticket(world.pipes, unit=world.next_door, reporter=world.neighbour)
    ticket = ticket_in("new")
    post(as_(world.dispatcher), ticket, "merge", into=target.number.lower())
    assert (ticket.status, ticket.merged_into) == ("merged", target)
    assert [follow.user for follow in Follow.objects.filter(ticket=target)] == [world.resident]
    assert told("merge") == HOME


def test_nobody_is_merged_into_somebodys_private_ticket(
    world: World, as_: Any, ticket_in: Stage
) -> None:
    target = make.make_ticket(
        world.pipes, unit=world.next_door, reporter=world.neighbour, private=True
    )
    ticket = ticket_in("new")
    answer = as_(world.dispatcher).post(f"/repairs/{ticket.number}/merge/", {"into": target.number})
    ticket.refresh_from_db()
    assert (answer.status_code, ticket.status) == (200, "new")
    assert not Follow.objects.filter(ticket=target).exists()


def test_a_ticket_of_another_estate_is_no_target(world: World, as_: Any, ticket_in: Stage) -> None:
    far = make.make_ticket(world.far_pipes)
    answer = post(as_(world.dispatcher), ticket_in("new"), "merge", into=far.number)
    assert list(answer.context["form"].errors) == ["into"]


def test_a_return_visit_is_recorded_once(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("closed")
    post(as_(world.dispatcher), ticket, "return_visit", words="满意")
    assert ticket.return_visit_words == "满意"
    too_late(as_, world.dispatcher, ticket, "return_visit", {"words": "满意"})
    assert Entry.objects.filter(code="repairs.ticket.return_visit").count() == 1
