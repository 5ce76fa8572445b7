"""Signing up a family, the waiting list and its offers, and coming after all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.passes import Passes
from estates.models import Occupant, Unit
from estates.standing import homes_of
from events import rules
from events.models import Event, Question, Seat, Signup
from events.models.signup import MOST_SEATS
from events.services import places
from events.services.signup_moves import SIGNUP_MOVES as MOVES
from events.states import HELD, STANDING, EventStatus, SignupStatus
from notifications.services import notify
from workflow.actors import SYSTEM
from workflow.moves import move
from workflow.refusals import Invalid, WrongState

S = SignupStatus
PASSES = Passes("events.pass")
MOST_ANSWER = 200


@dataclass(frozen=True)
class Guest:
    """One who comes: somebody of the household, oneself, or a name."""

    name: str
    occupant: Occupant | None = None
    user: Any = None


def household(user: Any) -> list[Occupant]:
    """Who lives in one's homes, oneself first."""
    rows: Any = Occupant.objects.visible_to(user).filter(unit__in=homes_of(user)).standing()
    found = list(rows.select_related("unit__entrance__building", "user").order_by("unit", "pk"))
    return sorted(found, key=lambda one: one.user_id != user.pk)


def sign_up(
    event: Event,
    *,
    actor: Any,
    at: datetime,
    guests: Sequence[Guest],
    answers: Mapping[str, str] | None = None,
    photo_ok: bool = False,
    wait: bool = False,
) -> Signup:
    """Places for all of them, or with `wait` a turn on the waiting list if there are too few.
    Counted when one sends, not when one looked. Raises Invalid and WrongState with the reason."""
    unit = next((one.occupant.unit for one in guests if one.occupant), None)
    unit = unit or _home(actor)
    with transaction.atomic():
        locked = places.lock_event(event.pk)
        now = places.standing(locked, at)
        if not now.may:
            raise WrongState(now.words)
        _check(locked, guests, user=actor, unit=unit)
        said = check_answers(locked, answers or {})
        signup = _place(
            locked,
            guests,
            at,
            wait=wait,
            user=actor,
            unit=unit,
            name=actor.name,
            answers=said,
            photo_ok=photo_ok,
        )
        _record("sign_up", signup, actor, at)
        # Told to themselves too: by this message they withdraw, days later.
        notify(MOVES.code_of("sign_up"), signup, actor=SYSTEM, at=at)
    return signup


def enter(
    event: Event,
    *,
    actor: Any,
    at: datetime,
    name: str,
    phone: str = "",
    unit: Unit | None = None,
    others: Sequence[str] = (),
    wait: bool = False,
) -> Signup:
    """Somebody rang, or stands there, and staff type the names; also after sign-up is over, and
    while the event is on. For the verb of the event, which has checked who may."""
    locked = places.lock_event(event.pk)
    guests = [Guest(name), *(Guest(one) for one in others)]
    if locked.capacity == 0:
        raise Invalid(_("Nobody signs up: simply come."))
    _check(locked, guests, user=None, unit=unit)
    signup = _place(locked, guests, at, wait=wait, unit=unit, name=name, phone=phone, by_staff=True)
    _record("entered", signup, actor, at)
    return signup


def _home(user: Any) -> Unit | None:
    rows: Any = Unit.objects.filter(pk__in=homes_of(user)).order_by("pk")
    found: Unit | None = rows.first()
    return found


def _check(event: Event, guests: Sequence[Guest], *, user: Any, unit: Unit | None) -> None:
    if not guests:
        raise Invalid(_("Say who comes."))
    if len(guests) > MOST_SEATS:
        raise Invalid(_("At most twelve people at once."))
    if unit is not None and unit.entrance.building.estate.community_id != event.community_id:
        raise Invalid(_("This home lies in another community."))
    names = [one.name.strip() for one in guests]
    if len(set(names)) != len(names):
        raise Invalid(_("The same name stands there twice."))
    if words := places.over_limits(
        event, user=user, unit_id=unit.pk if unit else None, size=len(guests)
    ):
        raise Invalid(words)
    if twice := _there_already(event, guests, unit):
        raise WrongState(_("%(name)s is signed up already.") % {"name": twice})


def _there_already(event: Event, guests: Sequence[Guest], unit: Unit | None) -> str:
    seats = Seat.objects.filter(event=event).standing()
    for one in guests:
        rows = seats.none()
        if one.user is not None:
            rows = seats.filter(user=one.user)
        elif one.occupant is not None:
            rows = seats.filter(occupant=one.occupant)
        elif unit is not None:
            rows = seats.filter(signup__unit=unit, name=one.name)
        if rows.exists():
            return one.name
    return ""


def questions_of(event: Event) -> list[Question]:
    return list(Question.objects.filter(event=event).order_by("pk"))


