from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.querysets import EntryQuerySet, SweepRunQuerySet
from common.lines import LineField

# What the codes are called; the apps fill it through audit.services.register.
LABELS: dict[str, str | Promise] = {}


@dataclass(frozen=True)
class Sweep:
    """What beat starts by the clock: what it does, and what its counts count."""

    title: str | Promise
    counts: dict[str, str | Promise]
    # does it now, as if it were then; recorded like any run
    run: Callable[[datetime | None], Mapping[str, int]]


# By the name of the task; audit.tasks.sweep fills it.
SWEEPS: dict[str, Sweep] = {}


class Entry(models.Model):
    """Who did what to which row, when, and what changed; a trigger lets it only be appended."""

    at = models.DateTimeField(_("at"), db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    code = LineField(_("what"), max_length=80, db_index=True)
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.BigIntegerField()
    row = GenericForeignKey("content_type", "object_id")
    before = models.JSONField(_("before"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, encoder=DjangoJSONEncoder)
    note = models.TextField(_("note"), blank=True)

    # What it keeps of other rows was masked as their models say.
    personal: ClassVar[frozenset[str]] = frozenset()
    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [models.Index(fields=["content_type", "object_id", "at"], name="audit_entry_row")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.code} #{self.object_id}"

    @property
    def label(self) -> str:
        return str(LABELS.get(self.code, self.code))


class SweepRun(models.Model):
    """The last run of a sweep, and its last failure. One row each: a history is for the logs."""

    name = LineField(_("task"), max_length=80, primary_key=True)
    started_at = models.DateTimeField(_("began"))
    finished_at = models.DateTimeField(_("ended"), null=True, blank=True)
    counts = models.JSONField(_("counts"), default=dict, blank=True)
    failed_at = models.DateTimeField(_("last failure"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = SweepRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("sweep")
        verbose_name_plural = _("sweeps")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        return str(SWEEPS[self.name].title) if self.name in SWEEPS else self.name

    @property
    def duration(self) -> timedelta | None:
        return self.finished_at - self.started_at if self.finished_at else None

    @property
    def failed(self) -> bool:
        return self.failed_at is not None and self.failed_at == self.finished_at

    def counted(self) -> dict[str, int]:
        """The counts under the names that people read."""
        names = SWEEPS[self.name].counts if self.name in SWEEPS else {}
        return {str(names.get(key, key)): count for key, count in self.counts.items()}
