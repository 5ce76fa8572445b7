"""What every desk keeps: the numbers it has given, and the views that somebody asks again."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.lines import LineField
from common.models import Timestamped
from estates import querysets
from estates.models.community import Community
from estates.models.estate import Estate


class NumberSeries(models.Model):
    """The last number of a noun (“repairs.ticket”) in a year, of an estate or a community."""

    noun = LineField(max_length=60)
    year = models.PositiveSmallIntegerField()
    estate = models.ForeignKey(Estate, models.CASCADE, null=True, blank=True, related_name="+")
    community = models.ForeignKey(
        Community, models.CASCADE, null=True, blank=True, related_name="+"
    )
    last = models.PositiveIntegerField(default=0)

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = models.Manager()

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        ordering = ["noun", "year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["noun", "year", "estate"], name="estates_series_of_estate"
            ),
            models.UniqueConstraint(
                fields=["noun", "year", "community"], name="estates_series_of_community"
            ),
            models.CheckConstraint(
                condition=Q(estate__isnull=True) ^ Q(community__isnull=True),
                name="estates_series_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.year} {self.estate or self.community}: {self.last}"


class SavedView(Timestamped):
    """A named filter of a desk's queue; `desk` is the noun's code, “repairs.ticket”."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    desk = LineField(max_length=60)
    name = LineField(_("name"), max_length=30)
    query = LineField(_("filter"), max_length=500)

    personal = frozenset({"name", "query"})
    objects = querysets.SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "desk", "name"],
                name="estates_view_once",
                violation_error_message=_("You have a view of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
