"""What every verb refuses, asked at the page: the success of each stands in its own file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from audit.models import Entry
from notifications.models import Message
from repairs.models import Ticket
from tests.people import World

SignIn = Callable[..., Any]


def entries(ticket: Ticket) -> list[str]:
    return [entry.code for entry in Entry.objects.for_row(ticket).order_by("pk")]


def told(kind: str) -> set[str]:
    return {m.recipient.username for m in Message.objects.filter(kind=f"repairs.ticket.{kind}")}


def refused(
    world: World,
    as_: SignIn,
    ticket: Ticket,
    verb: str,
    data: Mapping[str, Any],
    *,
    may_not: Iterable[str],
) -> None:
    """Who sees it but may not: 403. Who does not see it: 404. Asking alone changes nothing."""
    before = (ticket.status, entries(ticket))
    url = f"/repairs/{ticket.number}/{verb}/"
    for name in may_not:
        assert as_(getattr(world, name)).post(url, data).status_code == 403, name
    for name in ("stranger", "outsider", "neighbour", "inspector"):
        assert as_(getattr(world, name)).post(url, data).status_code == 404, name
    assert as_(None).post(url, data).url.startswith("/accounts/login/")
    assert as_(world.resident).get(url).status_code in {200, 302}
    ticket.refresh_from_db()
    assert (ticket.status, entries(ticket)) == before


def too_late(as_: SignIn, person: Any, ticket: Ticket, verb: str, data: Mapping[str, Any]) -> None:
    """In another state the same person gets the sentence, not the deed."""
    before = entries(ticket)
    assert as_(person).post(f"/repairs/{ticket.number}/{verb}/", data).status_code == 409
    assert entries(ticket) == before
