"""Signing up, the waiting list and its offers, coming and going, and hours that are true."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.passes import Passes
from notifications.services import notify
from volunteers import rules
from volunteers.models import Entry, Membership, Shift, ShiftPost
from volunteers.services import hours, places
from volunteers.services.moves import EARLY
from volunteers.services.moves import ENTRY_MOVES as MOVES
from volunteers.states import (
    AHEAD,
    HELD,
    STANDING,
    EntryStatus,
    MembershipStatus,
    Reason,
    ShiftStatus,
)
from workflow.actors import SYSTEM, is_system
from workflow.moves import move
from workflow.refusals import Invalid, NotAllowed, WrongState

S = EntryStatus
LONGEST = timedelta(hours=24)
TAIL = 4
PASSES = Passes("volunteers.pass")


def sign_up(post: ShiftPost, *, actor: Any, at: datetime, wait: bool = False) -> Entry:
    """A place, or with `wait` one on the waiting list if there is none. Counted when one sends, not
    when one looked. Raises NotAllowed, Invalid and WrongState with the reason in words."""
    with transaction.atomic():
        shift = places.lock_shift(post.shift_id)
        fresh = ShiftPost.objects.get(pk=post.pk)
        found = places.answer(shift, fresh, actor, at)
        if found.reason == Reason.NOT_MEMBER:
            raise NotAllowed(found.words)
        if not found.may and not (wait and found.may_wait):
            raise WrongState(found.words, row=found.entry)
        status = S.WAITLISTED
        if found.may:
            status = S.REQUESTED if shift.lead_confirms else S.CONFIRMED
        entry = _enter(shift, fresh, actor, at, status)
        _record("sign_up", entry, actor, at)
        notify(MOVES.code_of("sign_up"), entry, actor=actor, at=at)
    return entry


def _enter(
    shift: Shift, post: ShiftPost, user: Any, at: datetime, status: str, **more: Any
) -> Entry:
    """Under the shift's lock. Raises WrongState for what the database holds back."""
    try:
        with transaction.atomic():
            if status in HELD:
                places.take(post)
            return Entry.objects.create(
                shift=shift,
                post=post,
                user=user,
                status=status,
                starts_at=shift.starts_at,
                ends_at=shift.ends_at,
                queued_at=at,
                **more,
            )
    except IntegrityError as error:
        raise WrongState(_said(error)) from error


def _said(error: IntegrityError) -> str:
    words = str(error)
    if "one_at_a_time" in words:
        return _("This collides with another shift.")
    if "entry_once" in words:
        return _("Already in this shift.")
    return _("All places are taken.")


def _record(verb: str, entry: Entry, actor: Any, at: datetime, note: str = "") -> None:
    after = {"status": entry.status, "post": entry.post_id}
    record(MOVES.code_of(verb), entry, actor=actor, at=at, after=after, note=note)


def take_in(
    shift: Shift, *, actor: Any, at: datetime, post: ShiftPost, member: Membership, reason: str = ""
) -> Entry:
    """The lead enters a member of the team by hand, also once it has begun; two shifts at once only
    with a reason. For the verb of the shift, which has checked who may."""
    locked = places.lock_shift(shift.pk)
    if post.shift_id != locked.pk:
        raise Invalid(_("This post is of another shift."))
    if member.team_id != locked.team_id or member.status != MembershipStatus.ACTIVE:
        raise Invalid(_("Only members of the team are entered."))
    fresh = ShiftPost.objects.get(pk=post.pk)
    if fresh.free <= 0:
        raise Invalid(_("All places are taken. Change the places first."))
    if not places.is_qualified(member.user, fresh, locked):
        raise Invalid(_("It needs a certificate that this member has not shown."))
    own = Entry.objects.filter(shift=locked, user=member.user)
    if own.filter(status=S.NO_SHOW).exists():
        raise Invalid(_("They are in its list as missing: check them in there."))
    waiting = own.filter(status__in=AHEAD).first()
    if waiting is not None and waiting.status != S.WAITLISTED:
        raise Invalid(_("Already in this shift."))
    busy = places.colliding(member.user, locked.starts_at, locked.ends_at, but=locked.pk).exists()
    if busy and not reason.strip():
        raise Invalid(_("This collides with another shift of theirs. Say why it is right."))
    if waiting is not None:
        _move("call_off", waiting, SYSTEM, at)
    more = {"overlaps": busy, "overlap_reason": reason.strip() if busy else ""}
    entry = _enter(locked, fresh, member.user, at, S.CONFIRMED, **more)
    _record("entered", entry, actor, at, note=reason.strip())
    notify(MOVES.code_of("entered"), entry, actor=actor, at=at)
    return entry


# --- before the shift


def confirm(entry: Entry, *, actor: Any, at: datetime) -> Entry:
    return _move("confirm", entry, actor, at)


