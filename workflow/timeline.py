"""One timeline for every noun: what was done and said, newest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, F, OuterRef, Q, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, NullIf

from attachments.models import Attachment, Comment
from audit.models import Entry
from workflow.lives import Lifecycle

# As many like lines that are no moves become one.
FOLDED_FROM = 3


@dataclass
class Event:
    """One line: an entry of the log, or words with their photographs."""

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
    # How many like lines it stands for.
    count: int = 1


def story(life: Lifecycle, row: Any, user: Any) -> tuple[list[Event], list[Attachment]]:
    """The timeline and the row's own photographs, for somebody who sees the row.

    Three queries, whatever its length. Moves and words come first; of what merely surrounds them,
    like lines are folded.
    """
    staff = life.is_staff(user, row)
    entries = [e for e in _entries(life, row) if staff or not _is_inner(life, e)]
    said = list(_comments(life, row, user))
    own, of_comments = _photos(row, said)
    moved = [_moved(life, e, staff) for e in entries if _verb(e) in life.moves]
    talked = [_said(life, comment, of_comments.get(comment.pk, [])) for comment in said]
    around = [_moved(life, e, staff) for e in entries if _verb(e) not in life.moves]
    shown = [*moved, *talked, *_folded(life, around)]
    return sorted(shown, key=lambda event: event.at, reverse=True), own


def timeline(life: Lifecycle, row: Any, user: Any) -> list[Event]:
    return story(life, row, user)[0]


def _verb(entry: Entry) -> str:
    return entry.code.rpartition(".")[2]


def _entries(life: Lifecycle, row: Any) -> Iterable[Any]:
    said = [life.moves.code_of(verb) for verb, m in life.moves.items() if m.said]
    entries = Entry.objects.for_row(row).exclude(code__in=said).select_related("actor")
    if life.duty:
        entries = entries.annotate(duty=life.duty(row, "actor"))
    whom = {m.whom for m in life.moves.values() if m.whom}
    named: Iterable[Any] = entries.annotate(
        **{f"name_of_{name}": _name_in(name) for name in sorted(whom)}
    )
    return named


def _comments(life: Lifecycle, row: Any, user: Any) -> Iterable[Any]:
    said = Comment.objects.for_row(row).select_related("author")
    if not life.is_staff(user, row):
        said = said.filter(internal=False)
    return said.annotate(duty=life.duty(row, "author")) if life.duty else said


def _name_in(name: str) -> Subquery:
    """The name of the person whom an entry brought in as `name`."""
    people = Entry._meta.get_field("actor").related_model._default_manager
    key = Cast(KeyTextTransform(name, OuterRef("after")), BigIntegerField())
    shown = Coalesce(NullIf("display_name", Value("")), F("username"))
    return Subquery(people.filter(pk=key).values(shown=shown)[:1])


def _is_inner(life: Lifecycle, entry: Entry) -> bool:
    move = life.moves.get(_verb(entry))
    return move.inner if move else _verb(entry) in life.also_inner


def _photos(row: Any, comments: list[Any]) -> tuple[list[Attachment], dict[int, list[Attachment]]]:
    kinds = ContentType.objects.get_for_models(type(row), Comment)
    files = Attachment.objects.filter(
        Q(content_type=kinds[type(row)], object_id=row.pk)
        | Q(content_type=kinds[Comment], object_id__in=[comment.pk for comment in comments])
    )
    own: list[Attachment] = []
    said: dict[int, list[Attachment]] = {}
    for file in files:
        if file.content_type_id == kinds[type(row)].pk:
            own.append(file)
        else:
            said.setdefault(file.object_id or 0, []).append(file)
    return own, said


def _moved(life: Lifecycle, entry: Any, staff: bool) -> Event:
    verb = _verb(entry)
    move = life.moves.get(verb)
    name = getattr(entry, f"name_of_{move.whom}", "") if move and move.whom else ""
    label = str(move.did_to) % {"name": name} if move and name else entry.label
    words = "" if move and move.private and not staff else entry.note
    icon = move.icon if move else "circle-check"
    return Event(entry.at, entry.actor, verb, label, icon, words, duty=_duty(life, entry))


def _said(life: Lifecycle, comment: Any, photos: list[Attachment]) -> Event:
    verb = "note" if comment.internal else "comment"
    move = life.moves[verb]
    return Event(
        comment.at,
        comment.author,
        verb,
        str(move.did) if comment.internal else "",
        move.icon,
        comment.body,
        comment.internal,
        photos,
        _duty(life, comment),
    )


def _duty(life: Lifecycle, row: Any) -> str:
    duty = getattr(row, "duty", "")
    return life.said_duty(duty) if duty else ""


def _folded(life: Lifecycle, events: list[Event]) -> list[Event]:
    """“9 neighbours follow it”, at the time of the last."""
    counts = Counter(event.verb for event in events if event.verb in life.folds)
    many = {verb: count for verb, count in counts.items() if count >= FOLDED_FROM}
    shown = [event for event in events if event.verb not in many]
    for verb, count in many.items():
        last = [event for event in events if event.verb == verb][-1]
        label = str(life.folds[verb] % {"count": count})
        shown.append(Event(last.at, None, verb, label, last.icon, count=count))
    return shown
