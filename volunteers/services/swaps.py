"""One member asks another to take a place, or to change places: whole, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.services import record
from notifications.services import notify
from volunteers.models import Entry, Membership, Shift, Swap
from volunteers.services import places
from volunteers.services.moves import ENTRY_MOVES
from volunteers.services.moves import SWAP_MOVES as MOVES
from volunteers.states import EntryStatus, MembershipStatus, ShiftStatus
from workflow.moves import move
from workflow.refusals import Invalid, NotAllowed, WrongState


def ask(
    entry: Entry,
    *,
    actor: Any,
    at: datetime,
    member: Membership,
    other: Entry | None = None,
    words: str = "",
) -> Swap:
    """`member` is asked to take the place of `entry`; with `other`, theirs is taken for it."""
    if entry.user_id != actor.pk:
        raise NotAllowed(_("You can only give a place of your own."))
    _check_ahead(entry, at)
    if member.team_id != entry.shift.team_id or member.status != MembershipStatus.ACTIVE:
        raise Invalid(_("Only members of the team can be asked."))
    if member.user_id == actor.pk:
        raise Invalid(_("Ask somebody else."))
    if other is not None:
        _check_ahead(other, at)
        if other.user_id != member.user_id or other.shift.team_id != entry.shift.team_id:
            raise Invalid(_("This place is not theirs."))
    try:
        with transaction.atomic():
            swap = Swap.objects.create(entry=entry, asked=member.user, other=other, words=words)
            record(MOVES.code_of("ask"), swap, actor=actor, at=at)
            notify(MOVES.code_of("ask"), swap, actor=actor, at=at)
    except IntegrityError as error:
        raise WrongState(_("Somebody is asked already.")) from error
    return swap


def _check_ahead(entry: Entry, at: datetime) -> None:
    shift = entry.shift
    fits = entry.status == EntryStatus.CONFIRMED and shift.status == ShiftStatus.OPEN
    if not fits or shift.has_begun(at):
        raise Invalid(_("Only places of shifts that are ahead are changed."))


def lock_shifts(swap: Swap) -> None:
    """In the order of their keys, as everybody locks them."""
    for key in sorted({swap.entry.shift_id, *([swap.other.shift_id] if swap.other else [])}):
        places.lock_shift(key)


def accept(swap: Swap, *, actor: Any, at: datetime) -> Swap:
    """Both places change hands under the locks of both shifts, or neither does."""

    def changed(locked: Swap) -> Mapping[str, Any]:
        mine = _fresh(locked.entry_id)
        theirs = _fresh(locked.other_id) if locked.other_id else None
        for entry in filter(None, (mine, theirs)):
            _check_ahead(entry, at)
        _hand_over(mine, theirs, locked, actor, at)
        return {}

    with transaction.atomic():
        lock_shifts(swap)
        return move(MOVES, "accept", swap, actor=actor, at=at, changes=changed)


def _fresh(pk: int) -> Entry:
    rows = Entry.objects.select_related("shift", "post", "user")
    locked: Entry = rows.select_for_update(of=("self",), no_key=True).get(pk=pk)
    return locked


def _hand_over(mine: Entry, theirs: Entry | None, swap: Swap, actor: Any, at: datetime) -> None:
    """First both leave, then both come: nobody collides with what they give."""
    giver, taker = mine.user, swap.asked
    given = [(mine, taker)] + ([(theirs, giver)] if theirs is not None else [])
    for entry, _who in given:
        entry.status = EntryStatus.WITHDRAWN
        entry.save(update_fields=["status", "updated_at"])
    for entry, who in given:
        _check_member(entry, who)
        _check_can(entry, who)
        _check_none(entry.shift, who)
    try:
        with transaction.atomic():
            for entry, who in given:
                made = Entry.objects.create(
                    shift=entry.shift,
                    post=entry.post,
                    user=who,
                    status=EntryStatus.CONFIRMED,
                    starts_at=entry.shift.starts_at,
                    ends_at=entry.shift.ends_at,
                    queued_at=at,
                )
                for row, state in ((entry, EntryStatus.WITHDRAWN), (made, made.status)):
                    code = ENTRY_MOVES.code_of("swap")
                    record(code, row, actor=actor, at=at, after={"status": state})
    except IntegrityError as error:
        raise Invalid(_("This collides with another shift.")) from error


def _check_member(entry: Entry, who: Any) -> None:
    """They may have left the team since they were asked."""
    if not Membership.objects.of(who).filter(team=entry.shift.team_id).exists():
        raise Invalid(_("Only members of the team can be asked."))


def _check_can(entry: Entry, who: Any) -> None:
    if not places.is_qualified(who, entry.post, entry.shift):
        raise Invalid(_("“%(post)s” needs a certificate.") % {"post": entry.post.name})


def _check_none(shift: Shift, who: Any) -> None:
    if Entry.objects.filter(shift=shift, user=who).standing().exists():
        raise Invalid(_("Already in this shift."))
    if places.colliding(who, shift.starts_at, shift.ends_at).exists():
        raise Invalid(_("This collides with another shift."))


def refuse(swap: Swap, *, actor: Any, at: datetime) -> Swap:
    return move(MOVES, "refuse", swap, actor=actor, at=at)


def lapse(swap: Swap, *, actor: Any, at: datetime) -> Swap:
    """The place that was to be given is gone, or its time has come."""
    return move(MOVES, "lapse", swap, actor=actor, at=at)


def withdraw(swap: Swap, *, actor: Any, at: datetime) -> Swap:
    return move(MOVES, "withdraw", swap, actor=actor, at=at)
