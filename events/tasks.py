"""What events do by themselves."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from audit.tasks import sweep
from events.services import sweeps


@sweep("events.draft", _("Drafts events of the year"), drafted=_("drafted"), failed=_("failed"))
def draft(at: datetime) -> Mapping[str, int]:
    return sweeps.draft(at).as_("drafted")


@sweep("events.begin", _("Begins events"), begun=_("begun"), failed=_("failed"))
def begin(at: datetime) -> Mapping[str, int]:
    return sweeps.begin(at).as_("begun")


@sweep("events.end", _("Ends events"), ended=_("ended"), failed=_("failed"))
def end(at: datetime) -> Mapping[str, int]:
    return sweeps.end(at).as_("ended")


@sweep("events.remind", _("Reminds of events"), reminded=_("reminded"), failed=_("failed"))
def remind(at: datetime) -> Mapping[str, int]:
    return sweeps.remind(at).as_("reminded")


@sweep("events.run_out", _("Passes places on"), passed=_("passed on"), failed=_("failed"))
def run_out(at: datetime) -> Mapping[str, int]:
    return sweeps.run_out(at).as_("passed")


@sweep("events.forget", _("Forgets answers"), forgotten=_("forgotten"), failed=_("failed"))
def forget(at: datetime) -> Mapping[str, int]:
    return sweeps.forget(at).as_("forgotten")
