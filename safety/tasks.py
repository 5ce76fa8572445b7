"""What safety does by itself; one task a matter, so that none waits for another."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from audit.tasks import sweep
from safety.services import sweeps

FAILED = _("failed")


@sweep("safety.make_rounds", _("Makes rounds ahead"), plans=_("plans that had any"), failed=FAILED)
def make_rounds(at: datetime) -> Mapping[str, int]:
    return sweeps.make_due(at).as_("plans")


@sweep("safety.remind", _("Reminds of rounds"), reminded=_("reminded"), failed=FAILED)
def remind(at: datetime) -> Mapping[str, int]:
    return sweeps.remind(at).as_("reminded")


@sweep("safety.close", _("Closes rounds whose time is over"), closed=_("closed"), failed=FAILED)
def close(at: datetime) -> Mapping[str, int]:
    return sweeps.close_ended(at).as_("closed")


@sweep(
    "safety.deadlines",
    _("Reminds of the deadlines of hazards"),
    reminded=_("reminded"),
    failed=FAILED,
)
def deadlines(at: datetime) -> Mapping[str, int]:
    return sweeps.remind_of_hazards(at).as_("reminded")


@sweep("safety.climb", _("Takes late hazards a step up"), climbed=_("a step up"), failed=FAILED)
def climb(at: datetime) -> Mapping[str, int]:
    return sweeps.climb(at).as_("climbed")


@sweep(
    "safety.requirements",
    _("Reminds of drills that are due"),
    looked=_("requirements looked at"),
    failed=FAILED,
)
def requirements(at: datetime) -> Mapping[str, int]:
    return sweeps.remind_of_requirements(at).as_("looked")


@sweep(
    "safety.drills",
    _("Reminds of drills the day before"),
    reminded=_("reminded"),
    failed=FAILED,
)
def drills(at: datetime) -> Mapping[str, int]:
    return sweeps.remind_of_drills(at).as_("reminded")


@sweep(
    "safety.improvements",
    _("Reminds of improvements that are late"),
    reminded=_("reminded"),
    failed=FAILED,
)
def improvements(at: datetime) -> Mapping[str, int]:
    return sweeps.remind_of_improvements(at).as_("reminded")
