"""The last days, through the real verbs, and what is to come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest

from accounts.models import User
from audit.models import Entry
from repairs import services as repairs
from repairs.demo.categories import categories_of
from repairs.demo.pictures import picture
from repairs.models import Ticket
from safety.demo import content
from safety.demo.content import Found
from safety.demo.hazards import act_hazards
from safety.demo.history import MINUTE, TOLD
from safety.demo.lay import DAY, Beat, Course, Leg
from safety.models import Checklist, ChecklistItem, Checkpoint, Hazard, Plan, Round, Route
from safety.services import hazards, plans, rounds
from safety.services.rounds import Given
from safety.services.sweeps import climb, close_ended, make_due, remind, remind_of_hazards
from workflow.scenes import Script, Stage

TICKET = "safety:dark-corridor"
HAZARD = "safety:dark-corridor-hazard"


def act_last_days(beat: Beat, stage: Stage) -> None:
    _make_ahead(beat)
    if beat.course("fire"):
        _ticket(beat, stage.script)
        _broken_off(beat, stage.script)
        act_hazards(beat, stage.script)
    for course in beat.courses:
        _today(beat, stage, course)


def _make_ahead(beat: Beat) -> None:
    """As they were made yesterday, so that reminders of the time since are still to come."""
    every = [course.plan for course in beat.courses]
    for plan in every:
        plan.next_at = next(iter(plan.recurrence.next(beat.today)), None)
    plans.extend(every, beat.now - DAY)


def _round_of(beat: Beat, course: Course, days_ago: int) -> Round | None:
    begins = beat.midnight(beat.now.date() - days_ago * DAY)
    return course.plan.rounds.by_rule().between(begins, begins + DAY).first()


class Walk:
    """Somebody walks a round as far as the time goes."""

    def __init__(self, beat: Beat, script: Script, course: Course, row: Round) -> None:
        self.beat, self.script, self.course, self.row = beat, script, course, row
        self.key = f"safety:round-{row.pk}"
        script.rows[self.key] = row
        self.walker = beat.walker(course, row.planned_at.astimezone(beat.now.tzinfo).date())

    def go(
        self, *, points: int | None = None, found: Mapping[str, Found] | None = None
    ) -> datetime:
        """When the last of the points is reached, or would be."""
        legs = self.course.legs[:points]
        apart = min(0.75 * self.course.plan.window / (len(self.course.legs) + 1), 9 * MINUTE)
        at = self.row.planned_at + 3 * MINUTE
        self._do(at, rounds.start)
        for n, leg in enumerate(legs):
            at += apart * (0.9 + 0.1 * (n % 3))
            self._check(at, n, leg, (found or {}).get(leg.checkpoint.name))
        return at

    def finish(self, at: datetime, reason: str) -> None:
        self._do(at, rounds.finish, reason=reason)

    def _check(self, at: datetime, n: int, leg: Leg, found: Found | None) -> None:
        answers = {}
        for item, asked in leg.asked:
            bad = found if found and found.item == item.name else None
            value = bad.value if bad else asked.usual[n % len(asked.usual)]
            answers[item.pk] = Given(value, bad.words if bad else "")
        label = "" if n == 3 else leg.checkpoint.qr
        self._do(at, rounds.check, checkpoint=leg.checkpoint, answers=answers, label=label)

    def _do(self, at: datetime, verb: Any, **said: Any) -> None:
        at = at.replace(second=7 * at.minute % 60, microsecond=0)
        if at <= self.beat.now:
            self.script.do(at, verb, by=self.walker, row=self.key, **said)


def _today(beat: Beat, stage: Stage, course: Course) -> None:
    row = _round_of(beat, course, 0)
    if row is not None:
        Walk(beat, stage.script, course, row).go(found={content.BLOCKED_AT: content.BLOCKED})


def _broken_off(beat: Beat, script: Script) -> None:
    course, row = _told(beat, "fire", 2)
    walk = Walk(beat, script, course, row)
    ended = walk.go(points=len(course.legs) - 2)
    walk.finish(ended + 4 * MINUTE, content.SHUT_OUT)


def _told(beat: Beat, key: str, days_ago: int) -> tuple[Course, Round]:
    course = beat.course(key)
    assert course is not None
    row = _round_of(beat, course, days_ago)
    assert row is not None
    return course, row


def _ticket(beat: Beat, script: Script) -> None:
    """What was found four days ago became a repair, and was mended on the same day."""
    course, row = _told(beat, "fire", 4)
    walk = Walk(beat, script, course, row)
    ended = walk.go(found={content.DARK_AT: content.DARK})
    inspector, desk = walk.walker, beat.ground.desk
    worker = beat.ground.staff["technician7"]
    script.do(
        ended + 6 * MINUTE,
        repairs.report,
        by=inspector,
        gives=TICKET,
        category=categories_of(beat.ground.estate)["power-corridor-light"],
        description=content.DARK_REPORT,
        place=beat.ground.place(content.DARK_PLACE),
        place_words=content.DARK_SPOT,
        photos=[partial(picture, "corridor")],
        source=Ticket.Source.INSPECTION,
        origin=row,
    )
    lit = [partial(picture, "corridor-lit")]
    steps: Iterable[tuple[int, Any, User, dict[str, Any]]] = (
        (14, repairs.accept, desk, {}),
        (22, repairs.dispatch, desk, {"worker": worker}),
        (170, repairs.start, worker, {}),
        (195, repairs.resolve, worker, {"resolution": content.DARK_MENDED, "photos": lit}),
        (320, repairs.confirm, inspector, {}),
    )
    for minutes, verb, actor, said in steps:
        script.do(ended + minutes * MINUTE, verb, by=actor, row=TICKET, **said)
    _put_right(beat, script, row, ended, inspector, worker)


def _put_right(
    beat: Beat, script: Script, row: Round, ended: datetime, inspector: User, worker: User
) -> None:
    """The hazard that it was is put right with it, and looked at by who had found it."""

    def found() -> None:
        script.rows[HAZARD] = Hazard.objects.get(origin_id=row.pk, estate=row.estate)

    script.note(ended + 5 * MINUTE, found)
    manager = beat.ground.staff["manager"]
    fixes = {
        "plan": content.DARK_PLAN,
        "responsible": worker,
        "measures": content.DARK_MEASURES,
        "funds": Decimal("36"),
        "due_at": ended + 2 * DAY,
    }
    lit = [partial(picture, "corridor-lit")]
    steps: Iterable[tuple[int, Any, User, dict[str, Any]]] = (
        (10, hazards.grade, inspector, {"grade": "general", "interim": content.DARK_INTERIM}),
        (24, hazards.order, manager, fixes),
        (170, hazards.begin, worker, {}),
        (197, hazards.submit, worker, {"result": content.DARK_MENDED, "photos": lit}),
        (321, hazards.close, inspector, {"inspection": content.DARK_SEEN, "photos": lit}),
    )
    for minutes, verb, actor, said in steps:
        script.do(ended + minutes * MINUTE, verb, by=actor, row=HAZARD, **said)


# --- what the portal did by itself


def sweep(laid: Sequence[Beat], stage: Stage) -> None:
    """Told when it was due; the night that nobody walked was closed when it was over."""
    told = {
        moment - timedelta(minutes=lead)
        for beat in laid
        for course in beat.courses
        for moment in course.plan.recurrence.between(beat.today, beat.now + 2 * DAY)
        for lead in course.plan.leads
    }
    for at in sorted(told):
        if stage.now - DAY < at <= stage.now:
            stage.script.note(at, partial(remind, at))
    for beat in laid:
        if beat.course("night"):
            _course, row = _told(beat, *NIGHT)
            at = row.ends_at + MINUTE
            stage.script.note(at, partial(close_ended, at))
    for verb in (make_due, remind, close_ended, remind_of_hazards, climb):
        stage.script.sweep(verb)


NIGHT = ("night", 1)
assert NIGHT in TOLD


def date_rows(laid: Sequence[Beat], stage: Stage) -> None:
    """Rows were made when the plans were, rounds sixty days before their time, and hazards when
    they were found; these changed when something was last written of them."""

    def dated() -> None:
        for beat in laid:
            estate, made_at = beat.ground.estate, beat.made
            made = {"created_at": made_at, "updated_at": made_at}
            for model in (Checklist, Checkpoint, Route, Plan):
                model._default_manager.filter(estate=estate).update(**made)
            ChecklistItem.objects.filter(checklist__estate=estate).update(**made)
            every = Round.objects.filter(estate=estate)
            every.by_rule().update(created_at=Greatest(F("planned_at") - plans.AHEAD, made_at))
            every.filter(makes_up__isnull=False).update(created_at=F("planned_at"))
            every.update(updated_at=Coalesce("finished_at", "started_at", "created_at"))
            written = Entry.objects.filter(
                content_type=ContentType.objects.get_for_model(Hazard), object_id=OuterRef("pk")
            )
            last = Subquery(written.order_by("-at").values("at")[:1])
            Hazard.objects.filter(estate=estate).update(created_at=F("found_at"), updated_at=last)

    stage.script.note(stage.now, dated)
