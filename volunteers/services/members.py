"""Joining a team, being taken in, leaving it: the hours stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from notifications.services import notify
from volunteers.models import Entry, Membership, Team
from volunteers.services import entries
from volunteers.services.moves import MEMBERSHIP_MOVES as MOVES
from volunteers.states import LEADING, MembershipStatus, TeamRole
from workflow.actors import SYSTEM
from workflow.moves import move
from workflow.refusals import Invalid, NotAllowed, WrongState
from workflow.standing import forget


def join(
    team: Team,
    *,
    actor: Any,
    at: datetime,
    skills: Sequence[str] = (),
    words: str = "",
    is_minor: bool = False,
    guardian: str = "",
    guardian_phone: str = "",
) -> Membership:
    """Somebody asks to be in it; who is under age names a guardian, whom the lead asks."""
    if not Team.objects.visible_to(actor).standing().filter(pk=team.pk).exists():
        raise NotAllowed(_("Teams are for those who live or work in the community."))
    if is_minor and not (guardian.strip() and guardian_phone.strip()):
        raise Invalid(_("Under 18: name a guardian and their phone, so that the lead can ask."))
    try:
        with transaction.atomic():
            made = Membership.objects.create(
                team=team,
                user=actor,
                skills=list(skills),
                words=words,
                is_minor=is_minor,
                guardian=guardian if is_minor else "",
                guardian_phone=guardian_phone if is_minor else "",
            )
            record(MOVES.code_of("join"), made, actor=actor, at=at)
            notify(MOVES.code_of("join"), made, actor=actor, at=at)
    except IntegrityError as error:
        raise WrongState(_("You are in this team, or have asked to be.")) from error
    return made


def approve(
    membership: Membership, *, actor: Any, at: datetime, consented_on: date | None = None
) -> Membership:
    """Of a minor only with the day on which the guardian said yes."""

    def taken_in(locked: Membership) -> Mapping[str, Any]:
        today = timezone.localdate(at)
        if locked.is_minor and consented_on is None:
            raise Invalid(_("A minor is taken in when the guardian has agreed."))
        if consented_on is not None and consented_on > today:
            raise Invalid(_("This day has not come yet."))
        said = {"consented_on": consented_on} if locked.is_minor else {}
        return {"joined_on": today, **said}

    done = move(MOVES, "approve", membership, actor=actor, at=at, changes=taken_in)
    forget(membership.user)
    return done


def decline(membership: Membership, *, actor: Any, at: datetime, reason: str) -> Membership:
    left = {"left_at": at}
    return move(MOVES, "decline", membership, actor=actor, at=at, changes=left, note=reason)


def change(
    membership: Membership, *, actor: Any, at: datetime, skills: Sequence[str]
) -> Membership:
    return move(MOVES, "change", membership, actor=actor, at=at, changes={"skills": list(skills)})


def appoint(membership: Membership, *, actor: Any, at: datetime, role: str) -> Membership:
    """A team keeps a lead, once it has one."""

    def given(locked: Membership) -> Mapping[str, Any]:
        if locked.role == TeamRole.LEAD and role != TeamRole.LEAD:
            _check_other_lead(locked)
        return {"role": role}

    done = move(MOVES, "appoint", membership, actor=actor, at=at, changes=given)
    forget(membership.user)
    return done


def leave(membership: Membership, *, actor: Any, at: datetime) -> Membership:
    return _go("leave", membership, actor, at)


def let_go(membership: Membership, *, actor: Any, at: datetime, reason: str) -> Membership:
    return _go("let_go", membership, actor, at, reason)


def _go(verb: str, membership: Membership, actor: Any, at: datetime, note: str = "") -> Membership:
    """Out of the shifts that are ahead, whose places go to whoever waits; hours stay."""

    def gone(locked: Membership) -> Mapping[str, Any]:
        if locked.role == TeamRole.LEAD and locked.status == MembershipStatus.ACTIVE:
            _check_other_lead(locked)
        return {"left_at": at, "role": TeamRole.MEMBER}

    with transaction.atomic():
        # In the order of the shifts' keys, as everybody locks them.
        ahead = Entry.objects.filter(user=membership.user_id, shift__team=membership.team_id)
        rows = list(ahead.ahead().filter(starts_at__gt=at).order_by("shift_id", "pk"))
        done = move(MOVES, verb, membership, actor=actor, at=at, changes=gone, note=note)
        for entry in rows:
            entries.release(entry, actor=SYSTEM, at=at)
    forget(membership.user)
    return done


def leads_of(team: Team) -> list[Membership]:
    """Whom residents may ask: they stand on the team's page."""
    rows = Membership.objects.active().filter(team=team, role__in=LEADING)
    return list(rows.select_related("user").order_by("role", "pk"))


def count(team: Team) -> int:
    return Membership.objects.active().filter(team=team).count()


def _check_other_lead(membership: Membership) -> None:
    """One after another: of two leads who go at once, the second is asked to stay."""
    Team.objects.select_for_update(no_key=True).get(pk=membership.team_id)
    others = Membership.objects.active().filter(team=membership.team_id, role=TeamRole.LEAD)
    if not others.exclude(pk=membership.pk).exists():
        raise Invalid(_("The team needs a lead: name another one first."))
