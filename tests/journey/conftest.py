import os

import pytest


@pytest.fixture(scope="session", autouse=True)
def orm_beside_playwright() -> None:
    """Playwright keeps an event loop in this thread, where Django would refuse to ask the database.

    It is kept to the very end, for the database is emptied and dropped beside that loop too.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
