"""Services of an event, and their turns: given, taken, called and served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.services import record
from common.lines import one_line
from events import rules
from events.models import Event, Service, Slot
from events.models.service import MINUTES, MOST_TURNS
from events.services.slot_moves import SLOT_MOVES as MOVES
from events.states import AHEAD, BOOKABLE, EventStatus, SlotStatus
from notifications.services import Occasion, notify_many
from workflow.actors import SYSTEM
from workflow.moves import lock, move
from workflow.refusals import Invalid, NotAllowed, WrongState

# Of one service and account: a household, and no more.
MOST_EACH = 4
# What a page offers at once; all the rest stand one tap further.
SHOWN = 6
OPEN = (*AHEAD, EventStatus.RUNNING)


# --- services


def add_service(
    event: Event,
    *,
    actor: Any,
    at: datetime,
    letter: str,
    name: str,
    desk: str,
    begins_at: datetime,
    ends_at: datetime,
    minutes: int | None = None,
    numbers: int | None = None,
    **facts: Any,
) -> Service:
    """With all its turns: one every so many minutes, or so many numbers."""
    _check_may_plan(event, actor)
    if not event.starts_at <= begins_at < ends_at <= event.ends_at:
        raise Invalid(_("A service lies within the event, and ends after it begins."))
    times = _times(begins_at, ends_at, minutes, numbers)
    with transaction.atomic():
        if Service.objects.filter(event=event, letter=letter).exists():
            raise Invalid(_("Another service of this event has this letter."))
        service = Service(
            event=event,
            letter=letter,
            name=name,
            desk=desk,
            begins_at=begins_at,
            ends_at=ends_at,
            minutes=minutes or None,
            numbers=len(times),
            **facts,
        )
        try:
            with transaction.atomic():
                service.save(force_insert=True)
        except IntegrityError as error:
            raise Invalid(_("Another service of this event has this letter.")) from error
        Slot.objects.bulk_create(
            Slot(service=service, number=number, starts_at=time)
            for number, time in enumerate(times, start=1)
        )
        after = {"letter": letter, "name": name, "numbers": len(times)}
        record("events.add_service", service, actor=actor, at=at, after=after)
    return service


def _times(
    begins_at: datetime, ends_at: datetime, minutes: int | None, numbers: int | None
) -> list[datetime | None]:
    if not minutes:
        if numbers is None or not 1 <= numbers <= MOST_TURNS:
            raise Invalid(_("Say how many turns there are: from 1 to 99."))
        return [None] * numbers
    if not MINUTES[0] <= minutes <= MINUTES[1]:
        raise Invalid(_("A turn takes from 1 to 240 minutes."))
    count = (ends_at - begins_at) // timedelta(minutes=minutes)
    if not 1 <= count <= MOST_TURNS:
        raise Invalid(_("In this time there must be from 1 to 99 turns."))
    return [begins_at + n * timedelta(minutes=minutes) for n in range(count)]


def _check_may_plan(event: Event, actor: Any) -> None:
    if not rules.can_plan(actor, event):
        raise NotAllowed(_("Services are set up by those who plan the event."))
    if event.status not in OPEN:
        raise WrongState(_("The event is over."), row=event)


def remove_service(service: Service, *, actor: Any, at: datetime) -> None:
    """Only while nobody has a turn, or had one."""
    _check_may_plan(service.event, actor)
    with transaction.atomic():
        locked = lock_service(service.pk)
        slots = list(Slot.objects.select_for_update(of=("self",)).filter(service=locked))
        if any(slot.status != SlotStatus.FREE for slot in slots):
            raise WrongState(_("Turns of it are taken: it stays."), row=service)
        before = {"letter": locked.letter, "name": locked.name}
        record("events.remove_service", locked, actor=actor, at=at, before=before)
        locked.delete()


def lock_service(pk: int) -> Service:
    """Whoever takes a turn locks the service first: it counts how many somebody has."""
    locked: Service = Service.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    return locked


# --- verbs


def book(slot: Slot, *, actor: Any, at: datetime, person: str = "") -> Slot:
    """For oneself, or for `person` of one's household. Raises WrongState where somebody was
    quicker, with the next that is free."""

    def booked(locked: Slot) -> Mapping[str, Any]:
        own = Slot.objects.filter(service=locked.service_id, user=actor).held()
        _check_room(list(own.select_related("service")), said)
        return {"user": actor, "person": said, "booked_at": at}

    said = one_line(person).strip()
    return _booked("book", slot, booked, actor=actor, at=at)


def _check_room(own: list[Slot], person: str) -> None:
    for one in own:
        if one.person == person:
            words = _("You have %(label)s already. Give it back first, or say for whom this is.")
            raise Invalid(words % {"label": one.label})
    if len(own) >= MOST_EACH:
        words = ngettext(
            "You have %(n)d turn of this service: that is the most at a time.",
            "You have %(n)d turns of this service: that is the most at a time.",
            len(own),
        )
        raise Invalid(words % {"n": len(own)})


def book_for(slot: Slot, *, actor: Any, at: datetime, person: str, phone: str = "") -> Slot:
    """Whoever comes to the desk, or rings, is written down there."""
    said = one_line(person).strip()
    if not said:
        raise Invalid(_("Say for whom it is."))
    facts = {"person": said, "phone": phone, "booked_at": at, "by_staff": True}
    return _booked("book_for", slot, lambda locked: facts, actor=actor, at=at)


def _booked(verb: str, slot: Slot, changes: Any, *, actor: Any, at: datetime) -> Slot:
    with transaction.atomic():
        lock_service(slot.service_id)
        locked = lock(slot)
        # Who was quicker is nobody's matter here.
        if MOVES[verb].rule(actor, locked) and locked.status != SlotStatus.FREE:
            raise WrongState(_taken(locked.service, at), row=slot)
        return move(MOVES, verb, slot, actor=actor, at=at, changes=changes)


def _taken(service: Service, at: datetime) -> str:
    free = next_free(service, at)
    if free is None:
        return _("This turn has just been taken, and no other is free.")
    said = {"label": free.label}
    if free.starts_at is None:
        return _("This turn has just been taken; the next free is %(label)s.") % said
    said["time"] = f"{timezone.localtime(free.starts_at):%H:%M}"
    return _("This turn has just been taken; the next free is %(time)s (%(label)s).") % said


def next_free(service: Service, at: datetime) -> Slot | None:
    found: Slot | None = (
        Slot.objects.filter(service=service).to_take(at).select_related("service").first()
    )
    return found


def take(
    service: Service, *, actor: Any, at: datetime, number: int | None = None, person: str = ""
) -> Slot:
    """The turn of that number, or whichever is free next."""
    with transaction.atomic():
        lock_service(service.pk)
        rows = Slot.objects.filter(service=service).select_related("service")
        slot = rows.filter(number=number).first() if number else next_free(service, at)
        if slot is None:
            raise WrongState(_("No turn is free."), row=service)
        return book(slot, actor=actor, at=at, person=person)


def book_next(service: Service, *, actor: Any, at: datetime, person: str, phone: str = "") -> Slot:
    """A walk-in has whatever is free next; of one that has begun too, if it is the only one."""
    if not rules.serves_at(actor, service):
        raise NotAllowed(_("This is for those who stand at the desk."))
    with transaction.atomic():
        lock_service(service.pk)
        rest = Slot.objects.filter(service=service).free().order_by("-number")
        slot = next_free(service, at) or rest.first()
        if slot is None:
            raise WrongState(_("No turn is free."), row=service)
        return book_for(slot, actor=actor, at=at, person=person, phone=phone)


FREED: Mapping[str, Any] = {
    "user": None,
    "person": "",
    "phone": "",
    "booked_at": None,
    "called_at": None,
    "by_staff": False,
}


def give_back(slot: Slot, *, actor: Any, at: datetime) -> Slot:
    return move(MOVES, "give_back", slot, actor=actor, at=at, changes=FREED)


def call(slot: Slot, *, actor: Any, at: datetime) -> Slot:
    try:
        with transaction.atomic():
            return move(MOVES, "call", slot, actor=actor, at=at, changes={"called_at": at})
    except IntegrityError as error:
        # Passed over, they took another for the same person.
        words = _("They have another turn of this service by now: call that one.")
        raise WrongState(words, row=slot) from error


def pass_by(slot: Slot, *, actor: Any, at: datetime) -> Slot:
    return move(MOVES, "pass_by", slot, actor=actor, at=at)


def serve(slot: Slot, *, actor: Any, at: datetime) -> Slot:
    return move(MOVES, "serve", slot, actor=actor, at=at)


def next_of(service: Service) -> Slot | None:
    found: Slot | None = Slot.objects.filter(service=service).waiting().first()
    return found


def call_next(service: Service, *, actor: Any, at: datetime) -> Slot:
    """The first who waits. Two desks at once skip what the other has in hand."""
    if not rules.serves_at(actor, service):
        raise NotAllowed(_("This is for those who stand at the desk."))
    with transaction.atomic():
        waiting = Slot.objects.filter(service=service).waiting()
        slot = waiting.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
        if slot is None:
            raise WrongState(_("Nobody waits."), row=service)
        return call(slot, actor=actor, at=at)


def release(user: Any, *, at: datetime) -> None:
    """Their account goes: what they wait for is free, and what was theirs is nobody's."""
    for slot in Slot.objects.filter(user=user, status=SlotStatus.BOOKED).order_by("pk"):
        give_back(slot, actor=SYSTEM, at=at)
    for slot in Slot.objects.filter(user=user, status=SlotStatus.CALLED).order_by("pk"):
        pass_by(slot, actor=SYSTEM, at=at)
    Slot.objects.filter(user=user).update(user=None, person="", phone="")


