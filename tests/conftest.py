"""Named people and the signed-in clients of every test."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import User
from tests.people import World, build_world


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def as_(client: Client) -> Callable[[User | None], Client]:
    """`as_(world.resident).get(...)`: a fresh client signed in as that person, or as nobody."""

    def sign_in(user: User | None) -> Client:
        fresh = Client(headers={"accept-language": "en"})
        if user is not None:
            fresh.force_login(user)
        return fresh

    return sign_in


@pytest.fixture(autouse=True)
def english() -> object:
    """Sentences are compared in the language they are written in."""
    with translation.override("en"):
        yield
