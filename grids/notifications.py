"""What grids tell beside their lives. The texts are templates/notifications/grids.*.txt; none of
them names a person that is looked after, nor why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from grids.services.audience import posted_person
from grids.services.postings import ENDED, GIVEN
from notifications.services import Kind

KINDS = (
    Kind(GIVEN, _("You work in a grid"), posted_person),
    Kind(ENDED, _("Your work in a grid has ended"), posted_person),
)
