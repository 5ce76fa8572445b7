"""The roll of a drill: its homes, and every mark that was made."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.lines import LineField
from estates.models import Unit
from safety import querysets
from safety.models.drill import DrillBuilding
from safety.states import Mark


class DrillHome(models.Model):
    """A home of a building that goes out, with what was said of it last. `people` are those whom
    the roster knows there when the drill begins."""

    part = models.ForeignKey(
        DrillBuilding, models.CASCADE, related_name="homes", verbose_name=_("building of a drill")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="drill_homes", verbose_name=_("home")
    )
    people = models.PositiveSmallIntegerField(_("people expected"), default=0)
    # Their own word beforehand: then nobody waits for them.
    said_away = models.BooleanField(_("said that they would be away"), default=False)
    mark = models.CharField(_("mark"), max_length=8, choices=Mark, blank=True)
    marked_at = models.DateTimeField(_("marked"), null=True)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("marked by"),
    )

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.DrillHomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("home in a drill")
        verbose_name_plural = _("homes in drills")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["part", "unit"], name="safety_drill_home_once"),
            models.CheckConstraint(
                condition=Q(mark="", marked_at__isnull=True)
                | ~Q(mark="") & Q(marked_at__isnull=False),
                name="safety_drill_home_marked",
            ),
        ]
        indexes = [models.Index(fields=["part", "mark"], name="safety_drill_home_marks")]

    def __str__(self) -> str:
        return f"{self.part.drill} · {self.unit}"


class DrillMark(models.Model):
    """One tap of a roll-caller. `is_taken` is false where a later word about the home was there
    already, or the same one."""

    home = models.ForeignKey(
        DrillHome, models.CASCADE, related_name="marks", verbose_name=_("home in a drill")
    )
    mark = models.CharField(_("mark"), max_length=8, choices=Mark)
    at = models.DateTimeField(_("when"))
    # Without signal it came later than it was.
    arrived_at = models.DateTimeField(_("arrived"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    note = LineField(_("note"), max_length=120, blank=True)
    is_taken = models.BooleanField(_("taken"), default=True)

    personal: ClassVar[frozenset[str]] = frozenset({"note"})
    objects = querysets.DrillMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark of a roll-call")
        verbose_name_plural = _("marks of roll-calls")
        ordering = ["pk"]
        indexes = [models.Index(fields=["home", "-id"], name="safety_drill_mark_home")]

    def __str__(self) -> str:
        return f"{self.home} · {self.get_mark_display()}"
