"""What a person takes along of what was known of them, and what goes when they leave."""

from __future__ import annotations

from typing import Any

from common.secrets import Unreadable
from estates.models import Occupant
from grids.models import CareFlag, GridPosting, Visit, opened
from grids.services.flags import NO_CONSENT
from grids.states import STANDING


def export(user: Any) -> dict[str, Any]:
    """Flags of one's own person, notes and all. Visits are of a home: of them the days, and what
    was written of them stays sealed."""
    mine = Occupant.objects.filter(user=user)
    flags = CareFlag.objects.filter(occupant__in=mine).order_by("pk")
    return {
        "care_flags": [
            {
                "kind": flag.kind,
                "tier": flag.tier,
                "source": flag.source,
                "status": flag.status,
                "consent_by": flag.consent_by,
                "consent_on": flag.consent_on,
                "consent_how": flag.consent_how,
                "note": _read(flag),
                "from": flag.created_at,
                "review_on": flag.review_on,
            }
            for flag in flags
        ],
        "visits": list(
            Visit.objects.held()
            .filter(unit__in=mine.of(user).values("unit"))
            .order_by("visited_at")
            .values("visited_at", "status")
        ),
        "grid_postings": list(
            GridPosting.objects.filter(user=user)
            .order_by("pk")
            .values("grid__name", "duty", "from_date", "to_date")
        ),
        "visits_noted": Visit.objects.filter(logged_by=user).count(),
    }


def _read(flag: CareFlag) -> str:
    """Somebody takes the rest along even where the key of a note is gone."""
    try:
        return opened(flag.sealed_note)
    except Unreadable:
        return ""


def erase(user: Any) -> None:
    """Notes and consents of their own person go; that somebody was looked after stays with the
    roster's row until it ends. What they noted of others stays, nameless."""
    mine = CareFlag.objects.filter(occupant__user=user)
    mine.filter(status__in=STANDING).update(**NO_CONSENT)
    Visit.objects.filter(logged_by=user).update(logged_by=None)
    Visit.objects.filter(assignee=user).update(assignee=None)
    CareFlag.objects.filter(proposed_by=user).update(proposed_by=None)
