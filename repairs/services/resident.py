"""The verbs of the household."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from notifications.services import retire_links
from repairs import rules
from repairs.models import Ticket
from repairs.services.audience import ANSWER
from repairs.services.crew import end_assignment
from repairs.services.deadlines import deadlines
from repairs.services.moves import MOVES
from repairs.services.photos import add_photos
from workflow.moves import move
from workflow.refusals import Invalid


def confirm(
    ticket: Ticket, *, rating: int | None = None, words: str = "", actor: Any, at: datetime
) -> Ticket:
    rated = {"rating": rating, "rating_words": words, "rated_at": at} if rating else {}

    def changes(locked: Ticket) -> dict[str, Any]:
        end_assignment(locked, at=at)
        return {"closed_at": at, **rated}

    return move(MOVES, "confirm", ticket, actor=actor, at=at, changes=changes, note=words)


def dispute(
    ticket: Ticket, *, reason: str, photos: Sequence[str] = (), actor: Any, at: datetime
) -> Ticket:
    return _open_again(ticket, "dispute", reason, photos, actor=actor, at=at)


def reopen(
    ticket: Ticket, *, reason: str, photos: Sequence[str] = (), actor: Any, at: datetime
) -> Ticket:
    return _open_again(ticket, "reopen", reason, photos, actor=actor, at=at)


def _open_again(
    ticket: Ticket, verb: str, reason: str, photos: Sequence[str], *, actor: Any, at: datetime
) -> Ticket:
    """A promise not kept starts its clock anew, and somebody must answer it anew."""

    def changes(locked: Ticket) -> dict[str, Any]:
        # a link that asked about this repair must not close the next one
        retire_links(locked, ANSWER, at=at)
        add_photos(photos, ticket=locked, by=actor, again=True)
        end_assignment(locked, at=at)
        return {
            "assignee": None,
            "visit_from": None,
            "visit_to": None,
            "resolved_at": None,
            "closed_at": None,
            "responded_at": None,
            "clock_from": at,
            "carried_minutes": 0,
            "reopens": locked.reopens + 1,
            **deadlines(locked.category, locked.priority, at, locked.estate.work_hours()),
        }

    return move(MOVES, verb, ticket, actor=actor, at=at, changes=changes, note=reason)


def rate(ticket: Ticket, *, rating: int, words: str = "", actor: Any, at: datetime) -> Ticket:
    changes = {"rating": rating, "rating_words": words, "rated_at": at}
    return move(MOVES, "rate", ticket, actor=actor, at=at, changes=changes, note=words)


def urge(ticket: Ticket, *, actor: Any, at: datetime) -> Ticket:
    def changes(locked: Ticket) -> dict[str, Any]:
        return {"urged_at": at, "urges": locked.urges + 1}

    return move(MOVES, "urge", ticket, actor=actor, at=at, changes=changes)


AMENDABLE = frozenset(
    {
        "description",
        "place_words",
        "contact_name",
        "contact_phone",
        "windows",
        "may_enter",
        "private",
    }
)


def amend(
    ticket: Ticket, *, actor: Any, at: datetime, photos: Sequence[str] = (), **fields: Any
) -> Ticket:
    """Change what was said, before work starts; only the fields of AMENDABLE."""
    wrong = set(fields) - AMENDABLE
    if wrong:
        raise Invalid(
            _("This cannot be changed here: %(fields)s.") % {"fields": ", ".join(sorted(wrong))}
        )

    def changes(locked: Ticket) -> Mapping[str, Any]:
        hides = fields.get("private", locked.private) != locked.private
        if hides and locked.reporter_id != actor.pk and not rules.can_triage(actor, locked):
            raise Invalid(_("Only the reporter decides who sees it."))
        add_photos(photos, ticket=locked, by=actor)
        return fields

    return move(MOVES, "amend", ticket, actor=actor, at=at, changes=changes)


def cancel(ticket: Ticket, *, reason: str = "", actor: Any, at: datetime) -> Ticket:
    def changes(locked: Ticket) -> dict[str, Any]:
        end_assignment(locked, at=at)
        return {"reason": reason, "closed_at": at}

    return move(MOVES, "cancel", ticket, actor=actor, at=at, changes=changes, note=reason)
