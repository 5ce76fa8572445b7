"""script/setup as the other scripts read it in: one line a step, and all words of a failure."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "script").mkdir()
    shutil.copy(Path(settings.BASE_DIR) / "script/setup", tmp_path / "script/setup")
    return tmp_path


def run(project: Path, words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sh", "-c", f". script/setup; {words}", "script/x"],
        cwd=project,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_step_is_one_line_whatever_its_command_says(project: Path) -> None:
    said = run(project, "timed Packages sh -c 'echo WARNING: as root; echo WARNING >&2'")
    assert re.fullmatch(r"Packages … \d+ s\n", said.stdout)
    assert (said.stderr, said.returncode) == ("", 0)


def test_a_step_that_fails_shows_why(project: Path) -> None:
    said = run(project, "timed Packages sh -c 'echo no such package >&2; exit 3' || refuse Sorry.")
    assert said.stdout == "Packages … failed\n"
    assert (said.stderr, said.returncode) == ("no such package\nSorry.\n", 1)


def test_a_python_that_is_none_is_refused(project: Path) -> None:
    said = run(project, "make_venv", PYTHON="/bin/false")
    assert said.stderr == "PYTHON=/bin/false is no Python 3.11 or newer.\n"
    assert (said.stdout, said.returncode) == ("", 1)
