"""Duty shifts: who is at work, and who is not after all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from estates import rules
from estates.models import DutyShift
from notifications.services import notify
from workflow.moves import lock
from workflow.refusals import NotAllowed, WrongState


def call_off(shift: DutyShift, *, actor: Any, at: datetime) -> None:
    """Nobody waits for this person then; they hear of it, and the records keep it.

    Raises NotAllowed, and WrongState for one that is over or was called off before.
    """
    with transaction.atomic():
        locked = lock(shift)
        if not rules.can_manage(actor, locked):
            raise NotAllowed(_("Duty shifts are called off by the manager."))
        if locked.called_off_at is not None:
            raise WrongState(_("This shift was called off already."))
        if locked.ends_at <= at:
            raise WrongState(_("This shift is over; it stays in the records."))
        locked.called_off_at = at
        locked.save(update_fields=["called_off_at", "updated_at"])
        code = "estates.call_off_dutyshift"
        record(code, locked, actor=actor, at=at, after={"called_off_at": at})
        notify(code, locked, actor=actor, at=at)
