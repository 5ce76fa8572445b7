from datetime import datetime, timedelta
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import models

# The task by which beat shows that it lives: beat queues it, a worker records it.
PULSE = "audit.pulse"
LONGEST_SILENCE = timedelta(minutes=5)
# Codes whose very actor or reader is a secret, such as that somebody is on a roster: such entries,
# and messages of these kinds, are kept and shown with their rows, and in no list of administrators.
DISCREET: set[str] = set()


class EntryQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """All of the log but what is discreet is for administrators; a row's history goes with the
        row (`for_row`)."""
        if not getattr(user, "is_superuser", False):
            return self.none()
        return self.exclude(code__in=DISCREET)

    def for_row(self, row: models.Model) -> Self:
        """The history of a row that the caller may see already."""
        return self.filter(
            content_type=ContentType.objects.get_for_model(row), object_id=row.pk
        ).order_by("at", "pk")


class SweepRunQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        return self if getattr(user, "is_superuser", False) else self.none()

    def beat_lives(self, at: datetime) -> bool:
        return self.filter(name=PULSE, started_at__gt=at - LONGEST_SILENCE).exists()
