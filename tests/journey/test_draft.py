"""A form begun on the phone outlives the end of the session, and says what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from repairs import services
from repairs.models import Ticket
from tests import factories as make
from tests.factories import PASSWORD
from tests.people import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[[User], Page]


@pytest.fixture
def open_as(browser: Browser, live_server: LiveServer) -> Iterator[Open]:
    contexts = []

    def open_page(person: User) -> Page:
        person.language = "en"
        person.set_password(PASSWORD)
        person.save()
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": 390, "height": 844}, locale="en"
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("/accounts/login/")
        sign_in(page, person)
        return page

    yield open_page
    for context in contexts:
        context.close()


def sign_in(page: Page, person: User) -> None:
    page.locator("input[name=login]").fill(person.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def notices(page: Page) -> Locator:
    return page.locator("#messages .notice")


def says_once(page: Page, sentence: str) -> None:
    """Here and now, and not again on the page that is opened next."""
    expect(notices(page)).to_have_count(1)
    expect(notices(page)).to_have_class("notice success")
    expect(notices(page)).to_contain_text(sentence)
    page.reload()
    expect(page.locator("h1")).to_be_visible()
    expect(notices(page)).to_have_count(0)


def test_signed_out_meanwhile(world: World, open_as: Open) -> None:
    page = open_as(world.resident)
    page.goto("/repairs/new/")
    page.locator(".tile").first.click()
    words = page.locator("textarea[name=description]")
    words.fill("The tap drips.")
    page.context.clear_cookies(name="sessionid")
    page.locator(".act .btn-go").click()
    page.wait_for_url("**/accounts/login/?next=**")
    sign_in(page, world.resident)
    expect(words).to_have_value("The tap drips.")
    page.locator(".act .btn-go").click()
    page.wait_for_url("**/repairs/R*/")
    says_once(page, "Thank you, we have your report.")
    assert Ticket.objects.count() == 1


def test_who_reports_is_thanked_once(world: World, open_as: Open) -> None:
    page = open_as(world.resident)
    page.goto("/repairs/new/")
    page.locator(".tile").first.click()
    page.locator(".act .btn-go").click()
    expect(page.locator("#main [aria-invalid=true]").first).to_be_visible()
    expect(notices(page)).to_have_count(0)
    page.locator("textarea[name=description]").fill("The <b>tap</b> drips.")
    page.locator(".act .btn-go").click()
    page.wait_for_url("**/repairs/R*/")
    says_once(page, "Thank you, we have your report.")
    assert Ticket.objects.get().description == "The <b>tap</b> drips."


def test_who_finishes_a_job_hears_so_once(world: World, open_as: Open) -> None:
    at = timezone.now()
    world.resident.display_name = "<img src=x> & 林"
    world.resident.save()
    ticket = make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)
    services.accept(ticket, actor=world.dispatcher, at=at)
    services.dispatch(ticket, worker=world.technician, actor=world.dispatcher, at=at)
    services.start(ticket, actor=world.technician, at=at)
    page = open_as(world.technician)
    page.goto(f"/repairs/{ticket.number}/resolve/")
    page.get_by_role("button", name="Finish").click()
    expect(page.locator("#main [aria-invalid=true]").first).to_be_visible()
    page.get_by_label("What was done").fill("Changed the valve core.")
    page.get_by_role("button", name="Finish").click()
    page.wait_for_url(f"**/repairs/{ticket.number}/")
    expect(notices(page)).to_contain_text("Told: <img src=x> & 林")
    says_once(page, "Finished. The home is asked whether it is mended.")
