"""A matter is made of other rows: a ticket, a visit. Of it nothing is made yet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from parties import rules
from parties.models import Matter
from workflow.follow_ups import FollowUp


def named(matter: Matter) -> str:
    """As residents read it: the reporter of a ticket sees the link too."""
    return f"{matter.number} {matter.shown_title} · {matter.public_state}"


MAKE_MATTER = FollowUp(
    Matter, _("Call others together"), "speakerphone", "parties:call", rules.may_raise, named
)
