"""Members of branches, and where they register: nearby, voluntary, coordinated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from estates.models import Occupant
from grids.models import Grid, Household
from notifications.services import notify
from parties import rules
from parties.models import Organisation, PartyMember, Registration
from parties.services.moves import REGISTRATION_MOVES as MOVES
from parties.states import STANDING, Basis, RegistrationStatus
from workflow.moves import lock, move
from workflow.refusals import Invalid, NotAllowed, WrongState
from workflow.standing import forget

JOINED, LEFT, REVEALED = "parties.join", "parties.leave", "parties.reveal"
MOST_PROPOSED = 3


@dataclass(frozen=True)
class Proposal:
    """A micro-grid, what speaks for it, and the numbers that it rests on."""

    grid: Any
    basis: str
    households: int
    members: int

    @property
    def words(self) -> str:
        said = {"households": self.households, "members": self.members}
        if self.basis == Basis.NEARBY:
            return _("Your home lies in it: %(households)s households, %(members)s members.") % said
        return (
            _("It has the fewest helpers: %(households)s households, %(members)s members.") % said
        )


def with_members(grids: Any) -> Any:
    """`homes` in each micro-grid, and `registered` members there."""
    homes = Household.objects.filter(grid=OuterRef("pk")).order_by().values("grid")
    there = (
        Registration.objects.filter(grid=OuterRef("pk"), status=RegistrationStatus.REGISTERED)
        .order_by()
        .values("grid")
    )
    return grids.annotate(
        homes=Coalesce(Subquery(homes.annotate(n=Count("pk")).values("n")), 0),
        registered=Coalesce(Subquery(there.annotate(n=Count("pk")).values("n")), 0),
    )


def proposals(member: PartyMember, at: datetime) -> list[Proposal]:
    """First the micro-grids of their home building, then those with the fewest members for their
    households. Proposals only: the member agrees or chooses another, the branch decides."""
    community = member.branch.community_id
    grids = list(
        with_members(Grid.objects.micro().filter(community=community)).order_by("order", "pk")
    )
    homes = Occupant.objects.of(member.user).values("unit__entrance__building")
    near = set(
        Household.objects.filter(unit__entrance__building__in=homes, grid__community=community)
        .values_list("grid", flat=True)
        .distinct()
    )
    nearby = [_proposal(grid, Basis.NEARBY) for grid in grids if grid.pk in near]
    thin = sorted(
        (grid for grid in grids if grid.pk not in near and grid.homes),
        key=lambda grid: (grid.registered / grid.homes, -grid.homes, grid.pk),
    )
    found = [*nearby, *(_proposal(grid, Basis.COORDINATED) for grid in thin)]
    return found[:MOST_PROPOSED]


def _proposal(grid: Any, basis: str) -> Proposal:
    return Proposal(grid, basis, grid.homes, grid.registered)


def propose(
    member: PartyMember, *, actor: Any, at: datetime, grid: Grid, basis: str = ""
) -> Registration:
    """The branch proposes; where members choose by themselves they have agreed with it.

    Raises NotAllowed, Invalid, and WrongState for somebody who has a registration already.
    """
    if not rules.can_propose(actor, member):
        raise NotAllowed(_("Grids are proposed by the branch, or chosen by the member."))
    if not grid.is_micro or grid.community_id != member.branch.community_id:
        raise Invalid(_("Members register at a micro-grid of their community."))
    own = rules.is_self(actor, member)
    counted = with_members(Grid.objects.filter(pk=grid.pk)).get()
    if not basis:
        usual = {one.grid.pk: one.basis for one in proposals(member, at)}
        basis = Basis.VOLUNTARY if own else usual.get(grid.pk, Basis.COORDINATED)
    try:
        with transaction.atomic():
            made = Registration.objects.create(
                member=member,
                grid=grid,
                basis=basis,
                households=counted.homes,
                members=counted.registered,
                status=RegistrationStatus.AGREED if own else RegistrationStatus.PROPOSED,
            )
            record(MOVES.code_of("propose"), made, actor=actor, at=at, after={"basis": basis})
            told = "agree" if own else "propose"
            notify(MOVES.code_of(told), made, actor=actor, at=at)
    except IntegrityError as error:
        raise WrongState(_("This member has a registration already.")) from error
    return made


def agree(registration: Registration, *, actor: Any, at: datetime) -> Registration:
    return move(MOVES, "agree", registration, actor=actor, at=at)


def decline(registration: Registration, *, actor: Any, at: datetime) -> Registration:
    return move(MOVES, "decline", registration, actor=actor, at=at, changes={"ended_at": at})


def register(registration: Registration, *, actor: Any, at: datetime) -> Registration:
    """From now on the grid's leader knows of them."""

    def registered(locked: Registration) -> Mapping[str, Any]:
        PartyMember.objects.filter(pk=locked.member_id).update(grid=locked.grid_id, updated_at=at)
        return {"decided_at": at}

    return move(MOVES, "register", registration, actor=actor, at=at, changes=registered)


