from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.factories import PASSWORD
from tests.journey.phones import Phone, Window, sign_in
from tests.journey.wire import Wire

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session", autouse=True)
def orm_beside_playwright() -> None:
    """Playwright keeps an event loop in this thread, where Django would refuse to ask the database.

    It is kept to the very end, for the database is emptied and dropped beside that loop too.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture
def wire(live_server: LiveServer) -> Iterator[Wire]:
    wire = Wire(live_server.url)
    yield wire
    wire.close()


@pytest.fixture
def phone(browser: Browser, wire: Wire) -> Iterator[Phone]:
    contexts: list[BrowserContext] = []

    def of(person: User) -> Page:
        person.language = "en"
        person.set_password(PASSWORD)
        person.save()
        context = browser.new_context(
            base_url=wire.url, viewport={"width": 360, "height": 740}, locale="en"
        )
        contexts.append(context)
        page = context.new_page()
        sign_in(page, person)
        return page

    yield of
    for context in contexts:
        for page in context.pages:
            # what is being kept is fetched to its end: the database is emptied next
            with suppress(Error):
                page.wait_for_load_state("networkidle", timeout=5000)
        context.close()


@pytest.fixture
def window(browser: Browser, live_server: LiveServer) -> Iterator[Window]:
    """One that never loses its signal; of `person`, or of nobody who signs in."""
    contexts: list[BrowserContext] = []

    def of(person: User | None = None, size: Any = PHONE, **more: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, viewport=size, locale="en", **more)
        contexts.append(context)
        page = context.new_page()
        if person is not None:
            person.language = "en"
            person.set_password(PASSWORD)
            person.save()
            sign_in(page, person)
        return page

    yield of
    for context in contexts:
        context.close()
