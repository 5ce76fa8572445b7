"""How somebody comes to stand in a home: by the phone on the roster, by a letter, by the desk."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.services import record
from common.written import folded
from estates import rules
from estates.models import (
    Building,
    Claim,
    Entrance,
    Estate,
    Invitation,
    Occupant,
    Relation,
    Unit,
)
from estates.services.audience import claimant, desk
from notifications.services import notify
from workflow.actors import SYSTEM
from workflow.moves import Move, Moves, Tells, lock, move
from workflow.refusals import Invalid, NotAllowed, TooOften, WrongState

Status = Claim.Status
Method = Claim.Method

# fmt: off
MOVES = Moves("estates.claim", {
    "approve":  Move({Status.PENDING}, Status.APPROVED, rules.can_decide, _("Approve"), "check",
                     did=_("approved a claim"), done=_("Approved: the home is theirs."),
                     tells=Tells(_("Your home is confirmed"), claimant)),
    "refuse":   Move({Status.PENDING}, Status.REFUSED, rules.can_decide, _("Refuse"), "x", danger=True,
                     did=_("refused a claim"), done=_("Refused, with the reason."),
                     tells=Tells(_("Your claim is refused"), claimant)),
    "withdraw": Move({Status.PENDING}, Status.WITHDRAWN, rules.can_withdraw, _("Withdraw"), "arrow-back-up",
                     did=_("withdrew a claim"), done=_("The claim is withdrawn.")),
})
ALSO = {"claim": _("claimed a home")}
TELLS = {"claim": Tells(_("Somebody claims a home"), desk)}
# fmt: on

WRONG_CODES = 10
WRONG_CODES_WITHIN = timedelta(hours=1)
PENDING_AT_ONCE = 5


def claim(
    unit: Unit, *, name: str, relation: str, actor: Any, at: datetime, words: str = ""
) -> Claim:
    """Ask the desk."""
    _refuse_occupants(unit, actor)
    if Claim.objects.filter(user=actor).pending().count() >= PENDING_AT_ONCE:
        raise TooOften(_("Several of your claims wait for the front desk; let it answer them."))
    with transaction.atomic():
        row = _written(unit, actor, name=name, relation=relation, words=words)
        record("estates.claim.claim", row, actor=actor, at=at, after={"unit": unit.pk})
        notify("estates.claim.claim", row, actor=actor, at=at)
    return row


def _written(unit: Unit, user: Any, *, name: str, relation: str, words: str = "") -> Claim:
    try:
        with transaction.atomic():
            return Claim.objects.create(
                user=user, unit=unit, name=name, relation=relation, words=words
            )
    except IntegrityError as error:
        raise WrongState(_("Your claim to this home is with the front desk already.")) from error


def _refuse_occupants(unit: Unit, user: Any) -> None:
    if Occupant.objects.of(user).filter(unit=unit).exists():
        raise WrongState(_("You stand on the roster of this home already."))


def approve(
    row: Claim, *, actor: Any, at: datetime, method: str = Method.STAFF, note: str = ""
) -> Claim:
    """The claimant becomes an occupant: the roster's row of that name or phone, or a new one."""

    def link(locked: Claim) -> dict[str, Any]:
        lock(locked.unit)
        _refuse_occupants(locked.unit, locked.user)
        occupant = _roster_row(locked, method) or _new_occupant(locked, at)
        occupant.user = locked.user
        occupant.save(update_fields=["user", "updated_at"])
        return {"occupant": occupant, "method": method, "decided_at": at}

    return move(MOVES, "approve", row, actor=actor, at=at, changes=link, note=note)


def _roster_row(row: Claim, method: str) -> Occupant | None:
    """Their own row of the home, if nobody has taken it.

    Staff may know a person by name. A letter's holder who types a name proves nothing by it, and
    gets no row that carries somebody's phone.
    """
    free = Occupant.objects.filter(unit=row.unit, user__isnull=True, to_date__isnull=True)
    phone = row.user.phone if row.user.phone_verified else None
    by_name = _of_name(free, row.name)
    by_phone = list(free.filter(phone=phone)) if phone else []
    both = [occupant for occupant in by_name if occupant in by_phone]
    known = [occupant for occupant in by_name if method == Method.STAFF or not occupant.phone]
    return next(iter([*both, *by_phone, *known]), None)


def _of_name(rows: Iterable[Occupant], name: str) -> list[Occupant]:
    """However it is written."""
    return [occupant for occupant in rows if folded(occupant.name) == folded(name)]


def _new_occupant(row: Claim, at: datetime) -> Occupant:
    phone = (row.user.phone_verified and row.user.phone) or ""
    standing = Occupant.objects.filter(unit=row.unit, phone=phone, to_date__isnull=True)
    if _of_name(standing, row.name):
        raise WrongState(_("Another account stands for this person on the roster already."))
    return Occupant.objects.create(
        unit=row.unit,
        name=row.name,
        phone=phone,
        relation=row.relation,
        from_date=timezone.localdate(at),
    )


def refuse(row: Claim, *, reason: str, actor: Any, at: datetime) -> Claim:
    if not reason.strip():
        raise Invalid(_("Say why, so that the person knows what to do."))
    changes = {"reason": reason.strip(), "method": Method.STAFF, "decided_at": at}
    return move(MOVES, "refuse", row, actor=actor, at=at, changes=changes, note=reason.strip())


