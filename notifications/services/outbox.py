"""Messages are written with the change that causes them, and leave by a worker afterwards."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
from notifications.services.kinds import Kind, Reader, answer_url_name, kind_of
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
# One statement for a notice to all of a town, and for ten thousand tickets that wake at once: the
# rows are made where they stay. A letter is the text of one row in one language, and is read by
# many. Whoever was told already is not returned by the first insert, and so is not sent anything by
# the second. In order of key, so that two notices at once never wait for each other crosswise.
TELL = """
    WITH letter AS (
        SELECT * FROM unnest(
            %(rows)s::bigint[], %(occasions)s::text[], %(titles)s::text[], %(bodies)s::text[],
            %(urls)s::text[]
        ) WITH ORDINALITY AS letter (row, occasion, title, body, url, number)
    ), reader AS (
        SELECT * FROM unnest(%(people)s::bigint[], %(letters)s::int[]) AS reader (person, letter)
    ), told AS (
        INSERT INTO notifications_message (
            recipient_id, kind, content_type_id, object_id, occasion, title, body, url,
            created_at, updated_at)
        SELECT person, %(kind)s, %(content_type)s, row, occasion, title, body, url, %(at)s, %(at)s
        FROM reader JOIN letter ON letter.number = reader.letter
        ORDER BY person, row
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


@dataclass(frozen=True)
class Occasion:
    """What is told of a row: `key` tells this time from the last, `context` is for the text."""

    row: Any
    key: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        has_page = hasattr(self.row, "get_absolute_url")
        return str(self.row.get_absolute_url())[:URL_LENGTH] if has_page else ""


def notify(
    code: str,
    row: models.Model,
    *,
    actor: Any,
    at: datetime,
    occasion: str = "",
    **context: Any,
) -> int:
    """Tell of one row."""
    return notify_many(code, [Occasion(row, occasion, context)], actor=actor, at=at)


def notify_many(
    code: str,
    occasions: Sequence[Occasion],
    *,
    actor: Any,
    at: datetime,
    readers: Iterable[Reader] | None = None,
) -> int:
    """Write messages and deliveries for everybody concerned but the actor; how many are written.

    The occasions are of different rows of one model. Call it in the transaction of the change.
    Telling the same (recipient, kind, row, occasion) again writes nothing. A code that nobody
    registered tells nobody.
    """
    kind = kind_of(code)
    if kind is None or not occasions:
        _count_afresh([actor.pk])
        return 0
    if readers is None:
        model = type(occasions[0].row)
        rows = model._base_manager.filter(pk__in=[one.row.pk for one in occasions])
        readers = kind.recipients(rows)
    wanted = [reader for reader in readers if reader.person != actor.pk]
    _count_afresh([actor.pk, *(reader.person for reader in wanted)])
    told = _tell(kind, occasions, wanted, actor, at) if wanted else 0
    if told:
        transaction.on_commit(wake_worker)
    return told


def _count_afresh(people: list[int | None]) -> None:
    """What happened is in the bars of those concerned at once; of a crowd, within half a minute."""
    known = [pk for pk in dict.fromkeys(people) if pk][:AT_ONCE]
    transaction.on_commit(lambda: navigation.forget(known))


def _tell(
    kind: Kind, occasions: Sequence[Occasion], readers: list[Reader], actor: Any, at: datetime
) -> int:
    """A letter for each row and language that somebody reads; the number of messages written."""
    of_row = {one.row.pk: one for one in occasions}
    letters = sorted({(reader.row, reader.language) for reader in readers})
    numbers = {letter: number for number, letter in enumerate(letters, 1)}
    urls = {row: of_row[row].url for row in {row for row, _ in letters}}
    texts: dict[tuple[int, str], tuple[str, str]] = {}
    for language in {language for _, language in letters}:
        with translation.override(language):
            for row in {row for row, read in letters if read == language}:
                texts[row, language] = _text(kind, of_row[row], actor)
    values: dict[str, Any] = {
        "people": [reader.person for reader in readers],
        "letters": [numbers[reader.row, reader.language] for reader in readers],
        "rows": [row for row, _ in letters],
        "occasions": [of_row[row].key for row, _ in letters],
        "titles": [texts[letter][0] for letter in letters],
        "bodies": [texts[letter][1] for letter in letters],
        "urls": [urls[row] for row, _ in letters],
        "kind": kind.code,
        "content_type": ContentType.objects.get_for_model(occasions[0].row).pk,
        "at": at,
        "channels": [way for way in kind.channels if way in open_channels()],
    }
    with connection.cursor() as cursor:
        cursor.execute(TELL, values)
        return int(cursor.fetchone()[0])


def _text(kind: Kind, occasion: Occasion, actor: Any) -> tuple[str, str]:
    """Title and body as plain text: whatever shows it as HTML escapes it then."""
    template = get_template(f"notifications/{kind.code}.txt").template  # type: ignore[attr-defined]
    values = Context({"row": occasion.row, "actor": actor, **occasion.context}, autoescape=False)
    title, _, body = str(template.render(values)).strip().partition("\n")
    return one_line(title)[:TITLE_LENGTH], body.strip()


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
