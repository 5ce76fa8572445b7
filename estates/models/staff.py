"""Who works there: postings and duty shifts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.models import Timestamped
from estates import querysets
from estates.models.community import Community
from estates.models.estate import Estate
from estates.models.people import from_before_to


class Trade(models.TextChoices):
    PLUMBING = "plumbing", _("plumbing")
    ELECTRICAL = "electrical", _("electrical")
    DOORS = "doors", _("doors and locks")
    LIFT = "lift", _("lifts")
    MASONRY = "masonry", _("walls and waterproofing")
    FIRE = "fire", _("gas and fire safety")
    CLEANING = "cleaning", _("cleaning")
    GREENING = "greening", _("greening")
    GENERAL = "general", _("general")


def holds_at(posting: Any, at: datetime) -> bool:
    """What `querysets.holding` asks of many, of one."""
    day = timezone.localdate(at)
    return (
        (posting.from_date is None or posting.from_date <= day)
        and (posting.to_date is None or posting.to_date >= day)
        and (posting.ended_at is None or posting.ended_at > at)
    )


class Posting(Timestamped):
    """Somebody works in a duty, for an estate or for a community: then for all of its estates."""

    class Duty(models.TextChoices):
        MANAGER = "manager", _("manager")
        DISPATCHER = "dispatcher", _("dispatcher")
        DESK = "desk", _("front desk")
        TECHNICIAN = "technician", _("technician")
        INSPECTOR = "inspector", _("inspector")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="postings", verbose_name=_("who")
    )
    estate = models.ForeignKey(
        Estate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="postings",
        verbose_name=_("estate"),
    )
    community = models.ForeignKey(
        Community,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="postings",
        verbose_name=_("community"),
        help_text=_("For all of its estates."),
    )
    duty = models.CharField(_("duty"), max_length=12, choices=Duty.choices)
    trades = ArrayField(
        models.CharField(max_length=12, choices=Trade.choices),
        default=list,
        blank=True,
        verbose_name=_("trades"),
    )
    from_date = models.DateField(_("from"), null=True, blank=True)
    to_date = models.DateField(_("to"), null=True, blank=True)
    # Whoever is ended before the last day is over does not work on until midnight.
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    personal = frozenset()
    objects = querysets.PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["estate", "community", "duty", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "estate", "duty"],
                condition=Q(to_date__isnull=True),
                name="estates_posting_once",
                violation_error_message=_("This person holds this duty already."),
            ),
            models.UniqueConstraint(
                fields=["user", "community", "duty"],
                condition=Q(to_date__isnull=True),
                name="estates_posting_community_once",
                violation_error_message=_("This person holds this duty already."),
            ),
            models.CheckConstraint(
                condition=Q(estate__isnull=True) ^ Q(community__isnull=True),
                name="estates_posting_of_one",
                violation_error_message=_("A posting is for an estate or for a community."),
            ),
            from_before_to("estates_posting_days"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_duty_display()}"

    @property
    def where(self) -> Estate | Community:
        where = self.estate or self.community
        assert where is not None  # so says the constraint
        return where

    def holds_at(self, at: datetime) -> bool:
        return holds_at(self, at)


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class DutyShift(Timestamped):
    """Who is at work from when to when."""

    posting = models.ForeignKey(
        Posting, models.CASCADE, related_name="shifts", verbose_name=_("who")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    # Called off, not deleted: who was to be at work stays true.
    called_off_at = models.DateTimeField(_("called off"), null=True, blank=True, editable=False)

    personal = frozenset()
    objects = querysets.DutyShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty shift")
        verbose_name_plural = _("duty shifts")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")),
                name="estates_shift_times",
                violation_error_message=_("A shift must begin before it ends."),
            ),
            ExclusionConstraint(
                name="estates_shift_no_overlap",
                expressions=[
                    ("posting", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(called_off_at__isnull=True),
                violation_error_message=_("This person has a shift at that time already."),
            ),
        ]
        indexes = [models.Index(fields=["posting", "starts_at"], name="estates_shift_calendar")]

    def __str__(self) -> str:
        return f"{self.posting} {self.starts_at:%m-%d %H:%M}–{self.ends_at:%H:%M}"

    def covers(self, at: datetime) -> bool:
        return self.called_off_at is None and self.starts_at <= at < self.ends_at


def duty_at(estate_id: int, person: models.OuterRef) -> models.Subquery:
    """In which duty of the estate somebody speaks, for a timeline; the code of Posting.Duty."""
    here = Q(estate=estate_id) | Q(community__estates=estate_id)
    return models.Subquery(
        Posting.objects.filter(here, user=person).order_by("pk").values("duty")[:1]
    )


def said_duty(code: str) -> str:
    return str(Posting.Duty(code).label)
