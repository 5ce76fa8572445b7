"""Parts of matters: promised, noted about, done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from parties.models import MatterPart
from parties.services.moves import PART_MOVES as MOVES
from workflow.moves import move
from workflow.refusals import Invalid
from workflow.threads import talk


def promise(
    part: MatterPart, *, actor: Any, at: datetime, promise: str, due_on: date
) -> MatterPart:
    if due_on < timezone.localdate(at):
        raise Invalid(_("The day that is promised lies ahead."))
    said = {"promise": promise, "due_on": due_on}
    return move(MOVES, "promise", part, actor=actor, at=at, changes=said)


def finish(part: MatterPart, *, actor: Any, at: datetime) -> MatterPart:
    done = {"done_on": timezone.localdate(at)}
    return move(MOVES, "finish", part, actor=actor, at=at, changes=done)


def note(
    part: MatterPart, *, actor: Any, at: datetime, body: str, photos: Sequence[str] = ()
) -> MatterPart:
    return talk(MOVES, "note", part, body=body, photos=photos, actor=actor, at=at)
