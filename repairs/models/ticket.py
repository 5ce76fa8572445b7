"""A repair from the report to the rating."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import phones
from common.hidden import Hidden
from common.lines import LineField, WordsField
from common.models import FromOrigin, Timestamped
from common.search import Searched
from estates.models import Estate, Facility, Place, Unit
from repairs import querysets, states
from repairs.models.category import Category, Priority

REOPEN_WITHIN = timedelta(days=30)
CLOSES_AFTER = timedelta(days=7)
URGE_EVERY = timedelta(days=1)

WORDS = Searched("number", "title", "description", "place_words")
CONTACT_PHONES = Hidden("contact_phone", phones.whole, phones.ends_shown)


class Ticket(FromOrigin, Timestamped):
    Status = states.Status

    class Source(models.TextChoices):
        WEB = "web", _("web")
        PHONE = "phone", _("telephone")
        DESK = "desk", _("front desk")
        API = "api", _("API")
        OPEN311 = "open311", _("Open311")
        VISIT = "visit", _("home visit")
        INSPECTION = "inspection", _("safety round")
        APPEAL = "appeal", _("appeal")

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="tickets", verbose_name=_("estate")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("unit")
    )
    place = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        verbose_name=_("public place"),
    )
    facility = models.ForeignKey(
        Facility,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        verbose_name=_("facility"),
    )
    place_words = LineField(_("where exactly"), max_length=200, blank=True)
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="tickets", verbose_name=_("category")
    )
    priority = models.CharField(
        _("priority"), max_length=10, choices=Priority.choices, default=Priority.NORMAL
    )
    source = models.CharField(
        _("source"), max_length=12, choices=Source.choices, default=Source.WEB
    )
    status = models.CharField(
        _("state"), max_length=12, choices=Status.choices, default=Status.NEW, editable=False
    )
    title = LineField(_("title"), max_length=120)
    description = WordsField(_("what happened"), max_length=4000)

    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reported_tickets",
        verbose_name=_("reported by"),
    )
    on_behalf_of = LineField(_("on behalf of"), max_length=60, blank=True)
    contact_name = LineField(_("contact"), max_length=60, blank=True)
    contact_phone = LineField(_("contact's phone"), max_length=30, blank=True)
    private = models.BooleanField(_("only for me and the staff"), default=False)
    windows = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        verbose_name=_("wished times"),
        help_text="2026-11-23/am, /pm, /eve",
    )
    may_enter = models.BooleanField(_("may enter when nobody is at home"), default=False)

    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_tickets",
        verbose_name=_("technician"),
    )
    visit_from = models.DateTimeField(_("visit from"), null=True, blank=True)
    visit_to = models.DateTimeField(_("visit until"), null=True, blank=True)

    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )

    reported_at = models.DateTimeField(pgettext_lazy("the moment", "reported"))
    clock_from = models.DateTimeField(_("clock runs from"), null=True, blank=True)
    respond_by = models.DateTimeField(_("respond by"), null=True, blank=True)
    resolve_by = models.DateTimeField(_("resolve by"), null=True, blank=True)
    responded_at = models.DateTimeField(_("first answer"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    closed_at = models.DateTimeField(pgettext_lazy("the moment", "closed"), null=True, blank=True)
    held_at = models.DateTimeField(_("held since"), null=True, blank=True)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    held_from = models.CharField(
        _("state before the hold"), max_length=12, blank=True, editable=False
    )
    hold_reason = LineField(_("why it waits"), max_length=200, blank=True)
    # On the clock that applies; counted anew from the pauses whenever the deadlines are.
    paused_minutes = models.PositiveIntegerField(_("minutes paused"), default=0)
    # Of pauses whose moments are not known; they stay these minutes on any clock.
    carried_minutes = models.PositiveIntegerField(
        _("minutes carried over"), default=0, editable=False
    )
    # Of the working days and hours that the deadlines were counted on.
    calendar = models.CharField(
        _("calendar of the deadlines"), max_length=16, blank=True, editable=False
    )
    reminded_for = models.DateTimeField(null=True, blank=True, editable=False)
    alarmed_for = models.DateTimeField(null=True, blank=True, editable=False)
    urged_at = models.DateTimeField(_("urged"), null=True, blank=True)
    urges = models.PositiveSmallIntegerField(_("times urged"), default=0)
    reopens = models.PositiveSmallIntegerField(_("times reopened"), default=0)

    reason = LineField(_("reason"), max_length=500, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    resolution = models.TextField(_("result"), blank=True, max_length=2000)
    rating = models.PositiveSmallIntegerField(
        _("rating"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    rating_words = LineField(_("about the work"), max_length=500, blank=True)
    rated_at = models.DateTimeField(_("rated"), null=True, blank=True)
    return_visit_at = models.DateTimeField(_("return visit"), null=True, blank=True)
    return_visit_words = LineField(_("what the return visit found"), max_length=500, blank=True)

    idempotency_key = models.UUIDField(null=True, blank=True, editable=False)
    # Of what came with the key: the same key with other words is no repetition.
    sent_digest = models.CharField(max_length=64, blank=True, editable=False)
    external_id = LineField(_("number elsewhere"), max_length=60, blank=True)
    flags = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("flags")
    )
    # What a row waits for next, one to be confirmed from its result: queues are ordered by it.
    due = models.GeneratedField(
        expression=querysets.DUE, output_field=models.DateTimeField(), db_persist=True
    )

    personal = frozenset({"on_behalf_of", "contact_name", "contact_phone"})
    objects = querysets.TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=True) | Q(place__isnull=True),
                name="repairs_ticket_one_place",
                violation_error_message=_("A ticket is about a home or a public place, not both."),
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=states.ENDED,
                    closed_at__isnull=False,
                )
                | (~Q(status__in=states.ENDED) & Q(closed_at__isnull=True)),
                name="repairs_ticket_closed_at",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=states.Status.ON_HOLD, held_until__isnull=False, held_at__isnull=False
                )
                | (
                    ~Q(status=states.Status.ON_HOLD)
                    & Q(held_until__isnull=True, held_at__isnull=True)
                ),
                name="repairs_ticket_held",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=states.AT_WORK) | Q(assignee__isnull=False),
                name="repairs_ticket_assignee",
            ),
            models.CheckConstraint(
                condition=Q(status=states.Status.MERGED, merged_into__isnull=False)
                | (~Q(status=states.Status.MERGED) & Q(merged_into__isnull=True)),
                name="repairs_ticket_merged",
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 5)),
                name="repairs_ticket_rating",
                violation_error_message=_("One to five stars."),
            ),
            models.CheckConstraint(
                condition=Q(visit_from__isnull=True, visit_to__isnull=True)
                | Q(visit_from__lt=F("visit_to")),
                name="repairs_ticket_visit",
                violation_error_message=_("The visit must begin before it ends."),
            ),
            models.UniqueConstraint(
                fields=["entered_by", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="repairs_ticket_sent_once",
            ),
            models.UniqueConstraint(
                fields=["estate", "external_id"],
                condition=~Q(external_id=""),
                name="repairs_ticket_external_once",
            ),
        ]
        indexes = [
            # Counts by state read this index alone, those of late rows too.
            models.Index(
                fields=["estate", "status", "due", "-id"],
                include=["assignee"],
                name="repairs_ticket_queue",
            ),
            models.Index(
                fields=["due"],
                condition=Q(status__in=states.WAITING),
                name="repairs_ticket_due",
            ),
            models.Index(fields=["-reported_at", "-id"], name="repairs_ticket_reported"),
            models.Index(
                fields=["estate", "calendar"],
                condition=Q(status__in=states.OPEN),
                name="repairs_ticket_calendar",
            ),
            models.Index(
                fields=["assignee"],
                condition=Q(status__in=states.OPEN),
                name="repairs_ticket_jobs",
            ),
            models.Index(
                fields=["category", "due"],
                condition=Q(status__in=states.UNTAKEN),
                name="repairs_ticket_pool",
            ),
            models.Index(fields=["assignee", "-resolved_at"], name="repairs_ticket_done"),
            models.Index(
                fields=["assignee", "visit_from"],
                condition=Q(visit_from__isnull=False),
                name="repairs_ticket_visits",
            ),
            models.Index(
                fields=["held_until"],
                condition=Q(status=states.Status.ON_HOLD),
                name="repairs_ticket_held_until",
            ),
            models.Index(
                fields=["resolved_at"],
                condition=Q(status=states.Status.RESOLVED),
                name="repairs_ticket_unanswered",
            ),
            models.Index(
                fields=["origin_type", "origin_id"],
                condition=Q(origin_id__isnull=False),
                name="repairs_ticket_origin",
            ),
            WORDS.index("repairs_ticket_search"),
            CONTACT_PHONES.index("repairs_ticket_phone_tail"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("repairs:ticket", args=[self.number])

    @property
    def where(self) -> str:
        """3 栋 2 单元 1204 · 厨房; wants `with_place()`."""
        ground = self.unit or self.place
        facility = self.facility.name if self.facility_id and self.facility else ""
        return " · ".join(part for part in (str(ground or ""), facility, self.place_words) if part)

    @property
    def is_public(self) -> bool:
        return self.unit_id is None

    @property
    def is_open(self) -> bool:
        return self.status in states.OPEN

    def is_overdue(self, at: datetime) -> bool:
        """The same question as the queryset's `overdue`, of one row."""
        return self.next_deadline is not None and self.next_deadline < at

    def missed(self, at: datetime) -> datetime | None:
        """The later of the deadlines that have passed."""
        return self.resolve_by if self.resolve_by and self.resolve_by < at else self.respond_by

    @property
    def next_deadline(self) -> datetime | None:
        """What the clock runs towards: `due`, in the words of one row, which may be newer."""
        if self.status not in states.WAITING:
            return None
        ahead = [self.resolve_by] if self.responded_at else [self.respond_by, self.resolve_by]
        return min((deadline for deadline in ahead if deadline), default=None)

    @property
    def closes_at(self) -> datetime | None:
        return (
            self.resolved_at + CLOSES_AFTER
            if self.status == states.Status.RESOLVED and self.resolved_at
            else None
        )
