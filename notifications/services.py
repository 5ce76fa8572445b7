"""Telling people. Other apps register kinds of messages; a verb notifies; a worker delivers."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from kombu.exceptions import OperationalError

from notifications.models import ActionLink, Channel, Delivery, Message, Mute

logger = logging.getLogger(__name__)

TITLE_LENGTH = 200
LINK_LIFE = timedelta(days=10)


@dataclass(frozen=True)
class Kind:
    """One kind of message. `recipients(row)` gives the users who may be told; each must see the row.

    The text is the template `notifications/<code>.txt`: first line the title, the rest the body,
    with `row`, `actor`, `note` and what the verb adds. `answer` names the purpose of a one-use
    link that outgoing channels (not the bell) carry, empty for none.
    """

    code: str
    label: str | Promise
    recipients: Callable[[Any], Iterable[Any]]
    answer: str = ""


_kinds: dict[str, Kind] = {}
_answers: dict[str, str] = {}


def register(*kinds: Kind) -> None:
    """Called in ready(), once per kind."""
    _kinds.update({kind.code: kind for kind in kinds})


def register_answer(purpose: str, url_name: str) -> None:
    """The page that takes one-use links of `purpose`; its only argument is the token."""
    _answers[purpose] = url_name


def answer_url_name(purpose: str) -> str:
    return _answers[purpose]


def kinds() -> list[Kind]:
    return list(_kinds.values())


def kind_of(code: str) -> Kind | None:
    return _kinds.get(code)


def notify(
    code: str,
    row: models.Model,
    *,
    actor: Any,
    at: datetime,
    occasion: str = "",
    recipients: Iterable[Any] | None = None,
    **context: Any,
) -> int:
    """Write a message and its deliveries for everybody concerned but the actor; how many are told.

    Call it in the transaction of the change. Telling the same (recipient, kind, row, occasion)
    again writes nothing. A code that nobody registered tells nobody.
    """
    kind = _kinds.get(code)
    if kind is None:
        return 0
    people = {
        person.pk: person
        for person in (kind.recipients(row) if recipients is None else recipients)
        if person.pk != actor.pk and person.is_active
    }
    if not people:
        return 0
    content_type = ContentType.objects.get_for_model(row)
    key = {"kind": code, "content_type": content_type, "object_id": row.pk, "occasion": occasion}
    texts = {
        language: _text(kind, row, actor, language, context)
        for language in {person.language for person in people.values()}
    }
    url = row.get_absolute_url() if hasattr(row, "get_absolute_url") else ""
    Message.objects.bulk_create(
        [
            Message(recipient=person, url=url, **texts[person.language], **key)
            for person in people.values()
        ],
        ignore_conflicts=True,
        batch_size=5000,
    )
    _write_deliveries(
        Message.objects.filter(**key, recipient__in=people, deliveries__isnull=True), at
    )
    transaction.on_commit(wake_worker)
    return len(people)


def _text(
    kind: Kind, row: models.Model, actor: Any, language: str, context: Mapping[str, Any]
) -> dict[str, str]:
    with translation.override(language):
        text = render_to_string(
            f"notifications/{kind.code}.txt", {"row": row, "actor": actor, **context}
        ).strip()
    title, _, body = text.partition("\n")
    return {"title": title.strip()[:TITLE_LENGTH], "body": body.strip()}


def _write_deliveries(messages: models.QuerySet[Message], at: datetime) -> None:
    muted = set(Mute.objects.values_list("user_id", "kind", "channel"))
    Delivery.objects.bulk_create(
        [
            Delivery(message_id=pk, channel=Channel.EMAIL, address=email, next_attempt_at=at)
            for pk, user_id, kind, email in messages.values_list(
                "pk", "recipient_id", "kind", "recipient__email"
            )
            if email and (user_id, kind, Channel.EMAIL) not in muted
        ],
        ignore_conflicts=True,
        batch_size=5000,
    )


def wake_worker() -> None:
    """Ask a worker to empty the outbox now. When the broker is away, the sweep does it later."""
    try:
        current_app.tasks["notifications.deliver"].apply_async(retry=False)
    except OperationalError:
        logger.warning("the broker is away; the sweep will deliver")


def make_link(user: Any, row: models.Model, purpose: str, *, at: datetime) -> str:
    """A fresh one-use token for `user` about `row`; only its hash is kept."""
    token = secrets.token_urlsafe(24)
    ActionLink.objects.create(
        token_hash=hash_of(token),
        user=user,
        content_type=ContentType.objects.get_for_model(row),
        object_id=row.pk,
        purpose=purpose,
        expires_at=at + LINK_LIFE,
    )
    return token


def live_link(token: str, purpose: str, *, at: datetime) -> ActionLink | None:
    return (
        ActionLink.objects.live(at)
        .filter(token_hash=hash_of(token), purpose=purpose)
        .select_related("user")
        .first()
    )


def use_link(link: ActionLink, *, at: datetime) -> bool:
    """Claim the link; False when somebody was quicker. Call it in the transaction of the answer."""
    return ActionLink.objects.live(at).filter(pk=link.pk).update(used_at=at) == 1


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def mark_read(user: Any, *, at: datetime, pk: int | None = None) -> int:
    """One message, or all; how many were unread."""
    unread = Message.objects.visible_to(user).unread()
    return (unread.filter(pk=pk) if pk else unread).update(read_at=at)
