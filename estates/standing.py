"""Where a person stands in the estates today: at work by postings, at home by the roster.

Read once per request, together with where other apps say that somebody stands, and handed to the
querysets as literal ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from workflow.standing import read_once, register_stands, stands

DESK = ("manager", "dispatcher", "desk")
TECHNICIAN = "technician"


def today() -> date:
    return timezone.localdate()


@dataclass(frozen=True)
class Stand:
    """One duty at one estate. A posting for a community stands at each of its estates, and says
    whose it is; one for an estate has no community."""

    estate_id: int
    duty: str
    trades: frozenset[str]
    community_id: int | None


def standing_of(user: Any) -> list[Stand]:
    if not user.pk:
        return []
    return read_once(user, "estates.postings", lambda: _stands(user))


def _stands(user: Any) -> list[Stand]:
    found = sorted(stands(user, "estates.postings"), key=lambda row: row["posting"])
    return [
        Stand(row["estate"], row["duty"], frozenset(row["trades"]), row["community"])
        for row in found
        if row["estate"] is not None  # a community without estates
    ]


def register() -> None:
    """Called in ready()."""
    postings, people = (apps.get_model("estates", name) for name in ("Posting", "Occupant"))
    register_stands(
        "estates.postings",
        postings.objects.of,
        posting="pk",
        estate=Coalesce("estate", "community__estates"),
        duty="duty",
        trades="trades",
        community="community",
    )
    register_stands(
        "estates.homes",
        people.objects.of,
        unit="unit",
        estate="unit__entrance__building__estate",
    )


def duties_of(user: Any) -> dict[int, set[str]]:
    """Estate pk → duties of a person today."""
    duties: dict[int, set[str]] = {}
    for stand in standing_of(user):
        duties.setdefault(stand.estate_id, set()).add(stand.duty)
    return duties


def estates_staffed(user: Any, *duties: str) -> set[int]:
    """The estates where somebody holds a duty today, one of `duties` if any are named."""
    return {s.estate_id for s in standing_of(user) if not duties or s.duty in duties}


def estates_handled(user: Any, *duties: str) -> list[int]:
    """The same in order, and for an administrator all there are: for lists that name them."""
    if not user.is_superuser:
        return sorted(estates_staffed(user, *duties))
    every = apps.get_model("estates", "Estate").objects.order_by("pk").values_list("pk", flat=True)
    return read_once(user, "estates.all", lambda: list(every))


def communities_staffed(user: Any, *duties: str) -> set[int]:
    """The communities for which somebody holds a duty today."""
    return {
        stand.community_id
        for stand in standing_of(user)
        if stand.community_id is not None and (not duties or stand.duty in duties)
    }


def trades_of(user: Any) -> dict[int, set[str]]:
    """Estate pk → the trades in which a person works there as a technician today."""
    trades: dict[int, set[str]] = {}
    for stand in standing_of(user):
        if stand.duty == TECHNICIAN:
            trades.setdefault(stand.estate_id, set()).update(stand.trades)
    return trades


def trades_at(user: Any, estate_id: int) -> set[str]:
    return trades_of(user).get(estate_id, set())


def holds(user: Any, estate_id: int, *duties: str) -> bool:
    """Does `user` hold one of `duties` at the estate today? Administrators hold all."""
    return user.is_superuser or bool(duties_of(user).get(estate_id, set()) & set(duties))


def holds_anywhere(user: Any, *duties: str) -> bool:
    """At any estate, one of `duties` or any duty at all."""
    return user.is_superuser or bool(estates_staffed(user, *duties))


def _homes(user: Any) -> Mapping[int, int]:
    """Unit pk → estate pk of a person's homes today."""
    return {row["unit"]: row["estate"] for row in stands(user, "estates.homes")}


def homes_of(user: Any) -> set[int]:
    """The pks of a person's units today."""
    return set(_homes(user))


def estates_lived_in(user: Any) -> set[int]:
    return set(_homes(user).values())


# --- for querysets: rows of the estates where somebody stands; `path` leads to the estate


# Unlike an empty Q, it stays everything beside an “or”.
EVERYTHING = ~Q(pk__in=())


def at_work(user: Any, path: str, *duties: str) -> Q:
    if user.is_superuser:
        return EVERYTHING
    return Q(**{f"{path}__in": estates_staffed(user, *duties)})


def at_home(user: Any, path: str) -> Q:
    return Q(**{f"{path}__in": estates_lived_in(user)})


def at_home_or_work(user: Any, path: str) -> Q:
    if user.is_superuser:
        return EVERYTHING
    return Q(**{f"{path}__in": estates_staffed(user) | estates_lived_in(user)})
