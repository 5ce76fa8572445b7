"""Hazards: found, ordered put right, put right, and looked at again by somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from attachments.models import Attachment
from attachments.services import claim, copy, of
from audit.services import record
from estates.models import Estate, Facility, Place
from estates.services import numbers
from notifications.services import notify
from parties.services.days import IsWorked, after, calendar
from safety import rules
from safety.models import Answer, Hazard
from safety.models.hazard import LINE
from safety.services.hazard_moves import HAZARD_MOVES as MOVES
from safety.services.people import colleagues
from safety.states import Step
from workflow import follow_ups
from workflow.actors import SYSTEM
from workflow.moves import move
from workflow.refusals import Invalid, NotAllowed
from workflow.threads import talk

LETTERS = "H"
BEFORE, AFTER = Attachment.Stage.BEFORE, Attachment.Stage.AFTER
# Found or graded, and nobody has ordered it put right for so long: it is late.
TO_ORDER = timedelta(days=3)
# Whoever is responsible hears so long before the deadline.
AHEAD = timedelta(days=1)
# What happened at the same point or facility in this time makes it a repeated one.
LOOKED_BACK = timedelta(days=180)
# Steps are told from this hour on.
MORNING = time(8)


# --- how one begins


def find(
    *,
    actor: Any,
    at: datetime,
    estate: Estate,
    title: str,
    words: str = "",
    place: Place | None = None,
    facility: Facility | None = None,
    where_words: str = "",
    photos: Sequence[str] = (),
    origin: Any = None,
) -> Hazard:
    """By somebody who works at the estate. `origin` is the row that it comes from.

    Raises NotAllowed, and Invalid for a place that lies elsewhere.
    """
    if not rules.can_find(actor, estate):
        raise NotAllowed(_("Hazards are entered by the staff of the estate."))
    facts = {**_where(estate, place, facility, where_words), "title": title, "words": words}
    if origin is not None:
        facts["origin"] = follow_ups.check(origin, actor)
    return _make("find", estate, facts, photos, actor, at)


def report(
    *,
    actor: Any,
    at: datetime,
    estate: Estate,
    title: str,
    words: str = "",
    place: Place | None = None,
    facility: Facility | None = None,
    where_words: str = "",
    photos: Sequence[str] = (),
) -> Hazard:
    """By a resident, who hears what came of it. Raises NotAllowed and Invalid."""
    if not Estate.objects.visible_to(actor).filter(pk=estate.pk).exists():
        raise NotAllowed(_("Hazards are reported where somebody lives or works."))
    facts = {**_where(estate, place, facility, where_words), "title": title, "words": words}
    return _make("report", estate, {**facts, "reporter": actor}, photos, actor, at)


def of_answer(answer: Answer, *, actor: Any, at: datetime) -> Hazard | None:
    """What was not in order on a round, with its words and copies of its photographs; None where
    the answer has made one already. The caller holds the lock of the round."""
    if Hazard.objects.filter(answer=answer).exists():
        return None
    point, round = answer.point.checkpoint, answer.point.round
    value = answer.value and f"{answer.value} {answer.item.unit}".strip()
    facts = {
        **_where(round.estate, point.place, point.facility, point.name),
        "title": f"{point.name}: {answer.item.name}"[:LINE],
        "words": "\n".join(filter(None, [value, answer.words])),
        "checkpoint": point,
        "of_plan": round.plan,
        "answer": answer,
        "origin": round,
    }
    with transaction.atomic():
        made = _make("find", round.estate, facts, (), actor, at)
        for photo in of(answer):
            copy(photo, by=actor, at=at, row=made, stage=BEFORE)
    return made


def _where(
    estate: Estate, place: Place | None, facility: Facility | None, words: str
) -> dict[str, Any]:
    if facility is not None:
        if place is not None and facility.place_id != place.pk:
            raise Invalid(_("This facility stands at another place."))
        place = facility.place
    if place is not None and place.estate_id != estate.pk:
        raise Invalid(_("This place lies in another estate."))
    return {"place": place, "facility": facility, "where_words": words}


def _make(
    verb: str,
    estate: Estate,
    facts: dict[str, Any],
    photos: Sequence[str],
    actor: Any,
    at: datetime,
) -> Hazard:
    with transaction.atomic():
        [number] = numbers.next_numbers(
            MOVES.code,
            Hazard.objects.all(),
            letters=LETTERS,
            of=estate.community,
            year=timezone.localtime(at).year,
            count=1,
        )
        made = Hazard(
            number=number,
            estate=estate,
            found_by=actor if actor.pk else None,
            found_at=at,
            step_at=worked_from(at + TO_ORDER, calendar()),
            **facts,
        )
        made.repeated = Hazard.objects.found_at_the_same(made, at - LOOKED_BACK).count()
        made.save()
        claim(photos, row=made, by=actor, stage=BEFORE)
        code = MOVES.code_of(verb)
        record(code, made, actor=actor, at=at, after={"number": number, "title": made.title})
        notify(code, made, actor=actor, at=at)
    return made


# --- its verbs


def grade(hazard: Hazard, *, actor: Any, at: datetime, grade: str, interim: str = "") -> Hazard:
    """`interim` is what keeps people safe until it is put right."""
    graded = {"grade": grade, "interim": interim}
    return move(MOVES, "grade", hazard, actor=actor, at=at, changes=graded)


def order(
    hazard: Hazard,
    *,
    actor: Any,
    at: datetime,
    plan: str,
    responsible: Any,
    measures: str,
    funds: Decimal | None,
    due_at: datetime,
) -> Hazard:
    """The five fixes. Raises Invalid for a moment that is over, or somebody from elsewhere."""

    def ordered(locked: Hazard) -> Mapping[str, Any]:
        _refuse_stranger(locked, responsible)
        fixes = {"plan": plan, "responsible": responsible, "measures": measures, "funds": funds}
        return {**fixes, **_due(due_at, at)}

    return move(MOVES, "order", hazard, actor=actor, at=at, changes=ordered)


def extend(hazard: Hazard, *, actor: Any, at: datetime, due_at: datetime, reason: str) -> Hazard:
    """Another deadline, from which lateness is counted anew."""
    return move(MOVES, "extend", hazard, actor=actor, at=at, changes=_due(due_at, at), note=reason)


def reassign(hazard: Hazard, *, actor: Any, at: datetime, worker: Any, reason: str) -> Hazard:
    def given(locked: Hazard) -> Mapping[str, Any]:
        _refuse_stranger(locked, worker)
        if locked.responsible_id == worker.pk:
            raise Invalid(_("%(name)s is responsible already.") % {"name": worker.name})
        return {"responsible": worker}

    return move(MOVES, "reassign", hazard, actor=actor, at=at, changes=given, note=reason)


def begin(hazard: Hazard, *, actor: Any, at: datetime) -> Hazard:
    def begun(locked: Hazard) -> Mapping[str, Any]:
        return _by_hand_of(locked, actor)

    return move(MOVES, "begin", hazard, actor=actor, at=at, changes=begun)


def submit(
    hazard: Hazard, *, actor: Any, at: datetime, result: str, photos: Sequence[str]
) -> Hazard:
    """With a photograph that shows it, each time anew. Raises Invalid."""

    def put_right(locked: Hazard) -> Mapping[str, Any]:
        if not claim(photos, row=locked, by=actor, stage=AFTER):
            raise Invalid(_("Show by a photograph that it is put right."))
        done = {"result": result, "submitted_by": actor, "submitted_at": at}
        return {**done, **_by_hand_of(locked, actor), "step_at": None, "remind_at": None}

    return move(MOVES, "submit", hazard, actor=actor, at=at, changes=put_right)


def send_back(hazard: Hazard, *, actor: Any, at: datetime, reason: str) -> Hazard:
    """The deadline stands; where it is over, the ladder goes on where it was."""

    def back(locked: Hazard) -> Mapping[str, Any]:
        if locked.step >= Step.MEETING:
            return {"step_at": None}
        assert locked.due_at is not None  # so says the constraint
        late = locked.due_at <= at
        return {"step_at": next_step(at) if late else worked_from(locked.due_at, calendar())}

    return move(MOVES, "send_back", hazard, actor=actor, at=at, changes=back, note=reason)


def close(
    hazard: Hazard, *, actor: Any, at: datetime, inspection: str = "", photos: Sequence[str]
) -> Hazard:
    """By somebody else than those who put it right, with a photograph of what they saw there.
    Whoever reported it hears. Raises Invalid."""

    def closed(locked: Hazard) -> Mapping[str, Any]:
        if not claim(photos, row=locked, by=actor):
            raise Invalid(_("Show by a photograph what you saw there."))
        seen = {"inspected_by": actor, "inspection": inspection}
        return {**seen, "closed_at": at, "step_at": None, "remind_at": None}

    with transaction.atomic():
        locked = move(MOVES, "close", hazard, actor=actor, at=at, changes=closed, note=inspection)
        if locked.reporter_id is not None:
            notify(MOVES.code_of("heard"), locked, actor=actor, at=at)
    return locked


def comment(
    hazard: Hazard, *, actor: Any, at: datetime, body: str, photos: Sequence[str] = ()
) -> Hazard:
    return talk(MOVES, "comment", hazard, body=body, photos=photos, actor=actor, at=at)


def note(
    hazard: Hazard, *, actor: Any, at: datetime, body: str, photos: Sequence[str] = ()
) -> Hazard:
    return talk(MOVES, "note", hazard, body=body, photos=photos, actor=actor, at=at)


def _due(due_at: datetime, at: datetime) -> dict[str, Any]:
    if due_at <= at:
        raise Invalid(_("The deadline lies ahead."))
    return {
        "due_at": due_at,
        "step": Step.NONE,
        "step_at": worked_from(due_at, calendar()),
        # What is to be done by tomorrow needs no word before it.
        "remind_at": due_at - AHEAD if due_at - AHEAD > at else None,
    }


def _by_hand_of(hazard: Hazard, actor: Any) -> dict[str, Any]:
    return {"hands": sorted({*hazard.hands, actor.pk})}


def _refuse_stranger(hazard: Hazard, worker: Any) -> None:
    if not colleagues(hazard.estate).filter(pk=worker.pk).exists():
        raise Invalid(_("Only who works at the estate is made responsible."))


def mended(hazard: Hazard, made: Any, *, actor: Any, at: datetime) -> None:
    """The repair `made` of it is done: the hazard says so, and whoever is responsible hears."""
    code = MOVES.code_of("mended")
    with transaction.atomic():
        record(code, hazard, actor=actor, at=at, note=str(made))
        if hazard.is_open:
            notify(code, hazard, actor=actor, at=at, occasion=str(made), note=str(made))


# --- before the deadline


def remind(hazard: Hazard, *, actor: Any, at: datetime) -> Hazard:
    return move(MOVES, "remind", hazard, actor=actor, at=at, changes={"remind_at": None})


# --- the ladder of what is late


def worked_from(moment: datetime, is_worked: IsWorked) -> datetime:
    """The moment itself in the daytime of a working day, else the next morning of one."""
    day = timezone.localdate(moment)
    if is_worked(day):
        return max(moment, _morning(day))
    return _morning(after(day, 1, is_worked))


def next_step(at: datetime) -> datetime:
    """One step a working day."""
    return _morning(after(timezone.localdate(at), 1, calendar()))


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, MORNING))


def climb(hazard: Hazard, *, actor: Any, at: datetime) -> Hazard:
    """One step up, of which whoever stands there hears. The last one is the joint meeting's."""

    def up(locked: Hazard) -> Mapping[str, Any]:
        step = locked.step + 1
        if step < Step.MEETING:
            return {"step": step, "step_at": next_step(at)}
        return {"step": step, "step_at": None, "to_meeting_at": locked.to_meeting_at or at}

    return move(MOVES, "climb", hazard, actor=actor, at=at, changes=up)


def climb_due(hazard: Hazard, at: datetime) -> bool:
    """For the sweep, which holds the lock. False at night, and where the table of workdays has
    changed so that nobody works on this day after all; the right moment is noted then."""
    moment = worked_from(at, calendar())
    if moment > at:
        hazard.step_at = moment
        hazard.save(update_fields=["step_at", "updated_at"])
        return False
    climb(hazard, actor=SYSTEM, at=at)
    return True
