"""Places of an event: how many are free and for whom, counted under the event's lock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from common.dates import said_time
from events.models import Event, Signup
from events.states import EventStatus

# A place that became free is held so long; less before an event that is near.
HOLD = timedelta(hours=4)
SHORTEST_HOLD = timedelta(minutes=20)
# Nobody is made to answer at night: what is offered then holds until the morning.
NIGHT = time(21), time(7)
MORNING = time(10)


class Door(StrEnum):
    """How sign-up stands, for anybody."""

    OPEN = "open"
    FULL = "full"
    EARLY = "early"
    SHUT = "shut"
    NONE = "none"


@dataclass(frozen=True)
class Standing:
    """What a page says of the places. `free` is None without a limit."""

    door: Door
    free: int | None
    waiting: int
    words: str

    @property
    def may(self) -> bool:
        return self.door in (Door.OPEN, Door.FULL)


def lock_event(pk: int) -> Event:
    """Whatever counts places locks the event first, and sign-ups after it: one order for all."""
    locked: Event = Event.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    return locked


def free_for(event: Event, *, by_staff: bool) -> int | None:
    """None without a limit. What is set aside for who rings is theirs as long as they have not
    taken it; they may take of the others too."""
    if event.capacity is None:
        return None
    if by_staff:
        return max(event.capacity - event.taken, 0)
    aside = max(event.phone_places - event.phone_taken, 0)
    return max(event.capacity - event.taken - aside, 0)


def fits(event: Event, size: int, *, by_staff: bool) -> bool:
    free = free_for(event, by_staff=by_staff)
    return free is None or size <= free


def take(event: Event, size: int, *, by_staff: bool) -> None:
    """Of the locked event, which then says the new count."""
    _count(event, size, by_staff)


def give_back(event: Event, size: int, *, by_staff: bool) -> None:
    _count(event, -size, by_staff)


def _count(event: Event, size: int, by_staff: bool) -> None:
    # Not a change of the event: calendars that count by it hear nothing.
    phone = size if by_staff else 0
    Event.objects.filter(pk=event.pk).update(
        taken=F("taken") + size, phone_taken=F("phone_taken") + phone
    )
    event.taken += size
    event.phone_taken += phone


def held_until(event: Event, at: datetime) -> datetime | None:
    """Until when an offer holds; None where it is too late for one."""
    left = event.starts_at - at
    if left <= SHORTEST_HOLD:
        return None
    until = at + min(HOLD, max(left / 2, SHORTEST_HOLD))
    local = timezone.localtime(until)
    if local.time() >= NIGHT[0] or (local.time() < MORNING and _at_night(at)):
        day = local.date() + timedelta(days=1) if local.time() >= NIGHT[0] else local.date()
        morning = timezone.make_aware(datetime.combine(day, MORNING))
        until = max(until, min(morning, event.starts_at - SHORTEST_HOLD))
    return until


def _at_night(at: datetime) -> bool:
    clock = timezone.localtime(at).time()
    return clock >= NIGHT[0] or clock < NIGHT[1]


def closes_at(event: Event) -> datetime:
    return min(event.closes_at or event.starts_at, event.starts_at)


def standing(event: Event, at: datetime) -> Standing:
    """How sign-up stands for who signs up here."""
    waiting = Signup.objects.filter(event=event).waiting().people() if event.is_public else 0
    free = free_for(event, by_staff=False)
    door, words = _door(event, at, free)
    if door == Door.OPEN and free is not None:
        words = ngettext("%(n)d place is free.", "%(n)d places are free.", free) % {"n": free}
    if door == Door.FULL:
        words = _("All places are taken. Whoever waits is offered what becomes free, in order.")
    return Standing(door, free, waiting, words)


def _door(event: Event, at: datetime, free: int | None) -> tuple[Door, str]:
    if event.capacity == 0:
        return Door.NONE, _("Nobody signs up: simply come.")
    if event.status == EventStatus.CANCELLED:
        return Door.SHUT, pgettext("event", "It is called off.")
    if event.status != EventStatus.PUBLISHED or at >= event.starts_at:
        return Door.SHUT, _("Sign-up is over.")
    if event.opens_at is not None and at < event.opens_at:
        when = {"when": said_time(event.opens_at, at)}
        return Door.EARLY, _("Sign-up opens %(when)s.") % when
    if at >= closes_at(event):
        return Door.SHUT, _("Sign-up is over.")
    if free is None:
        return Door.OPEN, _("There is room for everybody.")
    return (Door.OPEN if free else Door.FULL), ""


def turn_of(signup: Signup) -> int:
    """The number in the queue of a family that waits."""
    before = Signup.objects.filter(event=signup.event_id).waiting()
    return int(before.filter(queued_at__lt=signup.queued_at).count()) + 1


def over_limits(event: Event, *, user: Any, unit_id: int | None, size: int) -> str:
    """Why these are too many; empty if they are not."""
    standing_rows: Any = Signup.objects.filter(event=event).standing()
    if event.per_household is not None and unit_id is not None:
        before = standing_rows.filter(unit=unit_id).people()
        if before + size > event.per_household:
            return _too_many(_("At most %(n)d of one household come."), event.per_household, before)
    if event.per_person is not None and user is not None:
        before = standing_rows.filter(user=user.pk, by_staff=False).people()
        if before + size > event.per_person:
            said = _("One person signs up at most %(n)d.")
            return _too_many(said, event.per_person, before)
    return ""


def _too_many(words: str, limit: int, before: int) -> str:
    said = words % {"n": limit}
    if not before:
        return said
    already = ngettext("%(n)d is signed up already.", "%(n)d are signed up already.", before)
    return f"{said} {already % {'n': before}}"


def whose_turn(event: Event) -> Iterable[Signup]:
    """Families that wait, in order, as long as there are places for them; who needs more than are
    free keeps its turn."""
    rows: Any = Signup.objects.filter(event=event).waiting()
    for signup in rows.select_related("user", "event"):
        if fits(event, signup.size, by_staff=signup.by_staff):
            yield signup
