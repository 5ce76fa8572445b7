"""What events and templates may be, and the sets of it that everybody above speaks of."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EventStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("event", "draft")
    APPROVED = "approved", pgettext_lazy("event", "approved")
    PUBLISHED = "published", pgettext_lazy("event", "published")
    RUNNING = "running", pgettext_lazy("event", "on now")
    ENDED = "ended", pgettext_lazy("event", "over")
    REPORTED = "reported", pgettext_lazy("event", "reported")
    CANCELLED = "cancelled", pgettext_lazy("event", "called off")


E = EventStatus
# Whoever plans it works on it still, and nobody else reads it.
PLANNED = (E.DRAFT, E.APPROVED)
AHEAD = (E.DRAFT, E.APPROVED, E.PUBLISHED)
# Anybody may read it, signed in or not.
PUBLIC = (E.PUBLISHED, E.RUNNING, E.ENDED, E.REPORTED)


class RuleKind(models.TextChoices):
    FIXED = "fixed", _("on a day of the year")
    NTH_WEEKDAY = "nth", _("on the nth weekday of a month")
    LUNAR = "lunar", _("on a day of the lunar year")
    SOLAR_TERM = "term", _("on a solar term")
    RRULE = "rrule", _("by a rule of recurrence")


class WorkdayShift(models.TextChoices):
    NONE = "none", _("as it falls")
    BEFORE = "before", _("on the working day before, if it falls on a day off")
    AFTER = "after", _("on the working day after, if it falls on a day off")
    DAY_OFF = "off", _("on the day off after, if it falls on a working day")


class SignupStatus(models.TextChoices):
    WAITLISTED = "waitlisted", pgettext_lazy("event", "on the waiting list")
    OFFERED = "offered", pgettext_lazy("event", "held for you")
    CONFIRMED = "confirmed", pgettext_lazy("event", "signed up")
    ATTENDED = "attended", pgettext_lazy("event", "came")
    WITHDRAWN = "withdrawn", pgettext_lazy("event", "not coming")
    EXPIRED = "expired", pgettext_lazy("event", "passed on")


U = SignupStatus
# They take places.
HELD = (U.OFFERED, U.CONFIRMED, U.ATTENDED)
# Whoever is in one of these is not asked again whether they come.
STANDING = (U.WAITLISTED, *HELD)
COMING = (U.WAITLISTED, U.OFFERED, U.CONFIRMED)
AFTER = (E.RUNNING, E.ENDED, E.REPORTED)


class SlotStatus(models.TextChoices):
    FREE = "free", pgettext_lazy("turn", "free")
    BOOKED = "booked", pgettext_lazy("turn", "waits")
    CALLED = "called", pgettext_lazy("turn", "called")
    SERVED = "served", pgettext_lazy("turn", "served")
    PASSED = "passed", pgettext_lazy("turn", "passed over")


# Somebody has it still: they wait, or it is their turn.
TAKEN = (SlotStatus.BOOKED, SlotStatus.CALLED)
# While turns are given away.
BOOKABLE = (EventStatus.PUBLISHED, EventStatus.RUNNING)
# Whoever waits is served to the end, also when the clock has ended the event.
SERVING = (*BOOKABLE, EventStatus.ENDED)


class ServiceIcon(models.TextChoices):
    SCISSORS = "scissors", _("scissors")
    SLICE = "slice", _("knife")
    STETHOSCOPE = "stethoscope", _("stethoscope")
    FIRST_AID = "first-aid-kit", _("first-aid kit")
    TOOL = "tool", _("spanner")
    TOOLS = "tools", _("tools")
    BOLT = "bolt", _("electricity")
    PHONE = "device-mobile", _("telephone")
    HAND = "heart-handshake", _("helping hands")
