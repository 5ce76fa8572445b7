"""The community (社区) that estates lie in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.lines import LineField
from common.models import Timestamped
from estates import querysets


class Community(Timestamped):
    """What is larger than an estate: its branches, committees, grids and teams belong here."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = LineField(_("name"), max_length=60)
    name_en = LineField(_("name in English"), max_length=60, blank=True)

    personal = frozenset()
    objects = querysets.CommunityQuerySet.as_manager()

    class Meta:
        verbose_name = _("community")
        verbose_name_plural = _("communities")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name
