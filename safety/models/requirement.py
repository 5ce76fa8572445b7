"""What an estate is to practise how often, and where that is written."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from common.lines import KeyField, LineField, WordsField
from common.models import Timestamped
from estates.models import Building, Estate
from safety import querysets
from safety.states import DrillKind, RequirementStatus

MOST_MONTHS = 120


class DrillRequirement(Timestamped):
    """`source`, `article` and `words` are the law, its article and what that says; `verified_on` is
    the day on which somebody has read it there. Without that day nothing is claimed of it."""

    Status = RequirementStatus
    Kind = DrillKind

    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="drill_requirements", verbose_name=_("estate")
    )
    name = LineField(_("what is practised"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=DrillKind)
    use = models.CharField(
        _("buildings of this use"),
        max_length=12,
        choices=Building.Use,
        blank=True,
        help_text=_("Empty: of any use."),
    )
    over_m = models.PositiveSmallIntegerField(
        _("higher than (metres)"), null=True, blank=True, help_text=_("Empty: of any height.")
    )
    months = models.PositiveSmallIntegerField(_("every so many months"))
    # Where no drill has been held yet, the first one is due so many months after this day.
    since = models.DateField(
        _("counted from"),
        null=True,
        blank=True,
        help_text=_("Empty: from the day on which it is switched on."),
    )
    source = LineField(_("law or rule"), max_length=200, blank=True)
    article = LineField(_("article"), max_length=40, blank=True)
    words = WordsField(_("words of the article"), max_length=2000, blank=True)
    remark = LineField(
        _("remark"), max_length=200, blank=True, help_text=_("Such as: a rule of another city.")
    )
    verified_on = models.DateField(_("read at the source on"), null=True, blank=True)
    status = models.CharField(
        _("state"),
        max_length=4,
        choices=RequirementStatus,
        default=RequirementStatus.OFF,
        editable=False,
    )
    # Which of the suggestions it was; what is laid once is not laid again.
    seed = KeyField(max_length=30, blank=True, editable=False)

    personal = frozenset()
    objects = querysets.RequirementQuerySet.as_manager()

    class Meta:
        verbose_name = _("drill requirement")
        verbose_name_plural = _("drill requirements")
        ordering = ["estate", "kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["estate", "name"],
                name="safety_requirement_once",
                violation_error_message=_("The estate has a requirement of this name."),
            ),
            models.CheckConstraint(
                condition=Q(months__range=(1, MOST_MONTHS)),
                name="safety_requirement_months",
                violation_error_message=_("Between one month and ten years."),
            ),
            models.CheckConstraint(
                condition=Q(verified_on__isnull=True)
                | ~Q(source="") & ~Q(article="") & ~Q(words=""),
                name="safety_requirement_verified",
                violation_error_message=_(
                    "What was read at the source names the law, its article and its words."
                ),
            ),
            models.CheckConstraint(
                condition=Q(status=RequirementStatus.OFF) | Q(since__isnull=False),
                name="safety_requirement_since",
                violation_error_message=_("What holds here is counted from some day."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("safety:requirement", args=[self.pk])

    @property
    def is_on(self) -> bool:
        return self.status == RequirementStatus.ON

    def concerns(self, building: Building) -> bool | None:
        """None where the building's height would have to be known, and is not."""
        if self.use and building.use != self.use:
            return False
        if self.over_m is None:
            return True
        return None if building.height_m is None else building.height_m > self.over_m

    @property
    def said_scope(self) -> str:
        """“residential, over 100 m”"""
        use: Any = self.get_use_display() if self.use else gettext("all buildings")
        over = gettext("over %(n)d m") % {"n": self.over_m} if self.over_m is not None else ""
        return gettext(", ").join(filter(None, [str(use), over]))

    @property
    def said_source(self) -> str:
        """The law and its article; that nobody has read one, where that is so."""
        if self.verified_on is None:
            return gettext("unverified")
        return f"{self.source} {self.article}"

    @property
    def said_often(self) -> str:
        if self.months % 12 == 0:
            years = self.months // 12
            return ngettext("once a year", "every %(n)d years", years) % {"n": years}
        return ngettext("once a month", "every %(n)d months", self.months) % {"n": self.months}
