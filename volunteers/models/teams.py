"""Teams of a community, who is in them, and what they are qualified for."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common.lines import LineField, WordsField
from common.models import Timestamped
from estates.models import Community
from volunteers import querysets, states
from volunteers.states import (
    LEADING,
    MembershipStatus,
    QualificationKind,
    QualificationStatus,
    Skill,
    TeamKind,
    TeamRole,
)


class Team(Timestamped):
    Kind = states.TeamKind

    community = models.ForeignKey(
        Community, models.PROTECT, related_name="teams", verbose_name=_("community")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=TeamKind)
    name = LineField(_("name"), max_length=60)
    name_en = LineField(_("name in English"), max_length=60, blank=True)
    story = WordsField(
        _("story"), max_length=2000, blank=True, help_text=_("What residents read of the team.")
    )
    is_active = models.BooleanField(_("works here"), default=True)

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.TeamQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("volunteers", "team")
        verbose_name_plural = pgettext_lazy("volunteers", "teams")
        ordering = ["community", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"],
                name="volunteers_team_once",
                violation_error_message=_("The community has a team of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("volunteers:team", args=[self.pk])

    @property
    def label(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name


class Membership(Timestamped):
    """Somebody is in a team, or asks to be. Who is under age has a guardian who agreed."""

    Status = states.MembershipStatus
    Role = states.TeamRole

    team = models.ForeignKey(
        Team,
        models.PROTECT,
        related_name="memberships",
        verbose_name=pgettext_lazy("volunteers", "team"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="team_memberships",
        verbose_name=_("who"),
    )
    role = models.CharField(
        pgettext_lazy("of a team", "role"),
        max_length=6,
        choices=TeamRole,
        default=TeamRole.MEMBER,
        editable=False,
    )
    skills: Any = ArrayField(
        models.CharField(max_length=10, choices=Skill), default=list, blank=True
    )
    words = LineField(_("a word to the team"), max_length=200, blank=True)
    is_minor = models.BooleanField(_("under 18"), default=False)
    guardian = LineField(_("guardian"), max_length=60, blank=True)
    guardian_phone = LineField(_("guardian's phone"), max_length=20, blank=True)
    # When the guardian said yes to the team's lead; without it a minor is not taken in.
    consented_on = models.DateField(_("guardian agreed on"), null=True, blank=True, editable=False)
    status = models.CharField(
        _("state"),
        max_length=8,
        choices=MembershipStatus,
        default=MembershipStatus.APPLIED,
        editable=False,
    )
    joined_on = models.DateField(pgettext_lazy("membership", "since"), null=True, editable=False)
    left_at = models.DateTimeField(pgettext_lazy("membership", "left"), null=True, editable=False)

    personal: ClassVar[frozenset[str]] = frozenset({"user", "words", "guardian", "guardian_phone"})
    objects = querysets.MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("volunteers", "membership")
        verbose_name_plural = pgettext_lazy("volunteers", "memberships")
        ordering = ["team", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"],
                condition=Q(status__in=[MembershipStatus.APPLIED, MembershipStatus.ACTIVE]),
                name="volunteers_membership_once",
                violation_error_message=_("You are in this team, or have asked to be."),
            ),
            models.CheckConstraint(
                condition=~Q(status=MembershipStatus.ACTIVE)
                | Q(is_minor=False)
                | Q(consented_on__isnull=False),
                name="volunteers_membership_guardian",
                violation_error_message=_("A minor is taken in when the guardian has agreed."),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "status"], name="volunteers_membership_user"),
            models.Index(fields=["team", "status", "role"], name="volunteers_membership_team"),
        ]

    # Set by `with_show_more`; whoever asks nothing is shown nothing.
    show_more: bool = False

    def __str__(self) -> str:
        return f"{self.team} · {self.user.name}"

    def get_absolute_url(self) -> str:
        return reverse("volunteers:membership", args=[self.pk])

    @property
    def leads(self) -> bool:
        return self.status == MembershipStatus.ACTIVE and self.role in LEADING

    @property
    def said_skills(self) -> list[str]:
        return [str(Skill(one).label) for one in self.skills if one in Skill.values]


class Qualification(Timestamped):
    """What somebody may do and others may not, until a day; shown to the lead, who has seen it."""

    Status = states.QualificationStatus

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="qualifications",
        verbose_name=_("who"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=QualificationKind)
    expires_on = models.DateField(_("valid until"))
    status = models.CharField(
        _("state"),
        max_length=10,
        choices=QualificationStatus,
        default=QualificationStatus.SHOWN,
        editable=False,
    )
    # The last day on which its holder was reminded that it runs out.
    reminded_on = models.DateField(null=True, editable=False)

    personal: ClassVar[frozenset[str]] = frozenset({"user"})
    objects = querysets.QualificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["user", "kind", "expires_on"], name="volunteers_qualification_held"
            ),
            models.Index(
                fields=["expires_on"],
                condition=Q(status=QualificationStatus.CONFIRMED),
                name="volunteers_qualification_ends",
            ),
        ]

    # Set by `with_led`: whether the reader leads whoever it is of.
    is_led: bool | None = None

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.user.name}"

    def get_absolute_url(self) -> str:
        return reverse("volunteers:qualification", args=[self.pk])

    def holds_on(self, day: date) -> bool:
        return self.status == QualificationStatus.CONFIRMED and self.expires_on >= day
