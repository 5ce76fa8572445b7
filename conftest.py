import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.engines import Engines

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Engines(), "engines")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM and Path(CHROMIUM).exists():
        return
    absent = pytest.mark.skip(reason="no Chromium: apt-get install chromium, or set CHROMIUM")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(absent)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The distribution's Chromium, which as root runs only without its sandbox."""
    words = ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
    words += ["--disable-gpu", "--disable-quic", "--disable-sync"]
    if os.geteuid() == 0:
        words.append("--no-sandbox")
    return {"executable_path": CHROMIUM, "args": words}
