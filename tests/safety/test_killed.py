"""The worker is killed in the middle of its sweeps, again and again: nothing is lost or doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time as clock
from collections import Counter
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from celery import current_app
from dateutil.rrule import rrulestr
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from audit.models import Entry, SweepRun
from notifications.models import Message
from safety.models import Plan, Round, RoundPoint
from tests import factories as make
from tests.engines import real_worker, start_worker
from tests.notifications.test_deliver import wait_for
from tests.people import build_world

HOUR, DAY, AHEAD = timedelta(hours=1), timedelta(days=1), timedelta(days=60)
# Each more than a page of a sweep.
PLANS, ROUNDS = 520, 700
MAKE, REMIND, CLOSE = "safety.make_rounds", "safety.remind", "safety.close"
RULES = (
    "FREQ=WEEKLY;BYDAY=TU,FR",
    "FREQ=DAILY;INTERVAL=5;BYHOUR=6,20",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=DAILY;COUNT=12",
)


class Stage:
    """Plans of which nobody made any round for ten days; rounds to remind of, rounds to close."""

    def __init__(self, now: datetime) -> None:
        world = build_world()
        # nothing leaves the house: tests/notifications/test_deliver.py sees to that
        User.objects.update(email_verified=False)
        route = make.make_route(world.court)
        self.starts_on = timezone.localdate(now) - timedelta(days=9)
        self.plans = Plan.objects.bulk_create(
            Plan(
                estate=world.court,
                route=route,
                name=f"计划 {n}",
                rule=RULES[n % len(RULES)],
                starts_on=self.starts_on,
                time=time(9),
                window_minutes=120,
                next_at=now - 10 * DAY,
            )
            for n in range(PLANS)
        )
        self.other = make.make_plan(route, name="-", leads=[120, 30])
        self.ahead = self.rounds(now + HOUR, now + 3 * HOUR, now - HOUR)
        self.over = self.rounds(now - 3 * HOUR, now - HOUR, None)

    def rounds(self, begin: datetime, end: datetime, remind_at: datetime | None) -> list[int]:
        rows = Round.objects.bulk_create(
            Round(
                plan=self.other,
                estate=self.other.estate,
                planned_at=begin + timedelta(microseconds=n),
                ends_at=end,
                remind_at=remind_at,
            )
            for n in range(ROUNDS)
        )
        return [row.pk for row in rows]

    def plain(self, rule: str, until: datetime) -> list[datetime]:
        """By dateutil, from the first day on."""
        found = rrulestr(rule, dtstart=datetime.combine(self.starts_on, time(9)))
        end = timezone.localtime(until).replace(tzinfo=None)
        between = found.between(datetime.combine(self.starts_on, time()), end)
        return [timezone.make_aware(one) for one in between]


def ask(*names: str) -> None:
    for name in names:
        current_app.send_task(name)


def kill(worker: subprocess.Popen[bytes]) -> None:
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def last_run(name: str) -> datetime | None:
    return SweepRun.objects.filter(pk=name).values_list("started_at", flat=True).first()


def left() -> tuple[int, int, int]:
    """How many plans, reminders and rounds that are over are still to be done."""
    now = timezone.now()
    return (
        Plan.objects.to_extend(now + AHEAD).count(),
        Round.objects.to_remind(now).count(),
        Round.objects.to_close(now).count(),
    )


def has_begun() -> Callable[[], bool]:
    before = last_run(CLOSE)
    return lambda: last_run(CLOSE) != before


def has_kept_something() -> Callable[[], bool]:
    before = left()
    return lambda: left() != before


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_nothing_and_doubles_nothing(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    stage, dice, killed = Stage(timezone.now()), random.Random(7), 0
    place = connection.settings_dict["NAME"], django_settings.REDIS_URL, 3
    with real_worker(*place) as first:
        worker: subprocess.Popen[bytes] = first
        for what in (has_begun, has_kept_something):
            happened = what()
            ask(MAKE, REMIND, CLOSE)
            wait_for(happened)
            clock.sleep(dice.uniform(0, 0.5))
            kill(worker)
            killed += any(left())
            worker = start_worker(*place)
        try:
            # what died with its worker is asked again by the clock
            ask(MAKE, REMIND)
            wait_for(lambda: left()[:2] == (0, 0))
            ask(CLOSE)
            wait_for(lambda: left()[2] == 0)
        finally:
            kill(worker)
    assert killed > 0
    all_made(stage)
    all_reminded(stage)
    all_closed(stage)


def all_made(stage: Stage) -> None:
    until = last_run(MAKE)
    assert until is not None
    wanted = {rule: stage.plain(rule, until + AHEAD) for rule in RULES}
    found: dict[int, list[datetime]] = {plan.pk: [] for plan in stage.plans}
    rows = Round.objects.exclude(plan=stage.other).order_by("planned_at")
    for plan, moment in rows.values_list("plan", "planned_at"):
        found[plan].append(moment)
    assert found == {plan.pk: wanted[plan.rule] for plan in stage.plans}


def all_reminded(stage: Stage) -> None:
    told = Message.objects.filter(kind="safety.round.remind")
    assert Counter(told.values_list("object_id", "recipient__username")) == {
        (key, "inspector"): 1 for key in stage.ahead
    }


def all_closed(stage: Stage) -> None:
    closed = Round.objects.filter(status="missed")
    keys = list(closed.values_list("pk", flat=True))
    assert set(stage.over) < set(keys)
    assert closed.exclude(plan=stage.other).count() > PLANS
    once = dict.fromkeys(keys, 1)
    entries = Entry.objects.filter(code="safety.round.close")
    assert Counter(entries.values_list("object_id", flat=True)) == once
    told = Message.objects.filter(kind="safety.round.close")
    assert Counter(told.values_list("object_id", flat=True)) == once
    points = RoundPoint.objects.values_list("round", flat=True)
    assert Counter(points) == dict.fromkeys(keys, 3)
