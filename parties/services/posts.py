"""The end of a post in an organisation: to the minute."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from parties import rules
from parties.models import OrganisationPost
from workflow.moves import lock
from workflow.refusals import NotAllowed, WrongState
from workflow.standing import forget

ENDED = "parties.end_post"


def end(post: OrganisationPost, *, actor: Any, at: datetime) -> None:
    """Raises NotAllowed, and WrongState for one that has ended."""
    with transaction.atomic():
        locked: OrganisationPost = lock(post)
        if not rules.can_keep(actor, locked.organisation):
            raise NotAllowed(_("Posts are given and ended by the secretary."))
        today = timezone.localdate(at)
        if locked.ended_at is not None or (locked.to_date is not None and locked.to_date < today):
            raise WrongState(_("This has ended already."))
        locked.to_date, locked.ended_at = today, at
        if locked.from_date is not None and locked.from_date > today:
            locked.from_date = today
        locked.save(update_fields=["from_date", "to_date", "ended_at", "updated_at"])
        record(ENDED, locked, actor=actor, at=at, after={"ended_at": at})
    forget(post.user)
