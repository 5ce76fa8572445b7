"""One parent for all processes of the portal: it starts them, passes on what they say, revives
those that die, and ends them all."""

import ctypes
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import psutil

from config.engines import CannotStart, alive

LONGEST_PAUSE = 30
STEADY_SECONDS = 60
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


@dataclass
class Child:
    name: str
    command: list[str]
    stop_signal: signal.Signals = signal.SIGTERM
    before: Callable[[], None] = lambda: None
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    unread: bytes = b""
    failures: int = 0
    started_at: float = 0
    start_again_at: float | None = None

    @property
    def living(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Children have process groups of their own, so that a Ctrl-C reaches the parent alone, which
    ends them in order. Should the parent be killed, Linux ends them (PR_SET_PDEATHSIG); what is
    left over all the same, the next start ends by the record."""

    def __init__(self, record: Path, cwd: Path) -> None:
        self.record = record
        self.cwd = cwd
        self.children: list[Child] = []
        self.selector = selectors.DefaultSelector()
        self.stopping = False

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    # --- start

    def start(self, child: Child) -> None:
        child.before()
        child.process = subprocess.Popen(
            child.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | child.environment | {"PYTHONUNBUFFERED": "1"},
            cwd=self.cwd,
            process_group=0,
            preexec_fn=_end_with_parent(child.stop_signal),  # noqa: PLW1509
        )
        child.started_at, child.start_again_at = time.monotonic(), None
        assert child.process.stdout
        os.set_blocking(child.process.stdout.fileno(), False)
        self.selector.register(child.process.stdout, selectors.EVENT_READ, child)
        if child not in self.children:
            self.children.append(child)
        self._write_record()

    def _write_record(self) -> None:
        processes = {c.name: alive(c.process.pid) for c in self.children if c.process}
        known = {n: [p.pid, p.create_time()] for n, p in processes.items() if p}
        self.record.write_text(json.dumps(known))

    def until(self, true: Callable[[], bool], child: Child, seconds: float) -> bool:
        """Pass on words until something is true, or the child has died, or time is up."""
        deadline = time.monotonic() + seconds
        while not true():
            self.listen_in(0.05)
            if self.stopping or not child.living or time.monotonic() > deadline:
                return False
        return True

    def run(self, child: Child) -> int:
        """A child that does one thing and ends; its exit code."""
        self.start(child)
        while child.living and not self.stopping:
            self.listen_in(0.1)
        if self.stopping:
            self.end([child], 5)
        self._drain(child)
        self.children.remove(child)
        assert child.process
        return child.process.wait()

    # --- live

    def listen_in(self, seconds: float) -> None:
        for key, _ in self.selector.select(seconds):
            self._read(key.data)

    def _read(self, child: Child) -> bool:
        assert child.process
        assert child.process.stdout
        try:
            words = os.read(child.process.stdout.fileno(), 65536)
        except BlockingIOError:
            return False
        if not words:
            self.selector.unregister(child.process.stdout)
            child.process.stdout.close()
            return False
        *lines, child.unread = (child.unread + words).split(b"\n")
        for line in lines:
            self.say(child.name, line.decode(errors="replace"))
        return True

    def _drain(self, child: Child) -> None:
        while child.process and child.process.stdout and not child.process.stdout.closed:
            if not self._read(child):
                break

    def say(self, name: str, line: str) -> None:
        try:
            print(f"{name:<8} | {line}", flush=True)
        except BrokenPipeError:
            # Nobody reads us any more: go quietly.
            self.stopping = True
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115

    def revive(self) -> None:
        for child in self.children:
            if child.living:
                continue
            if child.start_again_at is None:
                self._plan_revival(child)
            elif time.monotonic() >= child.start_again_at:
                self._try_again(child)

    def _plan_revival(self, child: Child) -> None:
        self._drain(child)
        now = time.monotonic()
        child.failures = 0 if now - child.started_at > STEADY_SECONDS else child.failures
        pause = min(2**child.failures, LONGEST_PAUSE)
        child.failures += 1
        child.start_again_at = now + pause
        code = child.process.returncode if child.process else None
        self.say("up", f"{child.name} ended (code {code}); it starts again in {pause} s")

    def _try_again(self, child: Child) -> None:
        try:
            self.start(child)
        except (CannotStart, OSError) as problem:
            self.say("up", f"{child.name}: {problem}")
            self._plan_revival(child)

    # --- end

    def end(self, children: list[Child], patience: float) -> None:
        for child in children:
            if child.process and child.living:
                child.process.send_signal(child.stop_signal)
        deadline = time.monotonic() + patience
        while any(child.living for child in children) and time.monotonic() < deadline:
            self.listen_in(0.05)
        for child in children:
            if child.process:
                _kill_group(child.process.pid)
                child.process.wait()
                self._drain(child)

    def end_strays(self) -> None:
        """What a killed parent has left behind."""
        try:
            known = json.loads(self.record.read_text())
        except (OSError, ValueError):
            return
        strays = [p for pid, born in known.values() if (p := alive(pid)) and _is(p, born)]
        for process in strays:
            _send(process, signal.SIGTERM)
        for process in psutil.wait_procs(strays, timeout=10)[1]:
            _kill_group(process.pid)


def _end_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    return lambda: _libc.prctl(PR_SET_PDEATHSIG, number)


def _is(process: psutil.Process, born: float) -> bool:
    try:
        return abs(process.create_time() - born) < 1
    except psutil.NoSuchProcess:
        return False


def _send(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _kill_group(leader: int) -> None:
    """The leader and the children that it could not end itself."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
