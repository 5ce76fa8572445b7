"""Who hears of what becomes of a ticket.

Each answer is held to `watchers(ticket)`: nobody is told of what they may not open.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from estates.audiences import Audience, living_in, of, one, posted
from estates.models import Posting
from estates.standing import DESK
from repairs.models import Follow, Ticket
from repairs.querysets import watchers
from repairs.states import OPEN
from workflow.moves import Tells

# What a one-use link of a ticket is for.
ANSWER = "repairs.answer"

Who = Callable[[Ticket], Audience]


def desk(ticket: Ticket) -> Audience:
    """Those who dispatch; a small estate's manager and front desk do it too."""
    return posted(ticket.estate_id, *DESK)


def managers(ticket: Ticket) -> Audience:
    return posted(ticket.estate_id, Posting.Duty.MANAGER)


def worker(ticket: Ticket) -> Audience:
    return one(ticket.assignee_id)


def in_hand_of(ticket: Ticket) -> Audience:
    """Whoever has the job before them: not any more once it is done or has come to nothing."""
    return worker(ticket) if ticket.status in OPEN else Audience()


def followers(ticket: Ticket) -> Audience:
    return of(Follow.objects.filter(ticket=ticket), "user")


def home(ticket: Ticket) -> Audience:
    """Who reported it and, unless it is private, the people of the home; they judge the work."""
    concerned = one(ticket.reporter_id)
    return concerned if ticket.private else concerned | living_in(ticket.unit_id)


def household(ticket: Ticket) -> Audience:
    """The home, and who follows it."""
    return home(ticket) | followers(ticket)


def concerned_staff(ticket: Ticket) -> Audience:
    """Whoever has the job; the desk while nobody has."""
    return worker(ticket) if ticket.assignee_id else desk(ticket)


def late(ticket: Ticket) -> Audience:
    """The manager and whoever has the job; the desk as well when nobody has taken it."""
    told = managers(ticket) | worker(ticket)
    return told if ticket.assignee_id else told | desk(ticket)


def both(*parts: Who) -> Who:
    def told(ticket: Ticket) -> Audience:
        return reduce(Audience.__or__, (part(ticket) for part in parts))

    return told


def of_those_who_see(who: Who) -> Callable[[Any], QuerySet[Any]]:
    return lambda ticket: who(ticket).within(watchers(ticket))


def tells(label: str | Promise, who: Who, answer: str = "") -> Tells:
    return Tells(label, of_those_who_see(who), answer)


def relieves(label: str | Promise) -> Tells:
    """For a verb that may take a job out of somebody's hands."""
    return Tells(label, of_those_who_see(in_hand_of))
