from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User


@pytest.fixture(autouse=True)
def no_wrong_codes() -> Iterator[None]:
    """Counters of wrong codes live in the cache, by the pk of the user."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def as_(as_: Callable[[User | None], Client]) -> Callable[[User | None], Client]:
    """Whoever signs in here reads English, the language that sentences are compared in."""

    def sign_in(user: User | None) -> Client:
        if user is not None:
            User.objects.filter(pk=user.pk).update(language="en")
        return as_(user)

    return sign_in
