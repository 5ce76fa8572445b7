"""Named people and the signed-in clients of every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import translation

from accounts.models import User
from tests.laid import Laid, keep
from tests.people import World, build_world


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The verbs of a noun's own battery (tests/workflow/lives.py)."""
    life = getattr(metafunc.cls, "life", None)
    if life and "life_verb" in metafunc.fixturenames:
        metafunc.parametrize("life_verb", sorted(life.moves))


@pytest.fixture(scope="session", autouse=True)
def no_session_left(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A killed worker's or a closed browser's last query may still run when all tests have ended;
    PostgreSQL drops no database that somebody uses."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def laid_world(django_db_setup: None, django_db_blocker: Any) -> Laid:
    with django_db_blocker.unblock():
        return keep(build_world)


@pytest.fixture
def world(laid_world: Laid, db: None) -> World:
    world: World = laid_world.lay()
    return world


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
def nothing_kept() -> None:
    """What the bars kept of another test's people, whose keys may be these people's now."""
    cache.clear()


@pytest.fixture(autouse=True)
def english() -> object:
    """Sentences are compared in the language they are written in."""
    with translation.override("en"):
        yield
