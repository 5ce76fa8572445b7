"""Where a person stands in safety: the plans that they lead, read once per request."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from workflow.standing import read_once

# They see all rounds of their estates; others those that they walk or lead.
SAFETY = ("manager", "inspector")
INSPECTOR = "inspector"


def plans_led(user: Any) -> set[int]:
    if not user.pk:
        return set()
    rows = apps.get_model("safety", "Plan").objects.filter(lead_id=user.pk)
    return read_once(user, "safety.led", lambda: set(rows.values_list("pk", flat=True)))
