"""What stands: buildings, their entrances and the units behind them."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.lines import LineField
from common.models import Timestamped
from estates import querysets
from estates.models.estate import Estate


class Building(Timestamped):
    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="buildings", verbose_name=_("estate")
    )
    name = LineField(_("building"), max_length=30)
    floors = models.PositiveSmallIntegerField(_("floors"), null=True, blank=True)
    height_m = models.PositiveSmallIntegerField(_("height in metres"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    personal = frozenset()
    objects = querysets.BuildingQuerySet.as_manager()

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        ordering = ["estate", "order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["estate", "name"],
                name="estates_building_once",
                violation_error_message=_("The estate has a building of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Entrance(Timestamped):
    building = models.ForeignKey(
        Building, models.PROTECT, related_name="entrances", verbose_name=_("building")
    )
    name = LineField(
        _("entrance"),
        max_length=30,
        blank=True,
        help_text=_("Empty where a building has one only."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    personal = frozenset()
    objects = querysets.EntranceQuerySet.as_manager()

    class Meta:
        verbose_name = _("entrance")
        verbose_name_plural = _("entrances")
        ordering = ["building", "order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["building", "name"],
                name="estates_entrance_once",
                violation_error_message=_("The building has an entrance of this name."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.building.name} {self.name}".strip()


class Unit(Timestamped):
    class Use(models.TextChoices):
        HOME = "home", _("home")
        SHOP = "shop", _("shop")
        OFFICE = "office", _("office")
        PARKING = "parking", _("parking space")
        STORAGE = "storage", _("storage")
        OTHER = "other", _("other")

    class State(models.TextChoices):
        LIVED_IN = "lived_in", _("lived in")
        LET = "let", _("let")
        EMPTY = "empty", _("empty")
        DECORATING = "decorating", _("being decorated")
        UNKNOWN = "unknown", _("unknown")

    entrance = models.ForeignKey(
        Entrance, models.PROTECT, related_name="units", verbose_name=_("entrance")
    )
    number = LineField(_("room"), max_length=30)
    floor = models.SmallIntegerField(_("floor"), null=True, blank=True)
    area = models.DecimalField(
        _("area in m²"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    use = models.CharField(_("use"), max_length=10, choices=Use.choices, default=Use.HOME)
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.UNKNOWN
    )

    personal = frozenset()
    objects = querysets.UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["entrance", "floor", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["entrance", "number"],
                name="estates_unit_once",
                violation_error_message=_("The entrance has a room of this number."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """3 栋 2 单元 1204; wants `with_address()`."""
        return f"{self.entrance} {self.number}"

    @property
    def estate(self) -> Estate:
        return self.entrance.building.estate
