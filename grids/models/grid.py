"""Grids, who works in them, and which households lie in which."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.lines import LineField
from common.models import Timestamped
from estates.models import Building, Community, Entrance, Estate, Unit
from estates.models.people import from_before_to
from estates.models.staff import holds_at
from grids import querysets, states
from grids.states import Duty, Kind, Tier

# What one member can look after, by the habit of micro-grids; shown, never enforced.
FEWEST, MOST = 30, 100


class Grid(Timestamped):
    Kind = states.Kind

    community = models.ForeignKey(
        Community, models.PROTECT, related_name="grids", verbose_name=_("community")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="micro_grids",
        verbose_name=_("lies in grid"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.MICRO)
    name = LineField(_("name"), max_length=60)
    # 一 stands before 二, which no collation knows.
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.GridQuerySet.as_manager()

    class Meta:
        verbose_name = _("grid")
        verbose_name_plural = _("grids")
        ordering = ["community", "order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"],
                name="grids_grid_once",
                violation_error_message=_("The community has a grid of this name."),
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.MICRO, parent__isnull=False)
                | (~Q(kind=Kind.MICRO) & Q(parent__isnull=True)),
                name="grids_grid_micro_in_grid",
                violation_error_message=_("A micro-grid lies in a grid, and no other grid does."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("grids:grid", args=[self.pk])

    @property
    def is_micro(self) -> bool:
        return self.kind == Kind.MICRO


class GridPosting(Timestamped):
    """Somebody leads a grid, looks after a micro-grid, or is the steward of a building or of one
    of its entrances; to the minute, as estates' postings."""

    Duty = states.Duty

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="grid_postings",
        verbose_name=_("who"),
    )
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="postings", verbose_name=_("grid"))
    duty = models.CharField(_("duty"), max_length=16, choices=Duty, default=Duty.MEMBER)
    building = models.ForeignKey(
        Building,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("building"),
        help_text=_("Of a building steward."),
    )
    entrance = models.ForeignKey(
        Entrance,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entrance"),
        help_text=_("Of a unit steward."),
    )
    from_date = models.DateField(_("from"), null=True, blank=True)
    to_date = models.DateField(_("to"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.GridPostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("grid posting")
        verbose_name_plural = _("grid postings")
        ordering = ["grid", "duty", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "grid", "duty", "building", "entrance"],
                condition=Q(to_date__isnull=True),
                nulls_distinct=False,
                name="grids_posting_once",
                violation_error_message=_("This person holds this duty already."),
            ),
            models.CheckConstraint(
                condition=Q(duty=Duty.BUILDING_STEWARD, building__isnull=False)
                | (~Q(duty=Duty.BUILDING_STEWARD) & Q(building__isnull=True)),
                name="grids_posting_building",
                violation_error_message=_("A building steward has a building, and nobody else."),
            ),
            models.CheckConstraint(
                condition=Q(duty=Duty.UNIT_STEWARD, entrance__isnull=False)
                | (~Q(duty=Duty.UNIT_STEWARD) & Q(entrance__isnull=True)),
                name="grids_posting_entrance",
                violation_error_message=_("A unit steward has an entrance, and nobody else."),
            ),
            from_before_to("grids_posting_days"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_duty_display()}"

    @property
    def where(self) -> str:
        """The grid, and for a steward the part of it."""
        part = self.building or self.entrance
        return f"{self.grid} · {part}" if part else str(self.grid)

    def holds_at(self, at: datetime) -> bool:
        return holds_at(self, at)


class Household(models.Model):
    """A unit in a micro-grid, and so a household that somebody looks after. That a unit lies in
    one at most is its key."""

    unit = models.OneToOneField(
        Unit, models.PROTECT, primary_key=True, related_name="household", verbose_name=_("unit")
    )
    grid = models.ForeignKey(
        Grid, models.PROTECT, related_name="households", verbose_name=_("micro-grid")
    )

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        ordering = ["unit"]

    def __str__(self) -> str:
        return self.unit.label

    def get_absolute_url(self) -> str:
        return reverse("grids:household", args=[self.pk])


def _days(name: Any, default: int) -> models.PositiveSmallIntegerField[int, int]:
    return models.PositiveSmallIntegerField(
        name, default=default, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )


class Rhythm(Timestamped):
    """After how many days somebody of each tier is to be seen again, where an estate wants other
    than a week, a month and a quarter."""

    estate = models.OneToOneField(
        Estate, models.CASCADE, related_name="visit_rhythm", verbose_name=_("estate")
    )
    red_days = _days(_("red: days between visits"), 7)
    yellow_days = _days(_("yellow: days between visits"), 30)
    green_days = _days(_("green: days between visits"), 91)

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.RhythmQuerySet.as_manager()

    class Meta:
        verbose_name = _("rhythm of visits")
        verbose_name_plural = _("rhythms of visits")
        ordering = ["estate"]

    def __str__(self) -> str:
        return f"{self.estate} {self.red_days}/{self.yellow_days}/{self.green_days}"

    def days(self, tier: str) -> int:
        named = {
            Tier.RED: self.red_days,
            Tier.YELLOW: self.yellow_days,
            Tier.GREEN: self.green_days,
        }
        return named[Tier(tier)]
