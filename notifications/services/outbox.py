"""Messages are written with the change that causes them, and leave by a worker afterwards."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from celery import current_app
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from kombu.exceptions import OperationalError

from common import navigation
from common.lines import one_line
from notifications.models import Channel, Delivery, Message, Mute
from notifications.services.channels import (
    Outgoing,
    RefusedError,
    absolute,
    open_channels,
    send,
)
from notifications.services.kinds import Kind, answer_url_name, kind_of
from notifications.services.links import make_link

logger = logging.getLogger(__name__)

TITLE_LENGTH = 200
URL_LENGTH = 200
# So many people's bars are counted afresh when something is told.
AT_ONCE = 100
# After each failure wait so many minutes; after the last, give up.
BACKOFF = (1, 5, 15, 60, 240, 720, 1440)

# Nothing leaves for an address or number that somebody only claims to have: whose it is may be told
# what happens in a stranger's home.
#
# A notice to all of a town is one statement: the rows are made where they stay. Whoever was told
# already is not returned by the first insert, and so is not sent anything by the second.
TELL = """
    WITH told AS (
        INSERT INTO notifications_message (
            recipient_id, kind, content_type_id, object_id, occasion, title, body, url,
            created_at, updated_at)
        SELECT person, %(kind)s, %(content_type)s, %(object)s, %(occasion)s, %(title)s, %(body)s,
            %(url)s, %(at)s, %(at)s
        FROM unnest(%(people)s::bigint[]) AS person
        ON CONFLICT DO NOTHING
        RETURNING id, recipient_id
    ), queued AS (
        INSERT INTO notifications_delivery (
            message_id, channel, address, state, attempts, next_attempt_at, error,
            created_at, updated_at)
        SELECT told.id, way.channel, way.address, 'pending', 0, %(at)s, '', %(at)s, %(at)s
        FROM told
        JOIN accounts_user person ON person.id = told.recipient_id
        CROSS JOIN LATERAL (
            VALUES ('email', CASE WHEN person.email_verified THEN person.email END),
                ('sms', CASE WHEN person.phone_verified THEN person.phone END)
        ) AS way (channel, address)
        WHERE way.channel = ANY(%(channels)s) AND way.address <> '' AND NOT EXISTS (
            SELECT FROM notifications_mute mute
            WHERE mute.user_id = person.id AND mute.kind = %(kind)s
                AND mute.channel = way.channel)
    )
    SELECT count(*) FROM told