# --- what the event's page shows


@dataclass
class Line:
    """A service as one reader sees it."""

    service: Service
    free: list[Slot] = field(default_factory=list)
    mine: list[Slot] = field(default_factory=list)
    may_book: bool = False
    # Nobody has a turn of it, nor had one.
    is_untouched: bool = False

    @property
    def first(self) -> list[Slot]:
        return self.free[:1] if not self.service.is_timed else self.free[:SHOWN]

    @property
    def has_more(self) -> bool:
        return self.service.is_timed and len(self.free) > SHOWN


@dataclass
class Shown:
    """The services of an event, for its page; `is_open` while turns are given."""

    event: Event
    lines: list[Line]
    is_open: bool
    helps: bool
    plans: bool
    may_add: bool


def shown(event: Event, user: Any, at: datetime) -> Shown:
    """In a fixed number of statements, whatever the services and turns."""
    services = list(Service.objects.filter(event=event).order_by("letter"))
    is_open = event.status in BOOKABLE
    plans = user.is_authenticated and rules.can_plan(user, event)
    helps = user.is_authenticated and bool(services) and (plans or rules.can_help(user, event))
    may_add = plans and event.status in OPEN
    lines = {one.pk: Line(one) for one in services}
    if services:
        may_book = is_open and user.is_authenticated and rules.sees(user, event)
        _fill(lines, user, at, may_book)
    return Shown(event, list(lines.values()), is_open, helps, plans, may_add)


