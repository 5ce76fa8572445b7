"""Numbers of tickets."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from estates.models import Estate


class NumberSeries(models.Model):
    """The last ticket number of an estate in a year."""

    estate = models.ForeignKey(Estate, models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = models.Manager()

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [
            models.UniqueConstraint(fields=["estate", "year"], name="repairs_series_once")
        ]

    def __str__(self) -> str:
        return f"{self.estate_id} {self.year}: {self.last}"
