"""Who works at a ticket, and what it costs."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.lines import LineField
from common.models import Timestamped
from repairs import querysets
from repairs.models.ticket import Ticket


class Assignment(Timestamped):
    """Who had a ticket from when to when, and why they gave it back."""

    ticket = models.ForeignKey(
        Ticket, models.CASCADE, related_name="assignments", verbose_name=_("ticket")
    )
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="assignments",
        verbose_name=_("technician"),
    )
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("to"), null=True, blank=True)
    reason = LineField(_("why it ended"), max_length=200, blank=True)

    personal = frozenset()
    objects = querysets.OfTicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(ended_at__isnull=True),
                name="repairs_assignment_one_open",
            )
        ]
        indexes = [models.Index(fields=["worker", "ticket"], name="repairs_assignment_worker")]

    def __str__(self) -> str:
        return f"{self.ticket_id} → {self.worker_id}"


class CostLine(Timestamped):
    class Kind(models.TextChoices):
        LABOUR = "labour", _("labour")
        MATERIAL = "material", _("material")

    class Payer(models.TextChoices):
        OWNER = "owner", _("owner")
        ESTATE = "estate", _("property company")
        WARRANTY = "warranty", _("warranty")

    ticket = models.ForeignKey(
        Ticket, models.CASCADE, related_name="costs", verbose_name=_("ticket")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.MATERIAL)
    name = LineField(_("what"), max_length=80)
    quantity = models.DecimalField(
        _("quantity"),
        max_digits=8,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    unit_price = models.DecimalField(
        _("price of one in yuan"), max_digits=9, decimal_places=2, validators=[MinValueValidator(0)]
    )
    payer = models.CharField(
        _("paid by"), max_length=10, choices=Payer.choices, default=Payer.ESTATE
    )

    personal = frozenset()
    objects = querysets.OfTicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("cost")
        verbose_name_plural = _("costs")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def total(self) -> Decimal:
        return (self.quantity * self.unit_price).quantize(Decimal("0.01"))
