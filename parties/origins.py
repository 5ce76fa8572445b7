"""A matter is made of other rows: a ticket, a visit. Those who work on it may make something of it:
a repair, or a question to a team of volunteers, which begins with what residents may read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from parties import rules
from parties.models import Matter
from workflow.follow_ups import FollowUp, Origin


def facts(matter: Matter) -> Mapping[str, Any]:
    known = {
        "unit": matter.unit,
        "place": matter.place,
        "title": matter.public_title,
        "public_title": matter.public_title,
    }
    return {name: fact for name, fact in known.items() if fact}


def label(matter: Matter) -> str:
    return f"{matter.number} {matter.shown_title}"


def worked_on(user: Any) -> Any:
    return Matter.objects.inside(user)


ORIGINS = (Origin(Matter, facts, label, rows=worked_on),)


def named(matter: Matter) -> str:
    """As residents read it: the reporter of a ticket sees the link too."""
    return f"{matter.number} {matter.shown_title} · {matter.public_state}"


MAKE_MATTER = FollowUp(
    Matter, _("Call others together"), "speakerphone", "parties:call", rules.may_raise, named
)
