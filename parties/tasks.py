"""What parties do by themselves."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from audit.tasks import sweep
from parties.services import sweeps


@sweep(
    "parties.climb",
    _("Raises the supervision of matters"),
    raised=_("raised"),
    failed=_("failed"),
)
def climb(at: datetime) -> Mapping[str, int]:
    return sweeps.climb(at).as_("raised")
