from datetime import datetime
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from audit.querysets import DISCREET


class MessageQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """One's own; an administrator may look whether somebody was told, but of what is discreet
        (audit.querysets)."""
        if not getattr(user, "is_superuser", False):
            return self.inbox(user)
        return self.filter(~Q(kind__in=DISCREET) | Q(recipient_id=user.pk))

    def inbox(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        return self.filter(recipient_id=user.pk or 0)

    def about(self, row: models.Model) -> Self:
        """What was told of a row that the caller may see already."""
        kind = ContentType.objects.get_for_model(row)
        return self.filter(content_type=kind, object_id=row.pk)

    def recipients(self) -> list[Any]:
        return [message.recipient for message in self.select_related("recipient").order_by("pk")]

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class DeliveryQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        if not getattr(user, "is_superuser", False):
            return self.none()
        return self.exclude(message__kind__in=DISCREET)

    def due(self, at: datetime) -> Self:
        return self.filter(state="pending", next_attempt_at__lte=at)


class MuteQuerySet(models.QuerySet[Any]):
    def mutes(self, user: Any, kind: str, channel: str) -> bool:
        return self.filter(user=user, kind=kind, channel=channel).exists()

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        return self.filter(user_id=user.pk or 0)


class ActionLinkQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Links answer for their holder without signing in; administrators alone list them."""
        return self.all() if getattr(user, "is_superuser", False) else self.none()

    def live(self, at: datetime) -> Self:
        return self.filter(used_at__isnull=True, expires_at__gt=at)

    def expired_before(self, at: datetime) -> Self:
        return self.filter(expires_at__lt=at)
