"""What happens in the demo, through the real verbs, at the moments it is said to have happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from attachments.models import Attachment
from attachments.services import store
from notifications.models import Delivery, Message
from workflow.scenes import Picture

UNREAD_FOR = timedelta(hours=20)


@dataclass
class Script:
    """Steps are noted in any order and happen in the order of their times, so that numbers,
    messages and the log run as they would have.
    """

    now: datetime
    rows: dict[str, Any] = field(default_factory=dict)
    steps: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)

    def note(self, at: datetime, step: Callable[[], object]) -> None:
        self.steps.append((min(at, self.now), len(self.steps), step))

    def do(
        self,
        at: datetime,
        service: Callable[..., Any],
        *,
        by: Any,
        row: str = "",
        gives: str = "",
        photos: Sequence[Picture] = (),
        **words: Any,
    ) -> None:
        def step() -> None:
            if photos:
                words["photos"] = _taken(photos, by, at)
            # Rows are looked up as late as this: an earlier step makes them.
            about = [self.rows[row]] if row else []
            made = service(*about, actor=by, at=at, **words)
            if gives:
                self.rows[gives] = made

        self.note(at, step)

    def sweep(self, sweep: Callable[[datetime], object]) -> None:
        self.note(self.now, lambda: sweep(self.now))

    def play(self, on_progress: Callable[[int, int], None]) -> None:
        last = Message.objects.aggregate(last=Max("pk"))["last"] or 0
        for done, (at, _number, step) in enumerate(sorted(self.steps, key=lambda one: one[:2])):
            step()
            last = self._dated(last, at)
            on_progress(done + 1, len(self.steps))

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


def _taken(photos: Sequence[Picture], by: Any, at: datetime) -> list[str]:
    """Their keys. They were taken when it happened."""
    taken = [store(photo(), by=by, at=at) for photo in photos]
    Attachment.objects.filter(pk__in=[one.pk for one in taken]).update(created_at=at)
    return [one.key for one in taken]
