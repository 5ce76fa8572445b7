"""Home, for each role in one screen: what it shows, and that its numbers are those of the lists."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from estates.models import Claim
from portal import homes
from tests import factories as make
from tests.people import World

AsUser = Callable[[User | None], Client]


@pytest.fixture
def tickets(world: World) -> dict[str, Any]:
    """One of each kind that homes speak of, and one in the other estate."""
    at = timezone.now()
    mine = {"unit": world.home, "reporter": world.resident}
    theirs = {"unit": world.next_door, "reporter": world.neighbour}
    work = {"assignee": world.technician, "responded_at": at}
    return {
        "new": make.make_ticket(world.pipes, title="new one", **theirs),
        "late": make.make_ticket(
            world.pipes, title="late one", reported_at=at - timedelta(days=9), **theirs
        ),
        "accepted": make.make_ticket(world.pipes, title="accepted one", status="accepted", **mine),
        "job": make.make_ticket(world.pipes, title="job", status="in_progress", **mine, **work),
        "resolved": make.make_ticket(
            world.pipes, title="mended", status="resolved", resolved_at=at, **mine, **work
        ),
        "far": make.make_ticket(
            world.far_pipes, title="far one", unit=world.far_home, reporter=world.stranger
        ),
    }


def home(as_: AsUser, user: User | None) -> Any:
    return as_(user).get("/")


def titles(rows: list[Any]) -> list[str]:
    return [row.title for row in rows]


def template(response: Any) -> str:
    return str(response.templates[0].name)


def test_nobody_is_welcomed_with_the_number_to_call(world: World, as_: AsUser) -> None:
    world.court.phone = "028-85551234"
    world.court.save(update_fields=["phone"])
    page = home(as_, None)
    assert template(page) == "portal/landing.html"
    assert page.context["numbers"] == [world.court]
    assert 'href="tel:028-85551234"' in page.content.decode()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("resident", "resident"),
        ("stranger", "resident"),
        ("dispatcher", "desk"),
        ("desk", "desk"),
        ("manager", "desk"),
        ("admin", "desk"),
        ("technician", "technician"),
        ("inspector", "resident"),
    ],
)
def test_each_role_has_its_home(world: World, as_: AsUser, name: str, expected: str) -> None:
    page = home(as_, getattr(world, name))
    assert page.status_code == 200
    assert template(page) == f"portal/{expected}.html"


def test_residents_see_their_own_with_what_asks_them_on_top(
    world: World, as_: AsUser, tickets: dict[str, Any]
) -> None:
    page = home(as_, world.resident)
    rows = [ticket for ticket, _photo in page.context["tickets"]]
    assert titles(rows) == ["mended", "job", "accepted one"]
    listed = as_(world.resident).get("/repairs/?state=open").context["counts"]["open"]
    assert page.context["under_way"] == listed == 3


def test_strangers_see_nothing_of_this_estate(
    world: World, as_: AsUser, tickets: dict[str, Any]
) -> None:
    page = home(as_, world.stranger)
    assert titles([ticket for ticket, _photo in page.context["tickets"]]) == ["far one"]
    assert page.context["estates"] == [world.garden]


def test_the_desk_s_numbers_are_those_of_the_queue(
    world: World, as_: AsUser, tickets: dict[str, Any]
) -> None:
    client = as_(world.dispatcher)
    numbers = client.get("/").context["numbers"]
    assert {key: number for _label, _url, key, number in numbers} == {
        "to_accept": 2,
        "to_dispatch": 1,
        "overdue": 1,
        "at_work": 1,
        "on_hold": 0,
        "to_confirm": 1,
    }
    for _label, url, key, number in numbers:
        assert len(client.get(url).context["rows"]) == number, key


def test_the_desk_sees_what_is_late_and_untaken(
    world: World, as_: AsUser, tickets: dict[str, Any]
) -> None:
    page = home(as_, world.dispatcher)
    assert titles(page.context["late"]) == ["late one"]
    assert titles(page.context["untaken"]) == ["accepted one"]
    assert page.context["loads"] == []


def test_the_manager_sees_who_has_how_much(
    world: World, as_: AsUser, tickets: dict[str, Any]
) -> None:
    loads = home(as_, world.manager).context["loads"]
    assert [(load["name"], load["open"], load["most"]) for load in loads] == [("technician", 1, 1)]


def test_claims_that_wait_are_counted(world: World, as_: AsUser) -> None:
    Claim.objects.create(user=world.stranger, unit=world.home, method="staff")
    assert home(as_, world.desk).context["claims"] == 1
    assert home(as_, world.outsider).context["claims"] == 0


def test_technicians_see_their_jobs_and_what_they_may_take(
    world: World, as_: AsUser, tickets: dict[str, Any]
) -> None:
    world.pipes.dispatch = "pool"
    world.pipes.save(update_fields=["dispatch"])
    page = home(as_, world.technician)
    jobs = as_(world.technician).get("/repairs/jobs/").context
    assert titles(page.context["jobs"]) == ["job"] == titles([job.ticket for job in jobs["mine"]])
    assert page.context["pool"] == len(jobs["pool"]) == 1


def test_a_resident_without_a_home_is_told_how_to_claim_one(world: World, as_: AsUser) -> None:
    newcomer = make.make_user("newcomer", language="en")
    assert "Claim my home" in home(as_, newcomer).content.decode()
    Claim.objects.create(user=newcomer, unit=world.home, method="staff")
    assert "looking at your claim" in home(as_, newcomer).content.decode()


def test_whoever_works_and_lives_here_changes_sides(world: World, as_: AsUser) -> None:
    make.make_occupant(world.next_door, world.technician)
    client = as_(world.technician)
    assert template(client.get("/")) == "portal/technician.html"
    assert client.post("/switch/", {"shell": "resident"}).status_code == 302
    assert template(client.get("/")) == "portal/resident.html"
    client.post("/switch/", {"shell": "staff"})
    assert template(client.get("/")) == "portal/technician.html"
    assert client.get("/switch/", {"shell": "resident"}).url == "/"
    assert template(client.get("/")) == "portal/technician.html"


def test_the_manifest_names_icons_that_exist(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    for icon in answer.json()["icons"]:
        name = icon["src"].removeprefix("/static/")
        assert (settings.BASE_DIR / "static" / name).exists()


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        # The session and all that the bars say are cached. Of everybody: user, postings, homes.
        # then homes with their address, estates, tiles, tickets, their files, their number
        ("resident", 9),
        # the queue's numbers, claims, late, untaken
        ("dispatcher", 7),
        # and who has how much
        ("manager", 8),
        # jobs, the pool
        ("technician", 5),
    ],
)
def test_a_home_costs_the_same_for_one_and_for_many(
    world: World,
    as_: AsUser,
    tickets: dict[str, Any],
    django_assert_num_queries: DjangoAssertNumQueries,
    name: str,
    queries: int,
) -> None:
    client = as_(getattr(world, name))
    client.get("/")
    with django_assert_num_queries(queries):
        client.get("/")
    for status in ("new", "accepted"):
        make.make_ticket(world.pipes, status=status, unit=world.home, reporter=world.resident)
    with django_assert_num_queries(queries):
        client.get("/")


def test_the_first_visit_is_light(world: World, as_: AsUser, tickets: dict[str, Any]) -> None:
    """The page and all it loads, gzipped (whitenoise sends brotli, which is smaller): ≤ 150 KB."""
    page = home(as_, world.resident).content
    files = set(re.findall(r'(?:src|href)="/static/([^"#]+)', page.decode()))
    assert {"css/banyan.css", "vendor/bootstrap.min.css", "icons.svg"} <= files
    loaded = [(settings.BASE_DIR / "static" / name).read_bytes() for name in files]
    assert sum(len(gzip.compress(data)) for data in (page, *loaded)) <= 150 * 1024


def test_the_front_door_knows_no_more_than_names_and_phones(world: World) -> None:
    assert homes.landing() == {"estates": [world.court, world.garden], "numbers": []}
