"""A bar on the terminal for whatever takes more than two seconds."""

from __future__ import annotations

import sys
import time
from typing import IO

WIDTH = 30
PAUSE = 0.1


class Bar:
    """`bar.to(done)` draws on standard error; silent where nobody watches (a pipe, a test)."""

    def __init__(self, total: int, label: str = "", out: IO[str] | None = None) -> None:
        self.total = max(total, 1)
        self.label = label
        self.out = out or sys.stderr
        self.drawn_at = 0.0
        self.watched = self.out.isatty()

    def to(self, done: int, label: str = "") -> None:
        self.label = label or self.label
        now = time.monotonic()
        if not self.watched or (now - self.drawn_at < PAUSE and done < self.total and not label):
            return
        self.drawn_at = now
        filled = min(WIDTH, WIDTH * done // self.total)
        share = min(100, 100 * done // self.total)
        self.out.write(f"\r\033[K{'█' * filled}{'░' * (WIDTH - filled)} {share:3d} % {self.label}")
        self.out.flush()

    def end(self) -> None:
        """Leave the line clean for what is printed next."""
        if self.watched:
            self.out.write("\r\033[K")
            self.out.flush()
