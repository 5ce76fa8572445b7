"""A posting ends at its minute, at every door; whoever held it hears of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from estates.audiences import posted
from estates.models import DutyShift, Posting
from estates.services.postings import end_posting
from notifications.models import Message
from repairs import services
from repairs.models import Ticket
from repairs.querysets import watchers
from tests import factories as make
from tests.everything import only, people
from tests.people import World
from workflow.refusals import NotAllowed, WrongState

SignIn = Callable[[User | None], Client]


def posting_of(user: User) -> Posting:
    return Posting.objects.get(user=user)


def end_url(user: User) -> str:
    return reverse("estates:postings-remove", args=[posting_of(user).pk])


def fresh(user: User) -> User:
    """As the next request reads them."""
    return User.objects.get(pk=user.pk)


def test_it_ends_at_that_minute(world: World, as_: SignIn) -> None:
    ticket = make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)
    desk, triage = as_(world.dispatcher), reverse("repairs:triage")
    assert desk.get(triage).status_code == 200
    assert as_(world.manager).post(end_url(world.dispatcher)).status_code == 302
    assert desk.get(triage).status_code == 403
    assert desk.get(ticket.get_absolute_url()).status_code == 404
    assert not Ticket.objects.visible_to(fresh(world.dispatcher)).exists()
    assert world.dispatcher not in people(watchers(only(ticket)))
    assert world.dispatcher not in people(posted(only(ticket), "estate"))
    row = posting_of(world.dispatcher)
    assert (row.to_date, row.holds_at(timezone.now())) == (timezone.localdate(), False)
    assert row.holds_at(row.ended_at - timedelta(seconds=1))


def test_whoever_held_it_hears_of_it_and_the_log_says_who_ended_it(
    world: World, as_: SignIn
) -> None:
    as_(world.manager).post(end_url(world.dispatcher))
    told = Message.objects.get(kind="estates.end_posting")
    assert told.recipient == world.dispatcher
    entry = Entry.objects.for_row(posting_of(world.dispatcher)).get()
    assert (entry.code, entry.actor) == ("estates.end_posting", world.manager)
    assert set(entry.after) == {"to_date", "ended_at"}


def test_it_ends_once(world: World, as_: SignIn) -> None:
    boss = as_(world.manager)
    assert [boss.post(end_url(world.desk)).status_code for _turn in range(2)] == [302, 409]
    assert Message.objects.filter(kind="estates.end_posting").count() == 1


@pytest.mark.parametrize(
    ("who", "code"), [("technician", 403), ("desk", 403), ("resident", 404), ("outsider", 404)]
)
def test_nobody_else_ends_it(world: World, as_: SignIn, who: str, code: int) -> None:
    url = end_url(world.dispatcher)
    assert as_(getattr(world, who)).post(url).status_code == code
    assert posting_of(world.dispatcher).ended_at is None
    with pytest.raises(NotAllowed):
        end_posting(posting_of(world.dispatcher), actor=getattr(world, who), at=timezone.now())


def test_looking_at_the_page_ends_nothing(world: World, as_: SignIn) -> None:
    page = as_(world.manager).get(end_url(world.dispatcher))
    assert page.status_code == 200
    assert posting_of(world.dispatcher).ended_at is None


def test_a_last_day_that_has_passed_is_an_end_already(world: World) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Posting.objects.filter(user=world.desk).update(to_date=yesterday)
    with pytest.raises(WrongState):
        end_posting(posting_of(world.desk), actor=world.manager, at=timezone.now())


def test_it_is_taken_back_by_an_edit_that_knows_of_it(world: World, as_: SignIn) -> None:
    boss = as_(world.manager)
    boss.post(end_url(world.dispatcher))
    url = reverse("estates:postings-edit", args=[posting_of(world.dispatcher).pk])
    answer = boss.post(url, {"estate": world.court.pk, "duty": "dispatcher", "to_date": ""})
    assert answer.status_code == 302
    assert posting_of(world.dispatcher).ended_at is None
    assert as_(world.dispatcher).get(reverse("repairs:triage")).status_code == 200


def test_nobody_is_sent_whose_posting_has_ended(world: World) -> None:
    at = timezone.now()
    world.pipes.dispatch = "round_robin"
    world.pipes.save(update_fields=["dispatch"])
    for one in (world.technician, world.other_technician):
        DutyShift.objects.create(
            posting=posting_of(one),
            starts_at=at - timedelta(hours=1),
            ends_at=at + timedelta(hours=1),
        )
    end_posting(posting_of(world.technician), actor=world.manager, at=at)
    ticket = make.make_ticket(world.pipes)
    services.accept(ticket, actor=world.manager, at=at)
    ticket.refresh_from_db()
    assert ticket.assignee == world.other_technician
    names = [one.username for one in services.crews([world.court.pk], at)[world.court.pk]]
    assert names == ["other_technician"]


def test_the_manager_may_end_the_own_posting_no_more_than_once(world: World, as_: SignIn) -> None:
    """Having ended it, they are not the manager any more."""
    boss = as_(world.manager)
    url = end_url(world.manager)
    assert [boss.post(url).status_code for _turn in range(2)] == [302, 404]
