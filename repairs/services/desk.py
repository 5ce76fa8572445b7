"""The verbs of the front desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from notifications.services import notify
from repairs.models import Category, Follow, Ticket
from repairs.services.crew import assign, end_assignment, end_assignments, next_in_turn
from repairs.services.deadlines import answered, counted
from repairs.services.moves import MOVES
from workflow.moves import move
from workflow.refusals import Invalid


def accept(ticket: Ticket, *, actor: Any, at: datetime) -> Ticket:
    """Where the category goes round in turn, the next technician on duty gets it at once."""
    with transaction.atomic():
        locked = move(MOVES, "accept", ticket, actor=actor, at=at, changes=answered(at))
        if locked.category.dispatch == Category.Dispatch.ROUND_ROBIN:
            worker = next_in_turn(locked, at)
            if worker is not None:
                locked = dispatch(ticket, worker=worker, actor=actor, at=at)
    return locked


def dispatch(ticket: Ticket, *, worker: Any, actor: Any, at: datetime) -> Ticket:
    return assign(ticket, "dispatch", worker, actor=actor, at=at)


def reassign(ticket: Ticket, *, worker: Any, reason: str, actor: Any, at: datetime) -> Ticket:
    return assign(ticket, "reassign", worker, actor=actor, at=at, reason=reason)


def prioritise(ticket: Ticket, *, priority: str, actor: Any, at: datetime) -> Ticket:
    def changes(locked: Ticket) -> dict[str, Any]:
        return {"priority": priority, **counted(locked, priority=priority)}

    return move(MOVES, "prioritise", ticket, actor=actor, at=at, changes=changes)


def recategorise(ticket: Ticket, *, category: Category, actor: Any, at: datetime) -> Ticket:
    def changes(locked: Ticket) -> dict[str, Any]:
        if category.estate_id != locked.estate_id:
            raise Invalid(_("This category belongs to another estate."))
        return {"category": category, **counted(locked, category=category)}

    return move(MOVES, "recategorise", ticket, actor=actor, at=at, changes=changes)


def reject(ticket: Ticket, *, reason: str, actor: Any, at: datetime) -> Ticket:
    """`reason` says why, and where to go instead."""

    def changes(locked: Ticket) -> dict[str, Any]:
        end_assignment(locked, at=at)
        return {"reason": reason, "closed_at": at, **answered(at)(locked)}

    return move(MOVES, "reject", ticket, actor=actor, at=at, changes=changes, note=reason)


def merge(ticket: Ticket, *, into: Ticket, actor: Any, at: datetime) -> Ticket:
    """The reporter and the followers go over to `into`; both tickets stay readable."""

    def changes(locked: Ticket) -> dict[str, Any]:
        target = both[into.pk]
        if target.pk == locked.pk:
            raise Invalid(_("A ticket cannot be merged into itself."))
        if target.estate_id != locked.estate_id:
            raise Invalid(_("That ticket belongs to another estate."))
        if not target.is_open:
            raise Invalid(_("%(number)s is not open any more.") % {"number": target.number})
        if target.private and locked.reporter_id != target.reporter_id:
            raise Invalid(_("%(number)s is only for its reporter.") % {"number": target.number})
        end_assignment(locked, at=at)
        followers = {follow.user_id for follow in locked.follows.all()} | {locked.reporter_id}
        Follow.objects.bulk_create(
            [
                Follow(ticket=target, user_id=pk)
                for pk in followers
                if pk and pk != target.reporter_id
            ],
            ignore_conflicts=True,
        )
        return {"merged_into": target, "closed_at": at, **answered(at)(locked)}

    with transaction.atomic():
        # Both rows at once and in order: two people merging crosswise cannot block each other.
        pair = Ticket.objects.filter(pk__in={ticket.pk, into.pk}).order_by("pk")
        both = {row.pk: row for row in pair.select_for_update(of=("self",), no_key=True)}
        merged = move(MOVES, "merge", ticket, actor=actor, at=at, changes=changes)
        # Whoever works on the other one has more people waiting for it now.
        target = both[into.pk]
        notify(
            MOVES.code_of("absorb"),
            target,
            actor=actor,
            at=at,
            occasion=str(merged.pk),
            body=merged.description,
        )
    return merged


def close(ticket: Ticket, *, actor: Any, at: datetime) -> Ticket:
    return move(
        MOVES, "close", ticket, actor=actor, at=at, changes=lambda locked: closed([locked], at)[0]
    )


def closed(tickets: Sequence[Ticket], at: datetime) -> list[dict[str, Any]]:
    """Ends the jobs of locked tickets; what each holds then."""
    end_assignments(tickets, at=at)
    return [{"closed_at": at}] * len(tickets)


def return_visit(ticket: Ticket, *, words: str, actor: Any, at: datetime) -> Ticket:
    changes = {"return_visit_at": at, "return_visit_words": words}
    return move(MOVES, "return_visit", ticket, actor=actor, at=at, changes=changes, note=words)
