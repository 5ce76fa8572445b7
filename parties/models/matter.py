"""A matter that several answer for: who calls, who leads, who helps, and by when."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common.lines import LineField, WordsField
from common.models import FromOrigin, Timestamped
from common.search import Searched
from estates.models import Community, Place, Unit
from parties import querysets, states
from parties.models.people import Organisation
from parties.states import (
    DONE,
    OPEN,
    PROMISED,
    PUBLIC,
    WITH_LEAD,
    Grade,
    MatterStatus,
    PartRole,
    PartStatus,
    Supervision,
)

NEVER = date(9999, 1, 1)
WORDS = Searched("number", "title", "description")


class Matter(Timestamped, FromOrigin):
    Status = states.MatterStatus

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="matters", verbose_name=_("community")
    )
    caller = models.ForeignKey(
        Organisation, models.PROTECT, related_name="calls", verbose_name=_("who calls")
    )
    lead = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="leads",
        verbose_name=pgettext_lazy("matter", "who leads"),
    )
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("raised by"),
    )
    # Whom it concerns, and who hears at each step what a resident may know.
    resident = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("resident"),
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    place = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("public place"),
    )
    place_words = LineField(_("where exactly"), max_length=200, blank=True)
    title = LineField(_("title"), max_length=120)
    description = WordsField(_("what it is about"), max_length=4000, blank=True)
    public_title = LineField(_("title for residents"), max_length=120, blank=True)
    public_words = WordsField(_("words for residents"), max_length=1000, blank=True)
    plan = WordsField(_("plan"), max_length=2000, blank=True, editable=False)
    result = WordsField(_("result"), max_length=2000, blank=True, editable=False)
    status = models.CharField(
        _("state"),
        max_length=12,
        choices=MatterStatus,
        default=MatterStatus.RAISED,
        editable=False,
    )
    supervision = models.CharField(
        _("supervision"),
        max_length=8,
        choices=Supervision,
        default=Supervision.NONE,
        editable=False,
    )
    # What the lead is waited for, by which day; and the day on which supervision climbs next.
    due_on = models.DateField(_("waited for by"), null=True, editable=False)
    climbs_on = models.DateField(null=True, editable=False)
    # The same for orders: what waits for nobody stands last.
    due = models.GeneratedField(
        expression=Coalesce("due_on", Value(NEVER, output_field=models.DateField())),
        output_field=models.DateField(),
        db_persist=True,
    )
    # The organisations that have a part in it, and the caller: for who sees it, by one index.
    involved = ArrayField(models.BigIntegerField(), default=list, editable=False)
    raised_at = models.DateTimeField(pgettext_lazy("the moment", "raised"), editable=False)
    completed_at = models.DateTimeField(_("completed"), null=True, editable=False)
    closed_at = models.DateTimeField(
        pgettext_lazy("the moment", "closed"), null=True, editable=False
    )

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=WITH_LEAD) | Q(due_on__isnull=False),
                name="parties_matter_due",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[MatterStatus.ARCHIVED, MatterStatus.WITHDRAWN])
                ^ Q(closed_at__isnull=True),
                name="parties_matter_closed",
            ),
        ]
        indexes = [
            GinIndex(fields=["involved"], name="parties_matter_involved"),
            models.Index(fields=["community", "status", "due"], name="parties_matter_queue"),
            models.Index(
                fields=["climbs_on"],
                condition=Q(climbs_on__isnull=False),
                name="parties_matter_climbs",
            ),
            models.Index(fields=["resident", "-id"], name="parties_matter_resident"),
            models.Index(fields=["raised_by", "-id"], name="parties_matter_raised"),
            models.Index(fields=["lead", "status", "due"], name="parties_matter_lead"),
            models.Index(fields=["origin_type", "origin_id"], name="parties_matter_origin"),
            WORDS.index("parties_matter_search"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("parties:matter", args=[self.number])

    @property
    def where(self) -> str:
        place = str(self.unit or self.place or "")
        return " · ".join(filter(None, [place, self.place_words]))

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def public_state(self) -> str:
        return str(PUBLIC[MatterStatus(self.status)])

    @property
    def public_tone(self) -> str:
        return "done" if self.status in DONE else "open"

    @property
    def public_day(self) -> date | None:
        """The day that was promised. Until when somebody is to sign or to come is not said."""
        return self.due_on if self.status in PROMISED else None

    @property
    def shown_title(self) -> str:
        """To residents; the inner title is never theirs to read."""
        return self.public_title or gettext("Matter %(number)s") % {"number": self.number}

    def is_late(self, on: date) -> bool:
        return self.status in WITH_LEAD and self.due_on is not None and self.due_on < on


class MatterPart(Timestamped):
    """What one organisation does of a matter; the lead has a part too."""

    Status = states.PartStatus
    Role = states.PartRole

    matter = models.ForeignKey(
        Matter, models.PROTECT, related_name="parts", verbose_name=_("matter")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="parts", verbose_name=_("organisation")
    )
    role = models.CharField(_("part"), max_length=8, choices=PartRole, default=PartRole.HELPER)
    promise = WordsField(_("what it promises"), max_length=500, blank=True)
    due_on = models.DateField(_("promised by"), null=True, blank=True)
    status = models.CharField(
        _("state"), max_length=8, choices=PartStatus, default=PartStatus.OPEN, editable=False
    )
    done_on = models.DateField(_("done on"), null=True, editable=False)
    grade = models.CharField(_("grade"), max_length=8, choices=Grade, blank=True, editable=False)
    grade_words = LineField(_("why"), max_length=200, blank=True, editable=False)

    personal: ClassVar[frozenset[str]] = frozenset()
    objects = querysets.MatterPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of a matter")
        verbose_name_plural = _("parts of matters")
        ordering = ["matter", "role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "organisation"], name="parties_part_once"),
            models.UniqueConstraint(
                fields=["matter"], condition=Q(role=PartRole.LEAD), name="parties_part_one_lead"
            ),
            models.CheckConstraint(
                condition=Q(status=PartStatus.DONE) ^ Q(done_on__isnull=True),
                name="parties_part_done",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "status"], name="parties_part_open")]

    def __str__(self) -> str:
        return f"{self.matter.number} · {self.organisation}"

    def get_absolute_url(self) -> str:
        return self.matter.get_absolute_url()

    def is_late(self, on: date) -> bool:
        return self.status == PartStatus.OPEN and self.due_on is not None and self.due_on < on
