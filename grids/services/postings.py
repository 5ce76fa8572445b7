"""Postings in the grids: given, handed over, ended, each at its minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from grids import rules
from grids.models import CareFlag, Grid, GridPosting, Household, Visit
from grids.services.moves import VISIT_MOVES
from grids.states import Duty
from notifications.services import notify
from workflow.moves import lock
from workflow.refusals import Invalid, NotAllowed, WrongState
from workflow.standing import forget

GIVEN, ENDED, HANDED = "grids.give_posting", "grids.end_posting", "grids.hand_over"


@dataclass(frozen=True)
class Moves:
    """What goes to whoever comes after: counted before, and after, a hand-over."""

    households: int
    visits: int
    flags: int


def what_moves(posting: GridPosting) -> Moves:
    here = Q(grid=posting.grid_id) | Q(grid__parent=posting.grid_id)
    units = Household.objects.filter(here).values("pk")
    return Moves(
        households=len(units),
        visits=_open(posting).count(),
        flags=CareFlag.objects.standing().filter(occupant__unit__in=units).count(),
    )


def _open(posting: GridPosting) -> Any:
    """Visits that are theirs in this grid or its micro-grids, and not held yet."""
    grid = "unit__household__grid"
    here = Q(**{grid: posting.grid_id}) | Q(**{f"{grid}__parent": posting.grid_id})
    return Visit.objects.planned().filter(here, assignee=posting.user_id)


def give(posting: GridPosting, *, actor: Any, at: datetime) -> GridPosting:
    """A posting that a form has filled in. Raises NotAllowed."""
    with transaction.atomic():
        if not rules.can_post(actor, posting):
            raise NotAllowed(_("Members and stewards are posted by the leader of the grid."))
        check(posting)
        posting.save()
        record(GIVEN, posting, actor=actor, at=at, after={"duty": posting.duty})
        notify(GIVEN, posting, actor=actor, at=at)
        forget(posting.user)
    return posting


def check(posting: GridPosting) -> None:
    """Raises Invalid where duty and place do not fit."""
    if posting.duty == Duty.MEMBER and not posting.grid.is_micro:
        raise Invalid(_("Members look after a micro-grid."))
    part = posting.building or (posting.entrance and posting.entrance.building)
    if part and part.estate.community_id != posting.grid.community_id:
        raise Invalid(_("This building is in another community."))


def end(posting: GridPosting, *, actor: Any, at: datetime) -> None:
    """From this minute on. What was theirs is anybody's who looks after the grid."""
    with transaction.atomic():
        locked = _ended(posting, actor, at)
        _open(locked).update(assignee=None, updated_at=at)
        record(ENDED, locked, actor=actor, at=at, after={"ended_at": at})
        notify(ENDED, locked, actor=actor, at=at)
    forget(posting.user)


def _ended(posting: GridPosting, actor: Any, at: datetime) -> GridPosting:
    locked: GridPosting = lock(posting)
    if not rules.can_post(actor, locked):
        raise NotAllowed(_("Postings are ended by the leader of the grid."))
    today = timezone.localdate(at)
    if locked.ended_at is not None or (locked.to_date is not None and locked.to_date < today):
        raise WrongState(_("This has ended already."))
    locked.to_date, locked.ended_at = today, at
    if locked.from_date is not None and locked.from_date > today:
        locked.from_date = today
    locked.save(update_fields=["from_date", "to_date", "ended_at", "updated_at"])
    return locked


def hand_over(posting: GridPosting, *, to: Any, actor: Any, at: datetime) -> GridPosting:
    """The one goes, the other comes, and the open visits go along, all at once. Returns the new
    posting. Raises NotAllowed, Invalid, and WrongState for one that has ended."""
    with transaction.atomic():
        locked = _ended(posting, actor, at)
        if to.pk == locked.user_id:
            raise Invalid(_("It is theirs already."))
        visits = list(_open(locked).order_by("pk").select_for_update(of=("self",), no_key=True))
        new = _successor(locked, to, at)
        _open(locked).update(assignee=to, updated_at=at)
        moved = {"to": to.pk, "visits": len(visits)}
        record(HANDED, locked, actor=actor, at=at, after=moved)
        for visit in visits:
            code = VISIT_MOVES.code_of("transfer")
            record(code, visit, actor=actor, at=at, after={"assignee": to.pk})
        notify(ENDED, locked, actor=actor, at=at)
        notify(GIVEN, new, actor=actor, at=at)
    forget(posting.user)
    forget(to)
    return new


def _successor(old: GridPosting, to: Any, at: datetime) -> GridPosting:
    """Whoever holds the like already goes on with it."""
    held = GridPosting.objects.holding(at).filter(user=to, grid=old.grid_id, duty=old.duty)
    there = held.filter(building=old.building_id, entrance=old.entrance_id)
    found: GridPosting | None = there.first()
    if found is not None:
        return found
    return GridPosting.objects.create(
        user=to,
        grid_id=old.grid_id,
        duty=old.duty,
        building_id=old.building_id,
        entrance_id=old.entrance_id,
        from_date=timezone.localdate(at),
    )


def of_grid(grid: Grid, at: datetime) -> list[GridPosting]:
    rows = GridPosting.objects.holding(at).filter(grid=grid).with_all()
    return list(rows.order_by("duty", "pk"))
