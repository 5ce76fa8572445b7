"""What somebody asks the queue again and again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.lines import LineField
from common.models import Timestamped
from repairs import querysets


class SavedView(Timestamped):
    """A named filter of the triage queue."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
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
                fields=["user", "name"],
                name="repairs_view_once",
                violation_error_message=_("You have a view of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
