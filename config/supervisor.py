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
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

import psutil

from config.engines import CannotStart, alive

LONGEST_PAUSE = 30
STEADY_SECONDS = 60
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Screen:
    """Who started us reads it: one line a step with its seconds, and lines of others between."""

    def __init__(self) -> None:
        self.line_open = False
        self.gone = False

    def write(self, words: str) -> None:
        try:
            print(words, end="", flush=True)
        except BrokenPipeError:
            # Nobody reads us any more: go quietly.
            self.gone = True
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        self.line_open = not words.endswith("\n")

    def line(self, words: str) -> None:
        self.write(f"\n{words}\n" if self.line_open else f"{words}\n")

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        begun = time.monotonic()
        self.write(f"{title} … ")
        try:
            yield
        except BaseException:
            self._end_step(title, "failed")
            raise
        self._end_step(title, f"{time.monotonic() - begun:.0f} s")

    def _end_step(self, title: str, result: str) -> None:
        if not self.line_open or sys.stdout.isatty():
            # Somebody spoke between, or drew a bar over it: the whole line once more.
            self.write(f"{chr(13) if self.line_open else ''}{title} … ")
        self.write(f"{result}\n")


@dataclass
class Child:
    """With a `log`, what it says goes there; if it is `frank`, only what it says on stderr does,
    and the rest is shown as it is."""

    name: str
    command: list[str]
    stop_signal: signal.Signals = signal.SIGTERM
    before: Callable[[], None] = lambda: None
    environment: dict[str, str] = field(default_factory=dict)
    log: Path | None = None
    frank: bool = False
    process: subprocess.Popen[bytes] | None = None
    unread: bytes = b""
    failures: int = 0
    started_at: float = 0
    start_again_at: float | None = None

    @property
    def living(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def open_log(self) -> AbstractContextManager[IO[bytes] | int]:
        return self.log.open("ab") if self.log else nullcontext(subprocess.STDOUT)


class Supervisor:
    """Children have process groups of their own, so that a Ctrl-C reaches the parent alone, which
    ends them in order. Should the parent be killed, Linux ends them (PR_SET_PDEATHSIG); what is
    left over all the same, the next start ends by the record."""

    def __init__(self, record: Path, cwd: Path) -> None:
        self.record = record
        self.cwd = cwd
        self.children: list[Child] = []
        self.selector = selectors.DefaultSelector()
        self.screen = Screen()
        self.held: list[str] | None = None
        self.told_to_stop = False

    @property
    def stopping(self) -> bool:
        return self.told_to_stop or self.screen.gone

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.told_to_stop = True

    # --- start

    def start(self, child: Child) -> None:
        child.before()
        with child.open_log() as log:
            child.process = subprocess.Popen(
                child.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if child.frank or not child.log else log,
                stderr=log,
                env=os.environ | child.environment | {"PYTHONUNBUFFERED": "1"},
                cwd=self.cwd,
                process_group=0,
                preexec_fn=_end_with_parent(child.stop_signal),  # noqa: PLW1509
            )
        child.started_at, child.start_again_at = time.monotonic(), None
        if child.process.stdout:
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
        if child.frank:
            self.screen.write(words.decode(errors="replace"))
            return True
        *lines, child.unread = (child.unread + words).split(b"\n")
        for line in lines:
            self.say(child.name, line.decode(errors="replace"))
        return True

    def _drain(self, child: Child) -> None:
        while child.process and child.process.stdout and not child.process.stdout.closed:
            if not self._read(child):
                break

    def say(self, name: str, line: str) -> None:
        words = f"{name:<8} | {line}"
        if self.held is not None and name != "up":
            self.held.append(words)
            return
        # Something is worth a word of our own: what was held back may be the reason.
        self.reveal()
        self.screen.line(words)

    def hold(self) -> None:
        """Keep what children say until it is known whether anybody needs to read it."""
        self.held = []

    def reveal(self) -> None:
        held, self.held = self.held, None
        for words in held or ():
            self.screen.line(words)

    def put_away(self, file: Path) -> None:
        """All went well: what was held back is there for who looks for it."""
        held, self.held = self.held, None
        file.write_text("".join(f"{words}\n" for words in held or ()), errors="replace")

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
        more = f"; see {child.log}" if child.log else ""
        self.say("up", f"{child.name} ended (code {code}); it starts again in {pause} s{more}")

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
