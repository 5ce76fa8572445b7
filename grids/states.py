"""What grids, flags and visits may be, and the sets of it that everybody above speaks of."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Duty(models.TextChoices):
    LEADER = "leader", _("grid leader")
    MEMBER = "member", _("grid member")
    BUILDING_STEWARD = "building_steward", _("building steward")
    UNIT_STEWARD = "unit_steward", _("unit steward")


STEWARDS = (Duty.BUILDING_STEWARD, Duty.UNIT_STEWARD)


class Kind(models.TextChoices):
    """Of grids. Households lie in micro-grids alone."""

    GRID = "grid", _("grid")
    DEDICATED = "dedicated", _("dedicated grid")
    MICRO = "micro", _("micro-grid")


class Tier(models.TextChoices):
    """The highest first: a home shows the highest of its people's."""

    RED = "red", pgettext_lazy("tier", "red")
    YELLOW = "yellow", pgettext_lazy("tier", "yellow")
    GREEN = "green", pgettext_lazy("tier", "green")


RANK = {tier: rank for rank, tier in enumerate(Tier)}


class Need(models.TextChoices):
    """Why somebody is looked after. No illness, no creed: what a neighbour would say."""

    EMPTY_NEST = "empty_nest", _("empty-nest elderly")
    LIVING_ALONE = "living_alone", _("living alone")
    DISABLED = "disabled", _("disabled")
    SEVERE = "severe", _("severe disability")
    IN_DIFFICULTY = "difficulty", _("in difficulty")
    LOW_INCOME = "low_income", _("low income")
    INFANT = "infant", _("pregnant or infant")
    BEREAVED = "bereaved", _("bereaved")
    OTHER = "other", pgettext_lazy("need", "other")


# With the mark of an elder these are the elders in special difficulty, who are to be seen monthly.
SPECIAL = (Need.EMPTY_NEST, Need.LIVING_ALONE, Need.DISABLED, Need.SEVERE, Need.BEREAVED)


class FlagStatus(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("flag", "proposed")
    CONFIRMED = "confirmed", pgettext_lazy("flag", "confirmed")
    REFUSED = "refused", pgettext_lazy("flag", "not confirmed")
    ENDED = "ended", pgettext_lazy("flag", "ended")


STANDING = (FlagStatus.PROPOSED, FlagStatus.CONFIRMED)
# After its day of review a flag waits so long for somebody's word; then it ends by itself.
REVIEW_WITHIN = timedelta(days=30)


class VisitStatus(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("visit", "planned")
    MET = "met", pgettext_lazy("visit", "met")
    NOT_MET = "not_met", pgettext_lazy("visit", "not met")
    PHONED = "phoned", pgettext_lazy("visit", "phoned")
    REFUSED = "refused", pgettext_lazy("visit", "not wanted")
    MOVED = "moved", pgettext_lazy("visit", "moved away")
    CALLED_OFF = "called_off", pgettext_lazy("visit", "called off")


RESULTS = tuple(s for s in VisitStatus if s not in (VisitStatus.PLANNED, VisitStatus.CALLED_OFF))
# Somebody was seen or spoken with: this is what a rhythm counts from.
REACHED = (VisitStatus.MET, VisitStatus.PHONED)


class Wellbeing(models.TextChoices):
    GOOD = "good", pgettext_lazy("wellbeing", "well")
    FAIR = "fair", pgettext_lazy("wellbeing", "all right")
    POOR = "poor", pgettext_lazy("wellbeing", "not so well")
    URGENT = "urgent", pgettext_lazy("wellbeing", "help at once")
