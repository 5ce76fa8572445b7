from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from notifications.models import ActionLink
from notifications.services import live_link, make_link, purge_links, use_link
from tests.people import World, build_world

PURPOSE = "tests.answer"


def test_link_answers_once(world: World) -> None:
    at = timezone.now()
    token = make_link(world.resident, world.home, PURPOSE, at=at)
    link = live_link(token, PURPOSE, at=at)
    assert link is not None
    assert (link.user, link.row) == (world.resident, world.home)
    assert (use_link(link, at=at), use_link(link, at=at)) == (True, False)
    assert live_link(token, PURPOSE, at=at) is None


def test_token_itself_is_kept_nowhere(world: World) -> None:
    token = make_link(world.resident, world.home, PURPOSE, at=timezone.now())
    assert token not in str(ActionLink.objects.values().get())


def test_link_ends(world: World) -> None:
    at = timezone.now()
    token = make_link(world.resident, world.home, PURPOSE, at=at)
    link = live_link(token, PURPOSE, at=at + timedelta(days=9))
    assert link is not None
    late = at + timedelta(days=10)
    assert (live_link(token, PURPOSE, at=late), use_link(link, at=late)) == (None, False)


@pytest.mark.parametrize("token", ["", "x", "\ud800", "-" * 5000])
def test_wrong_token_or_purpose_is_nothing(world: World, token: str) -> None:
    at = timezone.now()
    right = make_link(world.resident, world.home, PURPOSE, at=at)
    assert live_link(token, PURPOSE, at=at) is None
    assert live_link(right, "tests.other", at=at) is None


def test_link_of_somebody_who_left_is_dead(world: World) -> None:
    at = timezone.now()
    token = make_link(world.resident, world.home, PURPOSE, at=at)
    world.resident.is_active = False
    world.resident.save(update_fields=["is_active"])
    assert live_link(token, PURPOSE, at=at) is None


def test_sweep_takes_links_long_expired(world: World) -> None:
    at = timezone.now()
    make_link(world.resident, world.home, PURPOSE, at=at)
    assert purge_links(at=at + timedelta(days=100)) == 0
    assert purge_links(at=at + timedelta(days=101)) == 1
    assert purge_links(at=at + timedelta(days=101)) == 0


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_answer_once() -> None:
    world = build_world()
    at = timezone.now()
    token = make_link(world.resident, world.home, PURPOSE, at=at)
    links = [live_link(token, PURPOSE, at=at) for _ in range(2)]
    start, results = threading.Barrier(2), []

    def tap(link: ActionLink) -> None:
        start.wait()
        results.append(use_link(link, at=at))
        connection.close()

    threads = [threading.Thread(target=tap, args=(link,)) for link in links]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, True]
