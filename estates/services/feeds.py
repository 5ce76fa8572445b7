"""Secret addresses of calendars: made when first asked for, renewed when one got about."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.services import record
from common.secrets import Unreadable, decrypt, encrypt
from estates import rules
from estates.models import CalendarFeed, Estate
from workflow.moves import lock
from workflow.refusals import NotAllowed

PURPOSE = "calendar_feed"


def feed_of(user: Any, *, at: datetime) -> CalendarFeed:
    return _kept({"user": user}, at)


def feed_at(estate: Estate, *, at: datetime) -> CalendarFeed:
    return _kept({"estate": estate}, at)


def _kept(owner: dict[str, Any], at: datetime) -> CalendarFeed:
    found = CalendarFeed.objects.filter(**owner).first()
    if found is None:
        found, _new = CalendarFeed.objects.get_or_create(**owner, defaults=_fresh(at))
    return found


def _fresh(at: datetime) -> dict[str, Any]:
    token = secrets.token_urlsafe(32)
    encrypted = encrypt(token, purpose=PURPOSE)
    return {"token_hash": _hash_of(token), "encrypted_token": encrypted, "renewed_at": at}


def token_of(feed: CalendarFeed) -> str:
    """Empty where no key of the settings opens it any more: a new address helps."""
    try:
        return decrypt(feed.encrypted_token, purpose=PURPOSE)
    except Unreadable:
        return ""


def feed_by(token: str) -> CalendarFeed | None:
    """The feed of this address, unless its owner's account is closed."""
    live = CalendarFeed.objects.filter(Q(user__isnull=True) | Q(user__is_active=True))
    return live.filter(token_hash=_hash_of(token)).select_related("user", "estate").first()


def renew(feed: CalendarFeed, *, actor: Any, at: datetime) -> CalendarFeed:
    """A new address; whoever has the old one finds nothing there any more.

    Raises NotAllowed for anybody but its owner, or the estate's manager.
    """
    with transaction.atomic():
        locked = lock(feed)
        if not rules.can_renew(actor, locked):
            raise NotAllowed(_("The estate's calendar gets a new address from the manager."))
        for name, value in _fresh(at).items():
            setattr(locked, name, value)
        locked.save(
            update_fields=["token_hash", "encrypted_token", "renewed_at", "updated_at"],
        )
        record("estates.renew_feed", locked, actor=actor, at=at, after={"renewed_at": at})
    return locked


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
