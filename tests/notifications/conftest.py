from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from notifications.services import Kind, Reader, register
from notifications.services.kinds import _kinds

CODE = "tests.told"


def readers(rows: Any, people: Iterable[Any]) -> list[Reader]:
    active = [one for one in people if one.is_active]
    return [Reader(row.pk, one.pk, one.language) for row in rows for one in active]


@pytest.fixture
def kind(settings: Any, tmp_path: Path) -> Iterator[Callable[..., Kind]]:
    """`kind(people, "title\\nbody")` registers the kind "tests.told" for the one test."""
    (tmp_path / "notifications").mkdir()
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]

    def add(people: Iterable[Any], text: str = "Title\nBody", **options: Any) -> Kind:
        (tmp_path / "notifications" / f"{CODE}.txt").write_text(text, encoding="utf-8")
        made = Kind(CODE, "Told by a test", lambda rows: readers(rows, people), **options)
        register(made)
        return made

    yield add
    _kinds.pop(CODE, None)
