"""Events of a community, and what has to be done for one."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from attachments.models import Attachment
from common.lines import LineField, WordsField
from common.models import Timestamped
from common.search import Searched
from estates.models import Community, Place
from events import querysets, states
from events.models.template import SeasonalTemplate
from events.states import EventStatus
from volunteers.models import Team

WORDS = Searched("title", "story", "place_words")


class Event(Timestamped):
    Status = states.EventStatus

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="events", verbose_name=_("community")
    )
    template = models.ForeignKey(
        SeasonalTemplate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        editable=False,
        verbose_name=_("template of the year"),
    )
    # The day of the template that this event is; it may be held on another.
    occasion = models.DateField(null=True, blank=True, editable=False)
    title = LineField(_("title"), max_length=60)
    title_en = LineField(_("title in English"), max_length=60, blank=True)
    line = LineField(_("a line under it"), max_length=80, blank=True)
    story = WordsField(_("what it is about"), max_length=2000, blank=True)
    programme = WordsField(
        _("how it goes"),
        max_length=2000,
        blank=True,
        help_text=_("One thing a line, with its time before it: 09:00 …"),
    )
    place = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("public place"),
    )
    place_words = LineField(_("where exactly"), max_length=120, blank=True)
    starts_at = models.DateTimeField(pgettext_lazy("event", "begins"))
    ends_at = models.DateTimeField(pgettext_lazy("event", "ends"))
    organiser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organiser"),
    )
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=pgettext_lazy("volunteers", "team"),
    )
    # Nothing: no limit. Nought: nobody signs up.
    capacity = models.PositiveIntegerField(
        _("places"), null=True, blank=True, help_text=_("Empty: no limit. 0: nobody signs up.")
    )
    # Of the places, those for who rings; the portal does not give them away.
    phone_places = models.PositiveIntegerField(_("set aside for telephone sign-up"), default=0)
    per_person = models.PositiveSmallIntegerField(
        _("at most, signed up by one person"), null=True, blank=True
    )
    per_household = models.PositiveSmallIntegerField(
        _("at most, of one household"), null=True, blank=True
    )
    opens_at = models.DateTimeField(_("sign-up opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("sign-up closes"), null=True, blank=True)
    doors = WordsField(
        _("doors"), max_length=300, blank=True, help_text=_("One a line, where people are let in.")
    )
    # Counted by the verbs under the event's lock: people with a place, and those of them by phone.
    taken = models.PositiveIntegerField(default=0, editable=False)
    phone_taken = models.PositiveIntegerField(default=0, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    poster = models.ForeignKey(
        Attachment, models.SET_NULL, null=True, related_name="+", editable=False
    )
    budget = models.DecimalField(
        _("budget"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    cost = models.DecimalField(
        _("cost"), max_digits=10, decimal_places=2, null=True, blank=True, editable=False
    )
    people = models.PositiveIntegerField(_("people who came"), null=True, editable=False)
    report = WordsField(_("report"), max_length=2000, blank=True, editable=False)
    status = models.CharField(
        _("state"),
        max_length=10,
        choices=EventStatus,
        default=EventStatus.DRAFT,
        editable=False,
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)

    personal: ClassVar[frozenset[str]] = frozenset({"organiser"})
    objects = querysets.EventQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("community", "event")
        verbose_name_plural = pgettext_lazy("community", "events")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "occasion"], name="events_event_of_template_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="events_event_times",
                violation_error_message=_("It ends after it begins."),
            ),
            # The last to hold whatever the verbs count.
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(taken__lte=F("capacity")),
                name="events_event_taken",
            ),
            models.CheckConstraint(
                condition=Q(phone_taken__lte=F("taken")), name="events_event_phone_taken"
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(phone_places__lte=F("capacity")),
                name="events_event_phone_places",
                violation_error_message=_("No more can be set aside than there are places."),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=states.PUBLIC) | Q(published_at__isnull=False),
                name="events_event_published",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "status", "starts_at"], name="events_event_list"),
            models.Index(fields=["status", "starts_at"], name="events_event_begins"),
            models.Index(fields=["organiser", "status"], name="events_event_organiser"),
            WORDS.index("events_event_search"),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("events:event", args=[self.number])

    @property
    def label(self) -> str:
        return self.title_en if self.title_en and get_language() == "en" else self.title

    @property
    def where(self) -> str:
        return " · ".join(filter(None, [str(self.place or ""), self.place_words]))

    @property
    def is_public(self) -> bool:
        return self.status in states.PUBLIC or (
            self.status == EventStatus.CANCELLED and self.published_at is not None
        )

    @property
    def gates(self) -> list[str]:
        """The doors by name; one without a name where none is said."""
        return [line.strip()[:30] for line in self.doors.splitlines() if line.strip()] or [""]

    @property
    def agenda(self) -> list[tuple[str, str]]:
        """(time, words) of each line of the programme; a line without a time has none."""
        found = []
        for text in self.programme.splitlines():
            head, _space, rest = text.strip().partition(" ")
            timed = ":" in head and head.replace(":", "").isdecimal()
            found.append((head, rest.strip()) if timed else ("", text.strip()))
        return [one for one in found if one[1] or one[0]]


class Task(Timestamped):
    """A line of an event's checklist."""

    event = models.ForeignKey(
        Event,
        models.CASCADE,
        related_name="tasks",
        verbose_name=pgettext_lazy("community", "event"),
    )
    words = LineField(_("what is to be done"), max_length=120)
    done_at = models.DateTimeField(_("done"), null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("by whom"),
    )

    personal: ClassVar[frozenset[str]] = frozenset({"done_by"})
    objects = querysets.TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the checklist")
        verbose_name_plural = _("checklist")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "words"],
                name="events_task_once",
                violation_error_message=_("This stands in the checklist already."),
            )
        ]

    def __str__(self) -> str:
        return self.words
