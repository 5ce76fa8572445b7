"""Repairs that happen through the real verbs, at the moments they are said to have happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from accounts.models import User
from attachments.models import Attachment
from attachments.services import store
from notifications.models import Delivery, Message
from portal.demo.pictures import picture
from repairs import services
from repairs.models import Category, Ticket

UNREAD_FOR = timedelta(hours=20)


@dataclass
class Script:
    """Steps are noted in any order and happen in the order of their times, so that numbers,
    messages and the log run as they would have.
    """

    now: datetime
    tickets: dict[str, Ticket] = field(default_factory=dict)
    steps: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)

    def report(
        self,
        key: str,
        at: datetime,
        by: User,
        category: Category,
        description: str,
        *,
        photos: Sequence[str] = (),
        **words: Any,
    ) -> None:
        def step() -> None:
            self.tickets[key] = services.report(
                actor=by,
                at=at,
                category=category,
                description=description,
                photos=self._taken(photos, by, at),
                **words,
            )

        self._note(at, step)

    def then(
        self,
        key: str,
        at: datetime,
        verb: str,
        by: Any,
        *,
        photos: Sequence[str] = (),
        into: str = "",
        **words: Any,
    ) -> None:
        def step() -> None:
            if photos:
                words["photos"] = self._taken(photos, by, at)
            if into:
                words["into"] = self.tickets[into]
            getattr(services, verb)(self.tickets[key], actor=by, at=at, **words)

        self._note(at, step)

    def sweep(self, sweep: Callable[[datetime], int]) -> None:
        def step() -> None:
            sweep(self.now)

        self._note(self.now, step)

    def _note(self, at: datetime, step: Callable[[], None]) -> None:
        self.steps.append((min(at, self.now), len(self.steps), step))

    def _taken(self, names: Sequence[str], by: User, at: datetime) -> list[str]:
        return [store(picture(name), by=by, at=at).key for name in names]

    def play(self, on_progress: Callable[[int, int], None]) -> None:
        last = Message.objects.aggregate(last=Max("pk"))["last"] or 0
        for done, (at, _number, step) in enumerate(sorted(self.steps, key=lambda one: one[:2])):
            step()
            last = self._dated(last, at)
            on_progress(done + 1, len(self.steps))
        self._settle()

    def _dated(self, last: int, at: datetime) -> int:
        """Messages were written when it happened; those of older days have been read."""
        told = Message.objects.filter(pk__gt=last)
        newest = told.aggregate(last=Max("pk"))["last"]
        if newest is None:
            return last
        read_at = at + timedelta(minutes=25) if self.now - at > UNREAD_FOR else None
        told.update(created_at=at, read_at=read_at)
        # What happened is no news any more: nothing of it leaves by e-mail.
        Delivery.objects.filter(message__pk__gt=last).delete()
        return int(newest)

    def _settle(self) -> None:
        for ticket in self.tickets.values():
            Attachment.objects.for_row(ticket).update(created_at=ticket.reported_at)
