"""What estates tells beside its lives. The texts are templates/notifications/estates.*.txt."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from estates.services.audience import desk, on_shift, posted_person
from notifications.services import Kind

KINDS = (
    Kind("estates.leave", _("Somebody moves out"), desk),
    Kind("estates.end_posting", _("Your posting has ended"), posted_person),
    Kind("estates.call_off_dutyshift", _("Duty shift called off"), on_shift),
)
