"""Shifts of a team, the posts in them, and who comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.lines import LineField, WordsField
from common.models import FromOrigin, Timestamped
from common.recurrence import LONGEST, Rule
from common.search import Searched
from estates.models import Place
from volunteers import querysets, states
from volunteers.models.teams import Team
from volunteers.states import (
    BUSY,
    HELD,
    STANDING,
    EntryStatus,
    QualificationKind,
    ShiftStatus,
    Skill,
    SwapStatus,
)

MOST_PLACES = 500
LONGEST_SHIFT = timedelta(hours=24)
WORDS = Searched("title", "description", "place_words")


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class ShiftSeries(Timestamped):
    """A shift comes again by a rule; each is made like the first, and stands for itself then."""

    team = models.ForeignKey(
        Team,
        models.PROTECT,
        related_name="series",
        verbose_name=pgettext_lazy("volunteers", "team"),
    )
    rule = LineField(
        _("rule"), max_length=LONGEST, help_text=_("RFC 5545, such as FREQ=WEEKLY;BYDAY=TU,FR.")
    )
    starts_on = models.DateField(_("from day"))
    time = models.TimeField(_("begins at"))
    # The first time for which no shift is made yet; empty when the rule has ended or was stopped.
    next_at = models.DateTimeField(null=True, blank=True, editable=False)

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("series of shifts")
        verbose_name_plural = _("series of shifts")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=Q(next_at__isnull=False),
                name="volunteers_series_next",
            )
        ]

    def __str__(self) -> str:
        return self.rule

    @property
    def recurrence(self) -> Rule:
        return Rule(self.rule, self.starts_on, self.time)


class Shift(Timestamped, FromOrigin):
    Status = states.ShiftStatus

    team = models.ForeignKey(
        Team,
        models.PROTECT,
        related_name="shifts",
        verbose_name=pgettext_lazy("volunteers", "team"),
    )
    series = models.ForeignKey(
        ShiftSeries,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="shifts",
        editable=False,
        verbose_name=_("series of shifts"),
    )
    title = LineField(_("title"), max_length=80)
    description = WordsField(_("what is to be done"), max_length=2000, blank=True)
    bring = LineField(_("what to bring"), max_length=200, blank=True)
    place = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("public place"),
    )
    place_words = LineField(_("where exactly"), max_length=120, blank=True)
    # When to be there, apart from when it begins.
    gate_at = models.DateTimeField(_("be there at"))
    starts_at = models.DateTimeField(pgettext_lazy("shift", "begins"))
    ends_at = models.DateTimeField(pgettext_lazy("shift", "ends"))
    opens_at = models.DateTimeField(_("sign-up opens"), null=True, blank=True)
    withdraw_hours = models.PositiveSmallIntegerField(
        _("one may withdraw until (hours before)"), default=2
    )
    lead_confirms = models.BooleanField(_("the lead confirms each sign-up"), default=False)
    status = models.CharField(
        _("state"), max_length=10, choices=ShiftStatus, default=ShiftStatus.OPEN, editable=False
    )
    # Who asked the team for it, where it was asked.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("asked by"),
    )
    # Sums of the posts, for lists: least wanted, at most, and taken.
    wanted = models.PositiveSmallIntegerField(default=0, editable=False)
    places = models.PositiveSmallIntegerField(default=0, editable=False)
    # When those who are in are reminded next.
    remind_at = models.DateTimeField(null=True, blank=True, editable=False)

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("volunteers", "shift")
        verbose_name_plural = pgettext_lazy("volunteers", "shifts")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(gate_at__lte=F("starts_at"), starts_at__lt=F("ends_at")),
                name="volunteers_shift_times",
                violation_error_message=_("One is there before it begins, and it ends after that."),
            ),
            models.UniqueConstraint(
                fields=["series", "starts_at"], name="volunteers_shift_of_series_once"
            ),
        ]
        indexes = [
            models.Index(fields=["team", "status", "starts_at"], name="volunteers_shift_team"),
            models.Index(fields=["status", "ends_at"], name="volunteers_shift_ends"),
            models.Index(
                fields=["remind_at"],
                condition=Q(remind_at__isnull=False),
                name="volunteers_shift_remind",
            ),
            models.Index(fields=["origin_type", "origin_id"], name="volunteers_shift_origin"),
            WORDS.index("volunteers_shift_search"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("volunteers:shift", args=[self.pk])

    @property
    def where(self) -> str:
        return " · ".join(filter(None, [str(self.place or ""), self.place_words]))

    @property
    def withdraw_until(self) -> datetime:
        return self.starts_at - timedelta(hours=self.withdraw_hours)

    def has_begun(self, at: datetime) -> bool:
        return self.starts_at <= at

    def is_over(self, at: datetime) -> bool:
        return self.ends_at <= at


class ShiftPost(Timestamped):
    """A role in a shift: how many are wanted at least, and how many may come. `taken` is counted by
    the verbs under the post's lock, and the database holds it to the places that there are."""

    shift = models.ForeignKey(
        Shift,
        models.CASCADE,
        related_name="posts",
        verbose_name=pgettext_lazy("volunteers", "shift"),
    )
    name = LineField(pgettext_lazy("of a shift", "post"), max_length=40)
    wanted = models.PositiveSmallIntegerField(_("wanted at least"), default=1)
    places = models.PositiveSmallIntegerField(pgettext_lazy("of a shift", "at most"), default=1)
    needs = models.CharField(
        _("needs"), max_length=12, choices=QualificationKind, blank=True, default=""
    )
    skill = models.CharField(_("skill"), max_length=10, choices=Skill, blank=True, default="")
    taken = models.PositiveSmallIntegerField(default=0, editable=False)

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.PostQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of a shift", "post")
        verbose_name_plural = pgettext_lazy("of a shift", "posts")
        ordering = ["shift", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["shift", "name"], name="volunteers_post_once"),
            models.CheckConstraint(
                condition=Q(places__range=(1, MOST_PLACES), wanted__lte=F("places")),
                name="volunteers_post_places",
                violation_error_message=_("Between one and 500 places, and no more wanted."),
            ),
            models.CheckConstraint(
                condition=Q(taken__lte=F("places")), name="volunteers_post_taken"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def free(self) -> int:
        return self.places - self.taken

    @property
    def missing(self) -> int:
        return max(self.wanted - self.taken, 0)


class Entry(Timestamped):
    """Somebody and a shift: from the sign-up to hours that are true."""

    Status = states.EntryStatus

    shift = models.ForeignKey(
        Shift,
        models.PROTECT,
        related_name="entries",
        verbose_name=pgettext_lazy("volunteers", "shift"),
    )
    post = models.ForeignKey(
        ShiftPost,
        models.PROTECT,
        related_name="entries",
        verbose_name=pgettext_lazy("of a shift", "post"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="shift_entries",
        verbose_name=_("who"),
    )
    status = models.CharField(
        _("state"),
        max_length=16,
        choices=EntryStatus,
        default=EntryStatus.CONFIRMED,
        editable=False,
    )
    # The time that it takes of its person, copied from the shift: nobody is in two at once.
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    # A lead has said why two at once are right.
    overlaps = models.BooleanField(_("two at once"), default=False, editable=False)
    overlap_reason = LineField(_("why two at once"), max_length=200, blank=True, editable=False)
    queued_at = models.DateTimeField(pgettext_lazy("entry", "signed up"), editable=False)
    offered_until = models.DateTimeField(_("held until"), null=True, editable=False)
    arrived_at = models.DateTimeField(_("came"), null=True, editable=False)
    left_at = models.DateTimeField(pgettext_lazy("entry", "went"), null=True, editable=False)
    # Nobody checked out: counted to the shift's end, and the member is asked.
    forgotten = models.BooleanField(_("check-out forgotten"), default=False, editable=False)
    dispute = LineField(_("what the member says"), max_length=500, blank=True, editable=False)
    # Of true minutes, set when the lead confirms them.
    minutes = models.PositiveIntegerField(_("minutes"), null=True, editable=False)

    personal: ClassVar[frozenset[str]] = frozenset({"user"})
    objects = querysets.ShiftEntryQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("volunteers", "entry")
        verbose_name_plural = pgettext_lazy("volunteers", "entries")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "user"],
                condition=Q(status__in=STANDING),
                name="volunteers_entry_once",
                violation_error_message=_("Already in this shift."),
            ),
            ExclusionConstraint(
                name="volunteers_entry_one_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=BUSY, overlaps=False),
                violation_error_message=_("This collides with another shift."),
            ),
            models.CheckConstraint(
                condition=~Q(status=EntryStatus.OFFERED) | Q(offered_until__isnull=False),
                name="volunteers_entry_offer",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[EntryStatus.CHECKED_OUT, EntryStatus.HOURS_CONFIRMED])
                | Q(arrived_at__isnull=False, left_at__gte=F("arrived_at")),
                name="volunteers_entry_times",
                violation_error_message=_("Nobody goes before they have come."),
            ),
            models.CheckConstraint(
                condition=~Q(status=EntryStatus.HOURS_CONFIRMED) | Q(minutes__isnull=False),
                name="volunteers_entry_minutes",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "status", "starts_at"], name="volunteers_entry_user"),
            models.Index(fields=["post", "status", "queued_at"], name="volunteers_entry_queue"),
            models.Index(fields=["shift", "status"], name="volunteers_entry_shift"),
            models.Index(
                fields=["offered_until"],
                condition=Q(status=EntryStatus.OFFERED),
                name="volunteers_entry_offers",
            ),
        ]

    # Set by `with_others_lead`: whether somebody beside the reader leads the team.
    others_lead: bool | None = None

    def __str__(self) -> str:
        return f"{self.shift} · {self.user.name}"

    def get_absolute_url(self) -> str:
        return reverse("volunteers:entry", args=[self.pk])

    @property
    def holds_place(self) -> bool:
        return self.status in HELD

    @property
    def true_minutes(self) -> int:
        """From coming to going, within the shift; the way there is not counted."""
        if self.arrived_at is None or self.left_at is None:
            return 0
        begin, end = max(self.arrived_at, self.shift.gate_at), self.left_at
        return max(int((end - begin).total_seconds() // 60), 0)


class Swap(Timestamped):
    """A member asks another to take a place, or to change places with them."""

    Status = states.SwapStatus

    entry = models.ForeignKey(
        Entry, models.PROTECT, related_name="swaps", verbose_name=_("the place that is given")
    )
    asked = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="swaps_asked",
        verbose_name=_("who is asked"),
    )
    # The place that is taken for it; none where one simply steps in.
    other = models.ForeignKey(
        Entry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="swaps_for",
        verbose_name=_("the place that is taken for it"),
    )
    words = LineField(_("a word with it"), max_length=200, blank=True)
    status = models.CharField(
        _("state"),
        max_length=10,
        choices=SwapStatus,
        default=SwapStatus.ASKED,
        editable=False,
    )

    personal: ClassVar[frozenset[str]] = frozenset({"asked"})
    objects = querysets.SwapQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("volunteers", "swap")
        verbose_name_plural = pgettext_lazy("volunteers", "swaps")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry"],
                condition=Q(status=SwapStatus.ASKED),
                name="volunteers_swap_once",
                violation_error_message=_("Somebody is asked already."),
            )
        ]
        indexes = [models.Index(fields=["asked", "status"], name="volunteers_swap_asked")]

    def __str__(self) -> str:
        return f"{self.entry.shift} · {self.asked.name}"

    def get_absolute_url(self) -> str:
        return reverse("volunteers:swap", args=[self.pk])
