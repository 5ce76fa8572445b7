"""Organisations of a community, who holds a post in them, and the members of their branches."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common.lines import LineField, WordsField
from common.models import Timestamped
from estates.models import Community
from estates.models.people import from_before_to
from estates.models.staff import holds_at
from grids.models import Grid
from parties import querysets, states
from parties.states import (
    MASKED,
    STANDING,
    Basis,
    OrganisationKind,
    RegistrationStatus,
    WishStatus,
)


class Organisation(Timestamped):
    Kind = states.OrganisationKind

    community = models.ForeignKey(
        Community, models.PROTECT, related_name="organisations", verbose_name=_("community")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=OrganisationKind)
    name = LineField(_("name"), max_length=60)
    name_en = LineField(_("name in English"), max_length=60, blank=True)
    is_active = models.BooleanField(_("works here"), default=True)

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["community", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"],
                name="parties_organisation_once",
                violation_error_message=_("The community has an organisation of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name


class FromTo(Timestamped):
    """Somebody, from when to when; ended ones to the minute."""

    from_date = models.DateField(_("from"), null=True, blank=True)
    to_date = models.DateField(_("to"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def holds_at(self, at: datetime) -> bool:
        return holds_at(self, at)


class OrganisationPost(FromTo):
    """Secretaries and liaisons act for their organisation."""

    Role = states.Role

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="organisation_posts",
        verbose_name=_("who"),
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="posts", verbose_name=_("organisation")
    )
    role = models.CharField(
        pgettext_lazy("of an organisation", "post"), max_length=10, choices=Role
    )

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.OrganisationPostQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of an organisation", "post")
        verbose_name_plural = pgettext_lazy("of an organisation", "posts")
        ordering = ["organisation", "role", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(to_date__isnull=True),
                name="parties_post_once",
                violation_error_message=_("This person holds this post already."),
            ),
            from_before_to("parties_post_days"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_role_display()}"


class PartyMember(FromTo):
    """Somebody stands on the roster of a branch. Neither dues nor files: what they can do, and
    when; and where they have agreed to register."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="party_memberships",
        verbose_name=_("who"),
    )
    branch = models.ForeignKey(
        Organisation, models.PROTECT, related_name="members", verbose_name=_("branch")
    )
    skills = LineField(_("skills"), max_length=200, blank=True)
    free_times = LineField(_("free times"), max_length=200, blank=True)
    # Where they are registered now; the registration tells how it came to that.
    grid = models.ForeignKey(
        Grid,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="party_members",
        editable=False,
        verbose_name=_("registered at"),
    )

    personal: ClassVar[frozenset[str]] = frozenset(
        {"user", "branch", "skills", "free_times", "grid"}
    )
    objects = querysets.PartyMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("party member")
        verbose_name_plural = _("party members")
        ordering = ["branch", "pk"]
        constraints = [
            models.UniqueConstraint(
                # Not of the user alone: who is refused for another branch would learn of it.
                fields=["user", "branch"],
                condition=Q(to_date__isnull=True),
                name="parties_member_once",
                violation_error_message=_("This person stands on the roster already."),
            ),
            from_before_to("parties_member_days"),
        ]

    # Set by `with_show_name`; whoever asks nothing is shown nothing.
    show_name: bool = False

    def __str__(self) -> str:
        """Without the name: it is the secret."""
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def shown_name(self) -> str:
        return str(self.user.name) if self.show_name else MASKED


class Registration(Timestamped):
    """A member is to help in a grid: proposed by rule, agreed to by the member, decided by the
    branch."""

    Status = states.RegistrationStatus

    member = models.ForeignKey(
        PartyMember, models.PROTECT, related_name="registrations", verbose_name=_("party member")
    )
    grid = models.ForeignKey(
        Grid, models.PROTECT, related_name="registrations", verbose_name=_("micro-grid")
    )
    basis = models.CharField(_("rests on"), max_length=12, choices=Basis)
    # What the proposal counted when it was made: households, and members registered there.
    households = models.PositiveIntegerField(_("households"), default=0, editable=False)
    members = models.PositiveIntegerField(_("members registered"), default=0, editable=False)
    status = models.CharField(
        _("state"),
        max_length=12,
        choices=RegistrationStatus,
        default=RegistrationStatus.PROPOSED,
        editable=False,
    )
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)

    personal: ClassVar[frozenset[str]] = frozenset({"member", "grid"})
    objects = querysets.RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration at a grid")
        verbose_name_plural = _("registrations at grids")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(status__in=STANDING),
                name="parties_registration_once",
                violation_error_message=_("This member has a registration already."),
            )
        ]
        indexes = [
            models.Index(fields=["grid", "status"], name="parties_registration_grid"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("parties:registration", args=[self.pk])


class MicroWish(Timestamped):
    """A small thing that somebody of a grid wishes, and a party member may fulfil."""

    Status = states.WishStatus

    grid = models.ForeignKey(
        Grid, models.PROTECT, related_name="wishes", verbose_name=_("micro-grid")
    )
    title = LineField(_("wish"), max_length=80)
    words = WordsField(_("more about it"), max_length=1000, blank=True)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("noted by"),
    )
    # Shown as their branch: that somebody is a member is for few to know.
    member = models.ForeignKey(
        PartyMember,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="wishes",
        editable=False,
        verbose_name=_("claimed by"),
    )
    status = models.CharField(
        _("state"), max_length=10, choices=WishStatus, default=WishStatus.OPEN, editable=False
    )
    result = WordsField(_("how it went"), max_length=1000, blank=True, editable=False)
    fulfilled_at = models.DateTimeField(_("fulfilled"), null=True, editable=False)

    personal: ClassVar[frozenset[str]] = frozenset({"member"})
    objects = querysets.WishQuerySet.as_manager()

    class Meta:
        verbose_name = _("micro-wish")
        verbose_name_plural = _("micro-wishes")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=[WishStatus.CLAIMED, WishStatus.FULFILLED])
                | Q(member__isnull=False),
                name="parties_wish_claimed",
            )
        ]
        indexes = [models.Index(fields=["grid", "status", "-id"], name="parties_wish_list")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("parties:wish", args=[self.pk])
