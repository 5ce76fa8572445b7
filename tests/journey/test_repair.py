"""A leaking pipe from report to rating: five people at five browsers, with script and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from attachments.services import of
from repairs.models import Ticket
from tests.attachments.conftest import stored  # noqa: F401
from tests.factories import PASSWORD
from tests.people import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
Open = Callable[..., Page]


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def open_as(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer
) -> Iterator[Open]:
    """A browser of one's own, signed in at the sign-in page."""
    contexts = []

    def sign_in(user: User, viewport: dict[str, int] = PHONE) -> Page:
        user.language = "en"
        user.set_password(PASSWORD)
        user.save()
        context = browser.new_context(
            base_url=live_server.url,
            viewport=viewport,
            locale="en",
            java_script_enabled=request.param,
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(user.username)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/login/" not in url)
        return page

    yield sign_in
    for context in contexts:
        context.close()


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "under-the-sink.jpg", tmp_path / "the-valve.jpg"]
    for path, colour in zip(paths, ("teal", "brown"), strict=True):
        Image.new("RGB", (640, 480), colour).save(path)
    return paths


def test_a_leaking_pipe(world: World, open_as: Open, photos: list[Path]) -> None:
    at_home = open_as(world.resident)
    ticket = report(at_home, photos)
    assert (ticket.status, ticket.unit, of(ticket).count()) == ("new", world.home, 2)

    at_the_desk = open_as(world.dispatcher, DESK)
    accept_and_dispatch(at_the_desk, ticket)
    assert state(ticket) == ("assigned", world.technician)

    on_the_way = open_as(world.technician)
    start_and_finish(on_the_way, ticket)
    assert state(ticket) == ("resolved", world.technician)

    managing = open_as(world.manager, DESK)
    managing.goto(ticket.get_absolute_url())
    expect(managing.get_by_text("Changed the valve core.").first).to_be_visible()

    nobodys_business(open_as(world.neighbour), ticket)
    nobodys_business(open_as(world.stranger), ticket)

    confirm_and_rate(at_home, ticket)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.rating, ticket.rating_words) == ("closed", 5, "Quick and clean")


def report(page: Page, photos: list[Path]) -> Ticket:
    page.goto("/repairs/")
    page.get_by_role("link", name="Report a repair").first.click()
    page.locator("label.tile", has_text="Leaking pipe").click()
    page.get_by_label("What happened?").fill("Water drips below the sink. A bowl stands there.")
    page.locator("input[type=file]").set_input_files(photos)
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", name="Water drips below the sink")).to_be_visible()
    expect(page.locator("main .photos img")).to_have_count(2)
    return Ticket.objects.get()


def accept_and_dispatch(page: Page, ticket: Ticket) -> None:
    page.goto("/repairs/triage/")
    page.get_by_role("link", name=ticket.title).first.click()
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("link", name="Dispatch").click()
    page.get_by_label("Technician").select_option(label="technician · 0 open")
    page.get_by_role("button", name="Dispatch").click()
    expect(page.get_by_text("sent technician")).to_be_visible()


def start_and_finish(page: Page, ticket: Ticket) -> None:
    page.goto("/repairs/jobs/")
    page.get_by_role("link", name=ticket.title).first.click()
    page.get_by_role("button", name="Start work").click()
    page.get_by_role("link", name="Finish").click()
    page.get_by_label("What was done").fill("Changed the valve core.")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("finished the work")).to_be_visible()


def confirm_and_rate(page: Page, ticket: Ticket) -> None:
    page.goto(ticket.get_absolute_url())
    page.get_by_role("link", name="Yes, it is mended").click()
    page.locator("label", has_text="5 stars").click()
    page.get_by_label("A word about the work").fill("Quick and clean")
    page.get_by_role("button", name="Yes, it is mended").click()
    expect(page.get_by_role("img", name="5 stars")).to_be_visible()


def nobodys_business(page: Page, ticket: Ticket) -> None:
    photo = of(ticket)[0]
    for url in (ticket.get_absolute_url(), photo.get_absolute_url(), photo.thumbnail_url):
        answer = page.goto(url)
        assert answer is not None
        assert answer.status == 404


def state(ticket: Ticket) -> tuple[str, User | None]:
    ticket.refresh_from_db()
    return ticket.status, ticket.assignee
