"""Which teams, members, shifts, entries and hours people may see, written once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Sum, Value, When

from estates.standing import communities_staffed, estates_lived_in, estates_staffed
from grids.standing import stands_of
from volunteers.standing import acts_in, memberships_of, teams_led, teams_of
from volunteers.states import (
    AHEAD,
    ASIDE,
    BUSY,
    CAME,
    LEADING,
    STANDING,
    EntryStatus,
    MembershipStatus,
    QualificationStatus,
    ShiftStatus,
    SwapStatus,
)

MANAGER = "manager"


def teams_around(user: Any) -> Q:
    """Of the communities in which somebody lives, works or is a volunteer."""
    estates = estates_staffed(user) | estates_lived_in(user)
    around = apps.get_model("estates", "Estate").objects.filter(pk__in=estates)
    own = {one.community_id for one in memberships_of(user)}
    own |= {stand.community_id for stand in stands_of(user)} | communities_staffed(user)
    own |= acts_in(user)
    return Q(community__in=around.values("community")) | Q(community__in=own)


class TeamQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        return self.filter(teams_around(user))

    def standing(self) -> Self:
        return self.filter(is_active=True)


class MembershipQuerySet(models.QuerySet[Any]):
    def of(self, user: Any, at: datetime | None = None) -> Self:
        """Now: a membership says not from when on it holds."""
        return self.filter(user_id=user.pk or 0, status=MembershipStatus.ACTIVE)

    def active(self) -> Self:
        return self.filter(status=MembershipStatus.ACTIVE)

    def visible_to(self, user: Any) -> Self:
        """One's own; who leads a team knows all who are or were in it, a member those who are; the
        community's manager, who founds teams, those who are or would be, for the first of a team
        are taken in by nobody else."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        active = Q(status=MembershipStatus.ACTIVE)
        standing = Q(status__in=(MembershipStatus.APPLIED, MembershipStatus.ACTIVE))
        return self.filter(
            Q(user_id=user.pk)
            | Q(team__in=teams_led(user))
            | active & Q(team__in=teams_of(user))
            | standing & Q(team__community__in=communities_staffed(user, MANAGER))
        )

    def with_show_more(self, user: Any) -> Self:
        """`show_more`: phone, guardian and words are for the team's lead and oneself, and for who
        may take somebody in."""
        if user.is_superuser:
            return self.annotate(show_more=Value(True))
        known = Q(user_id=user.pk or 0) | Q(team__in=teams_led(user))
        known |= Q(
            status=MembershipStatus.APPLIED,
            team__community__in=communities_staffed(user, MANAGER),
        )
        return self.annotate(
            show_more=Case(
                When(known, then=Value(True)),
                default=Value(False),
                output_field=models.BooleanField(),
            )
        )

    def with_all(self) -> Self:
        return self.select_related("team__community", "user")


def led_people(user: Any) -> Any:
    """Of the outer row's person: in a team that the user leads."""
    mates = apps.get_model("volunteers", "Membership").objects.active()
    return mates.filter(team__in=teams_led(user), user=OuterRef("user"))


class QualificationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own, and those of the members of a team that one leads."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        return self.filter(Q(user_id=user.pk) | Exists(led_people(user)))

    def with_led(self, user: Any) -> Self:
        """`is_led`: for a list, where each row would ask whether its person is led."""
        return self.annotate(is_led=Exists(led_people(user)))

    def holding(self, day: date) -> Self:
        return self.filter(status=QualificationStatus.CONFIRMED, expires_on__gte=day)

    def to_remind(self, day: date, ahead: timedelta) -> Self:
        """Those that run out within `ahead`, and of which nobody was reminded since then."""
        soon = self.holding(day).filter(expires_on__lte=day + ahead)
        return soon.filter(
            Q(reminded_on__isnull=True) | Q(reminded_on__lt=models.F("expires_on") - ahead)
        )

    def with_all(self) -> Self:
        return self.select_related("user")


class SeriesQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        if user.is_superuser:
            return self.all()
        return self.filter(team__in=teams_led(user)) if user.pk else self.none()

    def to_extend(self, until: datetime) -> Self:
        return self.filter(next_at__isnull=False, next_at__lt=until, team__is_active=True)


def around(user: Any, path: str = "") -> Q:
    """Shifts of the teams around; one that is asked for, or was refused, is for whoever asked, and
    the lead."""
    teams = apps.get_model("volunteers", "Team").objects.visible_to(user)
    aside = Q(**{f"{path}status__in": ASIDE})
    return Q(**{f"{path}team__in": teams.values("pk")}) & ~aside | (
        Q(**{f"{path}team__in": teams_led(user)}) | Q(**{f"{path}asked_by": user.pk})
    )


class ShiftQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        if user.is_superuser:
            return self.all()
        return self.filter(around(user)) if user.pk else self.none()

    def led_by(self, user: Any) -> Self:
        if user.is_superuser:
            return self.all()
        return self.filter(team__in=teams_led(user))

    def open(self) -> Self:
        return self.filter(status=ShiftStatus.OPEN)

    def upcoming(self, at: datetime) -> Self:
        return self.open().filter(ends_at__gt=at)

    def to_end(self, at: datetime) -> Self:
        """Over by the clock, and not closed yet."""
        return self.open().filter(ends_at__lte=at)

    def to_tidy(self, before: datetime) -> Self:
        """Closed, with entries that are open still and were not touched since then."""
        entries = apps.get_model("volunteers", "Entry").objects
        states = (EntryStatus.REQUESTED, EntryStatus.CONFIRMED, EntryStatus.CHECKED_IN)
        left = entries.filter(shift=OuterRef("pk"), status__in=states, updated_at__lte=before)
        return self.filter(Exists(left), status=ShiftStatus.ENDED)

    def to_pass_on(self, at: datetime) -> Self:
        """Ahead, with a free place and somebody who waits for it."""
        posts = apps.get_model("volunteers", "ShiftPost").objects
        waiting = Q(entries__status=EntryStatus.WAITLISTED)
        free = posts.filter(waiting, shift=OuterRef("pk"), taken__lt=models.F("places"))
        return self.open().filter(Exists(free), starts_at__gt=at)

    def to_remind(self, at: datetime) -> Self:
        """Nobody is reminded when its time has come."""
        ahead = self.open().filter(starts_at__gt=at)
        return ahead.filter(remind_at__isnull=False, remind_at__lte=at)

    def with_all(self) -> Self:
        return self.select_related("team__community", "place", "series")


class PostQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        if user.is_superuser:
            return self.all()
        return self.filter(around(user, "shift__")) if user.pk else self.none()


class ShiftEntryQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own, and those of the teams that one leads."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        return self.filter(Q(user_id=user.pk) | Q(shift__team__in=teams_led(user)))

    def of(self, user: Any) -> Self:
        return self.filter(user_id=user.pk or 0)

    def ahead(self) -> Self:
        return self.filter(status__in=AHEAD)

    def standing(self) -> Self:
        return self.filter(status__in=STANDING)

    def busy(self) -> Self:
        return self.filter(status__in=BUSY)

    def came(self) -> Self:
        return self.filter(status__in=CAME)

    def waiting(self) -> Self:
        return self.filter(status=EntryStatus.WAITLISTED).order_by("queued_at", "pk")

    def to_confirm(self) -> Self:
        return self.filter(status=EntryStatus.CHECKED_OUT)

    def of_mates(self, user: Any, at: datetime) -> Self:
        """Places ahead of others of one's teams, whom one may ask to change."""
        ahead = self.filter(
            shift__team__in=teams_of(user),
            shift__status=ShiftStatus.OPEN,
            starts_at__gt=at,
            status=EntryStatus.CONFIRMED,
        )
        return ahead.exclude(user=user.pk)

    def with_others_lead(self, user: Any) -> Self:
        """`others_lead`: for a list, where each row of the lead's own would ask for it."""
        leads = apps.get_model("volunteers", "Membership").objects.active()
        others = leads.filter(team=OuterRef("shift__team"), role__in=LEADING)
        return self.annotate(others_lead=Exists(others.exclude(user=user.pk)))

    def run_out(self, at: datetime) -> Self:
        return self.filter(status=EntryStatus.OFFERED, offered_until__lte=at)

    def with_all(self) -> Self:
        return self.select_related("shift__team__community", "shift__place", "post", "user")


class SwapQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Between two members, and before the eyes of the lead."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        return self.filter(
            Q(asked=user.pk) | Q(entry__user=user.pk) | Q(entry__shift__team__in=teams_led(user))
        )

    def open(self) -> Self:
        return self.filter(status=SwapStatus.ASKED)

    def can_be(self, at: datetime) -> Self:
        """The place that is given is there still, and ahead."""
        there = Q(entry__status=EntryStatus.CONFIRMED, entry__starts_at__gt=at)
        return self.filter(there, entry__shift__status=ShiftStatus.OPEN)

    def to_lapse(self, at: datetime) -> Self:
        there = self.open().can_be(at)
        return self.open().exclude(pk__in=there.values("pk"))

    def with_all(self) -> Self:
        return self.select_related(
            "entry__shift__team__community",
            "entry__post",
            "entry__user",
            "asked",
            "other__shift",
            "other__post",
        )


class HourLineQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        return self.filter(Q(user_id=user.pk) | Q(team__in=teams_led(user)))

    def of(self, user: Any) -> Self:
        return self.filter(user_id=user.pk or 0)

    def between(self, first: date, last: date) -> Self:
        return self.filter(on__range=(first, last))

    def total(self) -> int:
        """Minutes."""
        return int(self.aggregate(sum=Sum("minutes"))["sum"] or 0)

    def with_all(self) -> Self:
        return self.select_related("user", "team")


class CertificateQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Whoever it is of. What others may check stands on its public page."""
        if user.is_superuser:
            return self.all()
        return self.filter(user_id=user.pk) if user.pk else self.none()

    def of(self, user: Any) -> Self:
        return self.filter(user_id=user.pk or 0)
