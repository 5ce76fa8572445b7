"""What becomes of a visit: its home begins the form of whatever is made of it. What was talked
about stays where it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from grids.models import Visit
from workflow.follow_ups import Origin

VISIT = "visit"


def facts(visit: Visit) -> Mapping[str, Any]:
    return {"unit": visit.unit, "source": VISIT}


def label(visit: Visit) -> str:
    return _("home visit %(visit)s") % {"visit": visit}


ORIGINS = (Origin(Visit, facts, label),)
