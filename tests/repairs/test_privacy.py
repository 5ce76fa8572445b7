"""What a person takes along of their repairs, and what goes when they leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.services import erase
from attachments.models import Comment
from audit.models import Entry
from estates.models import SavedView
from repairs import services
from repairs.models import Follow, Ticket
from tests import factories as make
from tests.people import World
from tests.repairs.conftest import Stage

CONTACT = {"on_behalf_of": "奶奶", "contact_name": "林秀英", "contact_phone": "13812342207"}
NO_CONTACT = {"on_behalf_of": "", "contact_name": "", "contact_phone": ""}


def contact(ticket: Ticket) -> dict[str, str]:
    return {name: getattr(ticket, name) for name in CONTACT}


def next_door(world: World, at: datetime) -> Ticket:
    """The neighbour's ticket, with the neighbour's contact and words."""
    ticket = services.report(
        actor=world.neighbour,
        at=at,
        category=world.pipes,
        unit=world.next_door,
        description="天花板滴水",
        may_enter=True,
        **CONTACT,
    )
    return services.comment(ticket, body="邻居的话", actor=world.neighbour, at=at)


def exported(as_: Any, person: Any) -> dict[str, Any]:
    data: dict[str, Any] = as_(person).post("/accounts/export/").json()["repairs"]
    return data


def test_one_takes_along_what_is_one_s_own(world: World, as_: Any, ticket_in: Stage) -> None:
    at = timezone.now()
    next_door(world, at)
    ticket = ticket_in("closed", may_enter=True, **CONTACT)
    services.comment(ticket, body="阀门在柜子里", actor=world.resident, at=at)
    services.comment(ticket, body="已经约好", actor=world.dispatcher, at=at)
    services.rate(ticket, rating=4, words="不错", actor=world.resident, at=at)
    data = exported(as_, world.resident)
    [mine], [rating], [comment] = data["tickets"], data["ratings"], data["comments"]
    assert {name: value for name, value in mine.items() if not name.endswith("_at")} == {
        "place": ticket.where,
        "number": ticket.number,
        "title": "水槽下面漏水",
        "description": "水槽下面漏水",
        "status": "closed",
        "windows": [],
        "visit_from": None,
        "visit_to": None,
        "may_enter": True,
        "private": False,
        **CONTACT,
    }
    assert {name for name in mine if name.endswith("_at")} == {
        "reported_at",
        "resolved_at",
        "closed_at",
    }
    assert (rating["number"], rating["rating"], rating["rating_words"]) == (
        ticket.number,
        4,
        "不错",
    )
    assert (comment["ticket"], comment["body"]) == (ticket.number, "阀门在柜子里")
    assert data["follows"] == []


def test_stars_of_the_household_go_with_who_gave_them(
    world: World, as_: Any, ticket_in: Stage
) -> None:
    make.make_occupant(world.home, world.neighbour)
    ticket = ticket_in("closed")
    services.rate(ticket, rating=2, actor=world.neighbour, at=timezone.now())
    assert exported(as_, world.resident)["ratings"] == []
    [rating] = exported(as_, world.neighbour)["ratings"]
    assert (rating["number"], rating["rating"]) == (ticket.number, 2)
    assert exported(as_, world.neighbour)["tickets"] == []


def test_erasing_leaves_the_report_without_a_contact(world: World, ticket_in: Stage) -> None:
    at = timezone.now()
    theirs = next_door(world, at)
    ticket = ticket_in("closed", may_enter=True, private=True, **CONTACT)
    services.comment(ticket, body="阀门在柜子里", actor=world.resident, at=at)
    services.rate(ticket, rating=4, words="不错", actor=world.resident, at=at)
    for person in (world.resident, world.neighbour):
        Follow.objects.create(ticket=ticket, user=person)
        SavedView.objects.create(user=person, desk="repairs.ticket", name="漏水", query="q=漏水")
    erase(world.resident, actor=world.resident, at=at)

    ticket.refresh_from_db()
    assert contact(ticket) == NO_CONTACT
    assert (ticket.may_enter, ticket.private, ticket.status) == (False, True, "closed")
    assert (ticket.description, ticket.rating_words) == ("水槽下面漏水", "不错")
    assert Comment.objects.for_row(ticket).get().body == "阀门在柜子里"
    assert Follow.objects.get().user == world.neighbour
    assert SavedView.objects.get().user == world.neighbour

    theirs.refresh_from_db()
    assert (contact(theirs), theirs.may_enter) == (CONTACT, True)


def test_the_log_keeps_no_contact(world: World) -> None:
    """It is append-only and outlives an erased account."""
    ticket = make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)
    at = timezone.now()
    services.amend(ticket, contact_phone="13800000001", actor=world.resident, at=at)
    entry = Entry.objects.for_row(ticket).get(code="repairs.ticket.amend")
    assert (entry.before, entry.after) == ({"contact_phone": ""}, {"contact_phone": "•••"})
