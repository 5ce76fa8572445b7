from datetime import datetime

from django.utils.translation import gettext_lazy as _

from attachments.services import purge
from audit.tasks import sweep


@sweep("attachments.purge", _("Throws away photographs of forms never sent"), removed=_("removed"))
def purge_unsent(at: datetime) -> dict[str, int]:
    return {"removed": purge(at=at)}
