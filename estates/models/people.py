"""Who lives there: the roster, claims to a home, and the letters with a code."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import phones
from common.hidden import Hidden
from common.lines import LineField
from common.models import Timestamped
from common.search import Searched
from estates import querysets
from estates.models.homes import Unit

PHONE = r"^\+[1-9][0-9]{5,14}$"
NAMES = Searched("name")
PHONES = Hidden("phone", phones.whole, phones.ends_shown)


class Relation(models.TextChoices):
    OWNER = "owner", _("owner")
    CO_OWNER = "co_owner", _("co-owner")
    TENANT = "tenant", _("tenant")
    FAMILY = "family", _("family")


def from_before_to(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(from_date__isnull=True)
        | Q(to_date__isnull=True)
        | Q(from_date__lte=F("to_date")),
        name=name,
        violation_error_message=_("The first day must not be after the last."),
    )


class Occupant(Timestamped):
    """A row of the roster: somebody of a unit. Without `user`, they have not signed up yet."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="occupants", verbose_name=_("unit"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="occupancies",
        verbose_name=_("account"),
    )
    name = LineField(pgettext_lazy("of a person", "name"), max_length=60)
    phone = LineField(
        _("phone"),
        max_length=16,
        blank=True,
        validators=[RegexValidator(PHONE, _("A phone number starts with + and the country code."))],
    )
    relation = models.CharField(
        _("relation"), max_length=10, choices=Relation.choices, default=Relation.OWNER
    )
    share = models.DecimalField(
        _("share in %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    from_date = models.DateField(_("from"), null=True, blank=True)
    to_date = models.DateField(_("to"), null=True, blank=True)
    leaving_on = models.DateField(_("says they move out on"), null=True, blank=True)

    personal = frozenset({"name", "phone"})
    objects = querysets.OccupantQuerySet.as_manager()

    class Meta:
        verbose_name = _("occupant")
        verbose_name_plural = _("occupants")
        ordering = ["unit", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name", "phone"],
                condition=Q(to_date__isnull=True),
                name="estates_occupant_once",
                violation_error_message=_("This person is on the roster of the unit already."),
            ),
            models.UniqueConstraint(
                fields=["unit", "user"],
                condition=Q(to_date__isnull=True, user__isnull=False),
                name="estates_occupant_user_once",
                violation_error_message=_("This account is an occupant of the unit already."),
            ),
            from_before_to("estates_occupant_days"),
        ]
        indexes = [
            models.Index(fields=["phone"], name="estates_occupant_phone"),
            NAMES.index("estates_occupant_search"),
            PHONES.index("estates_occupant_phone_tail"),
        ]

    def __str__(self) -> str:
        return self.name


class Claim(Timestamped):
    """Somebody says: I live here."""

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Method(models.TextChoices):
        PHONE = "phone", _("phone on the roster")
        CODE = "code", _("invitation code")
        STAFF = "staff", _("decided by staff")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="claims", verbose_name=_("who")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="claims", verbose_name=_("unit"))
    name = LineField(pgettext_lazy("of a person", "name"), max_length=60)
    relation = models.CharField(
        _("relation"), max_length=10, choices=Relation.choices, default=Relation.OWNER
    )
    words = LineField(_("a word to the front desk"), max_length=200, blank=True)
    status = models.CharField(
        _("state"), max_length=10, choices=Status.choices, default=Status.PENDING
    )
    method = models.CharField(_("decided by"), max_length=10, choices=Method.choices, blank=True)
    occupant = models.ForeignKey(
        Occupant,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=_("roster row"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = LineField(_("reason"), max_length=200, blank=True)

    personal = frozenset({"name", "words"})
    objects = querysets.ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit"],
                condition=Q(status="pending"),
                name="estates_claim_one_pending",
                violation_error_message=_(
                    "Your claim to this home is with the front desk already."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} → {self.unit_id}"

    def get_absolute_url(self) -> str:
        return reverse("estates:claim", args=[self.pk])


INVITATION_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def invitation_code() -> str:
    """Ten signs without the ones that eyes confuse: 49 bits, read from paper."""
    return "".join(secrets.choice(INVITATION_ALPHABET) for _ in range(10))


class Invitation(Timestamped):
    """The code of a printed letter to a unit: one use, with an end."""

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="invitations", verbose_name=_("unit")
    )
    code = models.CharField(
        _("code"), max_length=12, unique=True, default=invitation_code, editable=False
    )
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("used by"),
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    personal = frozenset({"code"})
    objects = querysets.InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, used_by__isnull=True)
                | Q(used_at__isnull=False, used_by__isnull=False),
                name="estates_invitation_used_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}"
