"""What may be broken, and how much it hurries."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common.lines import LineField
from common.models import Timestamped
from estates.models import Estate, Trade
from repairs import querysets


class Priority(models.TextChoices):
    EMERGENCY = "emergency", _("emergency")
    URGENT = "urgent", _("urgent")
    NORMAL = "normal", _("normal")
    LOW = "low", _("low")


class Category(Timestamped):
    """What may be broken, as a tree; a leaf or a tile carries the defaults of its tickets."""

    class For(models.TextChoices):
        UNIT = "unit", pgettext_lazy("where things break", "homes")
        PUBLIC = "public", _("public places")
        ANY = "any", _("both")

    class Clock(models.TextChoices):
        ALWAYS = "always", _("round the clock")
        WORKING = "working", _("working hours")

    class Dispatch(models.TextChoices):
        POOL = "pool", _("pool: technicians take it")
        ROUND_ROBIN = "round_robin", _("in turn among those on duty")
        BY_HAND = "by_hand", _("by hand")

    class ReturnVisit(models.TextChoices):
        NEVER = "never", _("never")
        LOW = "low", _("after a low rating")
        ALWAYS = "always", _("always")

    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="categories", verbose_name=_("estate")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("under"),
    )
    code = models.SlugField(_("code"), max_length=60, allow_unicode=True)
    name = LineField(_("name"), max_length=80)
    name_en = LineField(_("name in English"), max_length=80, blank=True)
    icon = LineField(_("icon"), max_length=40, default="tool")
    place_kind = models.CharField(_("for"), max_length=8, choices=For.choices, default=For.ANY)
    trade = models.CharField(
        _("trade"), max_length=12, choices=Trade.choices, default=Trade.GENERAL
    )
    priority = models.CharField(
        _("priority"), max_length=10, choices=Priority.choices, default=Priority.NORMAL
    )
    respond_minutes = models.PositiveIntegerField(_("minutes to respond"), default=120)
    resolve_minutes = models.PositiveIntegerField(_("minutes to resolve"), default=2 * 9 * 60)
    clock = models.CharField(_("clock"), max_length=8, choices=Clock.choices, default=Clock.WORKING)
    dispatch = models.CharField(
        _("dispatch"), max_length=12, choices=Dispatch.choices, default=Dispatch.BY_HAND
    )
    return_visit = models.CharField(
        _("return visit"), max_length=8, choices=ReturnVisit.choices, default=ReturnVisit.LOW
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    personal = frozenset()
    objects = querysets.CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["estate", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["estate", "code"],
                name="repairs_category_once",
                violation_error_message=_("The estate has a category of this code."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name
