"""What the screen of the hall shows, and the phone at the desk: who is called, who comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from events.models import Event, Service, Slot
from events.states import SlotStatus

# Read from eight metres: no more fits beside the number.
NEXT = 2
ROUND = 5


@dataclass
class Card:
    """One service: its turns as they are called. `is_latest` is the one that was called last."""

    service: Service
    called: list[Slot] = field(default_factory=list)
    waiting: list[Slot] = field(default_factory=list)
    passed: list[Slot] = field(default_factory=list)
    served: list[Slot] = field(default_factory=list)
    free: int = 0
    is_latest: bool = False

    @property
    def now(self) -> Slot | None:
        """Called last; it stays until the next is."""
        known = [one for one in (*self.called, *self.served) if one.called_at]
        return max(known, key=_called_at, default=None)

    @property
    def next(self) -> list[Slot]:
        return self.waiting[:NEXT]

    @property
    def minutes(self) -> int:
        """About how long the last in line waits; nought where nobody can tell."""
        pace = self.service.minutes or self._pace()
        about = len(self.waiting) * pace
        return int(-(-about // ROUND) * ROUND)

    def _pace(self) -> float:
        """Of a service by number: as it went until now."""
        moments = sorted(one.called_at for one in (*self.called, *self.served) if one.called_at)
        if len(moments) < 2:
            return 0
        return (moments[-1] - moments[0]).total_seconds() / 60 / (len(moments) - 1)


def _called_at(slot: Slot) -> datetime:
    assert slot.called_at is not None
    return slot.called_at


def board(event: Event, *, names: bool = False) -> list[Card]:
    """Two statements; names only for those at the desk."""
    services = list(Service.objects.filter(event=event).order_by("letter"))
    cards = {one.pk: Card(one) for one in services}
    rows: Any = Slot.objects.filter(service__in=services).order_by("number")
    rows = rows.select_related("user") if names else rows.defer("user", "person", "phone")
    for slot in rows:
        card = cards[slot.service_id]
        slot.service = card.service
        _sort_in(card, slot)
    _mark_latest(list(cards.values()))
    return list(cards.values())


def _sort_in(card: Card, slot: Slot) -> None:
    piles = {
        SlotStatus.CALLED: card.called,
        SlotStatus.BOOKED: card.waiting,
        SlotStatus.PASSED: card.passed,
        SlotStatus.SERVED: card.served,
    }
    if slot.status == SlotStatus.FREE:
        card.free += 1
    else:
        piles[SlotStatus(slot.status)].append(slot)


def _mark_latest(cards: Sequence[Card]) -> None:
    called = [(max(map(_called_at, one.called)), one) for one in cards if one.called]
    if called:
        max(called, key=lambda pair: pair[0])[1].is_latest = True


def passed(cards: Sequence[Card]) -> list[Slot]:
    return [slot for card in cards for slot in card.passed]
