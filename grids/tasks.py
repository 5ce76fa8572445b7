"""What grids do by themselves; one task a matter, so that none waits for another."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from audit.tasks import sweep
from grids.services import sweeps

FAILED = _("failed")


@sweep("grids.plan_visits", _("Plans home visits"), households=_("households"), failed=FAILED)
def plan_visits(at: datetime) -> Mapping[str, int]:
    return sweeps.plan_visits(at).as_("households")


@sweep("grids.review", _("Asks for reviews of care flags"), asked=_("asked for"), failed=FAILED)
def review(at: datetime) -> Mapping[str, int]:
    return sweeps.ask_for_review(at).as_("asked")


@sweep("grids.end_expired", _("Ends care flags not reviewed"), ended=_("ended"), failed=FAILED)
def end_expired(at: datetime) -> Mapping[str, int]:
    return sweeps.end_expired(at).as_("ended")


@sweep(
    "grids.end_moved_out",
    _("Ends care flags of those who moved out"),
    ended=_("ended"),
    failed=FAILED,
)
def end_moved_out(at: datetime) -> Mapping[str, int]:
    return sweeps.end_moved_out(at).as_("ended")


@sweep("grids.climb", _("Tells leaders of red visits that are late"), told=_("told"), failed=FAILED)
def climb(at: datetime) -> Mapping[str, int]:
    return sweeps.climb(at).as_("told")
