from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts import services
from audit.tasks import sweep


@sweep("accounts.purge", _("Forgets what browsers have sent"), removed=_("removed"))
def purge(at: datetime) -> dict[str, int]:
    return {"removed": services.forget_sendings(at=at)}