def check_answers(event: Event, said: Mapping[str, str]) -> dict[str, str]:
    """By the key of each question; raises Invalid where one must be answered, or was not to be
    chosen."""
    found: dict[str, str] = {}
    for question in questions_of(event):
        answer = " ".join(str(said.get(str(question.pk), "")).split())[:MOST_ANSWER]
        if question.is_required and not answer:
            raise Invalid(_("Please answer: %(question)s") % {"question": question.words})
        ticked = [one for one in answer.split(", ") if one]
        if question.ticks and any(one not in question.ticks for one in ticked):
            raise Invalid(_("This cannot be chosen: %(question)s") % {"question": question.words})
        if answer:
            found[str(question.pk)] = answer
    return found


def _place(
    event: Event, guests: Sequence[Guest], at: datetime, *, wait: bool, **facts: Any
) -> Signup:
    """Under the event's lock. Whoever waits still is more people than there are places: all others
    hold an offer already."""
    by_staff, size = bool(facts.get("by_staff")), len(guests)
    now = places.free_for(event, by_staff=by_staff)
    if places.fits(event, size, by_staff=by_staff):
        status = S.CONFIRMED
        places.take(event, size, by_staff=by_staff)
    elif wait:
        status = S.WAITLISTED
    else:
        raise WrongState(_too_few(now or 0, size))
    try:
        with transaction.atomic():
            signup = Signup.objects.create(
                event=event, status=status, size=size, queued_at=at, **facts
            )
            Seat.objects.bulk_create(
                Seat(
                    event=event,
                    signup=signup,
                    name=one.name.strip()[:40],
                    occupant=one.occupant,
                    user=one.user,
                )
                for one in guests
            )
    except IntegrityError as error:
        raise WrongState(_("Somebody of them is signed up already.")) from error
    return signup


def _too_few(free: int, size: int) -> str:
    if not free:
        return _("Meanwhile all places are taken. Tick the waiting list to be offered others.")
    said = {"free": free, "size": size}
    words = _("Places free now: %(free)d. You are %(size)d: be fewer, or tick the waiting list.")
    return words % said


def _record(verb: str, signup: Signup, actor: Any, at: datetime) -> None:
    after = {"status": signup.status, "size": signup.size}
    record(MOVES.code_of(verb), signup, actor=actor, at=at, after=after)


# --- the family's own verbs


def withdraw(signup: Signup, *, actor: Any, at: datetime) -> Signup:
    """The places are free at once, and whoever waits first is offered them."""
    changes = {"offered_until": None, "asked_at": None}
    with transaction.atomic():
        event = places.lock_event(signup.event_id)
        locked = _gone("withdraw", signup, actor, at, event, changes)
        pass_on(event, at)
    return locked


def fewer(signup: Signup, *, actor: Any, at: datetime, seats: Iterable[Seat]) -> Signup:
    """Some of the family do not come; the others keep their places."""
    gone = {one.pk for one in seats}

    def lessened(locked: Signup) -> Mapping[str, Any]:
        mine = Seat.objects.filter(signup=locked).standing().select_for_update()
        leaving = [one for one in mine if one.pk in gone]
        if not leaving or len(leaving) != len(gone):
            raise Invalid(_("Say who does not come."))
        if any(one.arrived_at for one in leaving):
            raise Invalid(_("Who is here already stays."))
        size = locked.size - len(leaving)
        if size < 1:
            raise Invalid(_("Then nobody comes: withdraw the sign-up."))
        Seat.objects.filter(pk__in=[one.pk for one in leaving]).update(stands=False, updated_at=at)
        if locked.status in HELD:
            places.give_back(event, len(leaving), by_staff=locked.by_staff)
        return {"size": size}

    with transaction.atomic():
        event = places.lock_event(signup.event_id)
        locked = move(MOVES, "fewer", signup, actor=actor, at=at, changes=lessened)
        pass_on(event, at)
    return locked


def still_come(signup: Signup, *, actor: Any, at: datetime) -> Signup:
    return move(MOVES, "still_come", signup, actor=actor, at=at, changes={"asked_at": None})


def answer(
    signup: Signup,
    *,
    actor: Any,
    at: datetime,
    answers: Mapping[str, str] | None = None,
    photo_ok: bool = False,
) -> Signup:
    """Answers and consent to photographs, said anew."""

    def said(locked: Signup) -> Mapping[str, Any]:
        return {"answers": check_answers(locked.event, answers or {}), "photo_ok": photo_ok}

    return move(MOVES, "answer", signup, actor=actor, at=at, changes=said)


def rate(signup: Signup, *, actor: Any, at: datetime, stars: int, words: str = "") -> Signup:
    said = {"stars": stars, "words": words}
    return move(MOVES, "rate", signup, actor=actor, at=at, changes=said)


# --- the waiting list


