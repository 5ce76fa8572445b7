"""What the nouns of safety may be, and the sets of it that everybody above speaks of."""

from django.db import models
from django.utils.translation import pgettext_lazy


class PlanStatus(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("plan", "running")
    PAUSED = "paused", pgettext_lazy("plan", "paused")


class Status(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("round", "planned")
    IN_PROGRESS = "in_progress", pgettext_lazy("round", "being walked")
    DONE = "done", pgettext_lazy("round", "walked")
    PARTIAL = "partial", pgettext_lazy("round", "points missing")
    MISSED = "missed", pgettext_lazy("round", "missed")
    EXCUSED = "excused", pgettext_lazy("round", "excused")
    # The plan was changed or paused before its time came; kept, so that calendars say so.
    CALLED_OFF = "called_off", pgettext_lazy("round", "called off")


AHEAD = (Status.PLANNED, Status.IN_PROGRESS)
SHORT = (Status.PARTIAL, Status.MISSED)
# What counts as having been due: who was excused, or called off, was not.
COUNTED = (Status.DONE, *SHORT)
STANDING = tuple(status for status in Status if status != Status.CALLED_OFF)


class Verdict(models.TextChoices):
    PASS = "pass", pgettext_lazy("check", "in order")
    FAIL = "fail", pgettext_lazy("check", "not in order")
    NA = "na", pgettext_lazy("check", "does not apply")


class Grade(models.TextChoices):
    GENERAL = "general", pgettext_lazy("hazard", "general")
    MAJOR = "major", pgettext_lazy("hazard", "major")


class HazardStatus(models.TextChoices):
    FOUND = "found", pgettext_lazy("hazard", "found")
    GRADED = "graded", pgettext_lazy("hazard", "graded")
    ORDERED = "ordered", pgettext_lazy("hazard", "ordered to be put right")
    RECTIFYING = "rectifying", pgettext_lazy("hazard", "being put right")
    SUBMITTED = "submitted", pgettext_lazy("hazard", "put right, to be looked at again")
    SENT_BACK = "sent_back", pgettext_lazy("hazard", "sent back")
    CLOSED = "closed", pgettext_lazy("hazard", "closed")


H = HazardStatus
# Nobody has ordered anything yet.
UNORDERED = (H.FOUND, H.GRADED)
# Before whoever is responsible.
AT_WORK = (H.ORDERED, H.RECTIFYING, H.SENT_BACK)
# What is late in these climbs.
CLIMBING = (*UNORDERED, *AT_WORK)
OPEN = (*CLIMBING, H.SUBMITTED)


class Step(models.IntegerChoices):
    """Who hears that a hazard is late, one after the other."""

    NONE = 0, pgettext_lazy("lateness of a hazard", "nobody yet")
    INSPECTOR = 1, pgettext_lazy("lateness of a hazard", "the inspectors")
    LEAD = 2, pgettext_lazy("lateness of a hazard", "who leads the plan")
    MANAGER = 3, pgettext_lazy("lateness of a hazard", "the manager")
    MEETING = 4, pgettext_lazy("lateness of a hazard", "the joint meeting")


class DrillKind(models.TextChoices):
    FIRE = "fire", pgettext_lazy("drill", "fire")
    FLOOD = "flood", pgettext_lazy("drill", "flood")
    EARTHQUAKE = "earthquake", pgettext_lazy("drill", "earthquake")
    LIFT = "lift", pgettext_lazy("drill", "stuck in a lift")
    OTHER = "other", pgettext_lazy("drill", "other")


class DrillForm(models.TextChoices):
    FULL = "full", pgettext_lazy("drill", "everybody goes out")
    TABLETOP = "tabletop", pgettext_lazy("drill", "at the table")


class DrillStatus(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("drill", "planned")
    ANNOUNCED = "announced", pgettext_lazy("drill", "announced")
    RUNNING = "running", pgettext_lazy("drill", "running")
    ENDED = "ended", pgettext_lazy("drill", "ended, to be evaluated")
    EVALUATED = "evaluated", pgettext_lazy("drill", "evaluated")
    ARCHIVED = "archived", pgettext_lazy("drill", "archived")
    CANCELLED = "cancelled", pgettext_lazy("drill", "called off")


D = DrillStatus
DRILL_AHEAD = (D.PLANNED, D.ANNOUNCED)
# Not done with.
DRILL_OPEN = (*DRILL_AHEAD, D.RUNNING, D.ENDED)
# Held: it counts for what is required.
DRILL_HELD = (D.ENDED, D.EVALUATED, D.ARCHIVED)


class Role(models.TextChoices):
    COMMANDER = "commander", pgettext_lazy("drill", "in command")
    CALLER = "roll_caller", pgettext_lazy("drill", "calls the roll")
    GUIDE = "guide", pgettext_lazy("drill", "guides people out")
    OBSERVER = "observer", pgettext_lazy("drill", "observes")
    RECORDER = "recorder", pgettext_lazy("drill", "keeps the record")


class Mark(models.TextChoices):
    """What a roll-caller says of a home."""

    OUT = "out", pgettext_lazy("roll-call", "out")
    ASSISTED = "assisted", pgettext_lazy("roll-call", "with help")
    AWAY = "away", pgettext_lazy("roll-call", "nobody in")
    MISSING = "missing", pgettext_lazy("roll-call", "missing")


SAFE = (Mark.OUT, Mark.ASSISTED)


class RequirementStatus(models.TextChoices):
    OFF = "off", pgettext_lazy("requirement", "suggested, off")
    ON = "on", pgettext_lazy("requirement", "holds here")


class ImprovementStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("improvement", "open")
    DONE = "done", pgettext_lazy("improvement", "done, to be verified")
    VERIFIED = "verified", pgettext_lazy("improvement", "verified")
