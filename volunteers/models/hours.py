"""Hours that were given, as a ledger of lines that nobody changes, and certificates of them."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.lines import LineField
from common.models import FromOrigin, Timestamped
from estates.models import Community
from volunteers import querysets, states
from volunteers.models.shifts import Entry
from volunteers.models.teams import Team
from volunteers.states import CertificateStatus


class HourLine(FromOrigin, models.Model):
    """One booking: minutes that were confirmed, or taken back. The sum is what somebody has."""

    Source = states.Source

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="hour_lines",
        verbose_name=_("who"),
    )
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        related_name="hour_lines",
        verbose_name=pgettext_lazy("volunteers", "team"),
    )
    source = models.CharField(pgettext_lazy("hours", "source"), max_length=8, choices=Source)
    entry = models.ForeignKey(
        Entry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hour_lines",
        verbose_name=pgettext_lazy("volunteers", "entry"),
    )
    title = LineField(_("what for"), max_length=80)
    # The day on which it was done, not the one on which it was written down.
    on = models.DateField(_("day"))
    minutes = models.IntegerField(_("minutes"))
    at = models.DateTimeField(_("booked"))

    personal: ClassVar[frozenset[str]] = frozenset({"user"})
    objects = querysets.HourLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the hours")
        verbose_name_plural = _("ledger of hours")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["user", "on"], name="volunteers_hours_user"),
            models.Index(fields=["team", "on"], name="volunteers_hours_team"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.on}"


class Certificate(Timestamped):
    """What somebody had given until a day, with a number that anybody may check. What the public
    page shows beside “valid” is what its holder agreed to."""

    Status = states.CertificateStatus

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="certificates", verbose_name=_("community")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="certificates",
        verbose_name=_("who"),
    )
    name = LineField(_("name on it"), max_length=60)
    from_date = models.DateField(_("from"))
    to_date = models.DateField(_("to"))
    minutes = models.PositiveIntegerField(_("minutes"))
    times = models.PositiveIntegerField(_("times"))
    # [title, times, minutes] of each service, as it was on the day of issue.
    services: Any = models.JSONField(default=list, editable=False)
    signed_by = LineField(_("signed by"), max_length=60, blank=True)
    issued_at = models.DateTimeField(_("issued"), editable=False)
    status = models.CharField(
        _("state"),
        max_length=8,
        choices=CertificateStatus,
        default=CertificateStatus.ISSUED,
        editable=False,
    )
    shows_name = models.BooleanField(_("show my name"), default=False)
    shows_hours = models.BooleanField(_("show the hours"), default=False)
    shows_services = models.BooleanField(_("show what they were given for"), default=False)

    personal: ClassVar[frozenset[str]] = frozenset({"user", "name"})
    objects = querysets.CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate of hours")
        verbose_name_plural = _("certificates of hours")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_date__lte=models.F("to_date")),
                name="volunteers_certificate_days",
            )
        ]
        indexes = [models.Index(fields=["user", "-id"], name="volunteers_certificate_user")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("volunteers:certificate", args=[self.number])
