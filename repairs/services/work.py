"""The verbs of the technician."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Value, prefetch_related_objects
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from repairs.models import CostLine, Pause, Ticket
from repairs.services.crew import assign, end_assignment
from repairs.services.deadlines import counted
from repairs.services.moves import MOVES
from repairs.services.photos import add_photos
from workflow import follow_ups
from workflow.moves import move
from workflow.refusals import Invalid

A_YEAR = timedelta(days=366)


def take(ticket: Ticket, *, actor: Any, at: datetime) -> Ticket:
    return assign(ticket, "take", actor, actor=actor, at=at)


def start(ticket: Ticket, *, actor: Any, at: datetime) -> Ticket:
    return move(MOVES, "start", ticket, actor=actor, at=at)


def plan_visit(
    ticket: Ticket, *, visit_from: datetime, visit_to: datetime, actor: Any, at: datetime
) -> Ticket:
    if visit_from >= visit_to:
        raise Invalid(_("The visit must begin before it ends."))
    if visit_to <= at:
        raise Invalid(_("The visit lies in the past."))
    _check_near(visit_to, at)
    changes = {"visit_from": visit_from, "visit_to": visit_to}
    return move(MOVES, "plan_visit", ticket, actor=actor, at=at, changes=changes)


def _check_near(moment: datetime, at: datetime) -> None:
    if moment > at + A_YEAR:
        raise Invalid(_("Choose a time within a year."))


def hold(ticket: Ticket, *, until: datetime, reason: str, actor: Any, at: datetime) -> Ticket:
    """The clock stands still until then, and the resident reads why."""
    if until <= at:
        raise Invalid(_("Choose a time that is still to come."))
    _check_near(until, at)

    def changes(locked: Ticket) -> dict[str, Any]:
        Pause.objects.create(ticket=locked, began_at=at)
        return {
            "held_at": at,
            "held_until": until,
            "held_from": locked.status,
            "hold_reason": reason,
        }

    return move(MOVES, "hold", ticket, actor=actor, at=at, changes=changes, note=reason)


def resume(ticket: Ticket, *, actor: Any, at: datetime) -> Ticket:
    return move(
        MOVES, "resume", ticket, actor=actor, at=at, changes=lambda locked: resumed([locked], at)[0]
    )


def resumed(tickets: Sequence[Ticket], at: datetime) -> list[dict[str, Any]]:
    """Ends the pauses of locked tickets; what each holds then."""
    # Another machine's clock may go behind that of the hold.
    ended = Greatest("began_at", Value(at))
    Pause.objects.filter(ticket__in=tickets, ended_at__isnull=True).update(ended_at=ended)
    prefetch_related_objects(tickets, "estate", "category", "pauses")
    hours = {estate.pk: estate.work_hours() for estate in {one.estate for one in tickets}}
    awake = {"held_at": None, "held_until": None, "hold_reason": ""}
    return [awake | counted(one, hours=hours[one.estate_id]) for one in tickets]


def hand_back(ticket: Ticket, *, reason: str, actor: Any, at: datetime) -> Ticket:
    def changes(locked: Ticket) -> dict[str, Any]:
        end_assignment(locked, at=at, reason=reason)
        return {"assignee": None, "visit_from": None, "visit_to": None}

    return move(MOVES, "hand_back", ticket, actor=actor, at=at, changes=changes, note=reason)


def resolve(
    ticket: Ticket, *, resolution: str, photos: Sequence[str] = (), actor: Any, at: datetime
) -> Ticket:
    """A result in words; in public places an after-photo too, for nobody was at home to see it."""

    def changes(locked: Ticket) -> dict[str, Any]:
        if locked.is_public and not photos:
            raise Invalid(_("Please add a photo of the finished work: this is a public place."))
        add_photos(photos, ticket=locked, by=actor, stage="after")
        return {"resolution": resolution, "resolved_at": at}

    with transaction.atomic():
        locked = move(
            MOVES, "resolve", ticket, actor=actor, at=at, changes=changes, note=resolution
        )
        follow_ups.done(locked, actor=actor, at=at)
    return locked


def add_cost(
    ticket: Ticket,
    *,
    kind: str,
    name: str,
    quantity: Decimal,
    unit_price: Decimal,
    payer: str,
    actor: Any,
    at: datetime,
) -> Ticket:
    def changes(locked: Ticket) -> dict[str, Any]:
        CostLine.objects.create(
            ticket=locked,
            kind=kind,
            name=name,
            quantity=quantity,
            unit_price=unit_price,
            payer=payer,
        )
        return {}

    words = f"{name} × {quantity.normalize():f}"
    return move(MOVES, "add_cost", ticket, actor=actor, at=at, changes=changes, note=words)
