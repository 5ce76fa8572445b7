"""Who hears of what happens to homes and their people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.models import User
from estates.models import Claim, Posting
from estates.querysets import DESK, today
from estates.rules import estate_id


def desk(row: Any) -> Iterable[User]:
    """Those who keep the roster of the row's estate."""
    postings = Posting.objects.filter(estate=estate_id(row), duty__in=DESK).current(today())
    people: Iterable[User] = User.objects.filter(pk__in=postings.values("user"))
    return people


def claimant(claim: Claim) -> Iterable[User]:
    return [claim.user]
