"""Settings of the admin's looks: the portal's name and green; config.settings takes them in."""

from typing import Any

from django.utils.translation import gettext_lazy as _

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Banyan"),
    "SITE_HEADER": _("Banyan"),
    "SITE_SYMBOL": "park",
    "COLORS": {
        "primary": {
            step: f"oklch({light}% .07 165)"
            for step, light in zip(
                (50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950),
                (98, 95, 90, 83, 72, 58, 48, 42, 36, 30, 22),
                strict=True,
            )
        }
    },
}
