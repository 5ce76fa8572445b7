"""A shift is made of other rows: a ticket, a visit, a matter."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from volunteers import rules
from volunteers.models import Shift
from workflow.follow_ups import FollowUp


def named(shift: Shift) -> str:
    day = timezone.localtime(shift.starts_at)
    return f"{shift.title} · {day:%m-%d %H:%M} · {shift.get_status_display()}"


ASK_TEAM = FollowUp(
    Shift, _("Ask a volunteer team"), "heart-handshake", "volunteers:ask", rules.may_ask, named
)
