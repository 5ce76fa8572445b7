"""One-use links: an answer by one tap, without signing in."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from notifications.models import ActionLink

LINK_LIFE = timedelta(days=10)
LINK_KEPT = timedelta(days=90)


def make_link(
    user: Any, row: models.Model, purpose: str, *, at: datetime, token: str | None = None
) -> str:
    """A one-use token for `user` about `row`; only its hash is kept.

    A `token` given twice is one link: an e-mail that is sent again says the same address.
    """
    token = token or secrets.token_urlsafe(24)
    ActionLink.objects.get_or_create(
        token_hash=hash_of(token),
        defaults={
            "user": user,
            "content_type": ContentType.objects.get_for_model(row),
            "object_id": row.pk,
            "purpose": purpose,
            "expires_at": at + LINK_LIFE,
        },
    )
    return token


def live_link(token: str, purpose: str, *, at: datetime) -> ActionLink | None:
    return (
        ActionLink.objects.live(at)
        .filter(token_hash=hash_of(token), purpose=purpose, user__is_active=True)
        .select_related("user")
        .first()
    )


def use_link(link: ActionLink, *, at: datetime) -> bool:
    """Claim the link; False when somebody was quicker. Call it in the transaction of the answer."""
    return ActionLink.objects.live(at).filter(pk=link.pk).update(used_at=at) == 1


def retire_links(row: models.Model, purpose: str, *, at: datetime) -> int:
    """End the open links about `row`: what they asked is not the question any more."""
    of_row = ActionLink.objects.live(at).filter(
        content_type=ContentType.objects.get_for_model(row), object_id=row.pk, purpose=purpose
    )
    return of_row.update(used_at=at)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def purge_links(*, at: datetime) -> int:
    return ActionLink.objects.expired_before(at - LINK_KEPT).delete()[0]
