"""Rounds: walked point by point, handed over, excused, made up for."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from attachments.services import MAX_PER_ROW, claim, of
from audit.services import record
from common.dates import said_time
from notifications.services import notify
from safety.models import EARLY, Answer, ChecklistItem, Checkpoint, Round, RoundPoint, Stop
from safety.querysets import LONGEST
from safety.services import hazards
from safety.services.moves import MOVES, missing
from safety.services.people import colleagues
from safety.states import Verdict
from workflow.moves import move
from workflow.refusals import Invalid, WrongState
from workflow.threads import talk

# A round that makes up for another has a day, unless somebody says otherwise.
A_DAY = timedelta(days=1)
# The way to the portal takes a moment; what takes longer has waited for signal.
SAME_MOMENT = timedelta(minutes=2)
# The decimal point as keyboards write it: comma, wide comma, wide point, full stop.
POINTS = str.maketrans(dict.fromkeys(",\uff0c\uff0e\u3002", "."))


@dataclass(frozen=True)
class Given:
    """What somebody says of one item: the verdict itself of a check, else a number, one of the
    choices or words. `words` say what is wrong, `photos` are keys of uploads."""

    value: str = ""
    words: str = ""
    photos: Sequence[str] = field(default=())


class Reached(WrongState):
    """Somebody else was at this point since the reader looked (409)."""

    code = "reached"


# --- points


def points_of(round: Round) -> list[RoundPoint]:
    """Those of the round once it has any, else as its route is now: not saved, and without pk."""
    made = list(round.points.with_all().order_by("position"))
    return made or _from_route({round.plan.route_id: [round]})


def lay_points(rounds: Sequence[Round]) -> None:
    """Rounds that have no points yet get those of their routes, as they are now."""
    have = set(
        RoundPoint.objects.filter(round__in=rounds).values_list("round", flat=True).distinct()
    )
    by_route: dict[int, list[Round]] = defaultdict(list)
    for round in rounds:
        if round.pk not in have:
            by_route[round.plan.route_id].append(round)
    RoundPoint.objects.bulk_create(_from_route(by_route), ignore_conflicts=True, batch_size=2000)


def _from_route(by_route: Mapping[int, Sequence[Round]]) -> list[RoundPoint]:
    stops = Stop.objects.filter(route__in=by_route).order_by("route", "position")
    walked = stops.select_related("checkpoint__place", "checkpoint__facility")
    return [
        RoundPoint(
            round=round,
            checkpoint=stop.checkpoint,
            position=stop.position,
            checklist_id=stop.checklist_id or stop.checkpoint.checklist_id,
        )
        for stop in walked
        for round in by_route[stop.route_id]
    ]


def checkpoints_of(points: Sequence[RoundPoint]) -> QuerySet[Checkpoint]:
    return Checkpoint.objects.filter(pk__in=[point.checkpoint_id for point in points])


def at_label(qr: str) -> Checkpoint | None:
    """The point whose label bears this code."""
    return Checkpoint.objects.filter(qr=qr).select_related("estate").first()


def items_of(points: Sequence[RoundPoint]) -> dict[int, list[ChecklistItem]]:
    """Checklist pk → what is asked, in order."""
    lists = {point.checklist_id for point in points} - {None}
    found: dict[int, list[ChecklistItem]] = defaultdict(list)
    for item in (
        ChecklistItem.objects.asked().filter(checklist__in=lists).order_by("position", "pk")
    ):
        found[item.checklist_id].append(item)
    return found


# --- walking


def start(round: Round, *, actor: Any, at: datetime) -> Round:
    def begun(locked: Round) -> Mapping[str, Any]:
        lay_points([locked])
        return _begun(locked, actor, at)

    return move(MOVES, "start", round, actor=actor, at=at, changes=begun)


def _begun(round: Round, actor: Any, at: datetime) -> dict[str, Any]:
    if round.started_at is not None:
        return {}
    return {"started_at": at, "assignee": round.assignee or actor, "remind_at": None}


def check(
    round: Round,
    *,
    actor: Any,
    at: datetime,
    checkpoint: Checkpoint,
    answers: Mapping[int, Given] | None = None,
    note: str = "",
    label: str = "",
    seen: str = "",
    walked_at: datetime | None = None,
) -> Round:
    """Somebody is at a point and says what they find; the first one begins the round, the last one
    finishes it. `answers` by pk of the item. `label` is the code read there. `seen` is when the
    point had been reached, as the reader saw it: nobody writes over what they did not see.
    `walked_at` is the time of the phone, which may have had no signal then.

    The same words of the same person again change nothing. Raises Invalid, Reached.
    """
    said = Said(checkpoint, answers or {}, note, label, seen, walked_at)
    return _check("check", round, said, actor, at)


def arrive(
    round: Round,
    *,
    actor: Any,
    at: datetime,
    checkpoint: Checkpoint,
    answers: Mapping[int, Given] | None = None,
    note: str = "",
    label: str = "",
    seen: str = "",
    walked_at: datetime | None = None,
) -> Round:
    """`check` of a round that is over: of what was walked inside its time, without signal.

    Raises WrongState for what was walked later, or says no time of its own.
    """
    if walked_at is None or not round.planned_at - EARLY <= walked_at <= round.ends_at:
        raise WrongState(
            _("This round was over at %(time)s.") % {"time": said_time(round.ends_at, at)}
        )
    said = Said(checkpoint, answers or {}, note, label, seen, walked_at)
    reached = round.points.filter(checkpoint=checkpoint, reached_at__isnull=False)
    if reached.exists() and not _sent_before(round, said, actor):
        raise WrongState(_("Somebody was at this point in time: what they said stands."))
    return _check("arrive", round, said, actor, at)


@dataclass(frozen=True)
class Said:
    """All that is said at one point."""

    checkpoint: Checkpoint
    answers: Mapping[int, Given]
    note: str
    label: str
    seen: str
    walked_at: datetime | None

    @cached_property
    def digest(self) -> str:
        said = {pk: [a.value, a.words, sorted(a.photos)] for pk, a in sorted(self.answers.items())}
        words = json.dumps([self.checkpoint.pk, said, self.note])
        return hashlib.sha256(words.encode()).hexdigest()


def _check(verb: str, round: Round, said: Said, actor: Any, at: datetime) -> Round:
    if _sent_before(round, said, actor):
        return round

    def written(locked: Round) -> Mapping[str, Any]:
        lay_points([locked])
        reached = _write_point(locked, said, actor, at)
        done = {} if missing(locked) else {"finished_at": _last_reached(locked)}
        return {**_begun(locked, actor, reached), **done}

    with transaction.atomic():
        note = said.checkpoint.name
        locked = move(MOVES, verb, round, actor=actor, at=at, changes=written, note=note)
        if verb == "arrive":
            # once for what it has become, not for every point
            code, become = MOVES.code_of("arrived"), locked.status
            notify(code, locked, actor=actor, at=at, occasion=become)
    return locked


def _write_point(round: Round, said: Said, actor: Any, at: datetime) -> datetime:
    """When it was reached."""
    point = round.points.filter(checkpoint=said.checkpoint).select_related("reached_by").first()
    if point is None:
        raise Invalid(_("This point is not on the round."))
    _refuse_unseen(point, said.seen, at)
    if said.label and said.label != said.checkpoint.qr:
        raise Invalid(_("This is the label of another point."))
    failed = _answer(point, said.answers, actor)
    point.failed = len(failed)
    if point.reached_at is None:
        point.reached_at, point.reached_by = _bounded(said.walked_at, round, at), actor
        point.arrived_at = at if at - point.reached_at > SAME_MOMENT else None
    point.by_label = point.by_label or bool(said.label)
    point.note, point.digest = said.note, said.digest
    point.save()
    for answer in failed:
        hazards.of_answer(answer, actor=actor, at=at)
    reached: datetime = point.reached_at
    return reached


def _bounded(walked_at: datetime | None, round: Round, at: datetime) -> datetime:
    """The phone's clock, which may be wrong: not before the round may begin, and not ahead of
    ours."""
    if walked_at is None:
        return at
    return min(max(walked_at, round.planned_at - EARLY), at)


def _last_reached(round: Round) -> datetime:
    found: dict[str, datetime] = round.points.aggregate(last=Max("reached_at"))
    return found["last"]


def _sent_before(round: Round, said: Said, actor: Any) -> bool:
    points = RoundPoint.objects.filter(round=round, checkpoint=said.checkpoint, digest=said.digest)
    return points.filter(reached_by=actor.pk).exists()


def seen_of(point: RoundPoint) -> str:
    return point.reached_at.isoformat() if point.reached_at else ""


def _refuse_unseen(point: RoundPoint, seen: str, at: datetime) -> None:
    if point.reached_at is not None and seen != seen_of(point):
        raise Reached(
            _("%(who)s was at this point %(when)s; look at what is there before you write over it.")
            % {
                "who": point.reached_by.name if point.reached_by else "",
                "when": said_time(point.reached_at, at),
            }
        )


def _answer(point: RoundPoint, answers: Mapping[int, Given], actor: Any) -> list[Answer]:
    """Writes what was said, and gives what of it is not in order. Raises Invalid."""
    items = items_of([point]).get(point.checklist_id or 0, [])
    failed = []
    for item in items:
        given = answers.get(item.pk, Given())
        verdict, value = read(item, given)
        if not verdict:
            continue
        row, _made = Answer.objects.update_or_create(
            point=point,
            item=item,
            defaults={"verdict": verdict, "value": value, "words": given.words},
        )
        claim(given.photos, row=row, by=actor, limit=MAX_PER_ROW)
        if item.photo_required and verdict != Verdict.NA and not of(row).exists():
            raise Invalid(_("“%(item)s” wants a photo.") % {"item": item.name})
        if verdict == Verdict.FAIL:
            failed.append(row)
    return failed


def read(item: ChecklistItem, given: Given) -> tuple[str, str]:
    """The verdict and the kept value of what was said. Raises Invalid for what is no answer; both
    are empty for words that nobody had to say.

    What cannot be read, a gauge that is broken, is not in order: say so in words.
    """
    value = given.value.strip()
    if item.kind == item.Kind.TEXT:
        return (Verdict.PASS, value) if value else ("", "")
    if value == Verdict.NA:
        return Verdict.NA, ""
    if not value:
        if given.words and item.kind != item.Kind.CHECK:
            return Verdict.FAIL, ""
        raise Invalid(_("“%(item)s” is not answered yet.") % {"item": item.name})
    if item.kind == item.Kind.CHECK and value not in Verdict.values:
        raise Invalid(_("“%(value)s” is none of the answers.") % {"value": value})
    if item.kind == item.Kind.CHOICE and value not in item.choices:
        raise Invalid(_("“%(value)s” is none of the answers.") % {"value": value})
    if item.kind == item.Kind.NUMBER:
        value = _number(item, value)
    return item.verdict(value), "" if item.kind == item.Kind.CHECK else value


def _number(item: ChecklistItem, value: str) -> str:
    """With a point or a comma, and whatever sign a Chinese keyboard writes for it."""
    plain = value.translate(POINTS)
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= 10**9:
        raise Invalid(_("“%(item)s” wants a number.") % {"item": item.name})
    return f"{number:f}"


def finish(round: Round, *, actor: Any, at: datetime, reason: str = "") -> Round:
    """Before its points are all reached only with a reason. Raises Invalid."""

    def finished(locked: Round) -> Mapping[str, Any]:
        if missing(locked) and not reason:
            raise Invalid(_("Points are missing: please say why."))
        return {"finished_at": at, "reason": reason}

    return move(MOVES, "finish", round, actor=actor, at=at, changes=finished, note=reason)


# --- leading


def transfer(round: Round, *, actor: Any, at: datetime, worker: Any, reason: str) -> Round:
    def sent(locked: Round) -> Mapping[str, Any]:
        _refuse_stranger(locked, worker)
        if locked.assignee_id == worker.pk:
            raise Invalid(_("%(name)s walks it already.") % {"name": worker.name})
        return {"assignee": worker, "handed_from": locked.assignee}

    return move(MOVES, "transfer", round, actor=actor, at=at, changes=sent, note=reason)


def excuse(round: Round, *, actor: Any, at: datetime, reason: str) -> Round:
    def excused(locked: Round) -> Mapping[str, Any]:
        ended = locked.finished_at or at
        return {"reason": reason, "finished_at": ended, "remind_at": None}

    return move(MOVES, "excuse", round, actor=actor, at=at, changes=excused, note=reason)


def make_up(
    round: Round,
    *,
    actor: Any,
    at: datetime,
    worker: Any = None,
    until: datetime | None = None,
) -> Round:
    """A round of its own over the points that were not reached, from now until `until`; without a
    `worker` whoever is on duty walks it. `round.made_up` is the new one."""
    ends_at = until or at + A_DAY
    if ends_at <= at:
        raise Invalid(_("That moment is over already."))
    if ends_at > at + LONGEST:
        raise Invalid(_("A round takes between a minute and a week."))

    def planned(locked: Round) -> Mapping[str, Any]:
        if worker is not None:
            _refuse_stranger(locked, worker)
        again = Round.objects.create(
            plan=locked.plan,
            estate=locked.estate,
            planned_at=at,
            ends_at=ends_at,
            assignee=worker,
            makes_up=locked,
        )
        lay_points([locked])
        left = locked.points.missing().order_by("position")
        RoundPoint.objects.bulk_create(
            RoundPoint(
                round=again,
                checkpoint_id=point.checkpoint_id,
                position=point.position,
                checklist_id=point.checklist_id,
            )
            for point in left
        )
        record(MOVES.code_of("make"), again, actor=actor, at=at)
        notify(MOVES.code_of("sent"), again, actor=actor, at=at)
        return {}

    with transaction.atomic():
        return move(MOVES, "make_up", round, actor=actor, at=at, changes=planned)


def _refuse_stranger(round: Round, worker: Any) -> None:
    if not colleagues(round.estate).filter(pk=worker.pk).exists():
        raise Invalid(_("Only who works at the estate walks or leads its rounds."))


def comment(
    round: Round, *, actor: Any, at: datetime, body: str, photos: Sequence[str] = ()
) -> Round:
    return talk(MOVES, "comment", round, body=body, photos=photos, actor=actor, at=at)


def note(round: Round, *, actor: Any, at: datetime, body: str, photos: Sequence[str] = ()) -> Round:
    return talk(MOVES, "note", round, body=body, photos=photos, actor=actor, at=at)


# --- the portal itself


def close(round: Round, *, actor: Any, at: datetime) -> Round:
    def closed(locked: Round) -> Mapping[str, Any]:
        lay_points([locked])
        return {"finished_at": at, "remind_at": None}

    return move(MOVES, "close", round, actor=actor, at=at, changes=closed)


def call_off(round: Round, *, actor: Any, at: datetime) -> Round:
    return move(MOVES, "call_off", round, actor=actor, at=at, changes={"remind_at": None})


def revive(round: Round, *, actor: Any, at: datetime) -> Round:
    return move(MOVES, "revive", round, actor=actor, at=at)
