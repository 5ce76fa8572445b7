"""Several things done at once, each by a thread with its own connection."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def at_once(*doings: Callable[[], Any]) -> list[str]:
    """Run each in a thread with its own connection; what became of each."""
    results = [""] * len(doings)

    def run(index: int, doing: Callable[[], Any]) -> None:
        try:
            doing()
            results[index] = "done"
        except Exception as error:
            results[index] = type(error).__name__
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(doings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return sorted(results)
