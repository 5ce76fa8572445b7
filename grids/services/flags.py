"""Care flags: proposed, confirmed, agreed to, reviewed, ended. Every note is sealed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.secrets import Unreadable
from estates.models import Occupant
from grids import rules
from grids.models import CareFlag, EndReason, FlagSource, opened, sealed
from grids.services.moves import FLAG_MOVES as MOVES
from grids.services.planning import replan
from grids.states import Tier
from notifications.services import notify
from workflow.actors import SYSTEM, name_of
from workflow.moves import move
from workflow.refusals import Invalid, NotAllowed, WrongState

NO_CONSENT: dict[str, Any] = {
    "consent_by": "",
    "consent_on": None,
    "consent_how": "",
    "hint_two": False,
    "hint_help": False,
    "sealed_note": "",
}
LONGEST_NOTE = 4000


def propose(
    *,
    actor: Any,
    at: datetime,
    occupant: Occupant,
    kind: str,
    tier: str = Tier.GREEN,
    source: str = FlagSource.VISIT,
    review_on: date,
    is_elder: bool = False,
    consent_by: str = "",
    consent_on: date | None = None,
    consent_how: str = "",
    hint_two: bool = False,
    hint_help: bool = False,
    note: str = "",
) -> CareFlag:
    """A flag that waits for the leader. Raises NotAllowed, and Invalid for what makes no sense."""
    if not rules.can_propose(actor, occupant):
        raise NotAllowed(_("Care flags are proposed by whoever looks after the household."))
    today = timezone.localdate(at)
    if occupant.to_date is not None and occupant.to_date < today:
        raise Invalid(_("This person has moved out."))
    flag = CareFlag(
        occupant=occupant,
        kind=kind,
        tier=tier,
        source=source,
        review_on=review_on,
        is_elder=is_elder,
        consent_by=consent_by,
        consent_on=consent_on,
        consent_how=consent_how,
        hint_two=hint_two,
        hint_help=hint_help,
        proposed_by=actor if actor.pk else None,
    )
    _check(flag, today, note)
    flag.sealed_note = sealed(_line(note, actor, at)) if note.strip() else ""
    try:
        with transaction.atomic():
            flag.save(force_insert=True)
            record(MOVES.code_of("propose"), flag, actor=actor, at=at, after={"tier": tier})
            notify(MOVES.code_of("propose"), flag, actor=actor, at=at)
    except IntegrityError as error:
        raise Invalid(_("This person has a flag of this kind already.")) from error
    return flag


def _check(flag: CareFlag, today: date, note: str = "") -> None:
    whole = [bool(flag.consent_by), flag.consent_on is not None, bool(flag.consent_how)]
    if any(whole) and not all(whole):
        raise Invalid(_("Consent: say who agreed, on which day, and how."))
    if flag.consent_on is not None and flag.consent_on > today:
        raise Invalid(_("Nobody has agreed on a day that is to come."))
    if not flag.has_consent and (note.strip() or flag.hint_two or flag.hint_help):
        raise Invalid(_("Without consent there is no note and no hint."))
    if flag.review_on <= today:
        raise Invalid(_("The day of review lies ahead."))


def _line(text: str, actor: Any, at: datetime) -> str:
    """Notes are added, never written over: nobody sees what stands there before it is revealed."""
    return f"{timezone.localtime(at):%Y-%m-%d} {name_of(actor)}: {text.strip()}"


def confirm(flag: CareFlag, *, actor: Any, at: datetime) -> CareFlag:
    return _with_plan("confirm", flag, actor, at, {"confirmed_at": at})


def refuse(
    flag: CareFlag, *, actor: Any, at: datetime, reason: str = EndReason.MISTAKE
) -> CareFlag:
    ended = {"ended_at": at, "end_reason": reason, **NO_CONSENT}
    return move(MOVES, "refuse", flag, actor=actor, at=at, changes=ended)


def renew(flag: CareFlag, *, actor: Any, at: datetime, review_on: date) -> CareFlag:
    if review_on <= timezone.localdate(at):
        raise Invalid(_("The day of review lies ahead."))
    changes = {"review_on": review_on, "review_asked_at": None}
    return move(MOVES, "renew", flag, actor=actor, at=at, changes=changes)


def change(flag: CareFlag, *, actor: Any, at: datetime, **fields: Any) -> CareFlag:
    """`fields` are any of kind, tier, is_elder, source and review_on; the others stay."""

    def checked(locked: CareFlag) -> Mapping[str, Any]:
        if "review_on" in fields and fields["review_on"] != locked.review_on:
            if fields["review_on"] <= timezone.localdate(at):
                raise Invalid(_("The day of review lies ahead."))
            fields["review_asked_at"] = None
        twins = CareFlag.objects.standing().filter(
            occupant=locked.occupant_id, kind=fields.get("kind", locked.kind)
        )
        if twins.exclude(pk=locked.pk).exists():
            raise Invalid(_("This person has a flag of this kind already."))
        return fields

    return _with_plan("change", flag, actor, at, checked)


def agree(
    flag: CareFlag,
    *,
    actor: Any,
    at: datetime,
    consent_by: str,
    consent_on: date,
    consent_how: str,
    hint_two: bool = False,
    hint_help: bool = False,
) -> CareFlag:
    if consent_on > timezone.localdate(at):
        raise Invalid(_("Nobody has agreed on a day that is to come."))
    said = {
        "consent_by": consent_by,
        "consent_on": consent_on,
        "consent_how": consent_how,
        "hint_two": hint_two,
        "hint_help": hint_help,
    }
    return move(MOVES, "agree", flag, actor=actor, at=at, changes=said)


def withdraw_consent(flag: CareFlag, *, actor: Any, at: datetime) -> CareFlag:
    """What they had agreed to is gone with it."""
    return move(MOVES, "withdraw_consent", flag, actor=actor, at=at, changes=NO_CONSENT)


def write(flag: CareFlag, *, actor: Any, at: datetime, note: str) -> CareFlag:
    def added(locked: CareFlag) -> Mapping[str, Any]:
        try:
            lines = [opened(locked.sealed_note), _line(note, actor, at)]
        except Unreadable as error:
            raise WrongState(
                _("The key of this note is no longer among the settings (CARE_KEYS)."), row=locked
            ) from error
        text = "\n".join(filter(None, lines))
        if len(text) > LONGEST_NOTE:
            raise Invalid(_("This is more than a note: the leader may remove what is old."))
        return {"sealed_note": sealed(text)}

    return move(MOVES, "write", flag, actor=actor, at=at, changes=added)


def clear(flag: CareFlag, *, actor: Any, at: datetime) -> CareFlag:
    return move(MOVES, "clear", flag, actor=actor, at=at, changes={"sealed_note": ""})


def end(flag: CareFlag, *, actor: Any, at: datetime, reason: str = EndReason.BETTER) -> CareFlag:
    """With it go its consent and its note."""
    return _with_plan("end", flag, actor, at, {"ended_at": at, "end_reason": reason, **NO_CONSENT})


def lock_all(unit: int) -> None:
    """Flags are locked before their household, whoever does it."""
    rows = CareFlag.objects.standing().filter(occupant__unit=unit).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))


def end_all(unit: int, *, at: datetime, reason: str) -> None:
    """Of everybody in a home; what is planned there is the caller's to see to."""
    ended = {"ended_at": at, "end_reason": reason, **NO_CONSENT}
    for flag in CareFlag.objects.standing().filter(occupant__unit=unit).order_by("pk"):
        move(MOVES, "end", flag, actor=SYSTEM, at=at, changes=ended)


def _with_plan(verb: str, flag: CareFlag, actor: Any, at: datetime, changes: Any) -> CareFlag:
    """The household's next visit follows, in the same transaction."""
    with transaction.atomic():
        locked = move(MOVES, verb, flag, actor=actor, at=at, changes=changes)
        replan(flag.occupant.unit_id, at=at)
    return locked