"""


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
    kind = kind_of(code)
    if kind is None:
        _count_afresh([actor.pk])
        return 0
    readers = _readers(kind.recipients(row) if recipients is None else recipients, actor)
    _count_afresh([actor.pk, *chain.from_iterable(readers.values())])
    url = row.get_absolute_url() if hasattr(row, "get_absolute_url") else ""
    told = 0
    with transaction.atomic():
        for language, people in readers.items():
            told += _tell(
                people=people,
                kind=code,
                content_type=ContentType.objects.get_for_model(row).pk,
                object=row.pk,
                occasion=occasion,
                url=url[:URL_LENGTH],
                at=at,
                channels=[way for way in kind.channels if way in open_channels()],
                **_text(kind, row, actor, language, context),
            )
        if told:
            transaction.on_commit(wake_worker)
    return told


def _count_afresh(people: list[int | None]) -> None:
    """What happened is in the bars of those concerned at once; of a crowd, within half a minute."""
    known = [pk for pk in people[:AT_ONCE] if pk]
    transaction.on_commit(lambda: navigation.forget(known))


def _readers(recipients: Iterable[Any], actor: Any) -> Mapping[str, list[int]]:
    """The active people but the actor, by language; a queryset gives up only what is needed."""
    people: Iterable[tuple[int, str, bool]]
    if isinstance(recipients, models.QuerySet):
        people = recipients.order_by().values_list("pk", "language", "is_active")
    else:
        people = ((one.pk, one.language, one.is_active) for one in recipients)
    found: defaultdict[str, set[int]] = defaultdict(set)
    for pk, language, is_active in people:
        if is_active and pk != actor.pk:
            found[language].add(pk)
    # In order of key, so that two notices at once never wait for each other crosswise.
    return {language: sorted(pks) for language, pks in sorted(found.items())}


def _tell(**values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(TELL, values)
        return int(cursor.fetchone()[0])


def _text(
    kind: Kind, row: models.Model, actor: Any, language: str, context: Mapping[str, Any]
) -> dict[str, str]:
    """Plain text: whatever shows it as HTML escapes it then."""
    template = get_template(f"notifications/{kind.code}.txt").template  # type: ignore[attr-defined]
    values = Context({"row": row, "actor": actor, **context}, autoescape=False)
    with translation.override(language):
        text = str(template.render(values)).strip()
    title, _, body = text.partition("\n")
    return {"title": one_line(title)[:TITLE_LENGTH], "body": body.strip()}


def wake_worker() -> None:
    """Ask a worker to empty the outbox now. When the broker is away, the sweep does it later."""
    try:
        current_app.tasks["notifications.deliver"].apply_async(retry=False)
    except OperationalError:
        logger.warning("the broker is away; the sweep will deliver")


def deliver_next(*, at: datetime, resting: Collection[str] = ()) -> Delivery | None:
    """Send the delivery that is due the longest, but by no channel that rests; None when none is.

    The row stays locked from before it is sent until the result is written: no second worker sends
    it, and a worker that is killed in between leaves it due. Sent again after that, it carries the
    same Message-ID and the same link.
    """
    with transaction.atomic():
        delivery: Delivery | None = (
            Delivery.objects.due(at)
            .exclude(channel__in=resting)
            .select_for_update(skip_locked=True, of=("self",), no_key=True)
            .select_related("message__recipient", "message__content_type")
            .order_by("next_attempt_at")
            .first()
        )
        if delivery is not None:
            _attempt(delivery, at)
    return delivery


def _attempt(delivery: Delivery, at: datetime) -> None:
    delivery.attempts += 1
    delivery.error = ""
    if not (address := _address_now(delivery)):
        delivery.state = Delivery.State.DROPPED
        delivery.save(update_fields=["attempts", "error", "state", "updated_at"])
        return
    delivery.address = address
    try:
        with transaction.atomic():
            send(delivery.channel, _outgoing(delivery, at))
    except RefusedError as error:
        logger.warning("delivery %s was refused: %s", delivery.pk, error)
        delivery.state, delivery.error = Delivery.State.REFUSED, _words(error)
    # Whatever a mail server, a gateway or a vanished row throws, the outbox goes on.
    except Exception as error:
        logger.warning("delivery %s failed: %r", delivery.pk, error)
        _put_off(delivery, error, at)
    else:
        delivery.state, delivery.sent_at = Delivery.State.SENT, at
    delivery.save(
        update_fields=[
            "attempts", "address", "error", "state", "sent_at", "next_attempt_at", "updated_at",
        ]
    )  # fmt: skip


def _address_now(delivery: Delivery) -> str:
    """Where the message may go at this moment; empty when its reader does not want it any more.

    Since it was written the account may be closed, the address changed or lost, the kind muted.
    """
    message: Message = delivery.message
    reader = message.recipient
    if not reader.is_active or Mute.objects.mutes(reader, message.kind, delivery.channel):
        return ""
    if delivery.channel == Channel.SMS:
        return reader.phone if reader.phone_verified and reader.phone else ""
    return reader.email if reader.email_verified and reader.email else ""


def _put_off(delivery: Delivery, error: Exception, at: datetime) -> None:
    delivery.error = _words(error)
    if delivery.attempts > len(BACKOFF):
        delivery.state = Delivery.State.FAILED
    else:
        delivery.next_attempt_at = at + timedelta(minutes=BACKOFF[delivery.attempts - 1])


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000].replace("\0", "")


def _outgoing(delivery: Delivery, at: datetime) -> Outgoing:
    message: Message = delivery.message
    secret = salted_hmac("notifications.delivery", str(delivery.pk), algorithm="sha256").hexdigest()
    return Outgoing(
        key=f"{delivery.pk}.{secret[:12]}",
        address=delivery.address,
        language=message.recipient.language,
        title=message.title,
        body=message.body,
        url=absolute(message.url),
        answer_url=_answer_url(message, secret[12:52], at),
    )


def _answer_url(message: Message, token: str, at: datetime) -> str:
    kind = kind_of(message.kind)
    if kind is None or not kind.answer or message.row is None:
        return ""
    make_link(message.recipient, message.row, kind.answer, at=at, token=token)
    return absolute(reverse(answer_url_name(kind.answer), args=[token]))


def retry(delivery: Delivery, *, at: datetime) -> bool:
    """Try one again that was given up; False when it was not."""
    given_up = Delivery.objects.filter(
        pk=delivery.pk, state__in=[Delivery.State.FAILED, Delivery.State.REFUSED]
    )
    changed = given_up.update(
        state=Delivery.State.PENDING, attempts=0, next_attempt_at=at, updated_at=at
    )
    if changed:
        transaction.on_commit(wake_worker)
    return changed == 1
