"""A posting for a community opens its estates and no other, at every door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from estates.models import Community, Estate, Posting
from estates.standing import communities_staffed, duties_of
from notifications.models import Message
from repairs import services
from repairs.models import Ticket
from repairs.querysets import watchers
from tests import factories as make
from tests.everything import Rows, build_rows, only, people, shown_models
from tests.people import World
from tests.routes_kwargs import kwargs_of
from tests.routes_table import ROUTES
from tests.test_routes import answer_of

SignIn = Callable[[User | None], Client]
DUTIES = Posting.Duty.values
# A person's own rows, and those of the two postings themselves.
OWN = {"estates.Posting", "notifications.Message"}


@pytest.fixture
def rows(world: World) -> Rows:
    return build_rows(world)


@pytest.fixture
def terrace(world: World) -> Estate:
    """Another estate of the same community, with a ticket."""
    estate = make.make_estate("terrace", community=world.court.community)
    pipes = make.make_category(estate, "pipes", trade="plumbing")
    make.make_ticket(pipes, unit=make.make_unit(estate, "1 栋", "", "101"))
    return estate


def posted(name: str, duty: str, *where: Estate | Community) -> User:
    user = make.make_user(name)
    trades = ["plumbing"] if duty == "technician" else []
    for one in where:
        make.make_posting(user, one, duty, trades=trades)
    return user


# Grids and organisations belong to a community: its own manager founds them.
BY_FOUNDING = (
    *("grids:", "grid-", "parties:", "volunteers:", "membership-", "events:", "event-", "slot-"),
)
FOUNDED = {"grids.Grid", "grids.GridPosting", "grids.Rhythm", "parties.OrganisationPost"} | {
    *("volunteers.Membership", "events.Event", "events.Task", "events.SeasonalTemplate"),
    *("events.Service", "events.Slot", "events.Question", "events.Scan"),
}


@pytest.fixture(params=DUTIES)
def pair(request: pytest.FixtureRequest, world: World, terrace: Estate) -> tuple[User, User]:
    """One posted for the community, one for each of its estates."""
    duty = str(request.param)
    of_community = posted("of_community", duty, world.court.community)
    return of_community, posted("of_estates", duty, world.court, terrace)


def test_it_shows_what_a_posting_at_each_of_its_estates_shows(
    world: World, rows: Rows, pair: tuple[User, User]
) -> None:
    seen: list[dict[str, set[int]]] = [
        {
            label: set(model._default_manager.visible_to(user).values_list("pk", flat=True))
            for label, model in shown_models().items()
            if label not in OWN and label != "accounts.User" and label not in FOUNDED
        }
        for user in pair
    ]
    assert seen[0] == seen[1]
    assert seen[0]["estates.Estate"] == {world.court.pk, Estate.objects.get(code="terrace").pk}
    assert world.garden.community_id not in seen[0]["estates.Community"]


# What rows they see is asked of all duties above; a manager meets nearly every page, these two
# every kind of one.
@pytest.mark.parametrize(
    "pair", ["manager", pytest.param("technician", marks=pytest.mark.soak)], indirect=True
)
def test_every_page_and_address_of_the_api_answers_alike(
    world: World, rows: Rows, pair: tuple[User, User], as_: SignIn
) -> None:
    # An address that only acts answers 405 to whoever asks.
    pages = [name for name, codes in ROUTES.items() if "405" not in codes]
    routes = [name for name in pages if not name.startswith(BY_FOUNDING)]
    urls = {name: reverse(name, kwargs=kwargs_of(name, world, rows)) for name in routes}
    clients = [as_(user) for user in pair]
    answers = [
        {name: answer_of(client, "get", url) for name, url in urls.items()} for client in clients
    ]
    assert answers[0] == answers[1]


def test_every_verb_is_open_alike(world: World, rows: Rows, pair: tuple[User, User]) -> None:
    from repairs.lives import TICKET

    at = timezone.now()
    for status in Ticket.Status.values:
        ticket = Ticket.objects.get(pk=rows.ticket.pk)
        ticket.status = status
        here, there = (TICKET.open_to(ticket, user, at=at) for user in pair)
        assert here == there


def test_its_people_are_told_as_the_estate_s_are(
    world: World, rows: Rows, pair: tuple[User, User]
) -> None:
    watching = {user.username for user in people(watchers(only(rows.ticket)))}
    assert len(watching & {"of_community", "of_estates"}) in (0, 2)
    services.urge(rows.ticket, actor=world.resident, at=timezone.now())
    told = {m.recipient.username for m in Message.objects.filter(kind="repairs.ticket.urge")}
    assert len(told & {"of_community", "of_estates"}) in (0, 2)


def test_it_ends_with_its_last_day(world: World, terrace: Estate) -> None:
    user = posted("of_community", "manager", world.court.community)
    yesterday = timezone.localdate() - timedelta(days=1)
    Posting.objects.filter(user=user).update(from_date=None, to_date=yesterday)
    assert duties_of(user) == {}
    assert not Ticket.objects.visible_to(user).exists()


def test_an_estate_that_joins_is_open_at_once(world: World) -> None:
    user = posted("of_community", "manager", world.court.community)
    late = make.make_estate("late", community=world.court.community)
    assert set(duties_of(user)) == {world.court.pk, late.pk}
    assert communities_staffed(user, "manager") == {world.court.community_id}
    assert communities_staffed(user, "technician") == set()


def test_a_technician_of_the_community_is_sent_to_each_estate_once(
    world: World, terrace: Estate
) -> None:
    user = posted("of_both", "technician", world.court.community, world.court)
    crew = services.crews([world.court.pk, terrace.pk], timezone.now())
    assert [one.username for one in crew[terrace.pk]] == ["of_both"]
    assert [one.username for one in crew[world.court.pk]].count("of_both") == 1
    ticket = Ticket.objects.get(estate=terrace)
    services.accept(ticket, actor=world.admin, at=timezone.now())
    services.dispatch(ticket, worker=user, actor=world.admin, at=timezone.now())
    ticket.refresh_from_db()
    assert ticket.assignee == user


# --- who may give one


def sent(**fields: Any) -> dict[str, Any]:
    return {"who": "inspector", "duty": "desk", **fields}


def test_only_its_own_manager_posts_for_a_community(
    world: World, terrace: Estate, as_: SignIn
) -> None:
    url = reverse("estates:postings-new")
    overseer = posted("overseer", "manager", world.court.community)
    community = world.court.community_id
    of_estate = as_(world.manager).post(url, sent(community=community))
    assert (of_estate.status_code, Posting.objects.filter(duty="desk").count()) == (422, 1)
    both = as_(overseer).post(url, sent(community=community, estate=terrace.pk))
    neither = as_(overseer).post(url, sent())
    other = as_(overseer).post(url, sent(community=world.garden.community_id))
    assert [one.status_code for one in (both, neither, other)] == [422] * 3
    assert "Choose an estate or a community, one of them." in both.content.decode()
    assert as_(overseer).post(url, sent(community=community)).status_code == 302
    assert Posting.objects.get(duty="desk", community=community).user == world.inspector


def test_the_manager_of_an_estate_does_not_end_the_community_s_posting(
    world: World, as_: SignIn
) -> None:
    overseer = posted("overseer", "manager", world.court.community)
    posting = Posting.objects.get(user=overseer)
    url = reverse("estates:postings-remove", args=[posting.pk])
    assert as_(world.manager).post(url).status_code == 403
    assert as_(world.outsider).post(url).status_code == 404
    # Nobody puts themselves out of their own hands by an edit, but ending one's own posting is one.
    posting.refresh_from_db()
    assert posting.to_date is None


def test_the_register_says_where_everybody_works(world: World, as_: SignIn) -> None:
    make.make_posting(world.inspector, world.court.community, "technician")
    page = as_(world.manager).get(reverse("estates:postings"))
    assert world.court.community.name in page.content.decode()
    found = as_(world.manager).get("/api/v1/postings/", {"estate": world.court.pk}).json()
    assert {(one["estate"], one["community"]) for one in found["results"]} == {
        (world.court.pk, None),
        (None, world.court.community_id),
    }
