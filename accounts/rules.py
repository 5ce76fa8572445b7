from __future__ import annotations

from typing import Any

from django.conf import settings


def can_revoke(user: Any, token: Any) -> bool:
    return bool(token.user_id == user.pk or user.is_superuser)


def can_deactivate(user: Any, account: Any) -> bool:
    return bool(user.is_superuser and account.pk != user.pk)


def can_get_texts() -> bool:
    """Whether codes can reach a phone here: by a gateway, or on a trial in the server's log."""
    return bool(settings.SMS_URL or settings.DEMO or settings.DEBUG)
