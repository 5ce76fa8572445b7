"""A wire between browser and portal that can be cut: a port that passes bytes on, or none.

Chromium's own switch knows nothing of service workers, nor of tabs that are opened while it is off.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit


class Wire:
    """`url` is where the browser goes; `cut()` ends what is under way and takes nothing new."""

    def __init__(self, to: str) -> None:
        where = urlsplit(to)
        self.to = (where.hostname or "localhost", where.port or 80)
        self.alive = True
        self.ends: list[socket.socket] = []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        threading.Thread(target=self._take, daemon=True).start()

    def cut(self) -> None:
        self.alive = False
        for end in self.ends:
            _end(end)
        self.ends.clear()

    def mend(self) -> None:
        self.alive = True

    def close(self) -> None:
        self.cut()
        self.door.close()

    def _take(self) -> None:
        while True:
            try:
                near, _address = self.door.accept()
            except OSError:  # the door is closed
                return
            if not self.alive:
                _end(near)
                continue
            far = socket.create_connection(self.to)
            self.ends += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_pass, args=(one, other), daemon=True).start()


def _pass(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while some := one.recv(65536):
            other.sendall(some)
    _end(one)
    _end(other)


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
