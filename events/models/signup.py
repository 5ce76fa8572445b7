"""Who comes to an event: families, each of them by name, and what was read at the doors."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import phones
from common.hidden import Hidden
from common.lines import LineField, WordsField
from common.models import Timestamped
from estates.models import Occupant, Unit
from estates.models.people import PHONE
from events import querysets, states
from events.models.event import Event
from events.states import SignupStatus

MOST_SEATS = 12
STARS = (1, 5)
PHONES = Hidden("phone", phones.whole, phones.ends_shown)


class Question(Timestamped):
    """What is asked of whoever signs up: words, or one of some answers."""

    event = models.ForeignKey(
        Event,
        models.CASCADE,
        related_name="questions",
        verbose_name=pgettext_lazy("community", "event"),
    )
    words = LineField(_("question"), max_length=80)
    choices = WordsField(
        _("answers to tick"), max_length=300, blank=True, help_text=_("One a line; none: words.")
    )
    is_required = models.BooleanField(_("must be answered"), default=False)

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "words"],
                name="events_question_once",
                violation_error_message=_("This is asked already."),
            )
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def ticks(self) -> list[str]:
        return [line.strip() for line in self.choices.splitlines() if line.strip()]


class Signup(Timestamped):
    """People who come together and are kept together: one place on the waiting list, one offer, one
    pass. Without `user` somebody rang, and staff entered the name."""

    Status = states.SignupStatus

    event = models.ForeignKey(
        Event,
        models.PROTECT,
        related_name="signups",
        verbose_name=pgettext_lazy("community", "event"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="event_signups",
        verbose_name=_("who"),
    )
    unit = models.ForeignKey(
        Unit, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    name = LineField(pgettext_lazy("of a person", "name"), max_length=40)
    phone = LineField(
        _("phone"),
        max_length=16,
        blank=True,
        validators=[RegexValidator(PHONE, _("A phone number starts with + and the country code."))],
    )
    by_staff = models.BooleanField(_("entered by staff"), default=False, editable=False)
    status = models.CharField(
        _("state"),
        max_length=10,
        choices=SignupStatus,
        default=SignupStatus.CONFIRMED,
        editable=False,
    )
    size = models.PositiveSmallIntegerField(_("people"), editable=False)
    queued_at = models.DateTimeField(pgettext_lazy("entry", "signed up"), editable=False)
    offered_until = models.DateTimeField(_("held until"), null=True, editable=False)
    # The event was moved since: they have not said yet whether they still come.
    asked_at = models.DateTimeField(_("asked anew"), null=True, editable=False)
    # By the key of each question.
    answers = models.JSONField(_("answers"), default=dict, blank=True, editable=False)
    photo_ok = models.BooleanField(_("may be on photographs"), default=False)
    stars = models.PositiveSmallIntegerField(_("how it was, of five"), null=True, editable=False)
    words = WordsField(_("in their words"), max_length=500, blank=True, editable=False)

    personal: ClassVar[frozenset[str]] = frozenset({"user", "name", "phone", "answers", "words"})
    objects = querysets.SignupQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("event", "sign-up")
        verbose_name_plural = pgettext_lazy("event", "sign-ups")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(size__range=(1, MOST_SEATS)), name="events_signup_size"
            ),
            models.CheckConstraint(
                condition=~Q(status=SignupStatus.OFFERED) | Q(offered_until__isnull=False),
                name="events_signup_offer",
            ),
            models.CheckConstraint(
                condition=Q(stars__isnull=True) | Q(stars__range=STARS),
                name="events_signup_stars",
            ),
        ]
        indexes = [
            models.Index(fields=["event", "status", "queued_at"], name="events_signup_queue"),
            models.Index(fields=["user", "status"], name="events_signup_user"),
            models.Index(
                fields=["offered_until"],
                condition=Q(status=SignupStatus.OFFERED),
                name="events_signup_offers",
            ),
            PHONES.index("events_signup_phone_tail"),
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("events:signup", args=[self.pk])

    @property
    def holds_places(self) -> bool:
        return self.status in states.HELD


class Seat(Timestamped):
    """One of those who come, by name. `stands` follows the sign-up, so that the database holds each
    person to one place an event."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="+", editable=False)
    signup = models.ForeignKey(
        Signup,
        models.CASCADE,
        related_name="seats",
        verbose_name=pgettext_lazy("event", "sign-up"),
    )
    name = LineField(pgettext_lazy("of a person", "name"), max_length=40)
    occupant = models.ForeignKey(
        Occupant, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    stands = models.BooleanField(default=True, editable=False)
    arrived_at = models.DateTimeField(_("came"), null=True, editable=False)
    door = LineField(_("door"), max_length=30, blank=True, editable=False)

    personal: ClassVar[frozenset[str]] = frozenset({"name", "user", "occupant"})
    objects = querysets.SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("one who comes")
        verbose_name_plural = _("those who come")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "occupant"],
                condition=Q(stands=True, occupant__isnull=False),
                name="events_seat_occupant_once",
            ),
            models.UniqueConstraint(
                fields=["event", "user"],
                condition=Q(stands=True, user__isnull=False),
                name="events_seat_user_once",
            ),
        ]
        indexes = [
            models.Index(fields=["event", "door"], name="events_seat_door"),
        ]

    def __str__(self) -> str:
        return self.name


class Scan(Timestamped):
    """What was read or typed at a door, and what came of it: who was let in, and why somebody was
    not."""

    event = models.ForeignKey(
        Event,
        models.CASCADE,
        related_name="scans",
        verbose_name=pgettext_lazy("community", "event"),
    )
    signup = models.ForeignKey(
        Signup,
        models.CASCADE,
        null=True,
        related_name="scans",
        verbose_name=pgettext_lazy("event", "sign-up"),
    )
    door = LineField(_("door"), max_length=30, blank=True)
    # The last digits of a phone; of a pass only that it was one.
    said = LineField(_("what was shown"), max_length=20, blank=True)
    let_in = models.PositiveSmallIntegerField(_("let in"), default=0)
    reason = LineField(_("why not"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by whom"),
    )

    personal: ClassVar[frozenset[str]] = frozenset({"said", "by"})
    objects = querysets.ScanQuerySet.as_manager()

    class Meta:
        verbose_name = _("read at a door")
        verbose_name_plural = _("read at the doors")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(let_in__gt=0, reason="") | Q(let_in=0) & ~Q(reason=""),
                name="events_scan_one_or_other",
            ),
        ]
        indexes = [models.Index(fields=["event", "door"], name="events_scan_door")]

    def __str__(self) -> str:
        return f"{self.door} · {self.at:%H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("events:verdict", args=[self.pk])


__all__ = ["MOST_SEATS", "Question", "Scan", "Seat", "Signup"]
