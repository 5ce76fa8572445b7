"""What is done for people at an event by turns: haircuts, a clinic, knives; and each turn."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common.lines import LineField
from common.models import Timestamped
from events import querysets, states
from events.models.event import Event
from events.states import TAKEN, ServiceIcon, SlotStatus

# A turn is said and shown as a letter and two digits.
MOST_TURNS = 99
MINUTES = (1, 240)


class Service(Timestamped):
    """By the clock where a turn takes so many minutes; else by number alone."""

    event = models.ForeignKey(
        Event,
        models.CASCADE,
        related_name="services",
        verbose_name=pgettext_lazy("community", "event"),
    )
    letter = LineField(
        _("letter"),
        max_length=1,
        validators=[RegexValidator(r"^[A-Z]\Z", _("A letter from A to Z."))],
    )
    name = LineField(_("name"), max_length=30)
    name_en = LineField(_("name in English"), max_length=30, blank=True)
    icon = models.CharField(_("icon"), max_length=20, choices=ServiceIcon, default=ServiceIcon.HAND)
    desk = LineField(pgettext_lazy("service", "desk"), max_length=40)
    begins_at = models.DateTimeField(pgettext_lazy("service", "begins"))
    ends_at = models.DateTimeField(pgettext_lazy("service", "ends"))
    minutes = models.PositiveSmallIntegerField(_("minutes a turn takes"), null=True, blank=True)
    numbers = models.PositiveSmallIntegerField(_("turns"))

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("at an event", "service")
        verbose_name_plural = pgettext_lazy("at an event", "services")
        ordering = ["event", "letter"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "letter"],
                name="events_service_letter",
                violation_error_message=_("Another service of this event has this letter."),
            ),
            models.CheckConstraint(
                condition=Q(letter__regex=r"^[A-Z]$"), name="events_service_letter_is_one"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at")),
                name="events_service_times",
                violation_error_message=_("It ends after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__range=MINUTES),
                name="events_service_minutes",
            ),
            models.CheckConstraint(
                condition=Q(numbers__range=(1, MOST_TURNS)), name="events_service_numbers"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return f"{self.event.get_absolute_url()}#services"

    @property
    def label(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name

    @property
    def is_timed(self) -> bool:
        return self.minutes is not None


class Slot(Timestamped):
    """One turn. Whoever has no account, or comes along with somebody, is a name on it."""

    Status = states.SlotStatus

    service = models.ForeignKey(
        Service,
        models.CASCADE,
        related_name="slots",
        verbose_name=pgettext_lazy("at an event", "service"),
    )
    number = models.PositiveSmallIntegerField(_("number"))
    starts_at = models.DateTimeField(pgettext_lazy("turn", "begins"), null=True, blank=True)
    status = models.CharField(
        _("state"),
        max_length=8,
        choices=SlotStatus,
        default=SlotStatus.FREE,
        editable=False,
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="service_slots",
        editable=False,
        verbose_name=_("who booked"),
    )
    person = LineField(_("for whom"), max_length=30, blank=True, editable=False)
    phone = models.CharField(_("phone"), max_length=20, blank=True, editable=False)
    booked_at = models.DateTimeField(pgettext_lazy("turn", "booked"), null=True, editable=False)
    called_at = models.DateTimeField(pgettext_lazy("turn", "called"), null=True, editable=False)
    by_staff = models.BooleanField(_("booked at the desk"), default=False, editable=False)

    personal: ClassVar[frozenset[str]] = frozenset({"user", "person", "phone"})
    objects = querysets.SlotQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("at an event", "turn")
        verbose_name_plural = pgettext_lazy("at an event", "turns")
        ordering = ["service", "number"]
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="events_slot_number"),
            models.UniqueConstraint(
                fields=["service", "user", "person"],
                condition=Q(status__in=TAKEN),
                name="events_slot_once",
                violation_error_message=_("There is a turn of this service for them already."),
            ),
            models.CheckConstraint(
                condition=~Q(status=SlotStatus.FREE)
                | Q(
                    user__isnull=True,
                    person="",
                    phone="",
                    booked_at__isnull=True,
                    called_at__isnull=True,
                ),
                name="events_slot_free",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=TAKEN) | Q(user__isnull=False) | ~Q(person=""),
                name="events_slot_held",
            ),
        ]
        indexes = [
            models.Index(fields=["service", "status", "number"], name="events_slot_queue"),
            models.Index(fields=["user", "status", "starts_at"], name="events_slot_user"),
        ]

    def __str__(self) -> str:
        return f"{self.service.label} {self.label}"

    def get_absolute_url(self) -> str:
        return self.service.get_absolute_url()

    @property
    def label(self) -> str:
        return f"{self.service.letter}{self.number:02d}"

    @property
    def who(self) -> str:
        """For those at the desk, and whoever has it."""
        return self.person or (self.user.name if self.user else "")

    @property
    def ends_at(self) -> datetime | None:
        minutes = self.service.minutes
        if self.starts_at is None or minutes is None:
            return None
        return self.starts_at + timedelta(minutes=minutes)
