"""What stands: buildings, their entrances and the units behind them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.lines import KeyField
from common.models import Timestamped
from common.written import folded, hyphened, with_digits
from estates import querysets
from estates.models.estate import Estate

BUILDING_WORDS = re.compile(r"号楼|栋|幢|座|楼|building|block|tower|no\.?")
ENTRANCE_WORDS = re.compile(r"单元|门|梯|entrance|unit")
NUMBER_WORDS = re.compile(r"室$|号$|房$|户$|^room|^flat")

BUILDING_TWICE = _("The estate has a building of this name.")
ENTRANCE_TWICE = _("The building has an entrance of this name.")
NUMBER_TWICE = _("The entrance has a room of this number.")


def building_key(name: str) -> str:
    """3 栋, 三栋, 3号楼 and 3 are the same building."""
    return _key(name, BUILDING_WORDS)


def entrance_key(name: str) -> str:
    key = _key(name, ENTRANCE_WORDS)
    return "" if key == "0" else key


def number_key(name: str) -> str:
    return _key(name, NUMBER_WORDS)


def _key(name: str, words: re.Pattern[str]) -> str:
    plain = with_digits(hyphened(folded(name)).replace(" ", ""))
    return with_digits(words.sub("", plain) or plain)


def _refuse_twin(
    row: models.Model,
    beside: models.QuerySet[Any],
    field: str,
    key: Callable[[str], str],
    sentence: str | Promise,
) -> None:
    """三栋 where 3栋 stands. Twins of old may be edited, as long as they keep their names."""
    written = dict(beside.values_list("pk", field))
    here, own = key(getattr(row, field)), written.pop(row.pk, None)
    if (own is None or key(own) != here) and here in map(key, written.values()):
        raise ValidationError({field: sentence}, code="unique")


class Building(Timestamped):
    class Use(models.TextChoices):
        RESIDENTIAL = "residential", pgettext_lazy("building", "residential")
        MIXED = "mixed", pgettext_lazy("building", "mixed: homes and shops or offices")
        PUBLIC = "public", pgettext_lazy("building", "public")

    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="buildings", verbose_name=_("estate")
    )
    name = KeyField(_("building"), max_length=30)
    floors = models.PositiveSmallIntegerField(_("floors"), null=True, blank=True)
    height_m = models.PositiveSmallIntegerField(_("height in metres"), null=True, blank=True)
    use = models.CharField(_("use"), max_length=12, choices=Use, default=Use.RESIDENTIAL)
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
                violation_error_message=BUILDING_TWICE,
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        beside = Building.objects.filter(estate=self.estate_id)
        _refuse_twin(self, beside, "name", building_key, BUILDING_TWICE)


class Entrance(Timestamped):
    building = models.ForeignKey(
        Building, models.PROTECT, related_name="entrances", verbose_name=_("building")
    )
    name = KeyField(
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
                violation_error_message=ENTRANCE_TWICE,
            )
        ]

    def __str__(self) -> str:
        return f"{self.building.name} {self.name}".strip()

    def clean(self) -> None:
        beside = Entrance.objects.filter(building=self.building_id)
        _refuse_twin(self, beside, "name", entrance_key, ENTRANCE_TWICE)


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
    number = KeyField(_("room"), max_length=30)
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
                violation_error_message=NUMBER_TWICE,
            )
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        beside = Unit.objects.filter(entrance=self.entrance_id)
        _refuse_twin(self, beside, "number", number_key, NUMBER_TWICE)

    @property
    def label(self) -> str:
        """3 栋 2 单元 1204; wants `with_address()`."""
        return f"{self.entrance} {self.number}"

    @property
    def estate(self) -> Estate:
        return self.entrance.building.estate
