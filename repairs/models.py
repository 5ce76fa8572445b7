"""Tickets: a repair from the report to the rating."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common.lines import LineField
from common.models import Timestamped, search_column, search_index
from estates.models import Estate, Facility, Place, Trade, Unit
from repairs import querysets

REOPEN_WITHIN = timedelta(days=30)
CLOSES_AFTER = timedelta(days=7)
URGE_EVERY = timedelta(days=1)


class Priority(models.TextChoices):
    EMERGENCY = "emergency", _("emergency")
    URGENT = "urgent", _("urgent")
    NORMAL = "normal", _("normal")
    LOW = "low", _("low")


class Category(Timestamped):
    """What may be broken, as a tree; a leaf or a tile carries the defaults of its tickets."""

    class For(models.TextChoices):
        UNIT = "unit", pgettext_lazy("where things break", "homes")
        PUBLIC = "public", _("public places")
        ANY = "any", _("both")

    class Clock(models.TextChoices):
        ALWAYS = "always", _("round the clock")
        WORKING = "working", _("working hours")

    class Dispatch(models.TextChoices):
        POOL = "pool", _("pool: technicians take it")
        ROUND_ROBIN = "round_robin", _("in turn among those on duty")
        BY_HAND = "by_hand", _("by hand")

    class ReturnVisit(models.TextChoices):
        NEVER = "never", _("never")
        LOW = "low", _("after a low rating")
        ALWAYS = "always", _("always")

    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="categories", verbose_name=_("estate")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("under"),
    )
    code = models.SlugField(_("code"), max_length=60, allow_unicode=True)
    name = LineField(_("name"), max_length=80)
    name_en = LineField(_("name in English"), max_length=80, blank=True)
    icon = LineField(_("icon"), max_length=40, default="tool")
    place_kind = models.CharField(_("for"), max_length=8, choices=For.choices, default=For.ANY)
    trade = models.CharField(
        _("trade"), max_length=12, choices=Trade.choices, default=Trade.GENERAL
    )
    priority = models.CharField(
        _("priority"), max_length=10, choices=Priority.choices, default=Priority.NORMAL
    )
    respond_minutes = models.PositiveIntegerField(_("minutes to respond"), default=120)
    resolve_minutes = models.PositiveIntegerField(_("minutes to resolve"), default=2 * 9 * 60)
    clock = models.CharField(_("clock"), max_length=8, choices=Clock.choices, default=Clock.WORKING)
    dispatch = models.CharField(
        _("dispatch"), max_length=12, choices=Dispatch.choices, default=Dispatch.BY_HAND
    )
    return_visit = models.CharField(
        _("return visit"), max_length=8, choices=ReturnVisit.choices, default=ReturnVisit.LOW
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    personal = frozenset()
    objects = querysets.CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["estate", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["estate", "code"],
                name="repairs_category_once",
                violation_error_message=_("The estate has a category of this code."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name


class NumberSeries(models.Model):
    """The last ticket number of an estate in a year."""

    estate = models.ForeignKey(Estate, models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = models.Manager()

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [
            models.UniqueConstraint(fields=["estate", "year"], name="repairs_series_once")
        ]

    def __str__(self) -> str:
        return f"{self.estate_id} {self.year}: {self.last}"


class Ticket(Timestamped):
    class Status(models.TextChoices):
        NEW = "new", _("reported")
        ACCEPTED = "accepted", _("accepted")
        ASSIGNED = "assigned", _("assigned")
        IN_PROGRESS = "in_progress", _("being repaired")
        ON_HOLD = "on_hold", _("on hold")
        RESOLVED = "resolved", _("to be confirmed")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("reopened")
        REJECTED = "rejected", _("declined")
        CANCELLED = "cancelled", _("cancelled")
        MERGED = "merged", _("merged")

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
    description = models.TextField(_("what happened"), max_length=4000)

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
    paused_minutes = models.PositiveIntegerField(_("minutes paused"), default=0)
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

    origin_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, blank=True, related_name="+"
    )
    origin_id = models.BigIntegerField(null=True, blank=True)
    origin = GenericForeignKey("origin_type", "origin_id")
    idempotency_key = models.UUIDField(null=True, blank=True, editable=False)
    # Of what came with the key: the same key with other words is no repetition.
    sent_digest = models.CharField(max_length=64, blank=True, editable=False)
    external_id = LineField(_("number elsewhere"), max_length=60, blank=True)
    flags = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("flags")
    )
    search = search_column("number", "title", "description", "place_words")

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
                    status__in=["closed", "rejected", "cancelled", "merged"],
                    closed_at__isnull=False,
                )
                | (
                    ~Q(status__in=["closed", "rejected", "cancelled", "merged"])
                    & Q(closed_at__isnull=True)
                ),
                name="repairs_ticket_closed_at",
            ),
            models.CheckConstraint(
                condition=Q(status="on_hold", held_until__isnull=False, held_at__isnull=False)
                | (~Q(status="on_hold") & Q(held_until__isnull=True, held_at__isnull=True)),
                name="repairs_ticket_held",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["assigned", "in_progress"]) | Q(assignee__isnull=False),
                name="repairs_ticket_assignee",
            ),
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
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
            models.Index(fields=["estate", "status", "-id"], name="repairs_ticket_queue"),
            models.Index(
                fields=["resolve_by"],
                condition=Q(status__in=querysets.WAITING),
                name="repairs_ticket_due",
            ),
            models.Index(fields=["assignee", "status"], name="repairs_ticket_jobs"),
            models.Index(
                fields=["held_until"],
                condition=Q(status="on_hold"),
                name="repairs_ticket_held_until",
            ),
            models.Index(
                fields=["resolved_at"],
                condition=Q(status="resolved"),
                name="repairs_ticket_unanswered",
            ),
            search_index("repairs_ticket_search"),
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
        return self.status in querysets.OPEN

    def is_overdue(self, at: datetime) -> bool:
        """The same question as the queryset's `overdue`, of one row."""
        if self.status not in querysets.WAITING:
            return False
        unanswered = self.responded_at is None and self.respond_by is not None
        return (unanswered and self.respond_by < at) or (  # type: ignore[operator]
            self.resolve_by is not None and self.resolve_by < at
        )

    def missed(self, at: datetime) -> datetime | None:
        """The later of the deadlines that have passed."""
        return self.resolve_by if self.resolve_by and self.resolve_by < at else self.respond_by

    @property
    def next_deadline(self) -> datetime | None:
        """What the clock runs towards: the answer first, then the repair."""
        if self.status not in querysets.WAITING:
            return None
        return self.resolve_by if self.responded_at else self.respond_by or self.resolve_by

    @property
    def closes_at(self) -> datetime | None:
        return (
            self.resolved_at + CLOSES_AFTER
            if self.status == "resolved" and self.resolved_at
            else None
        )


