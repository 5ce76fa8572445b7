"""Which events and templates people may see, written once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum

from estates.standing import DESK, communities_staffed, estates_staffed
from events.states import (
    COMING,
    HELD,
    PUBLIC,
    STANDING,
    TAKEN,
    EventStatus,
    SignupStatus,
    SlotStatus,
)
from volunteers.querysets import MANAGER, teams_around
from volunteers.standing import teams_led
from volunteers.states import EntryStatus

# Published once: anybody may read it, also that it was called off.
SHOWN = Q(status__in=PUBLIC) | Q(status=EventStatus.CANCELLED, published_at__isnull=False)


# Whoever comes is reminded a day before.
REMINDED = timedelta(days=1)
# In a shift for the event: they stand at its doors and desks.
HELPING = (EntryStatus.CONFIRMED, EntryStatus.CHECKED_IN)


class TemplateQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """The community's manager, and who leads one of its teams: they plan the year."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        teams = apps.get_model("volunteers", "Team").objects.filter(pk__in=teams_led(user))
        return self.filter(
            Q(community__in=communities_staffed(user, MANAGER))
            | Q(community__in=teams.values("community"))
        )

    def active(self) -> Self:
        return self.filter(is_active=True)


class EventQuerySet(models.QuerySet[Any]):
    def public(self) -> Self:
        """For anybody who has the address."""
        return self.filter(SHOWN)

    def visible_to(self, user: Any) -> Self:
        """What is public in the communities around; what is planned, by who plans it there."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        return self.filter(SHOWN & teams_around(user) | self._planned_by(user))

    def planned_by(self, user: Any) -> Self:
        if user.is_superuser:
            return self.all()
        return self.filter(self._planned_by(user)) if user.pk else self.none()

    def _planned_by(self, user: Any) -> Q:
        return (
            Q(organiser_id=user.pk)
            | Q(team__in=teams_led(user))
            | Q(community__in=communities_staffed(user, MANAGER))
        )

    def helped_by(self, user: Any) -> Self:
        """Those at whose doors and desks somebody stands: who plans them, and who is in a shift
        that was made for one."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        kind = ContentType.objects.get_for_model(self.model)
        shifts = apps.get_model("volunteers", "Entry").objects.filter(
            user=user.pk,
            status__in=HELPING,
            shift__origin_type=kind,
            shift__origin_id=OuterRef("pk"),
        )
        return self.filter(Q(Exists(shifts)) & SHOWN | self._planned_by(user))

    def entered_by(self, user: Any) -> Self:
        """Those for which somebody takes calls: whoever plans them, and the community's desks."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        estates = apps.get_model("estates", "Estate").objects.filter(
            pk__in=estates_staffed(user, *DESK)
        )
        desks = Q(community__in=estates.values("community")) & SHOWN
        return self.filter(desks | self._planned_by(user))

    def attended_by(self, user: Any) -> Self:
        """Those to which somebody is signed up, or came."""
        signups = apps.get_model("events", "Signup").objects.of(user).filter(status__in=HELD)
        return self.filter(Exists(signups.filter(event=OuterRef("pk"))))

    def to_remind(self, at: datetime) -> Self:
        ahead = self.filter(status=EventStatus.PUBLISHED, reminded_at__isnull=True)
        return ahead.filter(starts_at__gt=at, starts_at__lte=at + REMINDED)

    def to_pass_on(self, at: datetime) -> Self:
        """Ahead, with somebody who waits, and places for them perhaps."""
        waiting = apps.get_model("events", "Signup").objects.waiting()
        free = Q(capacity__isnull=True) | Q(taken__lt=F("capacity"))
        ahead = self.filter(status=EventStatus.PUBLISHED, starts_at__gt=at)
        return ahead.filter(free, Exists(waiting.order_by().filter(event=OuterRef("pk"))))

    def upcoming(self, at: datetime) -> Self:
        ahead = (EventStatus.PUBLISHED, EventStatus.RUNNING)
        return self.filter(status__in=ahead, ends_at__gt=at)

    def to_begin(self, at: datetime) -> Self:
        return self.filter(status=EventStatus.PUBLISHED, starts_at__lte=at)

    def to_end(self, at: datetime) -> Self:
        return self.filter(status=EventStatus.RUNNING, ends_at__lte=at)

    def with_all(self) -> Self:
        return self.select_related("community", "place", "team", "organiser", "template")


class TaskQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Those who plan the event."""
        events = apps.get_model("events", "Event").objects.planned_by(user)
        return self.filter(Exists(events.filter(pk=OuterRef("event"))))


class QuestionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Whoever sees the event."""
        events = apps.get_model("events", "Event").objects.visible_to(user)
        return self.filter(Exists(events.filter(pk=OuterRef("event"))))


class SignupQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own; for whoever plans the event, stands at its doors or takes its calls, all."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        return self.filter(Q(user=user.pk) | self._kept(user) | self._helped(user))

    def of(self, user: Any) -> Self:
        return self.filter(user=user.pk or 0)

    def kept_by(self, user: Any) -> Self:
        """Those that somebody changes for others: planners, and the desks that take calls."""
        return self.all() if user.is_superuser else self.filter(self._kept(user))

    def _kept(self, user: Any) -> Q:
        events = apps.get_model("events", "Event").objects.entered_by(user)
        return Q(Exists(events.filter(pk=OuterRef("event"))))

    def _helped(self, user: Any) -> Q:
        events = apps.get_model("events", "Event").objects.helped_by(user)
        return Q(Exists(events.filter(pk=OuterRef("event"))))

    def standing(self) -> Self:
        return self.filter(status__in=STANDING)

    def coming(self) -> Self:
        return self.filter(status__in=COMING)

    def held(self) -> Self:
        return self.filter(status__in=HELD)

    def waiting(self) -> Self:
        return self.filter(status=SignupStatus.WAITLISTED).order_by("queued_at", "pk")

    def run_out(self, at: datetime) -> Self:
        return self.filter(status=SignupStatus.OFFERED, offered_until__lte=at)

    def people(self) -> int:
        return int(self.aggregate(sum=Sum("size"))["sum"] or 0)

    def with_all(self) -> Self:
        return self.select_related(
            "event__community", "event__place", "event__team", "user", "unit__entrance__building"
        )


class SeatQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        signups = apps.get_model("events", "Signup").objects.visible_to(user)
        return self.filter(Exists(signups.filter(pk=OuterRef("signup"))))

    def standing(self) -> Self:
        return self.filter(stands=True)

    def arrived(self) -> Self:
        return self.filter(arrived_at__isnull=False)


class ScanQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Whoever plans the event, and stands at its doors."""
        events = apps.get_model("events", "Event").objects.helped_by(user)
        return self.filter(Exists(events.filter(pk=OuterRef("event"))))


class ServiceQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Whoever sees the event."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        seen = apps.get_model("events", "Event").objects.visible_to(user)
        return self.filter(Exists(seen.filter(pk=OuterRef("event"))))

    def public(self) -> Self:
        """For the screen of the hall, which nobody signs in at."""
        events = apps.get_model("events", "Event").objects.public()
        return self.filter(Exists(events.filter(pk=OuterRef("event"))))

    def with_all(self) -> Self:
        return self.select_related("event__community", "event__place")


class SlotQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own; the free ones of events that one sees; all where one stands at the desk."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        events = apps.get_model("events", "Event").objects
        seen = events.visible_to(user).filter(pk=OuterRef("service__event"))
        helped = events.helped_by(user).filter(pk=OuterRef("service__event"))
        return self.filter(
            Q(user_id=user.pk) | Q(status=SlotStatus.FREE) & Exists(seen) | Exists(helped)
        )

    def staffed_by(self, user: Any) -> Self:
        """Those of events at whose desks one stands."""
        events = apps.get_model("events", "Event").objects.helped_by(user)
        return self.filter(Exists(events.filter(pk=OuterRef("service__event"))))

    def of(self, user: Any) -> Self:
        return self.filter(user_id=user.pk or 0)

    def free(self) -> Self:
        return self.filter(status=SlotStatus.FREE)

    def held(self) -> Self:
        return self.filter(status__in=TAKEN)

    def waiting(self) -> Self:
        """As they are called."""
        return self.filter(status=SlotStatus.BOOKED).order_by("number")

    def to_take(self, at: datetime) -> Self:
        """Free, and not begun; the earliest first."""
        ahead = Q(starts_at__isnull=True) | Q(starts_at__gt=at)
        return self.free().filter(ahead).order_by("number")

    def with_all(self) -> Self:
        return self.select_related("service__event__community", "service__event__place", "user")