def decline(entry: Entry, *, actor: Any, at: datetime, reason: str) -> Entry:
    return _free("decline", entry, actor, at, note=reason)


def withdraw(entry: Entry, *, actor: Any, at: datetime) -> Entry:
    """Members by themselves until the shift's limit; afterwards they ring the lead."""

    def in_time(locked: Entry) -> Mapping[str, Any]:
        own = rules.is_self(actor, locked) and not rules.leads_entry(actor, locked)
        waits = locked.status in (S.WAITLISTED, S.OFFERED)
        if own and not waits and at > locked.shift.withdraw_until:
            raise Invalid(_("It is too late to withdraw here. Please ring the lead."))
        return {}

    return _free("withdraw", entry, actor, at, in_time)


def call_off(entry: Entry, *, actor: Any, at: datetime) -> Entry:
    """The shift is off: no place is passed on, and what was said of the shift is enough."""
    return _free("call_off", entry, actor, at, onward=False)


def release(entry: Entry, *, actor: Any, at: datetime) -> Entry:
    """Its person has gone: the place is for whoever waits first."""
    return _free("call_off", entry, actor, at)


def offer(entry: Entry, *, actor: Any, at: datetime) -> Entry:
    """The place is held for one who waits, for some hours."""
    with transaction.atomic():
        shift = places.lock_shift(entry.shift_id)
        post = ShiftPost.objects.get(pk=entry.post_id)
        if post.free <= 0:
            raise WrongState(_("All places are taken."))
        if not places.is_qualified(entry.user, post, shift):
            raise WrongState(_("It needs a certificate that this member has not shown."))
        if (until := places.held_until(shift, at)) is None:
            raise WrongState(_("It is too late for offers: enter them by hand."))
        return _offered(entry, post, until, actor, at)


def _offered(entry: Entry, post: ShiftPost, until: datetime, actor: Any, at: datetime) -> Entry:
    try:
        with transaction.atomic():
            places.take(post)
            return _move("offer", entry, actor, at, {"offered_until": until})
    except IntegrityError as error:
        raise WrongState(_said(error)) from error


def accept(entry: Entry, *, actor: Any, at: datetime) -> Entry:
    def still_fits(locked: Entry) -> Mapping[str, Any]:
        if not places.is_qualified(locked.user, locked.post, locked.shift):
            raise Invalid(_("Your certificate has run out. Show the new one first."))
        return {"offered_until": None}

    return _move("accept", entry, actor, at, still_fits)


def expire(entry: Entry, *, actor: Any, at: datetime) -> Entry:
    return _free("expire", entry, actor, at, {"offered_until": None})


def pass_on(shift: Shift, post_id: int, at: datetime) -> int:
    """Each free place of a post is offered to whoever waits first and can come; under the shift's
    lock. How many were offered."""
    if shift.status != ShiftStatus.OPEN or (until := places.held_until(shift, at)) is None:
        return 0
    offered = 0
    post = ShiftPost.objects.get(pk=post_id)
    for entry in Entry.objects.filter(post=post_id).waiting().select_related("user", "shift"):
        if post.free <= offered:
            break
        if places.colliding(entry.user, shift.starts_at, shift.ends_at, but=shift.pk).exists():
            continue
        if not places.is_qualified(entry.user, post, shift):
            continue
        try:
            _offered(entry, post, until, SYSTEM, at)
        except WrongState:
            # signed up elsewhere this very moment
            continue
        offered += 1
    return offered


def _move(
    verb: str, entry: Entry, actor: Any, at: datetime, changes: Any = None, note: str = ""
) -> Entry:
    """The shift is locked before the entry, as by whatever counts places."""
    with transaction.atomic():
        places.lock_shift(entry.shift_id)
        return move(MOVES, verb, entry, actor=actor, at=at, changes=changes, note=note)


def _free(
    verb: str,
    entry: Entry,
    actor: Any,
    at: datetime,
    changes: Any = None,
    *,
    note: str = "",
    onward: bool = True,
) -> Entry:
    """A move after which the place, if one was held, is somebody else's."""
    held: list[bool] = []

    def freed(locked: Entry) -> Mapping[str, Any]:
        held.append(locked.holds_place)
        return dict(changes(locked) if callable(changes) else changes or {})

    with transaction.atomic():
        shift = places.lock_shift(entry.shift_id)
        locked = move(MOVES, verb, entry, actor=actor, at=at, changes=freed, note=note)
        if held[0]:
            places.give_back(locked.post_id)
            if onward:
                pass_on(shift, locked.post_id, at)
    return locked


# --- at the shift


def check_in(entry: Entry, *, actor: Any, at: datetime, moment: datetime | None = None) -> Entry:
    """`moment` is the time of the phone, which may have had no signal then."""

    def came(locked: Entry) -> Mapping[str, Any]:
        first = locked.shift.gate_at - EARLY
        seen = min(max(moment, first), at) if moment else at
        return {"arrived_at": seen, "left_at": None, "offered_until": None, "forgotten": False}

    try:
        with transaction.atomic():
            return _move("check_in", entry, actor, at, came)
    except IntegrityError as error:
        # Who was missed went elsewhere, or was entered anew.
        raise WrongState(_said(error)) from error


