"""Several things done at once, each by a thread with its own connection."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connections
from django.utils import translation


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


def rush(doings: list[Callable[[], Any]], lanes: int) -> Counter[str]:
    """All begin at once, over so many connections; each does some after another. What became of
    them, in the words of the refusals."""
    found: Counter[str] = Counter()
    ready, tally = threading.Barrier(lanes), threading.Lock()

    def run(own: list[Callable[[], Any]]) -> None:
        try:
            ready.wait(timeout=20)
            for doing in own:
                said = outcome(doing)
                with tally:
                    found[said] += 1
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(doings[n::lanes],)) for n in range(lanes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return found


def outcome(doing: Callable[[], Any]) -> str:
    with translation.override("en"):
        try:
            doing()
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return "done"
