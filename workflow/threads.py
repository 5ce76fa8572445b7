"""The two verbs of every thread: words for everyone who sees a row, and notes among its staff."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from attachments.forms import PhotosField
from attachments.services import say
from workflow.forms import VerbForm
from workflow.moves import Move, Moves, Rule, Tells, move

Row = TypeVar("Row", bound=models.Model)


class CommentForm(VerbForm):
    body = forms.CharField(label=_("Words"), max_length=2000, widget=forms.Textarea({"rows": 3}))
    photos = PhotosField(label=_("Photos"), required=False)


THREAD_FORMS: dict[str, type[VerbForm]] = {"comment": CommentForm, "note": CommentForm}


def thread_moves(
    *,
    talked_of: Iterable[str],
    noted_of: Iterable[str],
    anybody: Rule,
    staff: Rule,
    tells: tuple[Tells | None, Tells | None] = (None, None),
) -> dict[str, Move]:
    """For MOVES: who may comment while the row is `talked_of`, and who may note when."""
    # fmt: off
    return {
        "comment": Move(frozenset(talked_of), None, anybody, _("Comment"), "message-plus",
                        did=_("wrote"), done=_("Sent."), said=True, tells=tells[0]),
        "note":    Move(frozenset(noted_of), None, staff, _("Internal note"), "note",
                        did=_("noted for the staff"),
                        done=_("Noted; only those who work on it read it."),
                        said=True, tells=tells[1]),
    }
    # fmt: on


def talk(
    moves: Moves,
    verb: str,
    row: Row,
    *,
    body: str,
    photos: Sequence[str] = (),
    actor: Any,
    at: datetime,
    changes: Callable[[Row], Mapping[str, Any]] | None = None,
) -> Row:
    """Do "comment" or "note"; `changes` as for `move`."""

    def said(locked: Row) -> Mapping[str, Any]:
        say(locked, body=body, photos=photos, by=actor, at=at, internal=verb == "note")
        return changes(locked) if changes else {}

    return move(moves, verb, row, actor=actor, at=at, changes=said, tell={"body": body})