def withdraw(row: Claim, *, actor: Any, at: datetime) -> Claim:
    return move(MOVES, "withdraw", row, actor=actor, at=at, changes={"decided_at": at})


# By the phone


def found_by_phone(user: Any) -> QuerySet[Occupant]:
    """Rows of the roster with the verified phone of `user` that nobody has taken."""
    if not user.phone or not user.phone_verified:
        return Occupant.objects.none()
    return (
        Occupant.objects.filter(phone=user.phone, user__isnull=True, to_date__isnull=True)
        .exclude(unit__in=Occupant.objects.of(user).values("unit"))
        .select_related("unit__entrance__building__estate")
        .order_by("pk")
    )


def claim_by_phone(user: Any, *, at: datetime) -> list[Claim]:
    """Take every home whose roster has the verified phone; one row of each. Harmless twice."""
    homes: dict[int, Occupant] = {}
    for occupant in found_by_phone(user):
        if occupant.unit_id not in homes or folded(occupant.name) == folded(user.name):
            homes[occupant.unit_id] = occupant
    taken = []
    for o in homes.values():
        # A home that has just been taken in another window is no error of this sign-in.
        with suppress(WrongState):
            taken.append(_proved(o.unit, user, o.name, o.relation, Method.PHONE, at))
    return taken


def _proved(unit: Unit, user: Any, name: str, relation: str, method: Method, at: datetime) -> Claim:
    """A claim with its proof in hand, approved by the portal. A waiting one of the home is used."""
    with transaction.atomic():
        row = Claim.objects.filter(user=user, unit=unit).pending().first()
        if row is None:
            row = _written(unit, user, name=name, relation=relation)
            record("estates.claim.claim", row, actor=user, at=at, after={"unit": unit.pk})
        return approve(row, actor=SYSTEM, at=at, method=method)


# By the letter


def claim_by_code(
    code: str, *, actor: Any, at: datetime, name: str, relation: str = Relation.OWNER
) -> Claim:
    """Use the code of a letter. Ten wrong codes an hour, whoever's they are."""
    _refuse_guessers(actor)
    plain = "".join(code.split()).replace("-", "").upper()
    invitation = Invitation.objects.usable(at).filter(code=plain).select_related("unit").first()
    if invitation is None:
        _count_wrong(actor)
        raise Invalid(_("This code does not open anything: it is mistyped, used or too old."))
    _refuse_occupants(invitation.unit, actor)
    with transaction.atomic():
        # Two people with one letter: the update that finds it unused wins.
        won = Invitation.objects.usable(at).filter(pk=invitation.pk)
        if won.update(used_at=at, used_by=actor, updated_at=at) != 1:
            raise WrongState(_("Somebody has just used this code."))
        record("estates.use_invitation", invitation, actor=actor, at=at)
        return _proved(invitation.unit, actor, name, relation, Method.CODE, at)


def _key(user: Any) -> str:
    return f"estates:wrong-codes:{user.pk}"


def _refuse_guessers(user: Any) -> None:
    if cache.get(_key(user), 0) >= WRONG_CODES:
        raise TooOften(_("Too many wrong codes. Try again in an hour, or ask the front desk."))


def _count_wrong(user: Any) -> None:
    cache.add(_key(user), 0, WRONG_CODES_WITHIN.total_seconds())
    try:
        cache.incr(_key(user))
    except ValueError:  # the hour ended between the two calls
        cache.add(_key(user), 1, WRONG_CODES_WITHIN.total_seconds())


# Choosing a home one does not live in yet: names of estates and numbers of rooms, nothing more


def estates_to_choose() -> QuerySet[Estate]:
    return Estate.objects.order_by("name")


def buildings_to_choose(estate: Estate) -> QuerySet[Building]:
    return Building.objects.filter(estate=estate)


def entrances_to_choose(building: Building) -> QuerySet[Entrance]:
    return Entrance.objects.filter(building=building)


def units_to_choose(entrance: Entrance) -> QuerySet[Unit]:
    return Unit.objects.filter(entrance=entrance).select_related("entrance__building__estate")


def unit_to_claim(pk: int) -> Unit | None:
    return Unit.objects.with_address().filter(pk=pk).first()


# Leaving


def leave(occupant: Occupant, *, on: Any, actor: Any, at: datetime) -> Occupant:
    """A resident says when they move out; the desk ends the row when it is so."""
    if not rules.can_leave(actor, occupant):
        raise NotAllowed(_("Only the person concerned can say that they move out."))
    with transaction.atomic():
        locked: Occupant = lock(occupant)
        if locked.to_date is not None:
            raise WrongState(_("The roster knows already when this person leaves."))
        before, locked.leaving_on = locked.leaving_on, on
        locked.save(update_fields=["leaving_on", "updated_at"])
        entry = record(
            "estates.leave",
            locked,
            actor=actor,
            at=at,
            before={"leaving_on": before},
            after={"leaving_on": on},
        )
        notify("estates.leave", locked, actor=actor, at=at, occasion=str(entry.pk))
    return locked
