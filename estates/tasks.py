from datetime import datetime

from django.utils.translation import gettext_lazy as _

from audit.tasks import sweep
from estates.services.roster import imports


@sweep("estates.forget_rosters", _("Forgets uploaded rosters after a month"), removed=_("removed"))
def forget_rosters(at: datetime) -> dict[str, int]:
    return {"removed": imports.forget_old(at=at)}