def line_of(service: Service, user: Any, at: datetime) -> Line:
    """The same of one service, for the page of all its times."""
    lines = {service.pk: Line(service)}
    open_now = service.event.status in BOOKABLE
    _fill(lines, user, at, open_now and rules.sees(user, service.event))
    return lines[service.pk]


def _fill(lines: dict[int, Line], user: Any, at: datetime, may_book: bool) -> None:
    rows = Slot.objects.filter(service__in=lines)
    for slot in rows.free().order_by("number"):
        slot.service = lines[slot.service_id].service
        lines[slot.service_id].free.append(slot)
    own = rows.of(user).exclude(status=SlotStatus.SERVED).order_by("number")
    for slot in own:
        slot.service = lines[slot.service_id].service
        lines[slot.service_id].mine.append(slot)
    for line in lines.values():
        line.is_untouched = len(line.free) == line.service.numbers
        line.free = [one for one in line.free if one.starts_at is None or one.starts_at > at]
        line.may_book = may_book and bool(line.free) and len(line.mine) < MOST_EACH


def shift(event: Event, by: timedelta, *, actor: Any, at: datetime) -> None:
    """The event begins at another time: its services and turns move along, and whoever has a turn
    with a time hears of it."""
    rows: Any = Service.objects.filter(event=event)
    if not by or not rows.exists():
        return
    rows.update(begins_at=F("begins_at") + by, ends_at=F("ends_at") + by, updated_at=at)
    timed: Any = Slot.objects.filter(service__event=event, starts_at__isnull=False)
    timed.update(starts_at=F("starts_at") + by, updated_at=at)
    if event.status == EventStatus.PUBLISHED:
        tell_all(event, "moved", actor=actor, at=at)


def tell_all(event: Event, verb: str, *, actor: Any, at: datetime) -> None:
    """Whoever waits for their turn, each of their own."""
    rows: Any = Slot.objects.filter(service__event=event).held().with_all().order_by("pk")
    occasions = [Occasion(row, at.isoformat(), {}) for row in rows]
    notify_many(MOVES.code_of(verb), occasions, actor=actor, at=at)
