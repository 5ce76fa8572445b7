"""Who hears of what becomes of tickets.

Each answer is held to `watchers(tickets)`: nobody is told of what they may not open.
"""

from __future__ import annotations

from django.utils.functional import Promise

from estates.audiences import Audience, Rows, Who, living_in, of, posted
from estates.models import Posting
from estates.standing import DESK
from repairs.querysets import watchers
from repairs.states import OPEN
from workflow.moves import Tells

# What a one-use link of a ticket is for.
ANSWER = "repairs.answer"


def desk(tickets: Rows) -> Audience:
    """Those who dispatch; a small estate's manager and front desk do it too."""
    return posted(tickets, "estate", *DESK)


def managers(tickets: Rows) -> Audience:
    return posted(tickets, "estate", Posting.Duty.MANAGER)


def worker(tickets: Rows) -> Audience:
    return of(tickets, "assignee")


def in_hand_of(tickets: Rows) -> Audience:
    """Whoever has the job before them: not any more once it is done or has come to nothing."""
    return worker(tickets.filter(status__in=OPEN))


def followers(tickets: Rows) -> Audience:
    return of(tickets, "follows__user")


def home(tickets: Rows) -> Audience:
    """Who reported it and, unless it is private, the people of the home; they judge the work."""
    return of(tickets, "reporter") | living_in(tickets.filter(private=False), "unit")


def household(tickets: Rows) -> Audience:
    """The home, and who follows it."""
    return home(tickets) | followers(tickets)


def concerned_staff(tickets: Rows) -> Audience:
    """Whoever has the job; the desk while nobody has."""
    return worker(tickets) | desk_of_unassigned(tickets)


def late(tickets: Rows) -> Audience:
    """The manager and whoever has the job; the desk as well when nobody has taken it."""
    return managers(tickets) | worker(tickets) | desk_of_unassigned(tickets)


def desk_of_unassigned(tickets: Rows) -> Audience:
    return desk(tickets.filter(assignee__isnull=True))


def of_those_who_see(who: Who) -> Who:
    return lambda tickets: who(tickets).within(watchers(tickets))


def tells(label: str | Promise, who: Who, answer: str = "") -> Tells:
    return Tells(label, of_those_who_see(who), answer)


def relieves(label: str | Promise) -> Tells:
    """For a verb that may take a job out of somebody's hands."""
    return Tells(label, of_those_who_see(in_hand_of))
