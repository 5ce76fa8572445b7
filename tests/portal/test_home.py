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
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from estates.models import Claim, DutyShift, Posting
from portal.panels import landing
from tests import factories as make
from tests.people import World

AsUser = Callable[[User | None], Client]
HOME = {"repairs.tiles", "estates.address", "repairs.mine", "estates.emergency", "events.mine"}
HOME |= {"safety.announced"}
DESK = {"repairs.figures", "estates.claims", "repairs.late", "repairs.untaken"}
WORKS = {"estates.at_work"}
HAZARDS = {"safety.hazards"}


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


def panels(page: Any) -> dict[str, Any]:
    return {panel.name: shown for panel, shown in page.context["home"].panels}


def figures(page: Any) -> dict[str, int]:
    with translation.override("en"):
        return {str(one.label): one.number for one in page.context["home"].figures}


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
        ("resident", HOME),
        ("stranger", HOME),
        ("dispatcher", DESK | WORKS | HAZARDS),
        ("desk", DESK | WORKS | HAZARDS),
        ("manager", DESK | WORKS | {"repairs.loads", "safety.lead"}),
        ("admin", DESK | {"repairs.loads", "safety.lead", "events.plans"}),
        ("technician", {"repairs.jobs"} | WORKS | HAZARDS),
        ("inspector", {"repairs.reported", "safety.rounds"} | WORKS | HAZARDS),
    ],
)
def test_each_role_has_its_home(world: World, as_: AsUser, name: str, expected: set[str]) -> None:
    page = home(as_, getattr(world, name))
    assert page.status_code == 200
    assert set(panels(page)) == expected
    wanted = "home" if expected == HOME else "workbench"
    assert template(page) == f"portal/{wanted}.html"


def test_three_duties_make_three_parts_of_one_home(world: World, as_: AsUser) -> None:
    for duty in ("technician", "inspector"):
        make.make_posting(world.dispatcher, world.court, duty, trades=["plumbing"])
    shown = home(as_, world.dispatcher)
    assert set(panels(shown)) == DESK | WORKS | HAZARDS | {
        "repairs.jobs",
        "repairs.reported",
        "safety.rounds",
    }
    assert list(figures(shown))[-3:] == ["My jobs", "To be taken", "Reported by me, under way"]


def test_an_inspector_reports_and_sees_what_became_of_it(
    world: World, as_: AsUser, tickets: dict[str, Any]
) -> None:
    make.make_ticket(world.pipes, reporter=world.inspector, title="seen on the way")
    page = home(as_, world.inspector)
    assert titles(panels(page)["repairs.reported"]["tickets"]) == ["seen on the way"]
    assert page.context["home"].action.url == "/repairs/new/"
    (figure,) = page.context["home"].figures
    listed = as_(world.inspector).get(figure.url).context["counts"]["open"]
    assert figure.number == listed == 1


def test_who_is_at_work_can_be_seen(world: World, as_: AsUser) -> None:
    at = timezone.now()
    posting = Posting.objects.get(user=world.technician)
    hours = {"starts_at": at - timedelta(hours=1), "ends_at": at + timedelta(hours=1)}
    shift = DutyShift.objects.create(posting=posting, **hours)
    assert panels(home(as_, world.inspector))["estates.at_work"]["shifts"] == [shift]
    assert panels(home(as_, world.technician))["estates.at_work"]["shifts"] == []
    assert panels(home(as_, world.outsider))["estates.at_work"]["shifts"] == []
    DutyShift.objects.update(called_off_at=at)
    assert panels(home(as_, world.inspector))["estates.at_work"]["shifts"] == []


def test_residents_see_their_own_with_what_asks_them_on_top(
    world: World, as_: AsUser, tickets: dict[str, Any]
) -> None:
    page = home(as_, world.resident)
    mine = panels(page)["repairs.mine"]
    rows = [ticket for ticket, _photo in mine["tickets"]]
    assert titles(rows) == ["mended", "job", "accepted one"]
    listed = as_(world.resident).get(mine["url"]).context["counts"]["open"]
    assert mine["under_way"] == listed == 3


def test_strangers_see_nothing_of_this_estate(
    world: World, as_: AsUser, tickets: dict[str, Any]
) -> None:
    page = home(as_, world.stranger)
    rows = panels(page)["repairs.mine"]["tickets"]
    assert titles([ticket for ticket, _photo in rows]) == ["far one"]
    assert panels(page)["estates.emergency"]["estates"] == [world.garden]


