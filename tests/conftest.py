"""Named people and the signed-in clients of every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone, translation
from django.utils.crypto import get_random_string

from accounts.models import User
from tests.laid import Laid, keep
from tests.people import World, build_world
from tests.template import migrated


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The verbs of a noun's own battery (tests/workflow/lives.py)."""
    life = getattr(metafunc.cls, "life", None)
    if life and "life_verb" in metafunc.fixturenames:
        metafunc.parametrize("life_verb", sorted(life.moves))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """pytest-django's own, which names a database for each worker; and each copies one."""
    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = migrated()


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
            fresh.cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
        return fresh

    return sign_in


def session_of(user: User) -> str:
    """The key of what `force_login` would end with, in one statement where it takes eight, and
    without the signal of a sign-in; the suite signs in some ten thousand times."""
    key = get_random_string(32, VALID_KEY_CHARS)
    content = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    ends = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    data = SessionStore().encode(content)
    Session.objects.bulk_create([Session(session_key=key, session_data=data, expire_date=ends)])
    return key


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """What the bars kept of another test's people, whose keys may be these people's now."""
    cache.clear()


@pytest.fixture(autouse=True)
def english() -> object:
    """Sentences are compared in the language they are written in."""
    with translation.override("en"):
        yield
