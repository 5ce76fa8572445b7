"""The estate: its homes, its places, the people who live there and those who work there."""

from __future__ import annotations

import secrets
from datetime import date, datetime, time
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common.lines import LineField
from common.models import Timestamped, search_column, search_index
from common.worktime import WorkHours
from estates import querysets

PHONE = r"^\+[1-9][0-9]{5,14}$"


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


class Estate(Timestamped):
    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = LineField(_("name"), max_length=60)
    name_en = LineField(_("name in English"), max_length=60, blank=True)
    address = LineField(_("address"), max_length=200, blank=True)
    phone = LineField(_("front desk, day and night"), max_length=30, blank=True)
    ticket_prefix = LineField(
        _("letters before ticket numbers"),
        max_length=4,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Z][A-Z0-9]*$", _("Capital letters and digits, e.g. R or RB."))
        ],
    )
    opens_at = models.TimeField(_("work begins"), default=time(9))
    closes_at = models.TimeField(_("work ends"), default=time(18))
    works_weekends = models.BooleanField(_("works at weekends"), default=False)

    personal = frozenset()
    objects = querysets.EstateQuerySet.as_manager()

    class Meta:
        verbose_name = _("estate")
        verbose_name_plural = _("estates")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")),
                name="estates_estate_hours",
                violation_error_message=_("Work must begin before it ends."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name

    def work_hours(self) -> WorkHours:
        """The estate's clock, with the holidays and make-up workdays that the table knows."""
        return WorkHours(
            opens=self.opens_at,
            closes=self.closes_at,
            weekends=self.works_weekends,
            zone=timezone.get_default_timezone(),
            exceptions=dict(Workday.objects.values_list("day", "is_workday")),
        )


class Workday(models.Model):
    """A day that breaks the week: a holiday, or a weekend day worked to make up for one.

    Applies to all estates. A year without rows falls back to plain weeks.
    """

    day = models.DateField(_("day"), unique=True)
    is_workday = models.BooleanField(_("is worked"))
    name = LineField(_("name"), max_length=40, blank=True)
    source = LineField(
        _("source"),
        max_length=200,
        blank=True,
        help_text=_("Where this was read; “unverified” if nowhere."),
    )

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.WorkdayQuerySet.as_manager()

    class Meta:
        verbose_name = _("holiday or make-up workday")
        verbose_name_plural = _("holidays and make-up workdays")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class Building(Timestamped):
    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="buildings", verbose_name=_("estate")
    )
    name = LineField(_("building"), max_length=30)
    floors = models.PositiveSmallIntegerField(_("floors"), null=True, blank=True)
    height_m = models.PositiveSmallIntegerField(_("height in metres"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    personal = frozenset()
    objects = querysets.BuildingQuerySet.as_manager()

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        ordering = ["estate", "order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["estate", "name"],
                name="estates_building_once",
                violation_error_message=_("The estate has a building of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Entrance(Timestamped):
    building = models.ForeignKey(
        Building, models.PROTECT, related_name="entrances", verbose_name=_("building")
    )
    name = LineField(
        _("entrance"),
        max_length=30,
        blank=True,
        help_text=_("Empty where a building has one only."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    personal = frozenset()
    objects = querysets.EntranceQuerySet.as_manager()

    class Meta:
        verbose_name = _("entrance")
        verbose_name_plural = _("entrances")
        ordering = ["building", "order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["building", "name"],
                name="estates_entrance_once",
                violation_error_message=_("The building has an entrance of this name."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.building.name} {self.name}".strip()


class Unit(Timestamped):
    class Use(models.TextChoices):
        HOME = "home", _("home")
        SHOP = "shop", _("shop")
        OFFICE = "office", _("office")
        PARKING = "parking", _("parking space")
        STORAGE = "storage", _("storage")
        OTHER = "other", _("other")

    class State(models.TextChoices):
        LIVED_IN = "lived_in", _("lived in")
        LET = "let", _("let")
        EMPTY = "empty", _("empty")
        DECORATING = "decorating", _("being decorated")
        UNKNOWN = "unknown", _("unknown")

    entrance = models.ForeignKey(
        Entrance, models.PROTECT, related_name="units", verbose_name=_("entrance")
    )
    number = LineField(_("room"), max_length=30)
    floor = models.SmallIntegerField(_("floor"), null=True, blank=True)
    area = models.DecimalField(
        _("area in m²"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    use = models.CharField(_("use"), max_length=10, choices=Use.choices, default=Use.HOME)
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.UNKNOWN
    )

    personal = frozenset()
    objects = querysets.UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["entrance", "floor", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["entrance", "number"],
                name="estates_unit_once",
                violation_error_message=_("The entrance has a room of this number."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """3 栋 2 单元 1204; wants `with_address()`."""
        return f"{self.entrance} {self.number}"

    @property
    def estate(self) -> Estate:
        return self.entrance.building.estate


def qr_code() -> str:
    return secrets.token_urlsafe(9)


class Place(Timestamped):
    """A public place. Its poster's QR code opens the repair form with the place filled in."""

    class Kind(models.TextChoices):
        LOBBY = "lobby", _("lobby")
        CORRIDOR = "corridor", _("corridor or stairs")
        LIFT = "lift", _("lift")
        GARAGE = "garage", _("garage")
        GARDEN = "garden", _("garden or road")
        PLANT = "plant", _("plant room")
        ROOF = "roof", _("roof")
        GATE = "gate", _("gate")
        HALL = "hall", _("community room")
        OTHER = "other", _("other")

    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="places", verbose_name=_("estate")
    )
    building = models.ForeignKey(
        Building,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="places",
        verbose_name=_("building"),
    )
    name = LineField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.OTHER)
    qr = models.CharField(max_length=20, unique=True, default=qr_code, editable=False)

    personal = frozenset()
    objects = querysets.PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("public place")
        verbose_name_plural = _("public places")
        ordering = ["estate", "building__order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["estate", "name"],
                name="estates_place_once",
                violation_error_message=_("The estate has a place of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Facility(Timestamped):
    class Kind(models.TextChoices):
        LIFT = "lift", _("lift")
        PUMP = "pump", _("pump")
        EXTINGUISHER = "extinguisher", _("extinguisher")
        HYDRANT = "hydrant", _("hydrant")
        LIGHT = "light", _("light")
        DOOR = "door", _("access door")
        CAMERA = "camera", _("camera")
        POWER = "power", _("power cabinet")
        PLAY = "play", _("play or fitness equipment")
        OTHER = "other", _("other")

    class State(models.TextChoices):
        WORKING = "working", _("working")
        FAULTY = "faulty", _("faulty")
        OUT = "out", _("out of service")

    place = models.ForeignKey(
        Place, models.PROTECT, related_name="facilities", verbose_name=_("place")
    )
    name = LineField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.OTHER)
    serial = LineField(_("number on the plate"), max_length=60, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WORKING
    )
    qr = models.CharField(max_length=20, unique=True, default=qr_code, editable=False)

    personal = frozenset()
    objects = querysets.FacilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        ordering = ["place", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "name"],
                name="estates_facility_once",
                violation_error_message=_("The place has a facility of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


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
    search = search_column("name", "phone")

    personal = frozenset({"name", "phone", "search"})
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
            search_index("estates_occupant_search"),
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


class Posting(Timestamped):
    """Somebody works for an estate in a duty."""

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
        Estate, models.PROTECT, related_name="postings", verbose_name=_("estate")
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

    personal = frozenset()
    objects = querysets.PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["estate", "duty", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "estate", "duty"],
                condition=Q(to_date__isnull=True),
                name="estates_posting_once",
                violation_error_message=_("This person holds this duty already."),
            ),
            from_before_to("estates_posting_days"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_duty_display()}"

    def holds_on(self, day: date) -> bool:
        return (self.from_date is None or self.from_date <= day) and (
            self.to_date is None or self.to_date >= day
        )


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
                violation_error_message=_("This person has a shift at that time already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.posting} {self.starts_at:%m-%d %H:%M}–{self.ends_at:%H:%M}"

    def covers(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


class RosterImport(Timestamped):
    """One uploaded roster: what its columns are, the preview's verdicts, and what was applied.

    `file` is the rows as read, without what must never be kept (see services.roster.store).
    """

    class Status(models.TextChoices):
        PREVIEW = "preview", _("preview")
        APPLIED = "applied", _("applied")
        DISCARDED = "discarded", _("discarded")

    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="roster_imports", verbose_name=_("estate")
    )
    name = LineField(_("file"), max_length=160)
    status = models.CharField(
        _("state"), max_length=10, choices=Status.choices, default=Status.PREVIEW
    )
    mapping = models.JSONField(_("columns"), default=dict)
    file = models.FileField(_("rows as read"), upload_to="rosters/", blank=True, max_length=120)
    problems = models.JSONField(_("rows not taken"), default=list)
    counts = models.JSONField(_("counts"), default=dict)
    missing = models.JSONField(_("people not in the file"), default=list)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("of a person", "from"),
    )
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)

    personal = frozenset({"file", "problems", "missing"})
    objects = querysets.ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("roster import")
        verbose_name_plural = _("roster imports")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("estates:roster-import", args=[self.pk])


def standing_of(user: Any) -> list[Posting]:
    """A person's postings today with their estates, read once per object (a request's user)."""
    if not user.pk:
        return []
    cached: list[Posting] | None = getattr(user, "_standing", None)
    if cached is None:
        cached = list(Posting.objects.of(user).select_related("estate"))
        user._standing = cached
    return cached


def duties_of(user: Any) -> dict[int, set[str]]:
    """Estate pk → duties of a person today."""
    duties: dict[int, set[str]] = {}
    for posting in standing_of(user):
        duties.setdefault(posting.estate_id, set()).add(posting.duty)
    return duties


def trades_at(user: Any, estate_id: int) -> set[str]:
    """The trades in which a person works as a technician of the estate today."""
    return {
        trade
        for posting in standing_of(user)
        if posting.estate_id == estate_id and posting.duty == Posting.Duty.TECHNICIAN
        for trade in posting.trades
    }


def holds(user: Any, estate_id: int, *duties: str) -> bool:
    """Does `user` hold one of `duties` at the estate today? Administrators hold all."""
    return user.is_superuser or bool(duties_of(user).get(estate_id, set()) & set(duties))


def homes_of(user: Any) -> set[int]:
    """The pks of a person's units today, read once per object."""
    if not user.pk:
        return set()
    cached: set[int] | None = getattr(user, "_homes", None)
    if cached is None:
        cached = set(Occupant.objects.of(user).values_list("unit_id", flat=True))
        user._homes = cached
    return cached


def duty_at(estate_id: int, person: models.OuterRef) -> models.Subquery:
    """In which duty of the estate somebody speaks, for a timeline; the code of Posting.Duty."""
    postings = Posting.objects.filter(estate=estate_id, user=person).order_by("pk")
    return models.Subquery(postings.values("duty")[:1])


def said_duty(code: str) -> str:
    return str(Posting.Duty(code).label)
