"""What is masked, who looked, and what a person takes along."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from audit.models import Entry
from audit.services import record
from estates import rules
from estates.models import CalendarFeed, Claim, Occupant, Posting, SavedView
from workflow.refusals import Invalid, NotAllowed

REVEALABLE = frozenset({"phone"})
REVEAL = "estates.reveal"
# Codes of the log that say that somebody looked at what is masked of a person of the roster.
_looks: set[str] = {REVEAL}


def register_looks(*codes: str) -> None:
    """Called in ready() by apps that show more of these people, to fewer."""
    _looks.update(codes)


def reveal(row: Occupant, field: str, *, actor: Any, reason: str, at: datetime) -> str:
    """A masked value, for a reason that the person concerned can read."""
    if field not in REVEALABLE:
        raise Invalid(_("This cannot be shown."))
    if not rules.can_reveal(actor, row):
        raise NotAllowed(_("You may not see the phone numbers of these people."))
    if not reason.strip():
        raise Invalid(_("Say what you need it for; the person concerned can read it."))
    record(REVEAL, row, actor=actor, at=at, after={"field": field}, note=reason.strip())
    return str(getattr(row, field))


def lookers(occupant: Occupant) -> QuerySet[Entry]:
    """Who looked at this person's masked values, newest first."""
    looks = Entry.objects.for_row(occupant).filter(code__in=_looks)
    return looks.select_related("actor").order_by("-at")


def export(user: Any) -> dict[str, Any]:
    occupancies = Occupant.objects.filter(user=user).select_related("unit__entrance__building")
    return {
        "homes": [
            {
                "unit": str(o.unit),
                "name": o.name,
                "phone": o.phone,
                "relation": o.relation,
                "from": o.from_date,
                "to": o.to_date,
            }
            for o in occupancies
        ],
        "claims": list(
            Claim.objects.filter(user=user).values("unit_id", "name", "status", "created_at")
        ),
        "postings": list(
            Posting.objects.filter(user=user).values(
                "estate_id", "community_id", "duty", "from_date", "to_date"
            )
        ),
        "calendar_feeds": list(
            CalendarFeed.objects.filter(user=user).values("created_at", "renewed_at")
        ),
        "saved_views": list(SavedView.objects.filter(user=user).values("desk", "name", "query")),
    }


def detach(user: Any) -> None:
    """The roster is the estate's and stays; the account lets go of it, and of its claims' words."""
    Occupant.objects.filter(user=user).update(user=None)
    Claim.objects.filter(user=user).update(name="—", words="")
    SavedView.objects.filter(user=user).delete()
    CalendarFeed.objects.filter(user=user).delete()
