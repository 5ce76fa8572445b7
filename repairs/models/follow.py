"""Who wants to hear of a ticket."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import Timestamped
from repairs import querysets
from repairs.models.ticket import Ticket


class Follow(Timestamped):
    """Somebody wants to hear of a ticket that is not theirs."""

    ticket = models.ForeignKey(
        Ticket, models.CASCADE, related_name="follows", verbose_name=_("ticket")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("who")
    )

    personal = frozenset()
    objects = querysets.OfTicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "user"], name="repairs_follow_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.ticket_id}"
