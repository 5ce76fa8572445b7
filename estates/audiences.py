"""Who a message goes to: named sets of users' keys, joined by UNION.

    told = posted(estate, "manager") | one(ticket.assignee_id)
    told.within(watchers(ticket))

Each set is read by an index of its own; nothing is asked of the table of all users but the few rows
that are found.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from estates.models import Occupant, Posting
from estates.standing import today

Keys = QuerySet[Any, Any]


@dataclass(frozen=True)
class Audience:
    """Some users, as the querysets of one column that name them; none names nobody."""

    sets: tuple[Keys, ...] = ()

    def __or__(self, other: Audience) -> Audience:
        return Audience(self.sets + other.sets)

    def keys(self) -> Keys:
        sets = self.sets or (User.objects.none().values_list("pk"),)
        return reduce(lambda some, more: some.union(more), (one.order_by() for one in sets))

    def people(self) -> QuerySet[User]:
        """The users, those whose accounts are closed left out."""
        people: QuerySet[User] = User.objects.filter(pk__in=self.keys(), is_active=True)
        return people

    def within(self, bound: Audience) -> QuerySet[User]:
        """Those of them who stand in `bound` too."""
        return self.people().filter(pk__in=bound.keys())


def of(rows: QuerySet[Any], person: str) -> Audience:
    """The people whom the field `person` of some rows names."""
    return Audience((rows.filter(**{f"{person}__isnull": False}).values_list(person),))


def one(key: int | None) -> Audience:
    return Audience((User.objects.filter(pk=key).values_list("pk"),)) if key else Audience()


def posted(estate: int, *duties: str, trade: str = "") -> Audience:
    """Who works for the estate, or for the community around it, today; in one of `duties` if any
    are named, and in the `trade` if one is."""
    postings = Posting.objects.holding(timezone.now())
    if duties:
        postings = postings.filter(duty__in=duties)
    if trade:
        postings = postings.filter(trades__contains=[trade])
    here = of(postings.filter(estate=estate), "user")
    return here | of(postings.filter(community__estates=estate), "user")


def living_in(unit: int | None) -> Audience:
    """The people of a home who have signed up."""
    living = Occupant.objects.current(today()).filter(unit=unit)
    return of(living, "user") if unit else Audience()


def residents(estate: int) -> Audience:
    """The people of the estate's homes who have signed up."""
    living = Occupant.objects.current(today()).filter(unit__entrance__building__estate=estate)
    return of(living, "user")
