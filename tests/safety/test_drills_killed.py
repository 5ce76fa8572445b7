"""The worker is killed amid each sweep of the drills: what is told is told once, and all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from audit.models import Entry, SweepRun
from notifications.models import Message
from tests import factories as make
from tests.engines import real_worker, start_worker
from tests.notifications.test_deliver import wait_for
from tests.people import World, build_world
from tests.safety.test_hazards_killed import nobody_tells, others_at_work
from tests.safety.test_killed import ask, kill

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# So many are told before the one whose message waits, and as many after.
EACH = 20
Rows = list[int]


def improvements(world: World, now: datetime) -> tuple[Rows, Rows]:
    drill = make.make_drill(world.court, status="evaluated")
    late = timezone.localdate(now) - 3 * DAY
    return (
        [make.make_improvement(drill, world.technician, due_on=late).pk for _n in range(EACH)],
        [make.make_improvement(drill, world.inspector, due_on=late).pk for _n in range(EACH)],
    )


def drills(world: World, now: datetime) -> tuple[Rows, Rows]:
    far = world.far_home.entrance.building
    said = {"status": "announced", "planned_at": now + 20 * HOUR, "remind_at": now - HOUR}
    return (
        [make.make_drill(world.garden, far, **said).pk for _n in range(EACH)],
        [
            make.make_drill(world.court, world.home.entrance.building, **said).pk
            for _n in range(EACH)
        ],
    )


def requirements(world: World, now: datetime) -> tuple[Rows, Rows]:
    """A set of them is told at once: a worker that is killed in it has told nobody."""
    long_ago = timezone.localdate(now) - 400 * DAY
    return [], [
        make.make_requirement(world.court, name=f"演练 {n}", status="on", since=long_ago).pk
        for n in range(EACH)
    ]


@dataclass(frozen=True)
class Case:
    sweep: str
    code: str
    lay: Callable[[World, datetime], tuple[Rows, Rows]]
    waits: str


CASES = [
    Case("safety.improvements", "safety.improvement.remind", improvements, "inspector"),
    Case("safety.drills", "safety.drill.remind", drills, "resident"),
    Case("safety.requirements", "safety.requirement.due", requirements, "manager"),
]


def told(case: Case) -> Rows:
    """The rows that somebody has heard of; what is not committed is not seen."""
    found = Message.objects.filter(kind=case.code)
    return sorted(set(found.values_list("object_id", flat=True)))


def ended(case: Case) -> bool:
    return SweepRun.objects.filter(pk=case.sweep, finished_at__isnull=False).exists()


@pytest.mark.parametrize(
    "case",
    [
        # The one that reaches the homes whenever the tests run.
        pytest.param(case, id=case.sweep, marks=[pytest.mark.soak] if case.lay != drills else [])
        for case in CASES
    ],
)
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_amid_a_sweep_tells_nobody_twice(
    case: Case, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    now, world = timezone.now(), build_world()
    # nothing leaves the house: tests/notifications/test_deliver.py sees to that
    User.objects.update(email_verified=False)
    first, rest = case.lay(world, now)
    place = connection.settings_dict["NAME"], django_settings.REDIS_URL, 2
    with real_worker(*place) as worker:
        with nobody_tells(getattr(world, case.waits)):
            ask(case.sweep)
            wait_for(lambda: told(case) == first and others_at_work())
            kill(worker)
        # what its connection had begun is kept or undone by now
        wait_for(lambda: not others_at_work())
    assert set(told(case)) >= set(first)
    assert len(told(case)) <= len(first) + 1
    assert not ended(case)
    again = start_worker(*place)
    try:
        for _turn in range(2):
            SweepRun.objects.filter(pk=case.sweep).delete()
            ask(case.sweep)
            wait_for(lambda: ended(case))
    finally:
        kill(again)
    assert told(case) == sorted([*first, *rest])
    messages = Message.objects.filter(kind=case.code)
    times = Counter(messages.values_list("object_id", "recipient"))
    assert set(times.values()) == {1}
    # Everybody of one kind of row hears of each of them.
    for rows in (first, rest):
        hearers = [{who for pk, who in times if pk == row} for row in rows]
        assert all(one and one == hearers[0] for one in hearers)
    noted = Counter(Entry.objects.filter(code=case.code).values_list("object_id", flat=True))
    assert set(noted.values()) <= {1}
