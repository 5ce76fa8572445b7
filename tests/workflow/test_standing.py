"""Where somebody stands is read by a statement that is made once: it says what the sets say."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce
from typing import Any

import pytest
from django.utils import timezone

from estates.models import Posting
from tests import factories as make
from tests.people import World
from workflow import standing


def as_the_sets_say(user: Any) -> dict[str, list[Any]]:
    sets = standing.sets_of(user, timezone.now())
    found: dict[str, list[Any]] = {}
    for name, facts in reduce(lambda some, more: some.union(more, all=True), sets):
        found.setdefault(name, []).append(facts)
    return found


def in_order(found: dict[str, list[Any]]) -> dict[str, list[str]]:
    return {name: sorted(map(repr, rows)) for name, rows in found.items()}


def test_it_says_of_everybody_what_the_sets_say(world: World) -> None:
    make.make_posting(world.resident, world.court.community, "manager")
    for name, user in world.people().items():
        assert in_order(standing._read(user)) == in_order(as_the_sets_say(user)), name


def test_each_set_goes_by_the_moment_it_is_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The statement is made in one moment and asked in another."""
    now, today = timezone.now(), timezone.localdate()
    rows = Posting.objects.filter(user=world.technician)
    rows.update(from_date=None, to_date=today)
    assert "estates.postings" in standing._read(world.technician)
    rows.update(to_date=today - timedelta(days=1))
    assert "estates.postings" not in standing._read(world.technician)
    rows.update(to_date=None, ended_at=now + timedelta(minutes=5))
    assert "estates.postings" in standing._read(world.technician)
    later = now + timedelta(minutes=6)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "estates.postings" not in standing._read(world.technician)
    rows.update(ended_at=None, from_date=date(2999, 1, 1))
    assert "estates.postings" not in standing._read(world.technician)


def test_it_is_made_once_and_anew_when_a_set_is_added(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    real = standing._made

    def counted() -> tuple[str, tuple[Any, ...]]:
        made.append("once")
        return real()

    monkeypatch.setattr(standing, "_made", counted)
    monkeypatch.setattr(standing, "_stands", dict(standing._stands))
    standing._plan.clear()
    for user in (world.resident, world.technician, world.mate):
        standing._read(user)
    assert len(made) == 1
    postings = Posting.objects
    standing.register_stands("tests.postings", postings.of, posting="pk")
    assert "tests.postings" in standing._read(world.technician)
    assert len(made) == 2
    standing._plan.clear()
