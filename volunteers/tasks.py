"""What volunteers' teams do by themselves."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from audit.tasks import sweep
from volunteers.services import sweeps


@sweep("volunteers.make_shifts", _("Makes shifts of series"), made=_("made"), failed=_("failed"))
def make_shifts(at: datetime) -> Mapping[str, int]:
    return sweeps.make_due(at).as_("made")


@sweep("volunteers.remind", _("Reminds of shifts"), reminded=_("reminded"), failed=_("failed"))
def remind(at: datetime) -> Mapping[str, int]:
    return sweeps.remind(at).as_("reminded")


@sweep("volunteers.tidy", _("Closes what was left open"), closed=_("closed"), failed=_("failed"))
def tidy(at: datetime) -> Mapping[str, int]:
    return sweeps.tidy(at).as_("closed")


@sweep("volunteers.lapse", _("Lets swaps lapse"), lapsed=_("lapsed"), failed=_("failed"))
def lapse(at: datetime) -> Mapping[str, int]:
    return sweeps.lapse(at).as_("lapsed")


@sweep("volunteers.end", _("Closes shifts that are over"), closed=_("closed"), failed=_("failed"))
def end(at: datetime) -> Mapping[str, int]:
    return sweeps.end(at).as_("closed")


@sweep(
    "volunteers.run_out",
    _("Passes on offers that ran out"),
    passed_on=_("passed on"),
    failed=_("failed"),
)
def run_out(at: datetime) -> Mapping[str, int]:
    return sweeps.run_out(at).as_("passed_on")


@sweep(
    "volunteers.papers",
    _("Reminds of certificates that run out"),
    reminded=_("reminded"),
    failed=_("failed"),
)
def papers(at: datetime) -> Mapping[str, int]:
    return sweeps.papers_run_out(at).as_("reminded")
