"""The uploaded rosters."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.lines import LineField
from common.models import Timestamped
from estates import querysets
from estates.models.estate import Estate


class RosterImport(Timestamped):
    """One uploaded roster: what its columns are, the preview's verdicts, and what was applied.

    `file` is the rows as read, without what must never be kept (see services.roster.store).
    """

    class Status(models.TextChoices):
        PREVIEW = "preview", _("preview")
        APPLIED = "applied", _("applied")
        DISCARDED = "discarded", _("discarded")

    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="roster_imports", verbose_name=_("estate")
    )
    name = LineField(_("file"), max_length=160)
    status = models.CharField(
        _("state"), max_length=10, choices=Status.choices, default=Status.PREVIEW
    )
    mapping = models.JSONField(_("columns"), default=dict)
    file = models.FileField(_("rows as read"), upload_to="rosters/", blank=True, max_length=120)
    problems = models.JSONField(_("rows not taken"), default=list)
    counts = models.JSONField(_("counts"), default=dict)
    missing = models.JSONField(_("people not in the file"), default=list)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("of a person", "from"),
    )
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)

    personal = frozenset({"file", "problems", "missing"})
    objects = querysets.ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("roster import")
        verbose_name_plural = _("roster imports")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("estates:roster-import", args=[self.pk])
