"""The doors of an event: whoever stands there reads a pass, or asks for the end of a number. What
came of it is kept, also why somebody was not let in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from events import rules
from events.models import Event, Scan, Seat, Signup
from events.services import signups
from events.states import STANDING, SignupStatus
from workflow.refusals import NotAllowed, Refusal

TAIL = 4
PASS = "pass"  # noqa: S105
MOST_REASON = 200


@dataclass(frozen=True)
class Tally:
    """Of a door: people let in, and times that somebody was not."""

    door: str
    came: int
    refused: int


def scan(
    event: Event,
    *,
    actor: Any,
    at: datetime,
    door: str,
    code: str = "",
    tail: str = "",
    signup: Signup | None = None,
    number: int | None = None,
    moment: datetime | None = None,
) -> Scan:
    """By a pass, by the last four digits of a phone, or by one tap in the list. Always gives what
    came of it; raises NotAllowed for whoever does not stand there."""
    if not rules.can_help(actor, event):
        raise NotAllowed(_("The doors are for those who stand there."))
    # What a phone without signal read arrives later than it was.
    seen = min(moment, at) if moment else at
    found, reason = _found(event, actor, code, tail, signup)
    said = PASS if code else _digits(tail)
    if found is None:
        return _kept(event, None, actor, seen, door, said, reason)
    if reason := _not_in(found):
        return _kept(event, found, actor, seen, door, said, reason)
    before = Seat.objects.filter(signup=found).arrived().count()
    try:
        with transaction.atomic():
            locked = signups.check_in(
                found, actor=actor, at=at, door=door, number=number, moment=moment
            )
            came = Seat.objects.filter(signup=locked).arrived().count() - before
            return _kept(event, locked, actor, seen, door, said, let_in=max(came, 1))
    except Refusal as refusal:
        return _kept(event, found, actor, seen, door, said, str(refusal))


def _digits(tail: str) -> str:
    return "".join(one for one in tail if one.isascii() and one.isdecimal())[-TAIL:]


def _found(
    event: Event, user: Any, code: str, tail: str, signup: Signup | None
) -> tuple[Signup | None, str]:
    if signup is not None:
        return signup, ""
    if code:
        by_pass = signups.by_code(code, user)
        if by_pass is None:
            return None, _("This is no pass of ours.")
        if by_pass.event_id != event.pk:
            return None, _("This pass is for another event.")
        return by_pass, ""
    found = by_tail(event, _digits(tail))
    if len(found) == 1:
        return found[0], ""
    if found:
        return None, _("More than one has these digits: take them from the list.")
    return None, _("Nobody who is signed up has these digits.")


def by_tail(event: Event, digits: str) -> list[Signup]:
    """Those whose phone ends so; mostly one."""
    if len(digits) < TAIL:
        return []
    ends = Q(user__phone__endswith=digits) | Q(phone__endswith=digits)
    rows: Any = Signup.objects.filter(ends, event=event, status__in=STANDING)
    return list(rows.with_all().order_by("pk"))


def _not_in(signup: Signup) -> str:
    if signup.status == SignupStatus.WAITLISTED:
        return _("They are on the waiting list still.")
    if signup.status == SignupStatus.WITHDRAWN:
        return _("They withdrew their sign-up.")
    if signup.status == SignupStatus.EXPIRED:
        return _("Their place was passed on.")
    return ""


def _kept(
    event: Event,
    signup: Signup | None,
    actor: Any,
    at: datetime,
    door: str,
    said: str,
    reason: str = "",
    let_in: int = 0,
) -> Scan:
    return Scan.objects.create(
        event=event,
        signup=signup,
        door=door if door in event.gates else event.gates[0],
        said=said,
        let_in=let_in,
        reason=reason[:MOST_REASON],
        at=at,
        by=actor if actor.pk else None,
    )


def counts(event: Event) -> list[Tally]:
    """Of each door, in the event's order. Two statements."""
    came = dict(
        Seat.objects.filter(event=event)
        .standing()
        .arrived()
        .order_by()
        .values_list("door")
        .annotate(n=Count("pk"))
    )
    refused = dict(
        Scan.objects.filter(event=event, let_in=0)
        .order_by()
        .values_list("door")
        .annotate(n=Count("pk"))
    )
    return [Tally(door, came.get(door, 0), refused.get(door, 0)) for door in event.gates]


def total(found: Sequence[Tally]) -> tuple[int, int]:
    return sum(one.came for one in found), sum(one.refused for one in found)
