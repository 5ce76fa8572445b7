"""What a person does with the own messages."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from common import navigation
from notifications.models import Message, Mute
from notifications.services.kinds import Kind, kinds


def mark_read(user: Any, *, at: datetime, pk: int | None = None) -> int:
    """One message, or all; how many were unread."""
    unread = Message.objects.inbox(user).unread()
    read: int = (unread.filter(pk=pk) if pk else unread).update(read_at=at, updated_at=at)
    navigation.forget([user.pk])
    return read


# A look into the index for each kind, where DISTINCT would read all the messages of years.
EVER_GOT = """
    SELECT code FROM unnest(%s::text[]) AS code WHERE EXISTS (
        SELECT FROM notifications_message message
        WHERE message.recipient_id = %s AND message.kind = code)
"""
# Beyond it nobody asks how many more.
MOST_UNREAD = 100


def unread(user: Any) -> int:
    return Message.objects.inbox(user).unread()[:MOST_UNREAD].count()


def known_kinds(user: Any) -> list[Kind]:
    """The kinds that this person ever got: a resident is not asked about the desk's messages."""
    with connection.cursor() as cursor:
        cursor.execute(EVER_GOT, [[kind.code for kind in kinds()], user.pk])
        codes = {code for (code,) in cursor.fetchall()}
    found = [kind for kind in kinds() if kind.code in codes]
    return sorted(found, key=lambda kind: str(kind.label))


def set_mutes(user: Any, *, among: Collection[tuple[str, str]], wanted: Collection[Any]) -> None:
    """Of the (kind, channel) pairs in `among`, mute those that are not wanted."""
    unwanted = set(among) - set(wanted)
    with transaction.atomic():
        for mute in Mute.objects.visible_to(user):
            if (mute.kind, mute.channel) in set(among) - unwanted:
                mute.delete()
        Mute.objects.bulk_create(
            [Mute(user=user, kind=kind, channel=channel) for kind, channel in sorted(unwanted)],
            ignore_conflicts=True,
        )
