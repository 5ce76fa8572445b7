"""A visit, and the needs that were heard at it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.lines import KeyField
from common.models import Timestamped
from estates.models import Unit
from grids import querysets, states
from grids.states import RESULTS, Tier, VisitStatus, Wellbeing


class Visit(Timestamped):
    Status = states.VisitStatus

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="visits", verbose_name=_("unit"))
    # The highest of the household when it was planned; none for one that somebody just made.
    tier = models.CharField(_("tier"), max_length=8, choices=Tier, blank=True)
    due_on = models.DateField(_("due by"))
    # Nobody: whoever looks after the micro-grid.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who visits"),
    )
    status = models.CharField(
        _("state"),
        max_length=12,
        choices=VisitStatus,
        default=VisitStatus.PLANNED,
        editable=False,
    )
    # By the phone, which may have had no signal; bounded. `logged_at` is when it arrived.
    visited_at = models.DateTimeField(_("visited"), null=True, editable=False)
    logged_at = models.DateTimeField(_("noted"), null=True, editable=False)
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("noted by"),
    )
    wellbeing = models.CharField(
        _("how they were"), max_length=8, choices=Wellbeing, blank=True, editable=False
    )
    sealed_words = models.TextField(blank=True, editable=False)
    photo_consent = models.BooleanField(_("agreed to photographs"), default=False, editable=False)
    # The leader has heard that it is late.
    climbed_at = models.DateTimeField(null=True, editable=False)

    # What the form said, for the move to know where it leads; see grids.services.moves.
    outcome: str = ""

    personal: ClassVar[frozenset[str]] = frozenset({"wellbeing", "sealed_words"})
    objects = querysets.VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("home visit")
        verbose_name_plural = _("home visits")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(status=VisitStatus.PLANNED),
                name="grids_visit_one_planned",
                violation_error_message=_("A visit to this household is planned already."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=RESULTS) ^ Q(visited_at__isnull=True),
                name="grids_visit_held",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(status=VisitStatus.PLANNED),
                name="grids_visit_due",
            ),
            models.Index(fields=["unit", "-visited_at"], name="grids_visit_of_unit"),
            models.Index(fields=["-visited_at", "-id"], name="grids_visit_newest"),
        ]

    def __str__(self) -> str:
        day = self.visited_on or self.due_on
        return f"{self.unit} · {day:%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("grids:visit", args=[self.pk])

    @property
    def visited_on(self) -> date | None:
        return timezone.localdate(self.visited_at) if self.visited_at else None

    def is_late(self, on: date) -> bool:
        return self.status == VisitStatus.PLANNED and self.due_on < on

    def days_late(self, on: date) -> int:
        return max(0, (on - self.due_on).days) if self.status == VisitStatus.PLANNED else 0


class HeardNeed(models.Model):
    """One need, and what it became: a row of another app, whose origin is the visit, or a note."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="needs")
    position = models.PositiveSmallIntegerField()
    sealed_words = models.TextField(editable=False)
    # The label of the model that was made of it, such as "repairs.ticket"; empty for a note.
    becomes = KeyField(max_length=40, blank=True)

    personal: ClassVar[frozenset[str]] = frozenset({"sealed_words"})
    objects = querysets.OfVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("need that was heard")
        verbose_name_plural = _("needs that were heard")
        ordering = ["visit", "position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="grids_need_position")
        ]

    def __str__(self) -> str:
        return f"{self.visit} · {self.position}"
