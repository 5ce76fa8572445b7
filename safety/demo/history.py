"""A year of rounds, written in bulk: what verbs and sweeps would have left behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.contrib.contenttypes.models import ContentType

from accounts.models import User
from audit.models import Entry
from safety.demo import content
from safety.demo.content import Found
from safety.demo.lay import DAY, Beat, Course, Leg
from safety.models import Answer, ChecklistItem, Round, RoundPoint
from safety.services.moves import MOVES
from safety.states import SHORT, Verdict

S = Round.Status
MINUTE = timedelta(minutes=1)
# What was answered is written out for as long as anybody looks back.
ANSWERED = timedelta(days=100)
# Of the last days all is well, but for what `today` tells.
QUIET = timedelta(days=6)
FATES = (S.DONE, S.PARTIAL, S.MISSED, S.EXCUSED)
ODDS = (936, 28, 18, 18)
FINDS = 1 / 25
BY_LABEL = 0.93


@dataclass
class Past:
    """A round and the rows that hang on it, before they have keys."""

    course: Course
    round: Round
    points: list[tuple[RoundPoint, Leg]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    # at, actor, verb, state after it, note
    entries: list[tuple[datetime, User | None, str, str, str]] = field(default_factory=list)

    def log(
        self, at: datetime, actor: User | None, verb: str, note: str = "", *, state: str = ""
    ) -> None:
        self.entries.append((at, actor, verb, state, note))


def write_history(beat: Beat, dice: Random) -> None:
    """All that was due from the day the plans were made until last midnight."""
    due = [
        (moment, course)
        for course in beat.courses
        for moment in course.plan.recurrence.between(beat.begins, beat.today)
    ]
    due.sort(key=lambda one: one[0])
    pasts = [Teller(beat, dice, course).tell(moment) for moment, course in due]
    _store(beat, pasts)
    again = [made for past in pasts if (made := _made_up(beat, dice, past)) is not None]
    _store(beat, again)


class Teller:
    """Tells rounds of one tour."""

    def __init__(self, beat: Beat, dice: Random, course: Course) -> None:
        self.beat, self.dice, self.course = beat, dice, course

    def tell(self, planned_at: datetime) -> Past:
        plan = self.course.plan
        past = Past(
            self.course,
            Round(
                plan=plan,
                estate=self.beat.ground.estate,
                planned_at=planned_at,
                ends_at=planned_at + plan.window,
                assignee=plan.assignee,
            ),
        )
        if told_of(self.beat, self.course, planned_at):
            return past
        quiet = planned_at > self.beat.today - QUIET
        fate = S.DONE if quiet else self.dice.choices(FATES, ODDS)[0]
        if fate == S.EXCUSED:
            self._excused(past)
            return past
        lay_points(past)
        if fate == S.MISSED:
            self._missed(past)
        else:
            finds = not quiet and self.dice.random() < FINDS
            skipped = self.dice.choice((2, 2, 3)) if fate == S.PARTIAL else 0
            walker = self.beat.walker(self.course, planned_at.date())
            walk(self.beat, self.dice, past, walker, skipped=skipped, finds=finds)
        return past

    def _excused(self, past: Past) -> None:
        row, key = past.round, self.course.tour.key
        reasons = list(content.EXCUSES[key])
        if key in ("play", "facade") and row.planned_at.month in content.SUMMER:
            reasons = [content.STORM]
        row.status, row.reason = S.EXCUSED, self.dice.choice(reasons)
        row.finished_at = row.planned_at - self.dice.randrange(30, 150) * MINUTE
        past.log(row.finished_at, self.beat.manager, "excuse", row.reason, state=S.EXCUSED)

    def _missed(self, past: Past) -> None:
        row = past.round
        row.status, row.finished_at = S.MISSED, row.ends_at + MINUTE
        past.log(row.finished_at, None, "close", state=S.MISSED)


def told_of(beat: Beat, course: Course, planned_at: datetime) -> bool:
    """These are walked, or not, through the real verbs."""
    days = (beat.now.date() - planned_at.date()).days
    return (course.tour.key, days) in TOLD


# The night that nobody walked, the round that broke off, and the one that found a dark corridor.
TOLD = {("night", 1), ("fire", 2), ("fire", 4)}


def lay_points(past: Past, legs: list[tuple[int, Leg]] | None = None) -> None:
    past.points = [
        (
            RoundPoint(
                round=past.round,
                checkpoint=leg.checkpoint,
                position=position,
                checklist=leg.checklist,
            ),
            leg,
        )
        for position, leg in legs or enumerate(past.course.legs, 1)
    ]


def walk(
    beat: Beat,
    dice: Random,
    past: Past,
    walker: User,
    *,
    skipped: int = 0,
    finds: bool = False,
    within: timedelta | None = None,
) -> None:
    """Point after point in their order, some minutes apart, and over before its time is."""
    row, points = past.round, past.points
    window = within or past.course.plan.window
    at = row.planned_at + dice.uniform(0.02, 0.1) * window
    apart = min(dice.uniform(0.55, 0.85) * window / (len(points) + 1), 9 * MINUTE)
    row.assignee, row.started_at, row.status = walker, at.replace(microsecond=0), S.DONE
    past.log(row.started_at, walker, "start", state=S.IN_PROGRESS)
    walked = points[: len(points) - skipped] if skipped else points
    bad, found = _finding(past, dice, [leg for _point, leg in walked]) if finds else (-1, None)
    for n, (point, leg) in enumerate(walked):
        at += dice.uniform(0.6, 1.3) * apart
        point.reached_at, point.reached_by = at.replace(microsecond=0), walker
        point.by_label = dice.random() < BY_LABEL
        point.failed = 1 if n == bad else 0
        if n == bad or row.planned_at > beat.now - ANSWERED:
            past.answers += answers_of(point, leg, dice, found if n == bad else None)
        over = n + 1 == len(points)
        past.log(
            point.reached_at, walker, "check", leg.checkpoint.name, state=S.DONE if over else ""
        )
        row.finished_at = point.reached_at
    if skipped:
        _broken_off(past, walker, dice)


def _finding(past: Past, dice: Random, legs: list[Leg]) -> tuple[int, Found | None]:
    """At which of the points what is not in order; nowhere, if it can be at none of them."""
    found = dice.choice(content.FINDINGS[past.course.tour.asked])
    fitting = [n for n, leg in enumerate(legs) if found.at in leg.checkpoint.name]
    return (dice.choice(fitting), found) if fitting else (-1, None)


def _broken_off(past: Past, walker: User, dice: Random) -> None:
    row = past.round
    assert row.finished_at is not None
    row.status = S.PARTIAL
    if dice.random() < 0.25:
        row.finished_at = row.ends_at + MINUTE
        past.log(row.finished_at, None, "close", state=S.PARTIAL)
        return
    row.reason = dice.choice(content.SKIPS[past.course.tour.key])
    row.finished_at += dice.randrange(2, 6) * MINUTE
    past.log(row.finished_at, walker, "finish", row.reason, state=S.PARTIAL)


def answers_of(point: RoundPoint, leg: Leg, dice: Random, found: Found | None) -> list[Answer]:
    rows = []
    for item, asked in leg.asked:
        bad = found if found and found.item == item.name else None
        value = bad.value if bad else dice.choice(asked.usual)
        if not value:
            continue
        rows.append(
            Answer(
                point=point,
                item=item,
                verdict=item.verdict(value) if bad else Verdict.PASS,
                value="" if item.kind == ChecklistItem.Kind.CHECK else value,
                words=bad.words if bad else "",
            )
        )
    return rows


def _made_up(beat: Beat, dice: Random, past: Past) -> Past | None:
    """Most of what was left is walked on the next day, when the manager has read of it."""
    row = past.round
    if row.status not in SHORT or dice.random() > 0.6:
        return None
    sent = beat.midnight(row.planned_at.date() + DAY) + dice.randrange(522, 540) * MINUTE
    if sent + DAY > beat.today:
        return None
    again = Past(
        past.course,
        Round(
            plan=row.plan,
            estate=row.estate,
            planned_at=sent,
            ends_at=sent + DAY,
            assignee=beat.walker(past.course, row.planned_at.date()),
            makes_up=row,
        ),
    )
    left = [(point.position, leg) for point, leg in past.points if point.reached_at is None]
    lay_points(again, left)
    again.log(sent, beat.manager, "make")
    again.log(sent, beat.manager, "make_up")
    assert again.round.assignee is not None
    walk(beat, dice, again, again.round.assignee, within=timedelta(hours=5))
    return again


# --- writing -------------------------------------------------------------------------------------


def _store(beat: Beat, pasts: list[Past]) -> None:
    Round.objects.bulk_create([past.round for past in pasts], batch_size=1000)
    points = [point for past in pasts for point, _leg in past.points]
    for point in points:
        point.round = point.round  # by now it has a key
    RoundPoint.objects.bulk_create(points, batch_size=2000)
    answers = [answer for past in pasts for answer in past.answers]
    for answer in answers:
        answer.point = answer.point
    Answer.objects.bulk_create(answers, batch_size=4000)
    kind = ContentType.objects.get_for_model(Round)
    entries = [entry for past in pasts for entry in _entries(past, kind)]
    Entry.objects.bulk_create(sorted(entries, key=lambda entry: entry.at), batch_size=2000)


def _entries(past: Past, kind: ContentType) -> list[Entry]:
    rows, state = [], str(S.PLANNED)
    for at, actor, verb, after, note in past.entries:
        # Somebody is sent once more from the round that was left.
        row: Any = past.round.makes_up_id if verb == "make_up" else past.round.pk
        changes: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
        if after:
            changes, state = ({"status": state}, {"status": str(after)}), str(after)
        rows.append(
            Entry(
                at=at,
                actor=actor,
                code=MOVES.code_of(verb),
                content_type=kind,
                object_id=row,
                before=changes[0],
                after=changes[1],
                note=note,
            )
        )
    return rows
