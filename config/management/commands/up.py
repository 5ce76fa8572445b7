"""The whole portal as one foreground command: engines, web, worker and beat, until Ctrl-C."""

import errno
import os
import shutil
import socket
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from config.engines import (
    START_SECONDS,
    CannotStart,
    Engine,
    embedded,
    end,
    last_words,
    log_file,
    sole_use,
)
from config.env import env, env_int
from config.supervisor import Child, Supervisor

PYTHON = [sys.executable, "-m"]


class Command(BaseCommand):
    help = "Runs PostgreSQL, Valkey, web, worker and beat until Ctrl-C or SIGTERM."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=env("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=env_int("PORT", 8000))

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        os.environ["PORT"] = str(port)
        var_dir: Path = settings.VAR_DIR
        supervisor = Supervisor(var_dir / "children.json", cwd=settings.BASE_DIR)
        with sole_use(var_dir) as admit:
            supervisor.listen()
            supervisor.end_strays()
            check_port(host, port)
            engines: list[Child] = []
            desks: list[Child] = []
            try:
                for engine in embedded(var_dir):
                    engines += [start_engine(supervisor, engine, log_file(engine.name, var_dir))]
                admit()
                prepare(supervisor, log_file("prepare", var_dir))
                desks = [web(host, port), worker(), beat()]
                self.serve(supervisor, desks, host, port)
            finally:
                supervisor.say("up", "stopping …")
                supervisor.end(desks, 15)
                for child in reversed(engines):
                    supervisor.end([child], 30)
                supervisor.record.unlink(missing_ok=True)

    def serve(self, supervisor: Supervisor, desks: list[Child], host: str, port: int) -> None:
        if supervisor.stopping:
            return
        with supervisor.screen.step("Web, worker and beat"):
            supervisor.hold()
            for child in desks:
                supervisor.start(child)
            await_ready(supervisor, host, port)
        if not supervisor.stopping:
            supervisor.put_away(log_file("start", settings.VAR_DIR))
            supervisor.screen.line(f"Banyan is ready: {address(host, port)}  (Ctrl-C stops it)")
        while not supervisor.stopping:
            supervisor.listen_in(0.25)
            supervisor.revive()


def await_ready(supervisor: Supervisor, host: str, port: int) -> None:
    patient_until = time.monotonic() + START_SECONDS
    while not supervisor.stopping and not ready(host, port):
        supervisor.listen_in(0.25)
        supervisor.revive()
        if time.monotonic() > patient_until:
            supervisor.reveal()


def check_port(host: str, port: int) -> None:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OverflowError as error:
        raise CannotStart(f"PORT must be between 1 and 65535, not {port}.") from error
    except OSError as error:
        raise CannotStart(_why_not(host, port, error)) from error


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is in use: stop what listens there, or choose another with"
            f" PORT={port + 1}."
        )
    if error.errno == errno.EACCES:
        return f"This user may not open port {port}: choose one above 1023 with PORT=8000."
    return f"Cannot listen on {host}, port {port} ({error.strerror}): set HOST and PORT."


def start_engine(supervisor: Supervisor, engine: Engine, log: Path) -> Child:
    with supervisor.screen.step(engine.title):
        end(engine)
        log.write_bytes(b"")
        child = Child(
            engine.name, engine.command(), engine.stop_signal, before=engine.prepare, log=log
        )
        supervisor.start(child)
        if not supervisor.until(engine.answers, child, START_SECONDS) and not supervisor.stopping:
            supervisor.end([child], 5)
            words = last_words(log)
            raise CannotStart(f"{engine.title} did not start; its last words: {words}")
        if not supervisor.stopping:
            engine.furnish()
    return child


def prepare(supervisor: Supervisor, log: Path) -> None:
    if supervisor.stopping:
        return
    log.write_bytes(b"")
    command = [sys.executable, "manage.py", "prepare"]
    code = supervisor.run(Child("prepare", command, log=log, frank=True))
    if code and not supervisor.stopping:
        words = last_words(log)
        raise CannotStart(f"The preparations failed; their last words (all in {log}): {words}")


def web(host: str, port: int) -> Child:
    metrics = settings.VAR_DIR / "metrics"

    def empty_metrics() -> None:
        """The counters of processes that are gone."""
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir()

    shown = f"[{host}]" if ":" in host else host
    workers = str(env_int("WEB_WORKERS", max(2, min(os.cpu_count() or 2, 8))))
    return Child(
        "web",
        [
            *(*PYTHON, "gunicorn", "config.wsgi", "--bind", f"{shown}:{port}"),
            *("--worker-class", "gthread", "--workers", workers, "--threads", "8"),
            *("--timeout", "60", "--graceful-timeout", "10", "--log-level", "warning"),
            "--no-control-socket",
        ],
        before=empty_metrics,
        environment={"PROMETHEUS_MULTIPROC_DIR": str(metrics)},
    )


# The settings were checked by the preparations.
CELERY = [*PYTHON, "celery", "--quiet", "--skip-checks", "-A", "config"]


def worker() -> Child:
    size = str(env_int("TASK_WORKERS", 2))
    words = ["worker", "--concurrency", size, "--without-gossip", "--without-mingle"]
    return Child("worker", [*CELERY, *words])


def beat() -> Child:
    schedule = settings.VAR_DIR / "beat-schedule"
    words = ["beat", "--schedule", str(schedule), "--pidfile", ""]
    return Child("beat", [*CELERY, *words])


def address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104
    return f"http://{shown}:{port}/"


def ready(host: str, port: int) -> bool:
    try:
        with urllib.request.urlopen(f"{address(host, port)}readyz", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False
