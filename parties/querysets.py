"""Which organisations, members, wishes and matters people may see, written once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone

from estates.querysets import holding
from estates.standing import communities_staffed, estates_lived_in, estates_staffed
from grids.standing import grids_led, grids_seen, stands_of
from parties.standing import (
    acts_for,
    branches_led,
    communities_of,
    memberships_of,
    organisations_of,
    overseen,
)
from parties.states import (
    ENDED,
    OPEN,
    STANDING,
    WITH_CALLER,
    WITH_LEAD,
    RegistrationStatus,
    Supervision,
    WishStatus,
)

MANAGER = "manager"


def communities_around(user: Any) -> set[int]:
    """By a post, a membership, a grid posting, or as the community's own manager."""
    grids = {stand.community_id for stand in stands_of(user)}
    return communities_of(user) | grids | communities_staffed(user, MANAGER)


class OrganisationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Who answers for what is no secret in a community: whoever works or lives there."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        estates = estates_staffed(user) | estates_lived_in(user)
        around = apps.get_model("estates", "Estate").objects.filter(pk__in=estates)
        here = Q(community__in=around.values("community"))
        return self.filter(here | Q(community__in=communities_around(user)))

    def standing(self) -> Self:
        return self.filter(is_active=True)


class OrganisationPostQuerySet(models.QuerySet[Any]):
    def holding(self, at: datetime) -> Self:
        return self.filter(holding(at))

    def of(self, user: Any, at: datetime | None = None) -> Self:
        return self.filter(user_id=user.pk or 0).holding(at or timezone.now())

    def visible_to(self, user: Any) -> Self:
        """Secretaries and liaisons are known to all who work together in the community; plain
        members of an organisation to that organisation alone."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        known = Q(
            organisation__community__in=communities_around(user), role__in=("secretary", "liaison")
        )
        own = Q(organisation__in=organisations_of(user)) | Q(user_id=user.pk)
        return self.filter(known | own)

    def with_all(self) -> Self:
        return self.select_related("user", "organisation__community")


class PartyMemberQuerySet(models.QuerySet[Any]):
    def holding(self, at: datetime) -> Self:
        return self.filter(holding(at))

    def of(self, user: Any, at: datetime | None = None) -> Self:
        return self.filter(user_id=user.pk or 0).holding(at or timezone.now())

    def visible_to(self, user: Any) -> Self:
        """Oneself; the own branch's secretary; a grid's leader, of those who agreed to register
        there. Administrators get the rows, and no names (see `with_show_name`)."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        return self.filter(self._known_to(user))

    def _known_to(self, user: Any) -> Q:
        return (
            Q(user_id=user.pk or 0) | Q(branch__in=branches_led(user)) | Q(grid__in=grids_led(user))
        )

    def with_show_name(self, user: Any) -> Self:
        """That somebody is a member is itself the secret: others read “•••” until they say why."""
        return self.annotate(
            show_name=Case(
                When(self._known_to(user), then=Value(True)),
                default=Value(False),
                output_field=models.BooleanField(),
            )
        )

    def with_all(self) -> Self:
        return self.select_related("user", "branch__community", "grid")


class RegistrationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        registered = Q(grid__in=grids_led(user), status=RegistrationStatus.REGISTERED)
        return self.filter(
            Q(member__user_id=user.pk) | Q(member__branch__in=branches_led(user)) | registered
        )

    def standing(self) -> Self:
        return self.filter(status__in=STANDING)

    def with_all(self) -> Self:
        return self.select_related("member__user", "member__branch", "grid__community")


class WishQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Members of the branches around look for one to fulfil; whoever looks after the
        micro-grid keeps them."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        return self.filter(
            Q(grid__community__in=communities_of(user)) | Q(grid__in=grids_seen(user))
        )

    def open(self) -> Self:
        return self.filter(status=WishStatus.OPEN)

    def claimed_by(self, user: Any) -> Self:
        mine = [row["member"] for row in memberships_of(user)]
        return self.filter(member__in=mine)

    def with_all(self) -> Self:
        return self.select_related("grid__community", "member__branch", "raised_by")


def _inside(user: Any, path: str = "") -> Q:
    """Whoever has a part in it, calls for it, or watches over the community; with its numbers,
    promises and grades."""
    orgs = organisations_of(user)
    raised = Q(**{f"{path}raised_by": user.pk, f"{path}community__in": communities_around(user)})
    return (
        Q(**{f"{path}involved__overlap": sorted(orgs)})
        | Q(**{f"{path}community__in": overseen(user)})
        | raised
    )


class MatterQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """The organisations in it, its caller, the community's committee; and the resident whom it
        concerns, who reads what is written for residents and nothing else (`with_inside`)."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        return self.filter(_inside(user) | Q(resident=user.pk))

    def inside(self, user: Any) -> Self:
        """A part of `visible_to`: for lists, queues and sheets of those who work on it."""
        if user.is_superuser:
            return self.all()
        return self.filter(_inside(user)) if user.pk else self.none()

    def with_inside(self, user: Any) -> Self:
        """`sees_inside`: whether the reader is one of those, and not the resident alone."""
        inside = ~Q(pk__in=()) if user.is_superuser else _inside(user)
        return self.annotate(
            sees_inside=Case(
                When(inside, then=Value(True)),
                default=Value(False),
                output_field=models.BooleanField(),
            )
        )

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def ended(self) -> Self:
        return self.filter(status__in=ENDED)

    def for_lead(self, user: Any) -> Self:
        """What the organisations that somebody acts for have before them."""
        return self.filter(lead__in=acts_for(user), status__in=WITH_LEAD)

    def for_caller(self, user: Any) -> Self:
        mine = Q(caller__in=acts_for(user)) | Q(raised_by=user.pk)
        return self.filter(mine, status__in=WITH_CALLER)

    def late(self, on: date) -> Self:
        return self.filter(status__in=WITH_LEAD, due_on__lt=on)

    def to_climb(self, on: date) -> Self:
        return self.filter(climbs_on__isnull=False, climbs_on__lte=on, status__in=WITH_LEAD)

    def climbing_after(self, on: date) -> Self:
        return self.filter(climbs_on__gt=on, status__in=WITH_LEAD)

    def supervised(self) -> Self:
        return self.filter(supervision__in=(Supervision.YELLOW, Supervision.RED))

    def with_all(self) -> Self:
        return self.select_related(
            "community",
            "caller",
            "lead",
            "raised_by",
            "unit__entrance__building__estate",
            "place",
        )


class MatterPartQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Side by side, to all who see the matter from inside; what an organisation notes for
        itself is its own and the caller's (the thread's `staffed`)."""
        if user.is_superuser:
            return self.all()
        return self.filter(_inside(user, "matter__")) if user.pk else self.none()

    def noted_by(self, user: Any) -> Self:
        """The parts whose inner notes somebody reads."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        orgs = sorted(organisations_of(user))
        called = Q(matter__caller__in=orgs) | Q(
            matter__raised_by=user.pk, matter__community__in=communities_around(user)
        )
        return self.filter(Q(organisation__in=orgs) | called)

    def with_all(self) -> Self:
        return self.select_related("matter__community", "organisation")
