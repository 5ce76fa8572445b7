"""What the portal does by itself. Each sweep may run twice, late, or on two machines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from notifications.services import Occasion, notify_many
from safety.models import (
    Drill,
    DrillRequirement,
    Hazard,
    Improvement,
    Plan,
    Round,
    RoundPoint,
)
from safety.services import drills, hazards, improvements, requirements
from safety.services.moves import MOVES
from safety.services.plans import AHEAD, extend, first_reminder
from safety.services.rounds import lay_points
from workflow.actors import SYSTEM
from workflow.moves import move_many, write_many
from workflow.sweeps import Swept, each, in_sets


def make_due(at: datetime) -> Swept:
    """Rounds sixty days ahead. Counted are the plans that had any to make."""
    return in_sets(Plan.objects.to_extend(at + AHEAD), lambda plans: extend(plans, at))


def remind(at: datetime) -> Swept:
    """Whoever walks hears of each round at the times before it that its plan names.

    Several of one round that fell into an outage are one message, and none comes after its time.
    """

    def tell(rounds: Sequence[Any]) -> None:
        occasions = [Occasion(round, round.remind_at.isoformat(), {}) for round in rounds]
        for round in rounds:
            round.remind_at = first_reminder(round.planned_at, round.plan.leads, at)
        write_many(rounds, {"remind_at"})
        notify_many(MOVES.code_of("remind"), occasions, actor=SYSTEM, at=at)

    return in_sets(Round.objects.to_remind(at).with_all(), tell)


def close_ended(at: datetime) -> Swept:
    """At the end of its time a round is what it is: what was not reached is named."""

    def close(rounds: Sequence[Round]) -> None:
        lay_points(rounds)
        count_points(rounds)
        values: dict[str, Any] = {"finished_at": at, "remind_at": None}
        move_many(
            MOVES, "close", rounds, actor=SYSTEM, at=at, changes=lambda found: [values] * len(found)
        )

    return in_sets(Round.objects.to_close(at).with_all(), close)


def count_points(rounds: Sequence[Round]) -> None:
    """`missed_names`, `missing_count` and `reached_count` of each, in one statement."""
    names: dict[int, list[str]] = defaultdict(list)
    reached: Counter[int] = Counter()
    points = RoundPoint.objects.filter(round__in=rounds).order_by("round", "position")
    for pk, name, when in points.values_list("round", "checkpoint__name", "reached_at"):
        if when is None:
            names[pk].append(name)
        else:
            reached[pk] += 1
    for round in rounds:
        row: Any = round
        row.missed_names = names[round.pk]
        row.missing_count, row.reached_count = len(names[round.pk]), reached[round.pk]


def remind_of_hazards(at: datetime) -> Swept:
    """Whoever is responsible hears once before each deadline."""
    due = Hazard.objects.to_remind(at)
    return each(due, lambda hazard: hazards.remind(hazard, actor=SYSTEM, at=at))


def climb(at: datetime) -> Swept:
    """One step each: several that fell into an outage are taken a working day apart, and each is
    recorded and told."""
    return each(Hazard.objects.to_climb(at), lambda hazard: hazards.climb_due(hazard, at))


def remind_of_requirements(at: datetime) -> Swept:
    """90, 30 and 7 days before a drill is due, and when it is over: once each."""
    holding = DrillRequirement.objects.holding()
    return in_sets(holding, lambda rows: requirements.remind(rows, at))


def remind_of_drills(at: datetime) -> Swept:
    """Crew and homes hear the day before."""
    return each(Drill.objects.to_remind(at), lambda row: drills.remind(row, actor=SYSTEM, at=at))


def remind_of_improvements(at: datetime) -> Swept:
    late = Improvement.objects.to_tell_late(timezone.localdate(at))
    return each(late, lambda row: improvements.remind(row, actor=SYSTEM, at=at))
