"""Qualifications: shown, confirmed by a lead who has seen them, and running out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from attachments.services import claim
from audit.services import record
from notifications.services import notify
from volunteers.models import Qualification
from volunteers.services.moves import QUALIFICATION_MOVES as MOVES
from volunteers.standing import is_volunteer
from workflow.moves import move
from workflow.refusals import Invalid, NotAllowed

# Whoever holds one is reminded once so long before it runs out.
AHEAD = timedelta(days=30)


def show(
    *, actor: Any, at: datetime, kind: str, expires_on: date, photos: Sequence[str] = ()
) -> Qualification:
    """With a photograph of it: that is what the lead confirms."""
    if not is_volunteer(actor):
        raise NotAllowed(_("Certificates are for members of a team."))
    if expires_on < timezone.localdate(at):
        raise Invalid(_("It has run out already."))
    if not photos:
        raise Invalid(_("Add a photograph of it."))
    with transaction.atomic():
        paper = Qualification.objects.create(user=actor, kind=kind, expires_on=expires_on)
        claim(photos, row=paper, by=actor)
        after = {"kind": kind, "expires_on": expires_on.isoformat()}
        record(MOVES.code_of("show"), paper, actor=actor, at=at, after=after)
        notify(MOVES.code_of("show"), paper, actor=actor, at=at)
    return paper


def confirm(qualification: Qualification, *, actor: Any, at: datetime) -> Qualification:
    return move(MOVES, "confirm", qualification, actor=actor, at=at)


def refuse(qualification: Qualification, *, actor: Any, at: datetime, reason: str) -> Qualification:
    return move(MOVES, "refuse", qualification, actor=actor, at=at, note=reason)


def withdraw(qualification: Qualification, *, actor: Any, at: datetime) -> Qualification:
    return move(MOVES, "withdraw", qualification, actor=actor, at=at)
