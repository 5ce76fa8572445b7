import gc
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


# A worker that takes up one of these last keeps all others waiting.
LONG = (
    "tests/test_buffers.py",
    "tests/config/test_up.py",
    "tests/config/test_prepare.py",
    "tests/portal/test_seed_demo.py",
    "tests/test_odd_json.py",
    "tests/test_routes.py",
    "tests/journey/",
    "tests/parties/test_secrecy.py",
    "tests/workflow/test_plugs.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
    if CHROMIUM and Path(CHROMIUM).exists():
        return
    absent = pytest.mark.skip(reason="no Chromium: apt-get install chromium, or set CHROMIUM")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(absent)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: nobody needs to look through it for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The distribution's Chromium, which as root runs only without its sandbox."""
    words = ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
    words += ["--disable-gpu", "--disable-quic", "--disable-sync"]
    if os.geteuid() == 0:
        words.append("--no-sandbox")
    return {"executable_path": CHROMIUM, "args": words}
