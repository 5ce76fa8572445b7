"""What comes every year: a festival, a service day; with the rule of its date."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common.lines import LineField, WordsField
from common.models import Timestamped
from common.recurrence import LONGEST
from estates.models import Community, Place
from events import almanac, querysets, states
from events.states import RuleKind, WorkdayShift
from volunteers.models import Team

MONTHS, DAYS, WEEKDAYS = (1, 12), (1, 31), (0, 6)
LAST = -1
FIFTH = 5


class SeasonalTemplate(Timestamped):
    """Drafts itself as an event each time its day comes near."""

    Kind = states.RuleKind

    community = models.ForeignKey(
        Community, models.PROTECT, related_name="seasonal_templates", verbose_name=_("community")
    )
    name = LineField(_("name"), max_length=60)
    name_en = LineField(_("name in English"), max_length=60, blank=True)
    kind = models.CharField(_("rule"), max_length=8, choices=RuleKind)
    month = models.PositiveSmallIntegerField(_("month"), null=True, blank=True)
    day = models.PositiveSmallIntegerField(
        _("day"),
        null=True,
        blank=True,
        help_text=_("Of the lunar year: 30 is the last of a month."),
    )
    nth = models.SmallIntegerField(
        _("which"), null=True, blank=True, help_text=_("1 to 5, or -1 for the last.")
    )
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), null=True, blank=True, help_text=_("0 is Monday.")
    )
    term = models.PositiveSmallIntegerField(
        _("solar term"), null=True, blank=True, choices=list(enumerate(almanac.TERMS))
    )
    rrule = LineField(
        _("rule of recurrence"),
        max_length=LONGEST,
        blank=True,
        help_text=_("RFC 5545, such as FREQ=MONTHLY;BYDAY=1SA."),
    )
    starts_on = models.DateField(_("from day"), null=True, blank=True)
    shift = models.CharField(
        _("working days"), max_length=8, choices=WorkdayShift, default=WorkdayShift.NONE
    )
    begins_at = models.TimeField(pgettext_lazy("event", "begins"))
    minutes = models.PositiveSmallIntegerField(_("lasts (minutes)"), default=150)
    days_before = models.PositiveSmallIntegerField(_("drafts itself (days before)"), default=45)
    organiser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who is asked"),
    )
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    place = models.ForeignKey(
        Place,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("public place"),
    )
    story = WordsField(_("what it is about"), max_length=2000, blank=True)
    checklist = WordsField(
        _("checklist"), max_length=2000, blank=True, help_text=_("One thing a line.")
    )
    capacity = models.PositiveIntegerField(
        _("places"), null=True, blank=True, help_text=_("Empty: no limit. 0: nobody signs up.")
    )
    budget = models.DecimalField(
        _("budget"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    is_active = models.BooleanField(_("comes again"), default=True)
    source = LineField(_("source"), max_length=200, blank=True)

    personal: ClassVar[frozenset[str]] = frozenset({"organiser"})
    objects = querysets.TemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("template of the year")
        verbose_name_plural = _("templates of the year")
        ordering = ["community", "month", "day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"],
                name="events_template_once",
                violation_error_message=_("The community has a template of this name."),
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[RuleKind.FIXED, RuleKind.LUNAR], month__range=MONTHS, day__range=DAYS
                )
                | Q(
                    kind=RuleKind.NTH_WEEKDAY,
                    month__range=MONTHS,
                    weekday__range=WEEKDAYS,
                    nth__in=[LAST, 1, 2, 3, 4, FIFTH],
                )
                | Q(kind=RuleKind.SOLAR_TERM, term__range=(0, len(almanac.TERMS) - 1))
                | Q(kind=RuleKind.RRULE, starts_on__isnull=False) & ~Q(rrule=""),
                name="events_template_rule",
                violation_error_message=_("The rule wants more: month and day, weekday, or term."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__range=(1, 1440)), name="events_template_minutes"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name
