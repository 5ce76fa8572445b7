"""Phones behind the wire of a journey (`wire` and `phone` of the conftest)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error, Page, expect

from accounts.models import User
from tests.factories import PASSWORD

Phone = Callable[[User], Page]
Window = Callable[..., Page]
# the outbox asks again every ten seconds
SOON = 25_000


def sign_in(page: Page, person: User) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(person.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def kept(page: Page, path: str) -> None:
    """The pages of `path` are put by, and the service worker answers for them."""
    page.goto(path)
    page.wait_for_selector("body[data-kept=yes]", state="attached", timeout=30_000)
    page.reload()
    page.wait_for_function("navigator.serviceWorker.controller !== null")


def waiting(page: Page) -> Any:
    return page.locator("#outbox summary")


WAITS = """async () => (await idbKeyval.keys(
    idbKeyval.createStore("banyan-outbox", "waiting"))).length"""


def all_sent(page: Page) -> None:
    """Nothing waits any more, whatever the page has drawn of it by now."""
    for _ in range(SOON // 500):
        page.wait_for_timeout(500)
        # a page that is just left answers nothing
        with suppress(Error):
            if page.evaluate(WAITS) == 0:
                break
    assert page.evaluate(WAITS) == 0
    expect(waiting(page)).to_have_count(0)
