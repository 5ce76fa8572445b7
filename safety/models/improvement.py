"""What a drill showed that has to become better, by whom and until when."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.lines import LineField, WordsField
from common.models import Timestamped
from common.search import Searched
from estates.models import Estate
from safety import querysets
from safety.models.drill import Drill
from safety.states import ImprovementStatus

IMPROVEMENT_WORDS = Searched("title", "words")


class Improvement(Timestamped):
    Status = ImprovementStatus

    drill = models.ForeignKey(
        Drill, models.PROTECT, related_name="improvements", verbose_name=_("drill")
    )
    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="improvements", verbose_name=_("estate")
    )
    title = LineField(_("what is to become better"), max_length=80)
    words = WordsField(_("in words"), max_length=1000, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="improvements",
        verbose_name=_("who sees to it"),
    )
    due_on = models.DateField(_("until"))
    status = models.CharField(
        _("state"),
        max_length=8,
        choices=ImprovementStatus,
        default=ImprovementStatus.OPEN,
        editable=False,
    )
    result = WordsField(_("what was done"), max_length=1000, blank=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("done by"),
    )
    done_at = models.DateTimeField(_("done"), null=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("verified by"),
    )
    verified_at = models.DateTimeField(_("verified"), null=True, editable=False)
    # The deadline of which somebody has heard that it is over.
    late_told = models.DateField(null=True, editable=False)

    personal = frozenset()
    objects = querysets.ImprovementQuerySet.as_manager()

    class Meta:
        verbose_name = _("improvement")
        verbose_name_plural = _("improvements")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ImprovementStatus.OPEN)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="safety_improvement_done",
            ),
            models.CheckConstraint(
                condition=~Q(status=ImprovementStatus.VERIFIED)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="safety_improvement_verified",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("done_by")),
                name="safety_improvement_somebody_else",
                violation_error_message=_("Somebody else verifies what was done."),
            ),
        ]
        indexes = [
            models.Index(fields=["estate", "status", "due_on"], name="safety_improvement_queue"),
            models.Index(fields=["due_on", "-id"], name="safety_improvement_list"),
            models.Index(
                fields=["due_on"],
                condition=Q(status=ImprovementStatus.OPEN),
                name="safety_improvement_late",
            ),
            IMPROVEMENT_WORDS.index("safety_improvement_search"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("safety:improvement", args=[self.pk])

    def is_late(self, today: date) -> bool:
        return self.status == ImprovementStatus.OPEN and self.due_on < today