def offer(signup: Signup, *, actor: Any, at: datetime) -> Signup:
    """The places are held for this family for some hours, also before its turn."""
    with transaction.atomic():
        event = places.lock_event(signup.event_id)
        if not places.fits(event, signup.size, by_staff=signup.by_staff):
            raise WrongState(_("There are too few places for them."))
        if (until := places.held_until(event, at)) is None:
            raise WrongState(_("It is too late for offers."))
        return _offered(event, signup, until, actor, at)


def _offered(event: Event, signup: Signup, until: datetime, actor: Any, at: datetime) -> Signup:
    places.take(event, signup.size, by_staff=signup.by_staff)
    return move(MOVES, "offer", signup, actor=actor, at=at, changes={"offered_until": until})


def accept(signup: Signup, *, actor: Any, at: datetime) -> Signup:
    with transaction.atomic():
        places.lock_event(signup.event_id)
        changes = {"offered_until": None}
        return move(MOVES, "accept", signup, actor=actor, at=at, changes=changes)


def expire(signup: Signup, *, actor: Any, at: datetime) -> Signup:
    with transaction.atomic():
        event = places.lock_event(signup.event_id)
        locked = _gone("expire", signup, actor, at, event, {"offered_until": None})
        pass_on(event, at)
    return locked


def _gone(
    verb: str, signup: Signup, actor: Any, at: datetime, event: Event, changes: Mapping[str, Any]
) -> Signup:
    """Under the event's lock: they stand no longer, and what they held is free."""

    def freed(locked: Signup) -> Mapping[str, Any]:
        if locked.status in HELD:
            places.give_back(event, locked.size, by_staff=locked.by_staff)
        Seat.objects.filter(signup=locked).update(stands=False, updated_at=at)
        return changes

    return move(MOVES, verb, signup, actor=actor, at=at, changes=freed)


def pass_on(event: Event, at: datetime) -> int:
    """What is free is offered in order, each family whole and with its own time; under the event's
    lock. How many were offered."""
    if event.status != EventStatus.PUBLISHED or (until := places.held_until(event, at)) is None:
        return 0
    offered = 0
    for signup in places.whose_turn(event):
        _offered(event, signup, until, SYSTEM, at)
        offered += 1
    return offered


# --- at the door


def check_in(
    signup: Signup,
    *,
    actor: Any,
    at: datetime,
    door: str = "",
    number: int | None = None,
    moment: datetime | None = None,
) -> Signup:
    """All of the family who are not in yet, or only the first `number` of them. `moment` is the
    time of the phone, which may have had no signal then. Raises WrongState if all are in."""

    def came(locked: Signup) -> Mapping[str, Any]:
        event = locked.event
        if door not in event.gates:
            raise Invalid(_("There is no such door."))
        mine = Seat.objects.filter(signup=locked).standing().order_by("pk").select_for_update()
        absent = [one for one in mine if one.arrived_at is None]
        if not absent:
            raise WrongState(said_used(list(mine)), row=locked)
        first = event.starts_at - rules.DOORS_OPEN
        seen = min(max(moment, first), at) if moment else at
        coming = absent[: number or len(absent)]
        Seat.objects.filter(pk__in=[one.pk for one in coming]).update(
            arrived_at=seen, door=door, updated_at=at
        )
        return {"offered_until": None, "asked_at": None}

    with transaction.atomic():
        return move(MOVES, "check_in", signup, actor=actor, at=at, changes=came)


def said_used(seats: Sequence[Seat]) -> str:
    """Where and when a pass was used already."""
    first = min((one for one in seats if one.arrived_at), key=lambda one: one.arrived_at)  # type: ignore[arg-type, return-value]
    where = first.door or _("at the entrance")
    said = {"when": f"{timezone.localtime(first.arrived_at):%H:%M}", "where": where}
    return _("This pass was used at %(when)s, %(where)s.") % said


def undo(signup: Signup, *, actor: Any, at: datetime) -> Signup:
    """A wrong pass was read: none of them is in."""

    def undone(locked: Signup) -> Mapping[str, Any]:
        Seat.objects.filter(signup=locked).update(arrived_at=None, door="", updated_at=at)
        return {}

    return move(MOVES, "undo", signup, actor=actor, at=at, changes=undone)


# --- who stands there


def code_of(signup: Signup) -> str:
    return PASSES.code_of(signup.pk)


def by_code(code: str, user: Any) -> Signup | None:
    """The sign-up of a pass, for somebody who sees it."""
    found: Signup | None = (
        Signup.objects.visible_to(user).with_all().filter(pk=PASSES.key_of(code)).first()
    )
    return found


def standing_of(event: Event, user: Any) -> list[Signup]:
    """One's own of an event, with who comes."""
    rows: Any = Signup.objects.of(user).filter(event=event, status__in=STANDING)
    return list(rows.with_all().prefetch_related("seats").order_by("queued_at", "pk"))
