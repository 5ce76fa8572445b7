"""A hazard: what is dangerous, who puts it right by when, and who has looked at it again."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.lines import LineField, WordsField
from common.models import FromOrigin, Timestamped
from common.search import Searched
from estates.models import Estate, Facility, Place
from safety import querysets
from safety.models.ground import Checkpoint
from safety.models.plan import Plan
from safety.models.round import Answer
from safety.states import AT_WORK, CLIMBING, UNORDERED, Grade, HazardStatus, Step

LINE = 80
WORDS = Searched("number", "title", "words")


class Hazard(Timestamped, FromOrigin):
    Status = HazardStatus
    Grade = Grade
    Step = Step

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="hazards", verbose_name=_("estate")
    )
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    facility = models.ForeignKey(
        Facility,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hazards",
        verbose_name=_("facility"),
    )
    where_words = LineField(_("where exactly"), max_length=200, blank=True)
    title = LineField(_("title"), max_length=LINE)
    words = WordsField(_("what is dangerous"), max_length=2000, blank=True)
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("found by"),
    )
    # A resident who reported it: they read the state and the result, and hear what came of it.
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("reported by"),
    )
    found_at = models.DateTimeField(_("found"), editable=False)
    grade = models.CharField(_("grade"), max_length=8, choices=Grade, blank=True, editable=False)
    status = models.CharField(
        _("state"),
        max_length=12,
        choices=HazardStatus,
        default=HazardStatus.FOUND,
        editable=False,
    )
    interim = WordsField(_("safeguard meanwhile"), max_length=1000, blank=True, editable=False)
    # The five fixes.
    plan = WordsField(_("plan"), max_length=2000, blank=True, editable=False)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="hazards",
        editable=False,
        verbose_name=_("who is responsible"),
    )
    measures = WordsField(_("measures"), max_length=2000, blank=True, editable=False)
    funds = models.DecimalField(
        _("funds"), max_digits=12, decimal_places=2, null=True, editable=False
    )
    due_at = models.DateTimeField(_("to be put right by"), null=True, editable=False)
    # What nobody has ordered yet waits since it was found.
    due = models.GeneratedField(
        expression=Coalesce("due_at", "found_at"),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    result = WordsField(_("result"), max_length=2000, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("put right by"),
    )
    submitted_at = models.DateTimeField(_("put right"), null=True, editable=False)
    # Everybody who began or submitted the work, also before it went to somebody else.
    hands = ArrayField(models.BigIntegerField(), default=list, editable=False)
    inspected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("looked at again by"),
    )
    inspection = WordsField(_("what was seen there"), max_length=1000, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    step = models.PositiveSmallIntegerField(
        _("who has heard that it is late"), choices=Step, default=Step.NONE, editable=False
    )
    # Whoever is responsible hears before the deadline; empty once they did, or need not.
    remind_at = models.DateTimeField(null=True, editable=False)
    # The moment of the next step; empty while none comes.
    step_at = models.DateTimeField(null=True, editable=False)
    # Since then it is the joint meeting's, and stays so when its deadline moves.
    to_meeting_at = models.DateTimeField(_("brought to the meeting"), null=True, editable=False)
    checkpoint = models.ForeignKey(
        Checkpoint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hazards",
        editable=False,
        verbose_name=_("point"),
    )
    # Of the round on which it was found; whoever leads that plan hears when it is late.
    of_plan = models.ForeignKey(
        Plan,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hazards",
        editable=False,
        verbose_name=_("round plan"),
    )
    # The origin is the round: of each of its answers there is one at most.
    answer = models.OneToOneField(
        Answer, models.PROTECT, null=True, blank=True, related_name="hazard", editable=False
    )
    repeated = models.PositiveIntegerField(
        _("earlier ones there within 180 days"), default=0, editable=False
    )

    personal: ClassVar[frozenset[str]] = frozenset({"words"})
    objects = querysets.HazardQuerySet.as_manager()

    class Meta:
        verbose_name = _("hazard")
        verbose_name_plural = _("hazards")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=UNORDERED)
                | Q(responsible__isnull=False, due_at__isnull=False),
                name="safety_hazard_ordered",
            ),
            models.CheckConstraint(
                condition=~Q(status=HazardStatus.CLOSED)
                | Q(
                    closed_at__isnull=False,
                    submitted_by__isnull=False,
                    inspected_by__isnull=False,
                ),
                name="safety_hazard_closed",
            ),
            models.CheckConstraint(
                condition=Q(inspected_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(inspected_by=F("submitted_by")),
                name="safety_hazard_somebody_else",
                violation_error_message=_("Somebody else looks at what was put right."),
            ),
            models.CheckConstraint(
                condition=Q(step__range=(Step.NONE, Step.MEETING)), name="safety_hazard_step"
            ),
        ]
        indexes = [
            models.Index(fields=["estate", "status", "due", "-id"], name="safety_hazard_queue"),
            models.Index(fields=["estate", "-id"], name="safety_hazard_list"),
            models.Index(
                fields=["step_at"],
                condition=Q(step_at__isnull=False, status__in=CLIMBING),
                name="safety_hazard_climbs",
            ),
            models.Index(
                fields=["remind_at"],
                condition=Q(remind_at__isnull=False),
                name="safety_hazard_reminders",
            ),
            models.Index(
                fields=["responsible", "due_at"],
                condition=Q(status__in=AT_WORK),
                name="safety_hazard_mine",
            ),
            models.Index(fields=["reporter", "-id"], name="safety_hazard_reporter"),
            models.Index(
                fields=["to_meeting_at"],
                condition=Q(to_meeting_at__isnull=False),
                name="safety_hazard_meeting",
            ),
            models.Index(fields=["checkpoint", "found_at"], name="safety_hazard_checkpoint"),
            models.Index(fields=["facility", "found_at"], name="safety_hazard_facility"),
            models.Index(fields=["origin_type", "origin_id"], name="safety_hazard_origin"),
            WORDS.index("safety_hazard_search"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("safety:hazard", args=[self.number])

    @property
    def where(self) -> str:
        """From the widest to the narrowest of what is known."""
        known = [str(one) for one in (self.place, self.facility) if one]
        return " · ".join(filter(None, [*known, self.where_words]))

    @property
    def is_open(self) -> bool:
        return self.status != HazardStatus.CLOSED

    def is_late(self, at: datetime) -> bool:
        """To be put right by now, and not closed."""
        return self.is_open and self.due_at is not None and self.due_at < at

    @property
    def is_major(self) -> bool:
        return self.grade == Grade.MAJOR
