"""Who hears of what happens to homes and their people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.models import User
from estates.audiences import one, posted
from estates.models import Claim, DutyShift, Posting
from estates.rules import estate_id
from estates.standing import DESK


def desk(row: Any) -> Iterable[User]:
    """Those who keep the roster of the row's estate."""
    return posted(estate_id(row), *DESK).people()


def claimant(claim: Claim) -> Iterable[User]:
    return one(claim.user_id).people()


def on_shift(shift: DutyShift) -> Iterable[User]:
    return one(shift.posting.user_id).people()


def posted_person(posting: Posting) -> Iterable[User]:
    return one(posting.user_id).people()
