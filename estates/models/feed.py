"""The secret address under which a calendar is read elsewhere."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import Timestamped
from estates import querysets
from estates.models.estate import Estate


class CalendarFeed(Timestamped):
    """Of one person or of one estate. The token is found by its hash, and shown again from the
    encrypted column: who has the database alone opens no feed."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="calendar_feed",
        verbose_name=_("whose"),
    )
    estate = models.OneToOneField(
        Estate,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="calendar_feed",
        verbose_name=_("estate"),
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    encrypted_token = models.CharField(max_length=255, editable=False)
    renewed_at = models.DateTimeField(_("renewed"), editable=False)

    personal: ClassVar[frozenset[str]] = frozenset({"token_hash", "encrypted_token"})
    objects = querysets.CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(estate__isnull=True),
                name="estates_feed_of_one",
            )
        ]

    def __str__(self) -> str:
        return str(self.user or self.estate)
