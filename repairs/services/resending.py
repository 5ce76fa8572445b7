"""A report whose answer was lost is sent again from its draft, often with more in it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from attachments.models import Attachment
from attachments.services import of
from audit.models import Entry
from repairs.models import Ticket
from repairs.services.reporting import SentBefore, content_digest, report
from repairs.services.resident import amend
from repairs.services.talk import comment
from workflow.moves import lock
from workflow.refusals import NotAllowed, WrongState

# Put right on the ticket itself: nobody but the desk and the technician should read these.
SAID = ("on_behalf_of", "priority")
QUIET = ("contact_name", "contact_phone", "windows", "may_enter", "private")


def report_or_add(
    *, actor: Any, at: datetime, key: uuid.UUID | None, origin: Any = None, **sent: Any
) -> tuple[Ticket, bool]:
    """`report`, but other words under a known key are added to its ticket; True where they were.

    Where that ticket takes no more words, they become a ticket of their own.
    """
    try:
        return report(actor=actor, at=at, key=key, origin=origin, **sent), False
    except SentBefore as before:
        try:
            return before.ticket, _add(before.ticket, actor=actor, at=at, **sent)
        except (WrongState, NotAllowed):
            fresh = uuid.uuid5(cast(uuid.UUID, key), content_digest(**sent))
            return report(actor=actor, at=at, key=fresh, origin=origin, **sent), False


@transaction.atomic
def _add(ticket: Ticket, *, actor: Any, at: datetime, **sent: Any) -> bool:
    """False when the ticket says all of it already: two taps at once, or the first words again."""
    locked, digest = lock(ticket), content_digest(**sent)
    if locked.sent_digest == digest:
        return False
    changed = {name: sent[name] for name in (*QUIET, *SAID) if _differs(locked, sent, name)}
    quiet = {name: changed.pop(name) for name in QUIET if name in changed}
    if Entry.objects.for_row(ticket).filter(code="repairs.ticket.amend").exists():
        # Somebody has put the ticket right meanwhile: it is not put back, the words are said.
        changed, quiet = quiet | changed, {}
    if quiet:
        amend(ticket, actor=actor, at=at, **quiet)
    words = "\n".join(filter(None, [_addition(locked, **sent), *_lines(changed)]))
    photos = _new_photos(locked, sent.get("photos", ()))
    if words or photos:
        comment(ticket, body=words or _("Another photo."), photos=photos, actor=actor, at=at)
    Ticket.objects.filter(pk=ticket.pk).update(sent_digest=digest)
    return bool(words or photos or quiet)


def _differs(ticket: Ticket, sent: dict[str, Any], name: str) -> bool:
    if ticket.unit_id is None and name in ("private", "may_enter"):
        return False  # nobody's home
    if name == "priority" and not sent.get(name):
        return False  # as usual for the category
    return name in sent and (sent[name] or None) != (getattr(ticket, name) or None)


def _lines(changed: dict[str, Any]) -> list[str]:
    names = {name: Ticket._meta.get_field(name).verbose_name for name in changed}  # type: ignore[union-attr]
    return [f"{capfirst(names[name])}: {_said(value)}" for name, value in changed.items()]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(value) if isinstance(value, list) else str(value)


def _addition(ticket: Ticket, *, description: str, category: Any, **sent: Any) -> str:
    """What is said now and was not said then."""
    lines = [_new_words(ticket.description, description)]
    if category != ticket.category:
        lines.append(_("What is broken: %(what)s") % {"what": category.label})
    now = [sent.get(name) for name in ("unit", "place", "facility")]
    if [*now, sent.get("place_words", "")] != [
        *(ticket.unit, ticket.place, ticket.facility),
        ticket.place_words,
    ]:
        where = " · ".join(str(part) for part in (*now, sent.get("place_words")) if part)
        lines.append(_("Where: %(where)s") % {"where": where})
    return "\n".join(line for line in lines if line)


def _new_words(before: str, now: str) -> str:
    before, now = before.strip(), now.strip()
    if now == before:
        return ""
    return re.sub(r"^\W+", "", now.removeprefix(before)) or now


def _new_photos(ticket: Ticket, keys: Sequence[str]) -> list[str]:
    """A photograph sent again is another upload of the same bytes."""
    held = set(of(ticket).values_list("sha256", flat=True))
    sent = Attachment.objects.unsent().filter(key__in=keys).exclude(sha256__in=held)
    return list(sent.order_by("pk").values_list("key", flat=True))
