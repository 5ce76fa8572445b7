"""What drills showed: seen to by somebody, and verified by somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from notifications.services import notify
from safety.models import Improvement
from safety.services.drill_moves import IMPROVEMENT_MOVES as MOVES
from safety.services.people import helpers
from workflow.moves import move
from workflow.refusals import Invalid


def make(row: Improvement, *, actor: Any, at: datetime) -> Improvement:
    """`drills.improve` has asked whether they may."""
    _check(row, row.owner, row.due_on, at)
    with transaction.atomic():
        row.save(force_insert=True)
        code = MOVES.code_of("make")
        record(code, row, actor=actor, at=at, after={"title": row.title})
        notify(code, row, actor=actor, at=at)
    return row


def _check(row: Improvement, owner: Any, due_on: date, at: datetime) -> None:
    if due_on < timezone.localdate(at):
        raise Invalid(_("The deadline lies ahead."))
    if not helpers(row.estate).filter(pk=owner.pk).exists():
        raise Invalid(_("Somebody who works or helps at the estate sees to it."))


def change(
    improvement: Improvement,
    *,
    actor: Any,
    at: datetime,
    title: str,
    owner: Any,
    due_on: date,
    words: str = "",
) -> Improvement:
    def checked(locked: Improvement) -> Mapping[str, Any]:
        _check(locked, owner, due_on, at)
        return {"title": title, "owner": owner, "due_on": due_on, "words": words}

    return move(MOVES, "change", improvement, actor=actor, at=at, changes=checked)


def finish(improvement: Improvement, *, actor: Any, at: datetime, result: str) -> Improvement:
    changes = {"result": result, "done_by": actor, "done_at": at}
    return move(MOVES, "finish", improvement, actor=actor, at=at, changes=changes, note=result)


def verify(improvement: Improvement, *, actor: Any, at: datetime) -> Improvement:
    changes = {"verified_by": actor, "verified_at": at}
    return move(MOVES, "verify", improvement, actor=actor, at=at, changes=changes)


def send_back(improvement: Improvement, *, actor: Any, at: datetime, reason: str) -> Improvement:
    return move(MOVES, "send_back", improvement, actor=actor, at=at, note=reason)


def remind(improvement: Improvement, *, actor: Any, at: datetime) -> Improvement:
    """Once a deadline: moved and passed again, it is late again."""
    changes = {"late_told": improvement.due_on}
    return move(MOVES, "remind", improvement, actor=actor, at=at, changes=changes)


def mended(improvement: Improvement, made: Any, *, actor: Any, at: datetime) -> None:
    """The repair `made` of it is done: whoever sees to it hears."""
    code = MOVES.code_of("mended")
    with transaction.atomic():
        record(code, improvement, actor=actor, at=at, note=str(made))
        notify(code, improvement, actor=actor, at=at, occasion=str(made), note=str(made))
