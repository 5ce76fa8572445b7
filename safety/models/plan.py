"""A plan: which route is walked when, by whom, and who is told what before and after."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.lines import KeyField, LineField
from common.models import Timestamped
from common.recurrence import LONGEST, Rule, Season
from estates.models import Estate
from safety import querysets
from safety.models.ground import Route
from safety.states import PlanStatus
from safety.words import said_lead, said_rule, said_window

MOST_MINUTES = int(querysets.LONGEST.total_seconds() // 60)


class Plan(Timestamped):
    Status = PlanStatus

    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="round_plans", verbose_name=_("estate")
    )
    route = models.ForeignKey(Route, models.PROTECT, related_name="plans", verbose_name=_("route"))
    name = LineField(_("name"), max_length=80)
    rule = LineField(
        _("rule"), max_length=LONGEST, help_text=_("RFC 5545, such as FREQ=WEEKLY;BYDAY=TU,FR.")
    )
    starts_on = models.DateField(_("from day"))
    time = models.TimeField(_("begins at"))
    window_minutes = models.PositiveIntegerField(_("minutes to walk it"))
    # Minutes before a round; the longest first.
    leads = ArrayField(
        models.PositiveIntegerField(), default=list, blank=True, verbose_name=_("reminders")
    )
    season_from = KeyField(_("season from"), max_length=5, blank=True)
    season_to = KeyField(_("season until"), max_length=5, blank=True)
    # Nobody: whoever is on duty as an inspector then.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="round_plans",
        verbose_name=_("who walks"),
    )
    # Nobody: the managers.
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_round_plans",
        verbose_name=_("who leads"),
    )
    status = models.CharField(
        _("state"), max_length=10, choices=Status, default=Status.ACTIVE, editable=False
    )
    # The first time for which no round is made yet; empty when the rule has ended, or rests.
    next_at = models.DateTimeField(_("next to be made"), null=True, blank=True, editable=False)

    # Rounds that had not begun and were made, changed or called off by the last verb.
    touched: int = 0

    personal = frozenset()
    objects = querysets.PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("round plan")
        verbose_name_plural = _("round plans")
        ordering = ["estate", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["estate", "name"],
                name="safety_plan_once",
                violation_error_message=_("The estate has a plan of this name."),
            ),
            models.CheckConstraint(
                condition=Q(window_minutes__range=(1, MOST_MINUTES)),
                name="safety_plan_window",
                violation_error_message=_("A round takes between a minute and a week."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=Q(next_at__isnull=False),
                name="safety_plan_next",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("safety:plan", args=[self.pk])

    @property
    def recurrence(self) -> Rule:
        season = Season(self.season_from, self.season_to)
        return Rule(self.rule, self.starts_on, self.time, season)

    @property
    def said(self) -> str:
        """“every week on Tue, Fri 09:00–11:00”"""
        return f"{said_rule(self.rule)} {said_window(self.time, self.window_minutes)}"

    @property
    def said_leads(self) -> list[str]:
        return [said_lead(lead) for lead in self.leads]

    @property
    def window(self) -> timedelta:
        return timedelta(minutes=self.window_minutes)

    @property
    def on_duty(self) -> bool:
        """Whoever is at work as an inspector walks."""
        return self.assignee_id is None
