"""The worker is killed amid the ladder: each late hazard climbs one step, and is told of once."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from attachments.services import store
from audit.models import Entry, SweepRun
from estates.models import Workday
from notifications.models import Message
from safety.models import Hazard
from safety.services import hazards
from safety.states import Step
from tests import factories as make
from tests.engines import real_worker, start_worker
from tests.everything import a_photo
from tests.notifications.test_deliver import wait_for
from tests.people import World, build_world
from tests.safety.test_killed import ask, kill

DAY = timedelta(days=1)
CLIMB, CLIMBED = "safety.climb", "safety.hazard.climb"
# So many go up to the inspector, and as many behind them to the manager.
EACH = 30


def at_noon(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Steps are told by day: the workers stand where it is noon, and today is worked."""
    ahead = 12 - now.astimezone(UTC).hour
    monkeypatch.setenv("TIME_ZONE", f"Etc/GMT{-ahead:+d}")
    today = (now.astimezone(UTC) + timedelta(hours=ahead)).date()
    for day in (today - DAY, today, today + DAY):
        Workday.objects.update_or_create(day=day, defaults={"is_workday": True})


def late(world: World, step: Step, now: datetime) -> list[int]:
    said = {
        "found_at": now - 9 * DAY,
        "due_at": now - 3 * DAY,
        "status": "ordered",
        "responsible": world.technician,
        "step": step,
        "step_at": now - timedelta(hours=1),
    }
    return [make.make_hazard(world.court, **said).pk for _n in range(EACH)]


@contextmanager
def nobody_tells(person: User) -> Iterator[None]:
    """Whoever writes a message to them waits."""
    other: Any = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM accounts_user WHERE id = %s FOR UPDATE", [person.pk])
        yield
    finally:
        other.rollback()
        other.close()


def others_at_work() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            " AND state <> 'idle'"
        )
        return bool(cursor.fetchone()[0])


def close(pk: int, world: World) -> None:
    row, at, worker = Hazard.objects.get(pk=pk), timezone.now(), world.technician
    keys = [str(store(a_photo(), by=by, at=at).key) for by in (worker, world.inspector)]
    hazards.begin(row, actor=worker, at=at)
    hazards.submit(row, actor=worker, at=at, result="换好了", photos=keys[:1])
    hazards.close(row, actor=world.inspector, at=at, photos=keys[1:])


def climbed() -> list[int]:
    return list(Entry.objects.filter(code=CLIMBED).values_list("object_id", flat=True))


def ended() -> bool:
    return SweepRun.objects.filter(pk=CLIMB, finished_at__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_amid_the_ladder_takes_no_step_twice(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    now, world = timezone.now(), build_world()
    # nothing leaves the house: tests/notifications/test_deliver.py sees to that
    User.objects.update(email_verified=False)
    at_noon(monkeypatch, now)
    first = late(world, Step.NONE, now)
    *second, closed = late(world, Step.INSPECTOR, now)
    place = connection.settings_dict["NAME"], django_settings.REDIS_URL, 2
    with real_worker(*place) as worker:
        with nobody_tells(world.manager):
            ask(CLIMB)
            wait_for(lambda: len(climbed()) == EACH)
            kill(worker)
        # what its connection had begun is kept or undone by now
        wait_for(lambda: not others_at_work())
    assert first == climbed()[:EACH]
    assert len(climbed()) <= EACH + 1
    assert not ended()
    close(closed, world)
    again: subprocess.Popen[bytes] = start_worker(*place)
    try:
        for _turn in range(2):
            SweepRun.objects.filter(pk=CLIMB).delete()
            ask(CLIMB)
            wait_for(ended)
    finally:
        kill(again)
    every = [*first, *second]
    assert Counter(climbed()) == dict.fromkeys(every, 1)
    told = Message.objects.filter(kind=CLIMBED)
    assert Counter(told.values_list("object_id", "recipient__username")) == {
        **{(pk, "inspector"): 1 for pk in first},
        **{(pk, "manager"): 1 for pk in second},
    }
    rows = Hazard.objects.in_bulk()
    assert {rows[pk].step for pk in first} == {Step.INSPECTOR}
    assert {rows[pk].step for pk in second} == {Step.LEAD}
    assert (rows[closed].status, rows[closed].step) == ("closed", Step.INSPECTOR)
