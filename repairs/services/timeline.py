"""One timeline of a ticket: what was done, said and promised, newest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType

from attachments.models import Attachment
from audit.models import Entry
from repairs.models import Comment, Ticket
from repairs.services.moves import MOVES

# Shown as words of their own; the entry would only repeat them.
SAID = {"repairs.comment", "repairs.note"}
# For the staff: what a resident neither did nor needs.
INNER = {"repairs.add_cost", "repairs.recategorise", "repairs.prioritise", "repairs.follow", "repairs.unfollow"}


@dataclass
class Event:
    """One line: an audit entry or a comment, with its photos."""

    at: datetime
    who: Any
    verb: str
    label: str
    icon: str
    words: str = ""
    internal: bool = False
    photos: list[Attachment] = field(default_factory=list)


def timeline(ticket: Ticket, user: Any, *, staff: bool) -> list[Event]:
    """For somebody who sees the ticket; `staff` adds the inner lines. Five queries, whatever its length."""
    events = [
        _moved(entry)
        for entry in Entry.objects.for_row(ticket).select_related("actor")
        if entry.code not in SAID and (staff or entry.code not in INNER)
    ]
    comments = list(
        Comment.objects.visible_to(user).filter(ticket=ticket).select_related("author")
    )
    photos: dict[int, list[Attachment]] = {}
    kind = ContentType.objects.get_for_model(Comment)
    for photo in Attachment.objects.filter(content_type=kind, object_id__in=[c.pk for c in comments]):
        photos.setdefault(photo.object_id or 0, []).append(photo)
    events += [_said(comment, photos.get(comment.pk, [])) for comment in comments]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _moved(entry: Entry) -> Event:
    verb = entry.code.partition(".")[2]
    icon = MOVES[verb].icon if verb in MOVES else "circle-check"
    return Event(entry.at, entry.actor, verb, entry.label, icon, entry.note)


def _said(comment: Comment, photos: list[Attachment]) -> Event:
    verb = "note" if comment.internal else "comment"
    return Event(
        comment.at, comment.author, verb, "", MOVES[verb].icon, comment.body, comment.internal, photos
    )
