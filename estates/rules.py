"""Who may do what in an estate. Which rows one sees is the querysets' matter."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from estates import models as m
from estates.standing import DESK, communities_staffed, holds, holds_anywhere
from workflow.actors import is_system


def estate_id(row: Model) -> int:
    """The estate that a row belongs to; wants the row `with_address()` where a home is involved."""
    match row:
        case m.Estate():
            return row.pk
        case m.Building() | m.Place() | m.RosterImport():
            return row.estate_id
        case m.Entrance():
            return row.building.estate_id
        case m.Unit():
            return row.entrance.building.estate_id
        case m.Occupant() | m.Claim() | m.Invitation():
            return row.unit.entrance.building.estate_id
        case m.Facility():
            return row.place.estate_id
    raise TypeError(f"{type(row).__name__} belongs to no estate")


def works_here(user: Any) -> bool:
    """At any estate, in any duty."""
    return holds_anywhere(user)


def manages_any(user: Any) -> bool:
    return holds_anywhere(user, "manager")


def keeps_a_roster(user: Any) -> bool:
    return holds_anywhere(user, *DESK)


def can_manage(user: Any, row: Model) -> bool:
    """Buildings, places, postings, shifts and settings are the manager's; who works for a
    community is its own manager's."""
    posting = row.posting if isinstance(row, m.DutyShift) else row
    if isinstance(posting, m.Posting):
        return _manages_posting(user, posting)
    return holds(user, estate_id(row), "manager")


def _manages_posting(user: Any, posting: m.Posting) -> bool:
    if posting.community_id is None:
        return holds(user, posting.estate_id or 0, "manager")
    return user.is_superuser or posting.community_id in communities_staffed(user, "manager")


def can_keep_roster(user: Any, row: Model) -> bool:
    """The roster, claims and letters are the desk's."""
    return holds(user, estate_id(row), *DESK)


def can_import(user: Any, row: Model) -> bool:
    return is_system(user) or can_keep_roster(user, row)


def can_decide(user: Any, claim: m.Claim) -> bool:
    """The desk decides, but nobody decides their own; the portal does for a proof in hand."""
    return is_system(user) or (user.pk != claim.user_id and can_keep_roster(user, claim))


def can_withdraw(user: Any, claim: m.Claim) -> bool:
    return bool(user.pk == claim.user_id)


def can_leave(user: Any, occupant: m.Occupant) -> bool:
    return user.pk is not None and user.pk == occupant.user_id


def can_reveal(user: Any, occupant: m.Occupant) -> bool:
    return can_keep_roster(user, occupant)


def can_renew(user: Any, feed: m.CalendarFeed) -> bool:
    """One's own address, and the manager an estate's."""
    if feed.estate_id is None:
        return bool(user.pk is not None and user.pk == feed.user_id)
    return holds(user, feed.estate_id, "manager")


def can_administer(user: Any, row: Model | None = None) -> bool:
    """What all estates share."""
    return bool(user.is_superuser)
