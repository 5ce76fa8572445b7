"""A drill: who leads it, which buildings go out, what happened when, and what observers saw."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.lines import LineField, WordsField
from common.models import Timestamped
from common.search import Searched
from estates.models import Building, Estate, Place
from safety import querysets
from safety.states import DRILL_AHEAD, DrillForm, DrillKind, DrillStatus, Role

DRILL_WORDS = Searched("number", "title", "scenario")
MOST_POINTS = 100
LONGEST_DRILL = 24 * 60


class Drill(Timestamped):
    Status = DrillStatus
    Kind = DrillKind
    Form = DrillForm

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="drills", verbose_name=_("estate")
    )
    title = LineField(_("title"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=DrillKind)
    form = models.CharField(_("form"), max_length=8, choices=DrillForm, default=DrillForm.FULL)
    scenario = WordsField(_("what is assumed to happen"), max_length=2000, blank=True)
    planned_at = models.DateTimeField(_("planned for"))
    minutes = models.PositiveSmallIntegerField(_("lasts (minutes)"), default=30)
    target_minutes = models.PositiveSmallIntegerField(
        _("everybody out within (minutes)"), null=True, blank=True
    )
    assembly = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assembly point"),
    )
    assembly_words = LineField(_("assembly point in words"), max_length=120, blank=True)
    buildings = models.ManyToManyField(
        Building, through="DrillBuilding", related_name="+", verbose_name=_("buildings")
    )
    planner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("planned by"),
    )
    status = models.CharField(
        _("state"), max_length=10, choices=DrillStatus, default=DrillStatus.PLANNED, editable=False
    )
    announced_at = models.DateTimeField(_("announced"), null=True, editable=False)
    # The homes hear once more before it; empty once they did, or need not.
    remind_at = models.DateTimeField(null=True, editable=False)
    started_at = models.DateTimeField(_("alarm"), null=True, editable=False)
    ended_at = models.DateTimeField(_("all clear"), null=True, editable=False)
    score = models.PositiveSmallIntegerField(_("score"), null=True, editable=False)
    debrief = WordsField(_("debrief"), max_length=4000, blank=True, editable=False)
    reason = LineField(_("reason"), max_length=500, blank=True, editable=False)

    personal = frozenset()
    objects = querysets.DrillQuerySet.as_manager()

    class Meta:
        verbose_name = _("drill")
        verbose_name_plural = _("drills")
        ordering = ["-planned_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__range=(1, LONGEST_DRILL)),
                name="safety_drill_minutes",
                violation_error_message=_("A drill lasts between a minute and a day."),
            ),
            models.CheckConstraint(
                condition=Q(target_minutes__isnull=True)
                | Q(target_minutes__range=(1, LONGEST_DRILL)),
                name="safety_drill_target",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[*DRILL_AHEAD, DrillStatus.CANCELLED])
                | Q(started_at__isnull=False),
                name="safety_drill_started",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[*DRILL_AHEAD, DrillStatus.CANCELLED, DrillStatus.RUNNING])
                | Q(ended_at__isnull=False, ended_at__gte=F("started_at")),
                name="safety_drill_ended",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__lte=MOST_POINTS),
                name="safety_drill_score",
            ),
        ]
        indexes = [
            models.Index(fields=["estate", "planned_at", "-id"], name="safety_drill_time"),
            models.Index(fields=["planned_at", "-id"], name="safety_drill_queue"),
            models.Index(
                fields=["remind_at"],
                condition=Q(remind_at__isnull=False),
                name="safety_drill_reminders",
            ),
            DRILL_WORDS.index("safety_drill_search"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("safety:drill", args=[self.number])

    @property
    def planned_until(self) -> datetime:
        return self.planned_at + timedelta(minutes=self.minutes)

    @property
    def where(self) -> str:
        """The assembly point, from the wider to the narrower."""
        known = str(self.assembly) if self.assembly else ""
        return " · ".join(filter(None, [known, self.assembly_words]))

    @property
    def is_tabletop(self) -> bool:
        return self.form == DrillForm.TABLETOP

    @property
    def target(self) -> timedelta | None:
        return timedelta(minutes=self.target_minutes) if self.target_minutes else None


class DrillBuilding(models.Model):
    """A building whose homes go out."""

    drill = models.ForeignKey(Drill, models.CASCADE, related_name="parts", verbose_name=_("drill"))
    building = models.ForeignKey(
        Building, models.PROTECT, related_name="drill_parts", verbose_name=_("building")
    )

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.DrillBuildingQuerySet.as_manager()

    class Meta:
        verbose_name = _("building of a drill")
        verbose_name_plural = _("buildings of drills")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["drill", "building"], name="safety_drill_building_once")
        ]

    def __str__(self) -> str:
        return f"{self.drill} · {self.building}"


class DrillRole(Timestamped):
    """Who does what; a roll-caller of one building reads the hints of its homes alone."""

    drill = models.ForeignKey(Drill, models.CASCADE, related_name="roles", verbose_name=_("drill"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="drill_roles",
        verbose_name=_("who"),
    )
    role = models.CharField(_("role"), max_length=12, choices=Role)
    building = models.ForeignKey(
        Building,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("building"),
    )

    personal: ClassVar[frozenset[str]] = frozenset({"person"})
    objects = querysets.DrillPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("role in a drill")
        verbose_name_plural = _("roles in drills")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["drill", "person", "role", "building"],
                name="safety_drill_role_once",
                nulls_distinct=False,
                violation_error_message=_("They have this role already."),
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.CALLER) | Q(building__isnull=False),
                name="safety_drill_role_building",
                violation_error_message=_("Whoever calls the roll does so for a building."),
            ),
        ]
        indexes = [models.Index(fields=["person", "drill"], name="safety_drill_role_person")]

    def __str__(self) -> str:
        return f"{self.drill} · {self.get_role_display()}"


class DrillMoment(models.Model):
    """A moment of a drill, as somebody there noted it."""

    drill = models.ForeignKey(
        Drill, models.CASCADE, related_name="moments", verbose_name=_("drill")
    )
    at = models.DateTimeField(_("when"))
    words = LineField(_("what happened"), max_length=120)
    is_trouble = models.BooleanField(_("did not go as it should"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )

    personal: ClassVar[frozenset[str]] = frozenset({"words"})
    objects = querysets.DrillPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("moment of a drill")
        verbose_name_plural = _("moments of drills")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["drill", "at", "id"], name="safety_drill_moments")]

    def __str__(self) -> str:
        return self.words


CRITERIA = ("alarm", "order", "help", "roll", "ways")


class DrillSheet(Timestamped):
    """What one observer saw, in points of a hundred. Guests are entered by whoever leads."""

    drill = models.ForeignKey(Drill, models.CASCADE, related_name="sheets", verbose_name=_("drill"))
    name = LineField(_("observer"), max_length=150)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    alarm = models.PositiveSmallIntegerField(_("alarm and announcements"))
    order = models.PositiveSmallIntegerField(_("order on the way out"))
    help = models.PositiveSmallIntegerField(_("help for the old and for children"))
    roll = models.PositiveSmallIntegerField(_("the roll-call is right"))
    ways = models.PositiveSmallIntegerField(_("ways and exits are free"))
    words = WordsField(_("in words"), max_length=1000, blank=True)

    personal: ClassVar[frozenset[str]] = frozenset({"name", "words"})
    objects = querysets.DrillPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("observer's sheet")
        verbose_name_plural = _("observers' sheets")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["drill", "name"], name="safety_drill_sheet_once"),
            models.CheckConstraint(
                condition=Q(**{f"{one}__lte": MOST_POINTS for one in CRITERIA}),
                name="safety_drill_sheet_points",
                violation_error_message=_("Between 0 and 100 points."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def given(self) -> list[int]:
        return [getattr(self, one) for one in CRITERIA]
