"""That somebody is to be looked after: never guessed from a roster, and told of to few."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.lines import LineField
from common.models import Timestamped
from estates.models import Occupant
from grids import querysets, states
from grids.states import SPECIAL, STANDING, FlagStatus, Need, Tier


class FlagSource(models.TextChoices):
    SELF = "self", _("said so themselves")
    FAMILY = "family", _("family")
    NEIGHBOUR = "neighbour", _("neighbours")
    VISIT = "visit", _("seen at a visit")
    OFFICE = "office", _("list of the street office")


class Consent(models.TextChoices):
    """How somebody agreed."""

    IN_PERSON = "in_person", _("said so at the door")
    IN_WRITING = "in_writing", _("in writing")
    BY_PHONE = "by_phone", _("by telephone")


class EndReason(models.TextChoices):
    BETTER = "better", _("no longer needed")
    WISH = "wish", _("does not want it")
    MOVED = "moved", _("moved away")
    DIED = "died", _("has died")
    MISTAKE = "mistake", _("entered by mistake")
    EXPIRED = "expired", _("not reviewed in time")


class CareFlag(Timestamped):
    Status = states.FlagStatus

    occupant = models.ForeignKey(
        Occupant, models.PROTECT, related_name="care_flags", verbose_name=_("who")
    )
    kind = models.CharField(pgettext_lazy("of care", "kind"), max_length=14, choices=Need)
    tier = models.CharField(_("tier"), max_length=8, choices=Tier, default=Tier.GREEN)
    is_elder = models.BooleanField(_("is 60 or older"), default=False)
    source = models.CharField(_("known from"), max_length=10, choices=FlagSource)
    consent_by = LineField(
        _("who agreed"),
        max_length=60,
        blank=True,
        help_text=_("The person, or whoever may speak for them."),
    )
    consent_on = models.DateField(_("agreed on"), null=True, blank=True)
    consent_how = models.CharField(_("agreed how"), max_length=12, choices=Consent, blank=True)
    # Plain hints for people who see nothing else of it.
    hint_two = models.BooleanField(_("technicians read: two people, please"), default=False)
    hint_help = models.BooleanField(_("roll-callers read: needs help"), default=False)
    # What is written about it; see grids.models.sealed.
    sealed_note = models.TextField(blank=True, editable=False)
    review_on = models.DateField(_("review by"))
    review_asked_at = models.DateTimeField(_("review asked for"), null=True, editable=False)
    status = models.CharField(
        _("state"),
        max_length=10,
        choices=FlagStatus,
        default=FlagStatus.PROPOSED,
        editable=False,
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("proposed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    end_reason = models.CharField(
        _("reason"), max_length=10, choices=EndReason, blank=True, editable=False
    )

    personal: ClassVar[frozenset[str]] = frozenset(
        {"kind", "source", "consent_by", "consent_how", "sealed_note", "end_reason"}
    )
    objects = querysets.CareFlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("care flag")
        verbose_name_plural = _("care flags")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["occupant", "kind"],
                condition=Q(status__in=STANDING),
                name="grids_flag_once",
                violation_error_message=_("This person has a flag of this kind already."),
            ),
            models.CheckConstraint(
                condition=Q(consent_on__isnull=False)
                | Q(sealed_note="", hint_two=False, hint_help=False),
                name="grids_flag_consent",
                violation_error_message=_("Without consent there is no note and no hint."),
            ),
            models.CheckConstraint(
                condition=Q(consent_on__isnull=True, consent_by="", consent_how="")
                | (Q(consent_on__isnull=False) & ~Q(consent_by="") & ~Q(consent_how="")),
                name="grids_flag_consent_whole",
                violation_error_message=_("Consent: say who agreed, on which day, and how."),
            ),
            models.CheckConstraint(
                condition=~Q(status=FlagStatus.CONFIRMED) | Q(confirmed_at__isnull=False),
                name="grids_flag_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[FlagStatus.REFUSED, FlagStatus.ENDED])
                ^ Q(ended_at__isnull=True),
                name="grids_flag_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["occupant"], condition=Q(status__in=STANDING), name="grids_flag_standing"
            ),
            models.Index(
                fields=["review_on"],
                condition=Q(status=FlagStatus.CONFIRMED),
                name="grids_flag_review",
            ),
        ]

    def __str__(self) -> str:
        """Without its kind: this is what stands in titles, messages and lists of the admin."""
        return f"{self.occupant.name} · {self.occupant.unit}"

    def get_absolute_url(self) -> str:
        return reverse("grids:flag", args=[self.pk])

    @property
    def has_consent(self) -> bool:
        return self.consent_on is not None

    @property
    def is_special(self) -> bool:
        """An elder in special difficulty, who is to be seen every month."""
        return self.is_elder and self.kind in SPECIAL

    def is_due(self, on: date) -> bool:
        """Somebody must say whether it still holds."""
        return self.status == FlagStatus.CONFIRMED and self.review_on <= on

    def days_late(self, on: date) -> int:
        return max(0, (on - self.review_on).days)
