"""`manage.py up` as a developer meets it: started, ended, killed, and refused in one sentence."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from django.conf import settings

READY_SECONDS = 90
SECRET = "0123456789-abcdefghijklmnopqrstuvwxyz-0123456789-abcdefghij"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(var_dir: Path, port: int, **more: str) -> dict[str, str]:
    """Only what is named: nothing of the tests' own settings."""
    own = {"VAR_DIR", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL"}
    inherited = {name: value for name, value in os.environ.items() if name not in own}
    return inherited | {"VAR_DIR": str(var_dir), "PORT": str(port), "DEBUG": "1"} | more


FIRST_WORDS = [
    r"PostgreSQL \d+ … \d+ s",
    r"Valkey 9\.1 … \d+ s",
    r"Tables … \d+ s",
    r"Web, worker and beat … \d+ s",
    r"Banyan is ready: http://127\.0\.0\.1:\d+/  \(Ctrl-C stops it\)",
]
COMMAND = [sys.executable, "manage.py", "up"]


def refused(var_dir: Path, port: int, **more: str) -> str:
    """What a start says that must not succeed."""
    answer = subprocess.run(
        COMMAND,
        env=environment(var_dir, port, **more),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 1
    assert "Traceback" not in answer.stdout + answer.stderr
    return answer.stderr.strip().splitlines()[-1]


def residue(session: int, var_dir: Path) -> list[str]:
    """Processes of that session, or that name the folder."""
    left = []
    for process in psutil.process_iter(["pid", "cmdline", "status"]):
        try:
            ours = os.getsid(process.pid) == session
        except ProcessLookupError:
            continue
        named = any(str(var_dir) in word for word in process.info["cmdline"] or [])
        if (ours or named) and process.info["status"] != psutil.STATUS_ZOMBIE:
            left.append(f"{process.pid} {process.info['cmdline']}")
    return left


def eventually(true: Callable[[], bool], seconds: float = READY_SECONDS) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.2)
    return False


def ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def up(var_dir: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    log = var_dir.parent / f"{var_dir.name}.log"
    with log.open("wb") as words:
        process = subprocess.Popen(
            COMMAND,
            env=environment(var_dir, port),
            cwd=settings.BASE_DIR,
            stdout=words,
            stderr=words,
            start_new_session=True,
        )
    try:
        assert eventually(lambda: ready(port) or process.poll() is not None), log.read_text()
        assert process.poll() is None, log.read_text()
        yield process
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def var_dir(tmp_path: Path) -> Path:
    """So deep that a socket in it would have too long a path."""
    return tmp_path / ("deep" * 20)


def worker_pid(session: int) -> int | None:
    """The first of the worker's processes, the parent of its pool."""
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if "worker" in words and "celery" in words and os.getsid(process.pid) == session:
            return process.pid
    return None


def test_it_runs_recovers_from_what_is_killed_and_ends_with_nothing_left(var_dir: Path) -> None:
    """One story, for each first start makes the tables: half a minute."""
    port = free_port()
    with up(var_dir, port) as process:
        log = var_dir.parent / f"{var_dir.name}.log"
        assert eventually(lambda: "is ready" in log.read_text(), 10), log.read_text()
        assert re.match("\n".join(FIRST_WORDS) + "\n", log.read_text()), log.read_text()
        assert "already running" in refused(var_dir, free_port())
        first = worker_pid(process.pid)
        assert first
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: worker_pid(process.pid) not in (None, first))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
    with up(var_dir, port) as again:
        again.send_signal(signal.SIGINT)
        assert again.wait(60) == 0
    assert residue(again.pid, var_dir) + residue(process.pid, var_dir) == []
    with up(var_dir, port) as last:
        pass  # ended as a service manager does
    assert last.returncode == 0
    assert residue(last.pid, var_dir) == []


def test_a_port_in_use_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        said = refused(tmp_path / "var", port)
    assert said == (
        f"Banyan cannot start. Port {port} on 127.0.0.1 is in use: stop what listens there, or"
        f" choose another with PORT={port + 1}."
    )


def test_a_file_in_the_way_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    assert refused(tmp_path / "var", free_port()) == (
        f"Banyan cannot start. Cannot keep data in {tmp_path / 'var'}: a file stands in the way."
        " Name another folder with VAR_DIR=/path."
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_closed_folder_is_said_in_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "this user may not write there" in refused(tmp_path / "var", free_port())


@pytest.mark.parametrize(
    ("secret", "state"), [("", "is missing"), ("a" * 60, "is too easy to guess")]
)
def test_production_refuses_a_weak_secret(tmp_path: Path, secret: str, state: str) -> None:
    said = refused(tmp_path / "var", free_port(), DEBUG="0", DEMO="0", SECRET_KEY=secret)
    assert said.startswith(f"Banyan cannot start. SECRET_KEY {state}:")


def test_a_number_that_is_none_is_refused(tmp_path: Path) -> None:
    said = refused(tmp_path / "var", free_port(), WEB_WORKERS="many", PORT="eighty")
    assert said == "Banyan cannot start. PORT must be a whole number, not 'eighty'."
