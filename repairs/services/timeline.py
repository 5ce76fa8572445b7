"""One timeline of a ticket: what was done, said and promised, newest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, OuterRef, Q, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
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
    """For somebody who sees the ticket; `staff` adds the inner lines."""
    return story(ticket, user, staff=staff)[0]


def story(ticket: Ticket, user: Any, *, staff: bool) -> tuple[list[Event], list[Attachment]]:
    """The timeline and the ticket's own photos: three queries, whatever its length."""
    entries = Entry.objects.for_row(ticket).annotate(duty=_duty(ticket, "actor"), sent=_sent())
    events = [
        _moved(entry, staff=staff)
        for entry in entries.select_related("actor")
        if entry.code not in SAID and (staff or entry.code not in INNER)
    ]
    comments = Comment.objects.visible_to(user).filter(ticket=ticket)
    said = list(comments.annotate(duty=_duty(ticket, "author")).select_related("author"))
    own, of_comments = _photos(ticket, said)
    events += [_said(comment, of_comments.get(comment.pk, [])) for comment in said]
    return sorted(events, key=lambda event: event.at, reverse=True), own


def _duty(ticket: Ticket, who: str) -> Subquery:
    """In which duty of the estate somebody speaks."""
    postings = Posting.objects.filter(estate=ticket.estate_id, user=OuterRef(who)).order_by("pk")
    return Subquery(postings.values("duty")[:1])


def _photos(
    ticket: Ticket, comments: list[Comment]
) -> tuple[list[Attachment], dict[int, list[Attachment]]]:
    kinds = ContentType.objects.get_for_models(Ticket, Comment)
    pks = [comment.pk for comment in comments]
    files = Attachment.objects.filter(
        Q(content_type=kinds[Ticket], object_id=ticket.pk)
        | Q(content_type=kinds[Comment], object_id__in=pks)
    )
    own: list[Attachment] = []
    said: dict[int, list[Attachment]] = {}
    for file in files:
        if file.content_type_id == kinds[Ticket].pk:
            own.append(file)
        else:
            said.setdefault(file.object_id or 0, []).append(file)
    return own, said


def _sent() -> Subquery:
    """The name of the technician whom an entry brought in."""
    assignee = Cast(KeyTextTransform("assignee", OuterRef("after")), BigIntegerField())
    name = Coalesce(NullIf("display_name", Value("")), "username")
    return Subquery(User.objects.filter(pk=assignee).values(shown=name)[:1])


def _moved(entry: Any, *, staff: bool) -> Event:
    verb = entry.code.partition(".")[2]
    icon = MOVES[verb].icon if verb in MOVES else "circle-check"
    named = verb in DID_TO and entry.sent
    label = str(DID_TO[verb]) % {"name": entry.sent} if named else entry.label
    words = entry.note if staff or entry.code not in INNER_REASONS else ""
    return Event(entry.at, entry.actor, verb, label, icon, words, duty=_called(entry))


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
        _called(comment),
    )


def _called(row: Any) -> str:
    return str(Posting.Duty(row.duty).label) if row.duty else ""
