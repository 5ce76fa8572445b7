"""Who may be sent, and who may have a role."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from estates.models import Estate, Posting
from grids.models import GridPosting
from volunteers.models import Membership


def nobody() -> QuerySet[Any]:
    """What a field may choose before its form has said whose it is."""
    people: QuerySet[Any] = User.objects.none()
    return people


def anybody() -> QuerySet[Any]:
    """For fields whose meaning a verb checks: who is not a colleague is refused there."""
    people: QuerySet[Any] = User.objects.filter(is_active=True)
    return people


def walkers(user: Any) -> QuerySet[Any]:
    """Whoever may have walked what the reader sees: who works there, or did."""
    posted = Posting.objects.visible_to(user).values("user")
    people: QuerySet[Any] = User.objects.filter(pk__in=posted)
    return people.order_by("pk")


def colleagues_of(estates: Iterable[Estate]) -> QuerySet[Any]:
    """Those of any of some estates."""
    found = {pk for estate in estates for pk in colleagues(estate).values_list("pk", flat=True)}
    people: QuerySet[Any] = User.objects.filter(pk__in=found)
    return people.order_by("pk")


def colleagues(estate: Estate) -> QuerySet[Any]:
    """Those who work at the estate, or for the community around it, today."""
    here = Q(estate=estate.pk) | Q(community=estate.community_id)
    posted = Posting.objects.holding(timezone.now()).filter(here)
    people: QuerySet[Any] = User.objects.filter(is_active=True, pk__in=posted.values("user"))
    return people.order_by("pk")


def helpers(estate: Estate) -> QuerySet[Any]:
    """Those who may have a role in a drill: who works there, looks after households around it, or
    is in a team of volunteers of its community."""
    now, around = timezone.now(), estate.community_id
    grids = GridPosting.objects.holding(now).filter(grid__community=around)
    teams = Membership.objects.active().filter(team__community=around)
    people: QuerySet[Any] = User.objects.filter(
        Q(pk__in=colleagues(estate).order_by().values("pk"))
        | Q(pk__in=grids.values("user"))
        | Q(pk__in=teams.values("user")),
        is_active=True,
    )
    return people.order_by("pk")
