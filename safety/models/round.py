"""A round, its points, and what was answered at each."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.lines import LineField, WordsField
from common.models import Timestamped
from estates.models import Estate
from safety import querysets, states
from safety.models.ground import Checklist, ChecklistItem, Checkpoint
from safety.models.plan import Plan
from safety.states import Verdict

# So long before its time a round may be begun.
EARLY = timedelta(hours=1)
# So long after its time what was walked in it without signal still counts.
ARRIVES_WITHIN = timedelta(hours=24)


class Round(Timestamped):
    Status = states.Status

    plan = models.ForeignKey(
        Plan, models.PROTECT, related_name="rounds", verbose_name=_("round plan")
    )
    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="rounds", verbose_name=_("estate")
    )
    planned_at = models.DateTimeField(_("planned for"))
    ends_at = models.DateTimeField(_("to be walked by"))
    status = models.CharField(
        _("state"), max_length=12, choices=Status, default=Status.PLANNED, editable=False
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rounds",
        verbose_name=_("who walks"),
    )
    # Whom it was taken from: they go on seeing it, and hear of it.
    handed_from = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    # The moment of the next reminder; empty when all are sent, or none can be of use any more.
    remind_at = models.DateTimeField(null=True, blank=True, editable=False)
    started_at = models.DateTimeField(_("begun"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    reason = LineField(_("reason"), max_length=500, blank=True)
    makes_up = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="made_up",
        verbose_name=_("makes up for"),
    )

    personal = frozenset()
    objects = querysets.RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["planned_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "planned_at"], name="safety_round_once"),
            models.CheckConstraint(
                condition=Q(planned_at__lt=F("ends_at")), name="safety_round_window"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[*states.AHEAD, states.Status.CALLED_OFF])
                | Q(finished_at__isnull=False),
                name="safety_round_finished",
            ),
        ]
        indexes = [
            models.Index(fields=["estate", "planned_at", "-id"], name="safety_round_week"),
            models.Index(
                fields=["ends_at"],
                condition=Q(status__in=states.AHEAD),
                name="safety_round_to_close",
            ),
            models.Index(
                fields=["remind_at"],
                condition=Q(remind_at__isnull=False),
                name="safety_round_to_remind",
            ),
            models.Index(fields=["assignee", "planned_at"], name="safety_round_mine"),
            models.Index(
                fields=["estate", "status", "planned_at"],
                condition=Q(status__in=[*states.AHEAD, *states.SHORT]),
                name="safety_round_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {timezone.localtime(self.planned_at):%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("safety:round", args=[self.pk])

    @cached_property
    def missed_names(self) -> list[str]:
        """The points that nobody has reached, by name; a sweep reads those of many at once."""
        points = self.points.missing().order_by("position")
        return list(points.values_list("checkpoint__name", flat=True))

    @property
    def is_open(self) -> bool:
        return self.status in states.AHEAD

    def may_begin(self, at: datetime) -> bool:
        return at >= self.planned_at - EARLY


class RoundPoint(models.Model):
    """A point of one round, as the route was then; `reached_at` stays empty where nobody came."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="points")
    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="visits")
    position = models.PositiveSmallIntegerField(_("order"))
    checklist = models.ForeignKey(
        Checklist, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # By the clock of the phone where it says so, held to the time of the round.
    reached_at = models.DateTimeField(_("reached"), null=True, blank=True)
    # When that was heard here, if it was later: the phone had no signal.
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    reached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # By the label's code, not by a tap on the list.
    by_label = models.BooleanField(_("by its label"), default=False)
    failed = models.PositiveSmallIntegerField(_("not in order"), default=0)
    note = WordsField(_("note"), max_length=1000, blank=True)
    # Of what was sent: the same again changes nothing.
    digest = models.CharField(max_length=64, blank=True, editable=False)

    personal = frozenset({"note"})
    objects = querysets.RoundPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("point of a round")
        verbose_name_plural = _("points of rounds")
        ordering = ["round", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "checkpoint"], name="safety_round_point_once"),
        ]
        indexes = [
            models.Index(
                fields=["round"],
                condition=Q(reached_at__isnull=True),
                include=["checkpoint"],
                name="safety_point_missing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.checkpoint}"

    def get_absolute_url(self) -> str:
        return reverse("safety:point", args=[self.round_id, self.checkpoint_id])


class Answer(models.Model):
    """To one question at one point. Photographs hang on it."""

    point = models.ForeignKey(RoundPoint, models.CASCADE, related_name="answers")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="answers")
    verdict = models.CharField(_("result"), max_length=4, choices=Verdict)
    value = LineField(_("answer"), max_length=500, blank=True)
    words = WordsField(_("what is wrong"), max_length=1000, blank=True)

    personal = frozenset({"words"})
    objects = querysets.AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["point", "item__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["point", "item"], name="safety_answer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.value or self.get_verdict_display()}"

    def get_absolute_url(self) -> str:
        return self.point.get_absolute_url()
