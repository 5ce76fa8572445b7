"""Nobody writes over what they did not see: two tabs of a register, of a verb."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from estates.models import Occupant, Posting
from repairs import services
from repairs.models import Ticket
from tests import factories as make
from tests.people import World

SignIn = Callable[[User | None], Client]
AT = timezone.now()
PHONE = "+8613800000001"


@pytest.fixture(autouse=True)
def in_english(world: World) -> None:
    User.objects.update(language="en")


def version_in(page: Any) -> str:
    found = re.search(r'name="version" value="([^"]+)"', page.content.decode())
    assert found, "the form carries no version"
    return found[1]


# --- registers


def test_an_old_tab_does_not_revive_an_ended_posting(world: World, as_: SignIn) -> None:
    posting = Posting.objects.get(user=world.technician)
    url = reverse("estates:postings-edit", args=[posting.pk])
    boss = as_(world.manager)
    old = {"estate": world.court.pk, "duty": "technician", "trades": ["lift"], "to_date": ""}
    old["version"] = version_in(boss.get(url))
    boss.post(reverse("estates:postings-remove", args=[posting.pk]))
    posting.refresh_from_db()
    ended, before = posting.to_date, Entry.objects.count()
    answer = boss.post(url, old)
    posting.refresh_from_db()
    assert (answer.status_code, posting.to_date, Entry.objects.count()) == (409, ended, before)
    assert "manager has changed “to” meanwhile" in answer.content.decode()


def test_what_was_typed_is_kept_and_saved_once_the_change_was_seen(
    world: World, as_: SignIn
) -> None:
    url = reverse("estates:units-edit", args=[world.home.pk])
    data = {"entrance": world.home.entrance.pk, "number": "1204", "use": "home", "state": "let"}
    mine, theirs = as_(world.manager), as_(world.admin)
    shown = version_in(mine.get(url))
    assert theirs.post(url, {**data, "floor": 11, "version": shown}).status_code == 302
    answer = mine.post(url, {**data, "floor": 13, "version": shown})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "admin has changed “floor” meanwhile" in text
    assert 'value="13"' in text
    again = mine.post(url, {**data, "floor": 13, "version": version_in(answer)})
    world.home.refresh_from_db()
    assert (again.status_code, world.home.floor) == (302, 13)


def test_what_a_form_did_not_show_does_not_count(world: World, as_: SignIn) -> None:
    row = Occupant.objects.get(user=world.resident)
    url = reverse("estates:occupants-edit", args=[row.pk])
    shown = version_in(as_(world.desk).get(url))
    Occupant.objects.filter(pk=row.pk).update(leaving_on=timezone.localdate())
    sent = {"unit": world.home.pk, "name": "林女士", "relation": "owner", "version": shown}
    assert as_(world.desk).post(url, sent).status_code == 302


def test_a_number_that_is_not_shown_cannot_be_worked_out(world: World, as_: SignIn) -> None:
    """Two rows with one number say different things, and neither holds it."""
    first = Occupant.objects.get(user=world.resident)
    second = make.make_occupant(world.home, name="邻居", phone=PHONE)
    Occupant.objects.filter(pk=first.pk).update(phone=PHONE)
    pages = [
        as_(world.desk).get(reverse("estates:occupants-edit", args=[row.pk]))
        for row in (first, second)
    ]
    digests = {
        dict(part.split("=") for part in version_in(page).split(","))["phone"] for page in pages
    }
    assert len(digests) == 2
    assert all(PHONE[3:] not in page.content.decode() for page in pages)


# --- verbs


@pytest.fixture
def ticket(world: World) -> Ticket:
    return make.make_ticket(
        world.pipes, unit=world.home, reporter=world.resident, contact_phone=PHONE
    )


def page_of(ticket: Ticket, verb: str) -> str:
    return reverse(f"repairs:ticket-{verb}", args=[ticket.number])


def test_amending_does_not_put_back_a_phone_that_the_desk_corrected(
    world: World, ticket: Ticket, as_: SignIn
) -> None:
    resident = as_(world.resident)
    shown = version_in(resident.get(page_of(ticket, "amend")))
    services.amend(ticket, contact_phone="+8613900000009", actor=world.desk, at=AT)
    sent = {"description": "还在漏", "contact_phone": PHONE, "version": shown}
    answer = resident.post(page_of(ticket, "amend"), sent)
    ticket.refresh_from_db()
    assert (answer.status_code, ticket.contact_phone) == (409, "+8613900000009")
    text = answer.content.decode()
    assert "desk has changed “contact&#x27;s phone” meanwhile" in text
    assert "还在漏" in text
    again = resident.post(page_of(ticket, "amend"), {**sent, "version": version_in(answer)})
    ticket.refresh_from_db()
    assert (again.status_code, ticket.contact_phone) == (302, PHONE)


def test_a_priority_that_changed_meanwhile_does_not_stop_the_resident(
    world: World, ticket: Ticket, as_: SignIn
) -> None:
    resident = as_(world.resident)
    shown = version_in(resident.get(page_of(ticket, "amend")))
    services.prioritise(ticket, priority="urgent", actor=world.desk, at=AT)
    sent = {"description": "还在漏", "contact_phone": PHONE, "version": shown}
    assert resident.post(page_of(ticket, "amend"), sent).status_code == 302


def test_two_desks_do_not_send_two_technicians_over_one_another(
    world: World, ticket: Ticket, as_: SignIn
) -> None:
    services.accept(ticket, actor=world.desk, at=AT)
    services.dispatch(ticket, worker=world.technician, actor=world.desk, at=AT)
    third = make.make_user("third")
    make.make_posting(third, world.court, "technician", trades=["plumbing"])
    desk = as_(world.dispatcher)
    shown = version_in(desk.get(page_of(ticket, "reassign")))
    services.reassign(ticket, worker=third, reason="忙", actor=world.desk, at=AT)
    sent = {"worker": world.other_technician.pk, "reason": "近", "version": shown}
    answer = desk.post(page_of(ticket, "reassign"), sent)
    ticket.refresh_from_db()
    assert (answer.status_code, ticket.assignee) == (409, third)
    assert "desk has changed “technician” meanwhile" in answer.content.decode()


def test_whoever_comes_too_late_hears_that_first(world: World, ticket: Ticket, as_: SignIn) -> None:
    resident = as_(world.resident)
    shown = version_in(resident.get(page_of(ticket, "amend")))
    services.amend(ticket, contact_phone="+8613900000009", actor=world.desk, at=AT)
    services.cancel(ticket, actor=world.desk, at=AT)
    answer = resident.post(page_of(ticket, "amend"), {"description": "x", "version": shown})
    assert answer.status_code == 409
    assert "desk was first" in answer.content.decode()


@pytest.mark.parametrize("verb", ["comment", "cancel", "urge"])
def test_verbs_that_add_carry_nothing(world: World, ticket: Ticket, as_: SignIn, verb: str) -> None:
    page = as_(world.resident).get(page_of(ticket, verb))
    assert 'name="version"' not in page.content.decode()