def check_out(entry: Entry, *, actor: Any, at: datetime, moment: datetime | None = None) -> Entry:
    """Only a lead notes that somebody stayed beyond the shift's end; whom nobody checked out is
    counted to its end, and asked."""

    def gone(locked: Entry) -> Mapping[str, Any]:
        end, came = locked.shift.ends_at, locked.arrived_at
        assert came is not None  # so says the move that came before
        left = min(moment, at) if moment else at
        if not rules.leads_entry(actor, locked):
            left = min(left, end)
        return {"left_at": max(left, came), "forgotten": is_system(actor)}

    locked = _move("check_out", entry, actor, at, gone)
    if is_system(actor):
        notify(MOVES.code_of("ask_left"), locked, actor=actor, at=at)
    return locked


def no_show(entry: Entry, *, actor: Any, at: datetime) -> Entry:
    return _move("no_show", entry, actor, at, {"offered_until": None})


# --- hours


def confirm_hours(entry: Entry, *, actor: Any, at: datetime) -> Entry:
    with transaction.atomic():
        locked = _move("confirm_hours", entry, actor, at, _confirmed)
        hours.book(locked, at)
    return locked


def _confirmed(locked: Entry) -> Mapping[str, Any]:
    return {"minutes": locked.true_minutes, "dispute": ""}


def say(entry: Entry, *, actor: Any, at: datetime, words: str) -> Entry:
    """The member says that the hours are not right: they are open again until the lead has looked,
    and count for nothing meanwhile."""

    def disputed(locked: Entry) -> Mapping[str, Any]:
        hours.take_back(locked, at)
        return {"dispute": words, "minutes": None}

    return _move("say", entry, actor, at, disputed, note=words)


def correct(
    entry: Entry, *, actor: Any, at: datetime, came: time, went: time | None = None, reason: str
) -> Entry:
    """The times of the day as they were; an end before its start is the next day's. Hours that were
    confirmed follow."""

    def corrected(locked: Entry) -> Mapping[str, Any]:
        begin, end = _moments(locked, came, went)
        if begin > at or (end is not None and end > at):
            raise Invalid(_("This moment has not come yet."))
        if locked.status == S.CHECKED_IN:
            return {"arrived_at": begin}
        if end is None:
            raise Invalid(_("Say when they went."))
        locked.arrived_at, locked.left_at = begin, end
        times: dict[str, Any] = {"arrived_at": begin, "left_at": end, "forgotten": False}
        if locked.status != S.HOURS_CONFIRMED:
            return times
        hours.take_back(locked, at)
        minutes = locked.true_minutes
        hours.book(locked, at, minutes)
        return {**times, "minutes": minutes}

    # The function of the locked row must not leave it changed: `move` compares with it.
    def compared(locked: Entry) -> Mapping[str, Any]:
        before = (locked.arrived_at, locked.left_at)
        values = corrected(locked)
        locked.arrived_at, locked.left_at = before
        return values

    return _move("correct", entry, actor, at, compared, note=reason)


def _moments(entry: Entry, came: time, went: time | None) -> tuple[datetime, datetime | None]:
    gate = timezone.localtime(entry.shift.gate_at)
    begin = timezone.make_aware(datetime.combine(gate.date(), came))
    # For a shift over midnight: the time that lies nearest to its gate.
    begin = min(
        (begin + timedelta(days=days) for days in (-1, 0, 1)),
        key=lambda one: abs(one - entry.shift.gate_at),
    )
    if went is None:
        return begin, None
    day = timezone.localtime(begin).date()
    end = timezone.make_aware(datetime.combine(day, went))
    return begin, end if end >= begin else end + timedelta(days=1)


# --- who stands there


def code_of(entry: Entry) -> str:
    """For the pass."""
    return PASSES.code_of(entry.pk)


def label_of(entry: Entry) -> str:
    return PASSES.label_of(entry.pk)


def by_code(code: str, user: Any) -> Entry | None:
    """The entry of a pass, for somebody who sees it."""
    key = PASSES.key_of(code)
    found: Entry | None = Entry.objects.visible_to(user).with_all().filter(pk=key).first()
    return found


def by_tail(shift: Shift, tail: str) -> list[Entry]:
    """Those of a shift whose phone ends in these digits; mostly one."""
    digits = "".join(one for one in tail if one.isdecimal())[-TAIL:]
    if len(digits) < TAIL:
        return []
    rows = Entry.objects.filter(shift=shift, user__phone__endswith=digits)
    there = rows.filter(status__in=(*STANDING, S.NO_SHOW))
    return list(there.with_all().order_by("pk"))
