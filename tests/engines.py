"""Real engines for the tests: PostgreSQL and Redis for the whole run, a Celery worker on demand."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import redis
from django.conf import settings

from config.engines import running
from config.health import HEARTBEAT_KEY

WORKER_SECONDS = 60


class Engines:
    """Started once by the process that leads the run, before its xdist workers; stopped last."""

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self.engines = running(settings.VAR_DIR, durable=False)
        self.engines.__enter__()

    def pytest_unconfigure(self) -> None:
        if hasattr(self, "engines"):
            self.engines.__exit__(None, None, None)


def database_url(name: str) -> str:
    """The URL of a database on the server that the tests use."""
    database: dict[str, Any] = settings.DATABASES["default"]
    user = quote(database["USER"], safe="")
    password = quote(database["PASSWORD"], safe="")
    host = urlencode({"host": database["HOST"]})
    return f"postgres://{user}:{password}@:{database['PORT'] or 5432}/{name}?{host}"


def start_worker(
    database_name: str, redis_url: str, concurrency: int = 2
) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(database_name),
        "REDIS_URL": redis_url,
    }
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-A", "config", "worker"),
            *("--concurrency", str(concurrency), "--without-gossip", "--without-mingle"),
        ],
        env=environment,
        cwd=settings.BASE_DIR,
        # a group of its own: the test may kill the worker with its children at one blow
        start_new_session=True,
    )


@contextmanager
def real_worker(
    database_name: str, redis_url: str, concurrency: int = 2
) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker process, ready to take tasks; it sees only what tests have committed.

    Use it with `django_db(transaction=True)` and CELERY_TASK_ALWAYS_EAGER off. The block may kill
    it and call start_worker() for the next.
    """
    client = redis.Redis.from_url(redis_url)
    client.delete(HEARTBEAT_KEY)
    worker = start_worker(database_name, redis_url, concurrency)
    try:
        deadline = time.monotonic() + WORKER_SECONDS
        while not client.exists(HEARTBEAT_KEY):
            assert worker.poll() is None, "the Celery worker died at its start"
            assert time.monotonic() < deadline, "the Celery worker did not start"
            time.sleep(0.1)
        yield worker
    finally:
        worker.terminate()
        try:
            worker.wait(20)
        except subprocess.TimeoutExpired:
            worker.kill()
        client.close()
