"""When the clock of a ticket stood still."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import Timestamped
from repairs import querysets
from repairs.models.ticket import Ticket


class Pause(Timestamped):
    """From when to when a ticket was held; the one that goes on has no end.

    How many minutes it is depends on the clock, and a ticket may change its clock: so the moments
    are kept, and the minutes counted anew with the deadlines.
    """

    ticket = models.ForeignKey(
        Ticket, models.CASCADE, related_name="pauses", verbose_name=_("ticket")
    )
    began_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("to"), null=True, blank=True)

    personal = frozenset()
    objects = querysets.OfTicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(ended_at__isnull=True),
                name="repairs_pause_one_open",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
                name="repairs_pause_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.began_at} – {self.ended_at or ''}"
