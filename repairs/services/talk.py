"""Words about a ticket, and hearing of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from repairs import rules
from repairs.models import Follow, Ticket
from repairs.services.deadlines import answered
from repairs.services.moves import MOVES
from workflow.refusals import NotAllowed
from workflow.standing import forget
from workflow.threads import talk


def comment(
    ticket: Ticket, *, body: str, photos: Sequence[str] = (), actor: Any, at: datetime
) -> Ticket:
    """For everybody who sees the ticket. The staff's first comment answers the resident."""

    def answers(locked: Ticket) -> Mapping[str, Any]:
        from_staff = rules.is_staff(actor, locked) and not rules.is_household(actor, locked)
        return answered(at)(locked) if from_staff else {}

    return talk(
        MOVES, "comment", ticket, body=body, photos=photos, actor=actor, at=at, changes=answers
    )


def note(
    ticket: Ticket, *, body: str, photos: Sequence[str] = (), actor: Any, at: datetime
) -> Ticket:
    """For the staff only; it answers nobody and restarts no clock."""
    return talk(MOVES, "note", ticket, body=body, photos=photos, actor=actor, at=at)


def follow(ticket: Ticket, *, actor: Any, at: datetime) -> bool:
    """Hear of a ticket that is not one's own; False when one follows it already."""
    if not rules.can_follow(actor, ticket):
        raise NotAllowed(_("This is your own ticket: you hear of it anyway."))
    with transaction.atomic():
        _follow, created = Follow.objects.get_or_create(ticket=ticket, user=actor)
        if created:
            record("repairs.ticket.follow", ticket, actor=actor, at=at)
    forget(actor)
    return created


def unfollow(ticket: Ticket, *, actor: Any, at: datetime) -> bool:
    with transaction.atomic():
        gone, _rows = Follow.objects.filter(ticket=ticket, user=actor).delete()
        if gone:
            record("repairs.ticket.unfollow", ticket, actor=actor, at=at)
    forget(actor)
    return bool(gone)
