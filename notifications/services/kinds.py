"""The kinds of messages, registered by the apps whose verbs cause them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise

from notifications.models import Channel


class Reader(NamedTuple):
    """Who is told of a row, by their keys, and in which language."""

    row: int
    person: int
    language: str


@dataclass(frozen=True)
class Kind:
    """One kind of message. `recipients(rows)`, of a queryset, gives the Readers of each row, whose
    accounts are open and who see it; it knows no row and no person one by one.

    The text is the template `notifications/<code>.txt`: first line the title, the rest the body,
    with `row`, `actor`, `note` and what the verb adds. `answer` names the purpose of a one-use
    link that outgoing channels (not the bell) carry, empty for none. `channels` are those it may
    leave by; a text message costs money, so a kind must ask for it.
    """

    code: str
    label: str | Promise
    recipients: Callable[[QuerySet[Any]], Iterable[Reader]]
    answer: str = ""
    channels: tuple[str, ...] = (Channel.EMAIL,)


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