class Assignment(Timestamped):
    """Who had a ticket from when to when, and why they gave it back."""

    ticket = models.ForeignKey(
        Ticket, models.CASCADE, related_name="assignments", verbose_name=_("ticket")
    )
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="assignments",
        verbose_name=_("technician"),
    )
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("to"), null=True, blank=True)
    reason = LineField(_("why it ended"), max_length=200, blank=True)

    personal = frozenset()
    objects = querysets.OfTicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(ended_at__isnull=True),
                name="repairs_assignment_one_open",
            )
        ]
        indexes = [models.Index(fields=["worker", "ticket"], name="repairs_assignment_worker")]

    def __str__(self) -> str:
        return f"{self.ticket_id} → {self.worker_id}"


class CostLine(Timestamped):
    class Kind(models.TextChoices):
        LABOUR = "labour", _("labour")
        MATERIAL = "material", _("material")

    class Payer(models.TextChoices):
        OWNER = "owner", _("owner")
        ESTATE = "estate", _("property company")
        WARRANTY = "warranty", _("warranty")

    ticket = models.ForeignKey(
        Ticket, models.CASCADE, related_name="costs", verbose_name=_("ticket")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.MATERIAL)
    name = LineField(_("what"), max_length=80)
    quantity = models.DecimalField(
        _("quantity"),
        max_digits=8,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    unit_price = models.DecimalField(
        _("price of one in yuan"), max_digits=9, decimal_places=2, validators=[MinValueValidator(0)]
    )
    payer = models.CharField(
        _("paid by"), max_length=10, choices=Payer.choices, default=Payer.ESTATE
    )

    personal = frozenset()
    objects = querysets.OfTicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("cost")
        verbose_name_plural = _("costs")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def total(self) -> Decimal:
        return (self.quantity * self.unit_price).quantize(Decimal("0.01"))


class Follow(Timestamped):
    """Somebody wants to hear of a ticket that is not theirs."""

    ticket = models.ForeignKey(
        Ticket, models.CASCADE, related_name="follows", verbose_name=_("ticket")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("who")
    )

    personal = frozenset()
    objects = querysets.OfTicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "user"], name="repairs_follow_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.ticket_id}"


class SavedView(Timestamped):
    """A named filter of the triage queue."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = LineField(_("name"), max_length=30)
    query = LineField(_("filter"), max_length=500)

    personal = frozenset({"name", "query"})
    objects = querysets.SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="repairs_view_once",
                violation_error_message=_("You have a view of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
