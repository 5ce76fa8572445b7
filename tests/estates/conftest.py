from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_wrong_codes() -> Iterator[None]:
    """Counters of wrong codes live in the cache, by the pk of the user."""
    cache.clear()
    yield
    cache.clear()
