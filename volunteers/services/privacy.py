"""What a person takes along of the teams they belong to, and what goes."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from volunteers.models import (
    Certificate,
    Entry,
    HourLine,
    Membership,
    Qualification,
    Swap,
)
from volunteers.services import entries
from volunteers.states import AHEAD, MembershipStatus
from workflow.actors import SYSTEM


def export(user: Any) -> dict[str, Any]:
    return {
        "memberships": list(
            Membership.objects.filter(user=user)
            .order_by("pk")
            .values("team__name", "role", "skills", "words", "status", "joined_on", "left_at")
        ),
        "qualifications": list(
            Qualification.objects.filter(user=user)
            .order_by("pk")
            .values("kind", "expires_on", "status")
        ),
        "shifts": list(
            Entry.objects.filter(user=user)
            .order_by("pk")
            .values("shift__title", "starts_at", "status", "arrived_at", "left_at", "minutes")
        ),
        "hours": list(
            HourLine.objects.filter(user=user)
            .order_by("pk")
            .values("team__name", "title", "on", "minutes", "source")
        ),
        "certificates": list(
            Certificate.objects.filter(user=user)
            .order_by("pk")
            .values("number", "from_date", "to_date", "minutes", "status")
        ),
    }


def erase(user: Any) -> None:
    """Out of the teams and of what lies ahead; that somebody gave hours stays, nameless like the
    account. Certificates carry no name any more, and show none."""
    rows = Membership.objects.filter(user=user)
    rows.update(words="", guardian="", guardian_phone="", skills=[])
    standing = rows.filter(status__in=[MembershipStatus.APPLIED, MembershipStatus.ACTIVE])
    standing.update(status=MembershipStatus.LEFT, left_at=timezone.now())
    at = timezone.now()
    for entry in Entry.objects.filter(user=user, status__in=AHEAD).order_by("shift_id", "pk"):
        entries.release(entry, actor=SYSTEM, at=at)
    Entry.objects.filter(user=user).update(dispute="", overlap_reason="")
    Swap.objects.filter(entry__user=user).update(words="")
    Qualification.objects.filter(user=user).delete()
    Certificate.objects.filter(user=user).update(name="", user=None, shows_name=False)
