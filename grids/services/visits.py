"""Visits: noted in a minute, put off, handed to somebody else. A need that was heard becomes a row
of whatever app takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from attachments.services import claim
from audit.services import record
from common.secrets import Unreadable
from estates.models import Occupant
from grids import rules
from grids.models import EndReason, HeardNeed, Household, Visit, opened, sealed
from grids.services import flags
from grids.services.matters import made_of
from grids.services.moves import VISIT_MOVES as MOVES
from grids.services.people import carers
from grids.services.planning import (
    latest_day,
    lock_household,
    rhythm_of,
    tier_of,
    with_care,
)
from grids.states import REACHED, Wellbeing
from notifications.services import notify
from workflow import follow_ups
from workflow.actors import SYSTEM
from workflow.moves import move
from workflow.refusals import Invalid, NotAllowed

V = Visit.Status
# A phone without signal comes back within days; its clock is believed so far and no further.
ARRIVES_WITHIN = timedelta(days=7)
SAME_MOMENT = timedelta(minutes=2)
# Who was not met is tried again soon.
AGAIN = timedelta(days=3)
TOMORROW = timedelta(days=1)
MOST_NEEDS = 5
# Whoever has no rhythm may be seen again within a year.
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Heard:
    """A need in words. `becomes` is the label of the model that is made of it, such as
    "repairs.ticket", or empty for a note; `topic` is one that the maker offers."""

    words: str
    becomes: str = ""
    topic: str = ""


def log(
    visit: Visit,
    *,
    actor: Any,
    at: datetime,
    result: str,
    wellbeing: str = "",
    person: Occupant | None = None,
    needs: Sequence[Heard] = (),
    words: str = "",
    photos: Sequence[str] = (),
    photo_consent: bool = False,
    next_on: date | None = None,
    visited_at: datetime | None = None,
) -> Visit:
    """What was found, and the next visit. `visited_at` is the time of the phone.

    Raises Invalid for what makes no sense, NotAllowed, WrongState if somebody was first, and what
    the makers of follow-ups raise: then nothing of it is kept.
    """
    if photos and not photo_consent:
        raise Invalid(_("A photograph wants the consent of whoever lives there."))
    if wellbeing and result not in REACHED:
        raise Invalid(_("How somebody is, one can only say of whom one has met or spoken with."))
    if not wellbeing and result in REACHED:
        raise Invalid(_("Say how they were."))
    if person is not None and person.unit_id != visit.unit_id:
        raise Invalid(_("This person lives elsewhere."))
    said = [need for need in needs if need.words.strip()]
    if len(said) > MOST_NEEDS:
        raise Invalid(_("At most five needs at once."))

    def noted(locked: Visit) -> Mapping[str, Any]:
        locked.outcome = result
        return {
            "visited_at": _bounded(visited_at, at),
            "logged_at": at,
            "logged_by": actor,
            "wellbeing": wellbeing,
            "sealed_words": sealed(words.strip()),
            "photo_consent": photo_consent,
        }

    with transaction.atomic():
        if result == V.MOVED:
            flags.lock_all(visit.unit_id)
        lock_household(visit.unit_id)
        locked = move(MOVES, "log", visit, actor=actor, at=at, changes=noted)
        claim(photos, row=locked, by=actor)
        _keep_needs(locked, said, person, actor=actor, at=at)
        if result == V.MOVED:
            _moved_away(locked, at)
        _plan_next(locked, result, next_on, actor=actor, at=at)
        if wellbeing == Wellbeing.URGENT:
            notify(MOVES.code_of("urgent"), locked, actor=actor, at=at)
    return locked


def log_at(household: Household, *, actor: Any, at: datetime, **said: Any) -> Visit:
    """A visit that nobody had planned; the one that is planned, if there is one."""
    if not rules.looks_after_household(actor, household):
        raise NotAllowed(_("Only whoever looks after a household visits it."))
    with transaction.atomic():
        if said.get("result") == V.MOVED:
            flags.lock_all(household.pk)
        lock_household(household.pk)
        visit = Visit.objects.planned().filter(unit=household.pk).first()
        if visit is None:
            today = timezone.localdate(at)
            tier = tier_of(with_care(household, today))
            visit = Visit.objects.create(
                unit_id=household.pk, due_on=today, tier=tier, assignee=actor
            )
            record(MOVES.code_of("plan"), visit, actor=actor, at=at, after={"due_on": today})
        return log(visit, actor=actor, at=at, **said)


def _bounded(said: datetime | None, at: datetime) -> datetime:
    """A clock that runs ahead is not believed, nor one that stood still for weeks."""
    if said is None or said > at + SAME_MOMENT or said < at - ARRIVES_WITHIN:
        return at
    return min(said, at)


def _keep_needs(
    visit: Visit, said: Sequence[Heard], person: Occupant | None, *, actor: Any, at: datetime
) -> None:
    for position, need in enumerate(said, 1):
        HeardNeed.objects.create(
            visit=visit,
            position=position,
            sealed_words=sealed(need.words.strip()),
            becomes=need.becomes,
        )
        if need.becomes:
            maker = follow_ups.maker(need.becomes)
            if maker is None:
                raise Invalid(_("Nobody takes such a need."))
            maker.make(
                visit,
                actor=actor,
                at=at,
                words=need.words.strip(),
                topic=need.topic,
                person=person,
            )


def _moved_away(visit: Visit, at: datetime) -> None:
    """Moving out ends the flags; that the roster follows is for the leader to see to."""
    flags.end_all(visit.unit_id, at=at, reason=EndReason.MOVED)
    notify(MOVES.code_of("moved"), visit, actor=SYSTEM, at=at)


def _plan_next(visit: Visit, result: str, wanted: date | None, *, actor: Any, at: datetime) -> None:
    """By the rhythm at the latest; where nobody is looked after, if somebody wishes."""
    household = Household.objects.filter(pk=visit.unit_id).first()
    if household is None:
        return
    today = timezone.localdate(at)
    shown = with_care(household, today)
    latest = latest_by(shown, today, result)
    due = wanted or (default_day(shown, today, result) if tier_of(shown) else None)
    if due is None:
        return
    check_day(due, today, latest)
    made = Visit.objects.create(
        unit_id=visit.unit_id,
        due_on=due,
        tier=tier_of(shown),
        assignee_id=visit.assignee_id,
    )
    record(MOVES.code_of("plan"), made, actor=actor, at=at, after={"due_on": due})


def latest_by(household: Any, today: date, result: str = V.MET) -> date:
    """The last day on which a household of this tier may be seen next, if today ends so."""
    tier = tier_of(household)
    if not tier:
        return today + LONGEST
    rhythm = rhythm_of(household.unit.estate)
    if result in REACHED:
        return today + timedelta(days=rhythm.days(tier))
    # Nobody was seen: the rhythm counts on, and what is late climbs, however often one knocks.
    return max(latest_day(household, rhythm) or today, today + TOMORROW)


def default_day(household: Any, today: date, result: str = V.MET) -> date:
    latest = latest_by(household, today, result)
    return latest if result in REACHED else min(latest, today + AGAIN)


def check_day(day: date, today: date, latest: date) -> None:
    if day < today:
        raise Invalid(_("The next visit lies ahead."))
    if day > latest:
        raise Invalid(
            _("For this tier the next visit is by %(day)s at the latest.")
            % {"day": f"{latest:%Y-%m-%d}"}
        )


def correct(visit: Visit, *, actor: Any, at: datetime, result: str, wellbeing: str = "") -> Visit:
    """A slip of the finger: result and wellbeing, and nothing that followed from them."""
    if bool(wellbeing) != (result in REACHED):
        raise Invalid(_("How somebody is, one says of whom one has met or spoken with."))

    def righted(locked: Visit) -> Mapping[str, Any]:
        locked.outcome = result
        return {"wellbeing": wellbeing}

    with transaction.atomic():
        lock_household(visit.unit_id)
        locked = move(MOVES, "correct", visit, actor=actor, at=at, changes=righted)
        if wellbeing == Wellbeing.URGENT:
            notify(MOVES.code_of("urgent"), locked, actor=actor, at=at)
    return locked


def put_off(visit: Visit, *, actor: Any, at: datetime, due_on: date) -> Visit:
    """Not beyond what the tier allows, counted from when they were last seen."""

    def moved(locked: Visit) -> Mapping[str, Any]:
        today = timezone.localdate(at)
        latest = today + LONGEST
        household = _household(locked)
        if household is not None:
            shown = with_care(household, today)
            by_rhythm = latest_day(shown, rhythm_of(shown.unit.estate))
            latest = max(by_rhythm, today + TOMORROW) if by_rhythm else latest
        check_day(due_on, today, latest)
        return {"due_on": due_on, "climbed_at": None}

    return move(MOVES, "put_off", visit, actor=actor, at=at, changes=moved)


def _household(visit: Visit) -> Household | None:
    try:
        return visit.unit.household
    except ObjectDoesNotExist:
        return None


def transfer(visit: Visit, *, actor: Any, at: datetime, worker: Any) -> Visit:
    """To another who looks after the household."""

    def handed(locked: Visit) -> Mapping[str, Any]:
        if not carers(locked.unit, at).filter(pk=worker.pk).exists():
            raise Invalid(_("Only whoever looks after the household can be sent."))
        return {"assignee": worker}

    return move(MOVES, "transfer", visit, actor=actor, at=at, changes=handed)


def call_off(visit: Visit, *, actor: Any, at: datetime) -> Visit:
    """Where somebody is looked after, the sweep plans another."""
    return move(MOVES, "call_off", visit, actor=actor, at=at)


def words_of(visit: Visit) -> str:
    return _read(visit.sealed_words)


def _read(stored: str) -> str:
    """The rest of a page is read even where the key of its words is gone."""
    try:
        return opened(stored)
    except Unreadable:
        return _("The key of this note is no longer among the settings (CARE_KEYS).")


def needs_of(visits: Sequence[Visit]) -> dict[int, list[tuple[str, str]]]:
    """Visit pk → its needs, in words, and what each became."""
    found: dict[int, list[tuple[str, str]]] = {}
    rows = HeardNeed.objects.filter(visit__in=visits).order_by("visit", "position")
    for need in rows:
        found.setdefault(need.visit_id, []).append((_read(need.sealed_words), need.becomes))
    return found


__all__ = [
    "Heard",
    "call_off",
    "correct",
    "default_day",
    "latest_by",
    "log",
    "log_at",
    "made_of",
    "needs_of",
    "put_off",
    "transfer",
    "words_of",
]