def turn_down(registration: Registration, *, actor: Any, at: datetime) -> Registration:
    ended = {"decided_at": at, "ended_at": at}
    return move(MOVES, "turn_down", registration, actor=actor, at=at, changes=ended)


def end(registration: Registration, *, actor: Any, at: datetime) -> Registration:
    """The leader sees nothing of them any more from this minute on."""

    def ended(locked: Registration) -> Mapping[str, Any]:
        PartyMember.objects.filter(pk=locked.member_id).update(grid=None, updated_at=at)
        return {"ended_at": at}

    return move(MOVES, "end", registration, actor=actor, at=at, changes=ended)


# --- the roster


def join(member: PartyMember, *, actor: Any, at: datetime) -> PartyMember:
    """Onto the roster of a branch, by its secretary. Raises NotAllowed, WrongState."""
    if not rules.can_keep_roster(actor, member):
        raise NotAllowed(_("The roster of a branch is its secretary's."))
    try:
        with transaction.atomic():
            member.save(force_insert=True)
            record(JOINED, member, actor=actor, at=at)
    except IntegrityError as error:
        raise WrongState(_("This person stands on the roster already.")) from error
    forget(member.user)
    return member


def leave(member: PartyMember, *, actor: Any, at: datetime) -> None:
    """Off the roster, and out of the grid, from this minute on."""
    with transaction.atomic():
        locked: PartyMember = lock(member)
        if not rules.can_keep_roster(actor, locked):
            raise NotAllowed(_("The roster of a branch is its secretary's."))
        if locked.ended_at is not None:
            raise WrongState(_("This has ended already."))
        for row in Registration.objects.filter(member=locked, status__in=STANDING):
            end(row, actor=actor, at=at)
        locked.refresh_from_db()
        locked.to_date, locked.ended_at = timezone.localdate(at), at
        locked.save(update_fields=["to_date", "ended_at", "updated_at"])
        record(LEFT, locked, actor=actor, at=at, after={"ended_at": at})
    forget(member.user)


def reveal(member: PartyMember, *, actor: Any, reason: str, at: datetime) -> str:
    """Who it is, for a reason. Raises NotAllowed and Invalid."""
    if not rules.can_reveal(actor, member):
        raise NotAllowed(_("The roster of a branch is its secretary's."))
    if not reason.strip():
        raise Invalid(_("Say what you need it for; it is written down."))
    record(REVEALED, member, actor=actor, at=at, note=reason.strip())
    return str(member.user.name)


def counts_of(communities: Sequence[int]) -> list[tuple[Any, int]]:
    """How many members each branch around has: what other secretaries may know."""
    holding = PartyMember.objects.holding(timezone.now()).filter(branch=OuterRef("pk"))
    number = holding.order_by().values("branch").annotate(n=Count("pk")).values("n")
    rows = Organisation.objects.standing().filter(community__in=communities)
    counted = rows.annotate(number=Coalesce(Subquery(number), 0)).order_by("kind", "pk")
    return [(row, row.number) for row in counted if row.number]


def grids_of(member: PartyMember) -> Any:
    """All micro-grids of the member's community."""
    return Grid.objects.micro().filter(community=member.branch.community_id).order_by("order", "pk")
