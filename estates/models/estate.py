"""The estate itself, and the days that break its week."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.lines import KeyField, LineField
from common.models import Timestamped
from common.worktime import WorkHours
from estates import querysets
from estates.models.community import Community


class Estate(Timestamped):
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="estates", verbose_name=_("community")
    )
    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = LineField(_("name"), max_length=60)
    name_en = LineField(_("name in English"), max_length=60, blank=True)
    address = LineField(_("address"), max_length=200, blank=True)
    phone = LineField(_("front desk, day and night"), max_length=30, blank=True)
    ticket_prefix = KeyField(
        _("letters before ticket numbers"),
        max_length=4,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Z][A-Z0-9]*$", _("Capital letters and digits, e.g. R or RB."))
        ],
    )
    opens_at = models.TimeField(_("work begins"), default=time(9))
    closes_at = models.TimeField(_("work ends"), default=time(18))
    works_weekends = models.BooleanField(_("works at weekends"), default=False)

    personal = frozenset()
    objects = querysets.EstateQuerySet.as_manager()

    class Meta:
        verbose_name = _("estate")
        verbose_name_plural = _("estates")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")),
                name="estates_estate_hours",
                violation_error_message=_("Work must begin before it ends."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name

    def work_hours(self) -> WorkHours:
        """The estate's clock, with the holidays and make-up workdays that the table knows."""
        return WorkHours(
            opens=self.opens_at,
            closes=self.closes_at,
            weekends=self.works_weekends,
            zone=timezone.get_default_timezone(),
            exceptions=dict(Workday.objects.values_list("day", "is_workday")),
        )


class Workday(models.Model):
    """A day that breaks the week: a holiday, or a weekend day worked to make up for one.

    Applies to all estates. A year without rows falls back to plain weeks.
    """

    day = models.DateField(_("day"), unique=True)
    is_workday = models.BooleanField(_("is worked"))
    name = LineField(_("name"), max_length=40, blank=True)
    source = LineField(
        _("source"),
        max_length=200,
        blank=True,
        help_text=_("Where this was read; “unverified” if nowhere."),
    )

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.WorkdayQuerySet.as_manager()

    class Meta:
        verbose_name = _("holiday or make-up workday")
        verbose_name_plural = _("holidays and make-up workdays")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
