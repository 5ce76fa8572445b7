"""What estates tells whom. The texts are templates/notifications/estates.*.txt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from estates.models import Claim, Posting
from estates.querysets import DESK, today
from estates.rules import estate_id
from notifications.services import Kind


def desk(row: Any) -> Iterable[User]:
    """Those who keep the roster of the row's estate."""
    postings = Posting.objects.filter(estate=estate_id(row), duty__in=DESK).current(today())
    people: Iterable[User] = User.objects.filter(pk__in=postings.values("user"))
    return people


def claimant(claim: Claim) -> Iterable[User]:
    return [claim.user]


KINDS = (
    Kind("estates.claim", _("Somebody claims a home"), desk),
    Kind("estates.approve", _("Your home is confirmed"), claimant),
    Kind("estates.refuse", _("Your claim is refused"), claimant),
    Kind("estates.leave", _("Somebody moves out"), desk),
)
