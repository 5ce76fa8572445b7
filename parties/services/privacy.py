"""What a person takes along of the organisations and branches they belong to, and what goes."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from parties.models import Matter, OrganisationPost, PartyMember, Registration
from parties.states import STANDING, RegistrationStatus


def export(user: Any) -> dict[str, Any]:
    mine = PartyMember.objects.filter(user=user)
    return {
        "posts": list(
            OrganisationPost.objects.filter(user=user)
            .order_by("pk")
            .values("organisation__name", "role", "from_date", "to_date")
        ),
        "memberships": list(
            mine.order_by("pk").values(
                "branch__name", "skills", "free_times", "from_date", "to_date"
            )
        ),
        "registrations": list(
            Registration.objects.filter(member__in=mine)
            .order_by("pk")
            .values("grid__name", "basis", "status", "created_at")
        ),
        "matters_about_me": list(
            Matter.objects.filter(resident=user).order_by("pk").values("number", "status")
        ),
    }


def erase(user: Any) -> None:
    """Skills and free times go; that a branch had a member stays, nameless like the account."""
    mine = PartyMember.objects.filter(user=user)
    mine.update(skills="", free_times="", grid=None)
    Registration.objects.filter(member__in=mine, status__in=STANDING).update(
        status=RegistrationStatus.ENDED, ended_at=timezone.now()
    )
    Matter.objects.filter(resident=user).update(resident=None)
