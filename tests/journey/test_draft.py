"""A report begun on the phone outlives the end of the session."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from repairs.models import Ticket
from tests.factories import PASSWORD
from tests.people import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page: Page) -> None:
    page.locator("input[name=login]").fill("resident")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def test_signed_out_meanwhile(world: World, browser: Browser, live_server: LiveServer) -> None:
    world.resident.set_password(PASSWORD)
    world.resident.save()
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, locale="en"
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    sign_in(page)
    page.goto("/repairs/new/")
    page.locator(".tile").first.click()
    words = page.locator("textarea[name=description]")
    words.fill("The tap drips.")
    context.clear_cookies(name="sessionid")
    page.locator(".act .btn-go").click()
    page.wait_for_url("**/accounts/login/?next=**")
    sign_in(page)
    expect(words).to_have_value("The tap drips.")
    page.locator(".act .btn-go").click()
    page.wait_for_url("**/repairs/R*/")
    assert Ticket.objects.count() == 1
    context.close()
