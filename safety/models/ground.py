"""What is walked: points with a label, in the order of a route, and what is asked at each."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.lines import KeyField, LineField
from common.models import Timestamped
from estates.models import Estate, Facility, Place
from estates.models.places import qr_code
from safety import querysets
from safety.states import Verdict


class Checklist(Timestamped):
    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="checklists", verbose_name=_("estate")
    )
    name = LineField(_("name"), max_length=60)

    personal = frozenset()
    objects = querysets.ChecklistQuerySet.as_manager()

    class Meta:
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        ordering = ["estate", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["estate", "name"],
                name="safety_checklist_once",
                violation_error_message=_("The estate has a checklist of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ChecklistItem(Timestamped):
    """One question. Taken off a list it stays, for the answers of rounds that were walked."""

    class Kind(models.TextChoices):
        CHECK = "check", _("in order or not")
        NUMBER = "number", _("a number")
        CHOICE = "choice", _("one of several")
        TEXT = "text", _("words")

    checklist = models.ForeignKey(
        Checklist, models.CASCADE, related_name="items", verbose_name=_("checklist")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    name = LineField(_("what is looked at"), max_length=80)
    standard = LineField(_("what is in order"), max_length=200, blank=True)
    kind = models.CharField(_("kind of answer"), max_length=10, choices=Kind, default=Kind.CHECK)
    unit = KeyField(_("unit"), max_length=12, blank=True)
    lowest = models.DecimalField(
        _("at least"), max_digits=12, decimal_places=3, null=True, blank=True
    )
    highest = models.DecimalField(
        _("at most"), max_digits=12, decimal_places=3, null=True, blank=True
    )
    choices = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("answers")
    )
    # Those among the choices that are not in order.
    failing = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("bad answers")
    )
    photo_required = models.BooleanField(_("wants a photo"), default=False)
    is_active = models.BooleanField(_("is asked"), default=True)

    personal = frozenset()
    objects = querysets.ChecklistItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("checklist item")
        verbose_name_plural = _("checklist items")
        ordering = ["checklist", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lowest__isnull=True)
                | Q(highest__isnull=True)
                | Q(lowest__lte=F("highest")),
                name="safety_item_range",
                violation_error_message=_("The least must not be above the most."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="choice") | Q(choices__len__gt=0),
                name="safety_item_choices",
                violation_error_message=_("Say what may be chosen."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def range(self) -> str:
        """1–1.4 MPa; empty where every number is in order."""
        low, high = _plain(self.lowest), _plain(self.highest)
        said = f"{low}–{high}" if low and high else f"≥ {low}" if low else f"≤ {high}"
        return f"{said} {self.unit}".strip() if low or high else ""

    def verdict(self, value: str) -> str:
        """Of an answer as it was given; words are in order whatever they say."""
        match self.kind:
            case self.Kind.CHECK:
                return value
            case self.Kind.NUMBER:
                number = Decimal(value)
                low, high = self.lowest, self.highest
                fits = (low is None or number >= low) and (high is None or number <= high)
            case _:
                fits = value not in self.failing
        return Verdict.PASS if fits else Verdict.FAIL


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}".rstrip("0").rstrip(".")


class Checkpoint(Timestamped):
    """A place or facility that rounds look at; its label's code opens it on any phone."""

    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="checkpoints", verbose_name=_("estate")
    )
    name = LineField(_("name"), max_length=80)
    place = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="checkpoints",
        verbose_name=_("place"),
    )
    facility = models.ForeignKey(
        Facility,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="checkpoints",
        verbose_name=_("facility"),
    )
    hint = LineField(_("how one gets there"), max_length=200, blank=True)
    checklist = models.ForeignKey(
        Checklist,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="checkpoints",
        verbose_name=_("checklist"),
        help_text=_("What is asked here, where a route does not say otherwise."),
    )
    qr = models.CharField(max_length=20, unique=True, default=qr_code, editable=False)

    # whoever has the code can open the point without being there
    personal = frozenset({"qr"})
    objects = querysets.CheckpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["estate", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["estate", "name"],
                name="safety_checkpoint_once",
                violation_error_message=_("The estate has a checkpoint of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """What a phone without signal knows the label by: not the code itself, which stands on the
        label alone."""
        return sha256(self.qr.encode()).hexdigest()


class Route(Timestamped):
    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="routes", verbose_name=_("estate")
    )
    name = LineField(_("name"), max_length=60)
    checkpoints = models.ManyToManyField(Checkpoint, through="Stop", related_name="routes")

    personal = frozenset()
    objects = querysets.RouteQuerySet.as_manager()

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")
        ordering = ["estate", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["estate", "name"],
                name="safety_route_once",
                violation_error_message=_("The estate has a route of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Stop(models.Model):
    """A checkpoint on a route, and the checklist that is asked there."""

    route = models.ForeignKey(Route, models.CASCADE, related_name="stops")
    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="stops")
    position = models.PositiveSmallIntegerField(_("order"))
    checklist = models.ForeignKey(
        Checklist, models.PROTECT, null=True, blank=True, related_name="stops"
    )

    personal = frozenset[str]()
    objects = querysets.StopQuerySet.as_manager()

    class Meta:
        verbose_name = _("stop")
        verbose_name_plural = _("stops")
        ordering = ["route", "position"]
        constraints = [
            models.UniqueConstraint(fields=["route", "checkpoint"], name="safety_stop_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.checkpoint}"
