"""The life of a claim, joined with its verbs and forms: every door is made from it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from estates import rules
from estates.forms import RefuseForm
from estates.models import Claim
from estates.services import claims
from workflow.lives import Lifecycle


def with_address(rows: Any) -> Any:
    return rows.with_address()


def staffed(user: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = Claim.objects.at_desk_of(user)
    return found


CLAIM = Lifecycle(
    Claim,
    claims.MOVES,
    verbs=claims,
    first=Claim.Status.PENDING,
    forms={"refuse": RefuseForm},
    joined=with_address,
    also=claims.ALSO,
    tells=claims.TELLS,
    is_staff=rules.can_decide,
    staffed=staffed,
    list_route="estates:claims",
)
