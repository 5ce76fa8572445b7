"""What the portal does by itself. Each sweep may run twice, late, or on two machines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django.utils import timezone

from grids.models import CareFlag, EndReason, Household, Visit
from grids.services import flags
from grids.services.moves import FLAG_MOVES, VISIT_MOVES
from grids.services.planning import plan
from notifications.services import Occasion, notify_many
from workflow.actors import SYSTEM
from workflow.moves import write_many
from workflow.sweeps import Swept, each, in_sets

# A leader hears in the morning what was left over the day before.
MORNING = time(8)


def plan_visits(at: datetime) -> Swept:
    """One for each household that is looked after and has none."""
    today = timezone.localdate(at)
    due = Household.objects.to_plan(today)

    def planned(rows: Sequence[Household]) -> object:
        keys = [row.pk for row in rows]
        fresh = Household.objects.to_plan(today).with_care(today).with_address()
        return plan(list(fresh.filter(pk__in=keys)), at=at)

    return in_sets(due, planned)


def ask_for_review(at: datetime) -> Swept:
    """Once, on the day; whoever looks after the household hears of it."""

    def asked(rows: Sequence[Any]) -> None:
        for flag in rows:
            flag.review_asked_at = at
        write_many(rows, {"review_asked_at"})
        occasions = [Occasion(flag, flag.review_on.isoformat(), {}) for flag in rows]
        notify_many(FLAG_MOVES.code_of("review"), occasions, actor=SYSTEM, at=at)

    return in_sets(CareFlag.objects.to_review(timezone.localdate(at)).with_all(), asked)


def end_expired(at: datetime) -> Swept:
    """Nobody said that it still holds."""
    due = CareFlag.objects.expired(timezone.localdate(at))
    return each(due, lambda flag: flags.end(flag, actor=SYSTEM, at=at, reason=EndReason.EXPIRED))


def end_moved_out(at: datetime) -> Swept:
    due = CareFlag.objects.moved_out(timezone.localdate(at))
    return each(due, lambda flag: flags.end(flag, actor=SYSTEM, at=at, reason=EndReason.MOVED))


def climb(at: datetime) -> Swept:
    """Red visits that are late climb to the leader, the next morning; once each."""

    def told(rows: Sequence[Any]) -> None:
        for visit in rows:
            visit.climbed_at = at
        write_many(rows, {"climbed_at"})
        occasions = [Occasion(visit, visit.due_on.isoformat(), {}) for visit in rows]
        notify_many(VISIT_MOVES.code_of("climb"), occasions, actor=SYSTEM, at=at)

    local = timezone.localtime(at)
    if local.time() < MORNING:
        return Swept()
    return in_sets(Visit.objects.to_climb(local.date()).with_all(), told)
