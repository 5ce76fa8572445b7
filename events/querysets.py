"""Which events and templates people may see, written once."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from estates.standing import communities_staffed
from events.states import PUBLIC, EventStatus
from volunteers.querysets import MANAGER, teams_around
from volunteers.standing import teams_led

# Published once: anybody may read it, also that it was called off.
SHOWN = Q(status__in=PUBLIC) | Q(status=EventStatus.CANCELLED, published_at__isnull=False)


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
