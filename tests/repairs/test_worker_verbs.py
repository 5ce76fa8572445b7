"""What the technician does at the pages, from taking the job to its result."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from attachments.models import Attachment
from attachments.services import store
from repairs import services
from repairs.models import Assignment, Category, CostLine, Ticket
from tests import factories as make
from tests.everything import a_photo
from tests.people import World
from tests.repairs.battery import entries, told, too_late
from tests.repairs.conftest import Stage

SOON = f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}"
LATER = f"{timezone.localtime() + timedelta(days=1, hours=1):%Y-%m-%dT%H:%M}"
COST = {
    "kind": "material",
    "name": "阀芯",
    "quantity": "2",
    "unit_price": "17.50",
    "payer": "owner",
}
DESK = {"dispatcher", "manager", "desk"}


def post(client: Any, ticket: Ticket, verb: str, **data: Any) -> Any:
    answer = client.post(f"/repairs/{ticket.number}/{verb}/", data)
    ticket.refresh_from_db()
    return answer


CASES: list[tuple[str, str, str, dict[str, Any], set[str]]] = [
    ("start", "assigned", "in_progress", {}, {"resident"}),
    ("plan_visit", "assigned", "assigned", {"visit_from": SOON, "visit_to": LATER}, {"resident"}),
    ("hold", "in_progress", "on_hold", {"until": SOON, "reason": "等配件"}, {"resident"}),
    ("resolve", "in_progress", "resolved", {"resolution": "换了阀芯"}, {"resident"}),
    ("hand_back", "assigned", "accepted", {"reason": "缺工具"}, DESK),
    ("add_cost", "in_progress", "in_progress", COST, set()),
]


@pytest.mark.parametrize(("verb", "state", "to", "data", "hear"), CASES)
def test_the_technician_does_it(
    world: World,
    as_: Any,
    ticket_in: Stage,
    verb: str,
    state: str,
    to: str,
    data: dict[str, Any],
    hear: set[str],
) -> None:
    ticket = ticket_in(state)
    answer = post(as_(world.technician), ticket, verb, **data)
    assert (answer.status_code, ticket.status) == (302, to)
    assert entries(ticket)[-1] == f"repairs.ticket.{verb}"
    assert told(verb) == hear


@pytest.mark.parametrize(("verb", "state", "to", "data", "hear"), CASES)
def test_a_colleague_and_the_resident_may_not(
    world: World,
    as_: Any,
    ticket_in: Stage,
    verb: str,
    state: str,
    to: str,
    data: dict[str, Any],
    hear: set[str],
) -> None:
    ticket = ticket_in(state)
    before = entries(ticket)
    people = ("other_technician", "resident", "neighbour", "stranger")
    codes = [post(as_(getattr(world, name)), ticket, verb, **data).status_code for name in people]
    assert (codes, entries(ticket)) == ([403, 403, 404, 404], before)


def test_a_job_of_the_pool_is_taken_once(world: World, as_: Any, ticket_in: Stage) -> None:
    Category.objects.filter(pk=world.pipes.pk).update(dispatch="pool")
    ticket = ticket_in("accepted")
    post(as_(world.technician), ticket, "take")
    assert (ticket.status, ticket.assignee) == ("assigned", world.technician)
    too_late(as_, world.other_technician, ticket, "take", {})
    assert told("take") == {"resident"}


def test_without_a_pool_nobody_helps_himself(world: World, as_: Any, ticket_in: Stage) -> None:
    assert post(as_(world.technician), ticket_in("accepted"), "take").status_code == 403


def test_handing_back_frees_the_job_and_keeps_the_reason(
    world: World, as_: Any, ticket_in: Stage
) -> None:
    ticket = ticket_in("assigned")
    post(as_(world.technician), ticket, "hand_back", reason="缺工具")
    assert (ticket.assignee, Assignment.objects.get().reason) == (None, "缺工具")
    # What was ever his he still sees; the job itself is not his any more.
    assert as_(world.technician).get(f"/repairs/{ticket.number}/").status_code == 200


def test_resuming_goes_back_to_where_it_was(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("in_progress")
    technician = as_(world.technician)
    post(technician, ticket, "hold", until=SOON, reason="等配件")
    assert (ticket.status, ticket.hold_reason) == ("on_hold", "等配件")
    post(technician, ticket, "resume")
    assert (ticket.status, ticket.held_at, ticket.hold_reason) == ("in_progress", None, "")


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("hold", {"until": "2020-01-01T09:00", "reason": "等"}),
        ("plan_visit", {"visit_from": LATER, "visit_to": SOON}),
        ("plan_visit", {"visit_from": "2020-01-01T09:00", "visit_to": "2020-01-01T10:00"}),
    ],
)
def test_a_time_that_makes_no_sense_is_said_and_what_was_typed_stays(
    world: World, as_: Any, ticket_in: Stage, verb: str, data: dict[str, str]
) -> None:
    ticket = ticket_in("in_progress")
    before = entries(ticket)
    answer = post(as_(world.technician), ticket, verb, **data)
    form = answer.context["form"]
    assert (answer.status_code, len(form.non_field_errors())) == (200, 1)
    assert {name: form.data[name] for name in data} == data
    assert (ticket.status, entries(ticket)) == ("in_progress", before)


def public_job(world: World) -> Ticket:
    place = make.make_place(world.court, "地下车库 B2")
    ticket = make.make_ticket(
        world.pipes, place=place, status="in_progress", assignee=world.technician
    )
    Assignment.objects.create(ticket=ticket, worker=world.technician, started_at=timezone.now())
    return ticket


def test_a_public_place_wants_a_photo_of_the_finished_work(world: World, as_: Any) -> None:
    ticket = public_job(world)
    answer = post(as_(world.technician), ticket, "resolve", resolution="通了")
    assert (answer.status_code, ticket.status) == (200, "in_progress")
    assert answer.context["form"].data["resolution"] == "通了"


def test_the_photo_of_the_finished_work_is_kept_as_such(world: World, as_: Any) -> None:
    ticket = public_job(world)
    post(as_(world.technician), ticket, "resolve", resolution="通了", photos=a_photo())
    assert ticket.status == "resolved"
    assert [photo.stage for photo in Attachment.objects.for_row(ticket)] == ["after"]


def test_somebody_else_s_upload_cannot_be_claimed(world: World) -> None:
    ticket = public_job(world)
    foreign = store(a_photo(), by=world.resident, at=timezone.now())
    with pytest.raises(ValidationError):
        services.resolve(
            ticket,
            resolution="通了",
            photos=[foreign.key],
            actor=world.technician,
            at=timezone.now(),
        )
    ticket.refresh_from_db()
    assert ticket.status == "in_progress"


def test_costs_add_up(world: World, as_: Any, ticket_in: Stage) -> None:
    post(as_(world.technician), ticket_in("in_progress"), "add_cost", **COST)
    line = CostLine.objects.get()
    assert (line.name, line.payer, line.total) == ("阀芯", "owner", Decimal("35.00"))
