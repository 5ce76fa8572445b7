"""One timeline of a ticket: what was done, said and promised, newest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attachments.models import Attachment
from audit.models import Entry
from estates.models import Posting
from repairs.models import Comment, Ticket
from repairs.services.moves import MOVES

# Read after a name: “Wang Gang started the work”. The log calls the same things the same.
DID: dict[str, str | Promise] = {
    "report": _("reported it"),
    "accept": _("accepted the report"),
    "dispatch": _("sent a technician"),
    "reassign": _("sent another technician"),
    "prioritise": _("changed the priority"),
    "recategorise": _("changed the category"),
    "merge": _("merged it into another ticket"),
    "reject": _("declined it"),
    "take": _("took the job"),
    "start": _("started the work"),
    "resolve": _("finished the work"),
    "plan_visit": _("planned the visit"),
    "hold": _("put it on hold"),
    "resume": _("went on with it"),
    "hand_back": _("handed the job back"),
    "add_cost": _("added a cost"),
    "confirm": _("confirmed: it is mended"),
    "dispute": _("says it is not mended yet"),
    "rate": _("rated the work"),
    "urge": _("urged"),
    "amend": _("changed the details"),
    "cancel": _("cancelled the report"),
    "reopen": _("reopened it"),
    "comment": _("wrote"),
    "note": _("noted for the staff"),
    "close": _("closed it"),
    "return_visit": _("asked back after the repair"),
    "follow": _("follows it"),
    "unfollow": _("stopped following it"),
}
DID_TO: dict[str, str | Promise] = {
    "dispatch": _("sent %(name)s"),
    "reassign": _("sent %(name)s instead"),
}
# Shown as words of their own; the entry would only repeat them.
SAID = {"repairs.comment", "repairs.note"}
# For the staff: what a resident neither did nor needs.
INNER = {
    f"repairs.{verb}"
    for verb in ("add_cost", "recategorise", "prioritise", "return_visit", "follow", "unfollow")
}
# Done before everybody's eyes, for reasons that are the staff's own.
INNER_REASONS = {"repairs.reassign", "repairs.hand_back"}


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
    # In which duty they spoke; empty for residents and the portal itself.
    duty: str = ""


def timeline(ticket: Ticket, user: Any, *, staff: bool) -> list[Event]:
    """For somebody who sees the ticket; `staff` adds the inner lines. Five queries, whatever its length."""
    workers = {row.worker_id: row.worker.name for row in ticket.assignments.all()}
    events = [
        _moved(entry, workers, staff=staff)
        for entry in Entry.objects.for_row(ticket).select_related("actor")
        if entry.code not in SAID and (staff or entry.code not in INNER)
    ]
    comments = list(
        Comment.objects.visible_to(user).filter(ticket=ticket).select_related("author")
    )
    photos: dict[int, list[Attachment]] = {}
    kind = ContentType.objects.get_for_model(Comment)
    pks = [comment.pk for comment in comments]
    for photo in Attachment.objects.filter(content_type=kind, object_id__in=pks) if pks else []:
        photos.setdefault(photo.object_id or 0, []).append(photo)
    events += [_said(comment, photos.get(comment.pk, [])) for comment in comments]
    _name_duties(ticket, events)
    return sorted(events, key=lambda event: event.at, reverse=True)


def _moved(entry: Entry, workers: dict[int, str], *, staff: bool) -> Event:
    verb = entry.code.partition(".")[2]
    icon = MOVES[verb].icon if verb in MOVES else "circle-check"
    name = workers.get(entry.after.get("assignee"), "")
    label = str(DID_TO[verb]) % {"name": name} if verb in DID_TO and name else entry.label
    words = entry.note if staff or entry.code not in INNER_REASONS else ""
    return Event(entry.at, entry.actor, verb, label, icon, words)


def _said(comment: Comment, photos: list[Attachment]) -> Event:
    verb = "note" if comment.internal else "comment"
    return Event(
        comment.at,
        comment.author,
        verb,
        str(DID[verb]) if comment.internal else "",
        MOVES[verb].icon,
        comment.body,
        comment.internal,
        photos,
    )


def _name_duties(ticket: Ticket, events: list[Event]) -> None:
    people = {event.who.pk for event in events if event.who is not None}
    postings = Posting.objects.filter(estate=ticket.estate_id, user__in=people)
    duties = {posting.user_id: posting.get_duty_display() for posting in postings}
    for event in events:
        event.duty = duties.get(event.who.pk, "") if event.who is not None else ""
