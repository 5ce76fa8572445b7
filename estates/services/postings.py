"""The end of a posting: it holds no more from that minute on, and whoever held it hears of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from estates import rules
from estates.models import Posting
from notifications.services import notify
from workflow.moves import lock
from workflow.refusals import NotAllowed, WrongState

CODE = "estates.end_posting"


def end_posting(posting: Posting, *, actor: Any, at: datetime) -> None:
    """Raises NotAllowed, and WrongState for one that has ended."""
    with transaction.atomic():
        locked = lock(posting)
        if not rules.can_manage(actor, locked):
            raise NotAllowed(_("Postings are ended by the manager."))
        today = timezone.localdate(at)
        over = locked.to_date is not None and locked.to_date < today
        if locked.ended_at is not None or over:
            raise WrongState(_("This has ended already."))
        locked.to_date, locked.ended_at = today, at
        if locked.from_date is not None and locked.from_date > today:
            locked.from_date = today
        locked.save(update_fields=["from_date", "to_date", "ended_at", "updated_at"])
        after = {"to_date": today, "ended_at": at}
        record(CODE, locked, actor=actor, at=at, after=after)
        notify(CODE, locked, actor=actor, at=at)


def goes_on(posting: Posting, at: datetime) -> bool:
    """An edit that sets a later last day, or none, takes the end back."""
    return posting.to_date is None or posting.to_date > timezone.localdate(at)