def test_the_desk_s_numbers_are_those_of_the_queue(
    world: World, as_: AsUser, tickets: dict[str, Any]
) -> None:
    client = as_(world.dispatcher)
    page = client.get("/")
    assert figures(page) == {
        "To accept": 2,
        "To dispatch": 1,
        "Overdue": 1,
        "At work": 1,
        "On hold": 0,
        "To be confirmed": 1,
    }
    for figure in page.context["home"].figures:
        assert len(client.get(figure.url).context["rows"]) == figure.number, figure.label


def test_the_desk_sees_what_is_late_and_untaken(
    world: World, as_: AsUser, tickets: dict[str, Any]
) -> None:
    shown = panels(home(as_, world.dispatcher))
    assert titles(shown["repairs.late"]["tickets"]) == ["late one"]
    assert titles(shown["repairs.untaken"]["tickets"]) == ["accepted one"]


def test_the_manager_sees_who_has_how_much(
    world: World, as_: AsUser, tickets: dict[str, Any]
) -> None:
    loads = panels(home(as_, world.manager))["repairs.loads"]["loads"]
    assert [(load["name"], load["open"], load["most"]) for load in loads] == [("technician", 1, 1)]


def test_claims_that_wait_are_counted(world: World, as_: AsUser) -> None:
    Claim.objects.create(user=world.stranger, unit=world.home, method="staff")
    page = home(as_, world.desk)
    (waiting,) = panels(page)["estates.claims"]["figures"]
    listed = as_(world.desk).get(waiting.url).context["page"].paginator.count
    assert waiting.number == listed == 1
    assert "Claims of homes" not in figures(home(as_, world.outsider))


def test_technicians_see_their_jobs_and_what_they_may_take(
    world: World, as_: AsUser, tickets: dict[str, Any]
) -> None:
    world.pipes.dispatch = "pool"
    world.pipes.save(update_fields=["dispatch"])
    page = home(as_, world.technician)
    jobs = as_(world.technician).get("/repairs/jobs/").context
    mine = panels(page)["repairs.jobs"]["tickets"]
    assert titles(mine) == ["job"] == titles([job.ticket for job in jobs["mine"]])
    assert figures(page) == {"My jobs": len(jobs["mine"]), "To be taken": len(jobs["pool"])}
    assert len(jobs["pool"]) == 1


def test_a_resident_without_a_home_is_told_how_to_claim_one(world: World, as_: AsUser) -> None:
    newcomer = make.make_user("newcomer", language="en")
    assert "Claim my home" in home(as_, newcomer).content.decode()
    Claim.objects.create(user=newcomer, unit=world.home, method="staff")
    assert "looking at your claim" in home(as_, newcomer).content.decode()


def test_whoever_works_and_lives_here_changes_sides(world: World, as_: AsUser) -> None:
    make.make_occupant(world.next_door, world.technician)
    client = as_(world.technician)
    assert template(client.get("/")) == "portal/workbench.html"
    assert client.post("/switch/", {"shell": "resident"}).status_code == 302
    assert template(client.get("/")) == "portal/home.html"
    client.post("/switch/", {"shell": "staff"})
    assert template(client.get("/")) == "portal/workbench.html"
    assert client.get("/switch/", {"shell": "resident"})["Location"] == "/"
    assert template(client.get("/")) == "portal/workbench.html"


def test_the_manifest_names_icons_that_exist(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    for icon in answer.json()["icons"]:
        name = icon["src"].removeprefix("/static/")
        assert (settings.BASE_DIR / "static" / name).exists()


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        # The session and all that the bars say are cached. Of everybody: user, where they stand.
        # Lists are two statements: the keys, then the rows with what is shown of them.
        # then what they follow, the home's address, estates, tiles, tickets, files, their number,
        # drills
        ("resident", 12),
        # the queue's numbers, claims, late, untaken, who is at work, hazards
        ("dispatcher", 10),
        # and who has how much; the rounds of today and hazards are one
        ("manager", 11),
        # no posting; the estates that the desk handles
        ("admin", 12),
        # what they follow, their trades' categories, jobs, the pool, who is at work, hazards
        ("technician", 8),
        # what they follow, what was reported and its number, rounds, who is at work, hazards
        ("inspector", 8),
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
    assert landing() == {"estates": [world.court, world.garden], "numbers": []}
