"""Accounts with words to sign in with; texts are read from the log, as on a trial."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from tests.factories import make_user
from tests.people import World

PASSWORD = "a-long-enough-word"
PHONE = "+8613812342207"
EMAIL = "lin@example.org"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Each test begins with nobody having tried anything."""
    cache.clear()


@pytest.fixture
def in_english(settings: Any) -> None:
    """What visitors read is compared in the language it is written in."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def world(world: World) -> World:
    for person in world.people().values():
        person.language = "en"
        person.save(update_fields=["language"])
    return world


@pytest.fixture
def lin(db: None) -> User:
    """Has a proven phone, an e-mail and a password."""
    user = make_user(
        "lin", display_name="林秀英", email=EMAIL, phone=PHONE, phone_verified=True, language="en"
    )
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


@pytest.fixture
def texts(settings: Any, caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """The texts that went out so far."""
    settings.DEMO = True
    caplog.set_level("INFO")
    return lambda: caplog.text


@pytest.fixture
def here(client: Client, lin: User) -> Client:
    """Lin's browser, just after proving once more who she is."""
    client.post("/accounts/login/", {"login": "lin", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def code_in(text: str) -> str:
    """The last six digits standing alone."""
    return re.findall(r"(?<!\d)\d{6}(?!\d)", text)[-1]


def mailed_code() -> str:
    return code_in(str(mail.outbox[-1].body))
