"""Where somebody stands is read by a statement that is made once: it says what the sets say."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from functools import reduce
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from estates.models import Posting
from tests import factories as make
from tests.people import World, build_world
from tests.races import at_once
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
    real = standing.sets_of

    def counted(*given: Any) -> Any:
        made.append("once")
        return real(*given)

    monkeypatch.setattr(standing, "sets_of", counted)
    monkeypatch.setattr(standing, "_stands", dict(standing._stands))
    standing._made.cache_clear()
    for user in (world.resident, world.technician, world.mate):
        standing._read(user)
    assert len(made) == 1
    postings = Posting.objects
    standing.register_stands("tests.postings", postings.of, posting="pk")
    assert "tests.postings" in standing._read(world.technician)
    assert len(made) == 2
    standing._made.cache_clear()


def test_the_first_who_ask_at_once_are_all_answered(transactional_db: None) -> None:
    """A thread of a server each: whoever comes second while it is made finds it as whoever came
    first."""
    world = build_world()
    standing._made.cache_clear()
    people = (world.resident, world.technician, world.mate, world.volunteer) * 2
    ready = threading.Barrier(len(people))

    def ask(pk: int) -> None:
        user = User.objects.get(pk=pk)
        ready.wait(timeout=20)
        standing._read(user)

    assert at_once(*(lambda pk=one.pk: ask(pk) for one in people)) == ["done"] * len(people)
    assert at_once(lambda: standing._read(world.resident)) == ["done"]
