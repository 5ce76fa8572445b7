"""Who hears of what becomes of a ticket.

Each answer is a part of `watchers(ticket)`: nobody is told of what they may not open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from estates.models import Occupant, Posting
from estates.querysets import DESK, today
from repairs.models import Follow, Ticket
from repairs.querysets import watchers
from workflow.moves import Tells

# What a one-use link of a ticket is for.
ANSWER = "repairs.answer"

Who = Callable[[Ticket], Q]


def desk(ticket: Ticket) -> Q:
    """Those who dispatch; a small estate's manager and front desk do it too."""
    return _posted(ticket, *DESK)


def managers(ticket: Ticket) -> Q:
    return _posted(ticket, Posting.Duty.MANAGER)


def _posted(ticket: Ticket, *duties: str) -> Q:
    postings = Posting.objects.current(today()).filter(estate=ticket.estate_id, duty__in=duties)
    return Q(pk__in=postings.values("user"))


def worker(ticket: Ticket) -> Q:
    return Q(pk=ticket.assignee_id)


def followers(ticket: Ticket) -> Q:
    return Q(pk__in=Follow.objects.filter(ticket=ticket).values("user"))


def home(ticket: Ticket) -> Q:
    """Who reported it and, unless it is private, the people of the home; they judge the work."""
    concerned = Q(pk=ticket.reporter_id)
    if ticket.unit_id and not ticket.private:
        occupants = Occupant.objects.current(today()).filter(unit=ticket.unit_id)
        concerned |= Q(pk__in=occupants.values("user"))
    return concerned


def household(ticket: Ticket) -> Q:
    """The home, and who follows it."""
    return home(ticket) | followers(ticket)


def concerned_staff(ticket: Ticket) -> Q:
    """Whoever has the job; the desk while nobody has."""
    return worker(ticket) if ticket.assignee_id else desk(ticket)


def late(ticket: Ticket) -> Q:
    """The manager and whoever has the job; the desk as well when nobody has taken it."""
    told = managers(ticket) | worker(ticket)
    return told if ticket.assignee_id else told | desk(ticket)


def both(*parts: Who) -> Who:
    def told(ticket: Ticket) -> Q:
        found = Q(pk__in=[])
        for part in parts:
            found |= part(ticket)
        return found

    return told


def tells(label: str | Promise, who: Who, answer: str = "") -> Tells:
    def recipients(ticket: Any) -> QuerySet[Any]:
        return watchers(ticket).filter(who(ticket))

    return Tells(label, recipients, answer)
