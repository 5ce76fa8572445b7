"""A household as its pages show it: who lives there, what is known, what was and what comes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from common import phones
from common.written import folded
from estates.models import NAMES, Occupant, Unit
from estates.querysets import current
from grids.models import CareFlag, Household, Visit
from grids.services.matters import Matter, open_matters
from grids.standing import stairs_of
from grids.states import RANK, FlagStatus, Tier

RELATIONS = {"owner": 0, "co_owner": 1, "tenant": 2, "family": 3}


@dataclass
class Card:
    """One household with all that a list says of it. Nothing of it is read row by row."""

    household: Any
    on: date
    people: list[Any] = field(default_factory=list)
    flags: list[CareFlag] = field(default_factory=list)
    planned: Visit | None = None
    last: Visit | None = None
    matters: list[Matter] = field(default_factory=list)

    @property
    def unit(self) -> Any:
        return self.household.unit

    @property
    def url(self) -> str:
        return str(self.household.get_absolute_url())

    @cached_property
    def head(self) -> Any:
        """Whom the household is called by: somebody who is looked after, else its owner."""
        looked_after = {flag.occupant_id for flag in self.confirmed}
        return min(
            self.people,
            key=lambda p: (p.pk not in looked_after, RELATIONS.get(p.relation, 9), p.pk),
            default=None,
        )

    @property
    def confirmed(self) -> list[CareFlag]:
        return [flag for flag in self.flags if flag.status == FlagStatus.CONFIRMED]

    @property
    def tier(self) -> str:
        return min((flag.tier for flag in self.confirmed), key=lambda t: RANK[Tier(t)], default="")

    @property
    def tier_label(self) -> str:
        return str(Tier(self.tier).label) if self.tier else ""

    @property
    def kinds(self) -> list[str]:
        return [str(flag.get_kind_display()) for flag in self.confirmed]

    @property
    def days_late(self) -> int:
        return self.planned.days_late(self.on) if self.planned else 0

    @property
    def is_due(self) -> bool:
        return self.planned is not None and self.planned.due_on <= self.on

    @property
    def colour(self) -> str:
        """Of its door: red for a red household or one that is late, amber for a yellow one."""
        if self.days_late or self.tier == Tier.RED:
            return "late"
        return {Tier.YELLOW: "wait", Tier.GREEN: "go"}.get(Tier(self.tier), "") if self.tier else ""

    @property
    def phone(self) -> str:
        """Of whom it is called by, by its ends."""
        return phones.masked(self.head.phone) if self.head and self.head.phone else ""


def cards(households: Iterable[Any], on: date) -> list[Card]:
    """Five statements, however many there are; the households were read `with_address`."""
    made = {household.pk: Card(household, on) for household in households}
    if not made:
        return []
    for person in Occupant.objects.current(on).filter(unit__in=made).order_by("unit", "pk"):
        made[person.unit_id].people.append(person)
    flags = CareFlag.objects.standing().filter(current(on, "occupant"), occupant__unit__in=made)
    for flag in flags.by_tier().select_related("occupant"):
        made[flag.occupant.unit_id].flags.append(flag)
    for visit in _planned_and_last(made):
        card = made[visit.unit_id]
        visit.unit = card.unit
        if visit.status == Visit.Status.PLANNED:
            card.planned = visit
        else:
            card.last = visit
    for pk, matters in open_matters(list(made)).items():
        made[pk].matters = matters
    return list(made.values())


def _planned_and_last(units: Iterable[int]) -> QuerySet[Any]:
    """By one statement: what is planned, and the last that was held, of each unit."""
    newest = Visit.objects.held().filter(unit=OuterRef("unit")).order_by("-visited_at", "-pk")
    rows: QuerySet[Any] = Visit.objects.filter(unit__in=list(units)).filter(
        Q(status=Visit.Status.PLANNED) | Q(pk=Subquery(newest.values("pk")[:1]))
    )
    return rows


def card(household: Any, on: date) -> Card:
    return cards([household], on)[0]


def by_floor(found: Sequence[Card]) -> list[tuple[str, list[Card]]]:
    """Under the words of a landing, in the order in which they came."""

    def landing(one: Card) -> tuple[int, int | None]:
        return one.unit.entrance_id, one.unit.floor

    groups = [list(group) for _key, group in groupby(found, key=landing)]
    return [(_said_landing(group[0].unit), group) for group in groups]


def _said_landing(unit: Unit) -> str:
    entrance = str(unit.entrance)
    if unit.floor is None:
        return entrance
    return _("%(entrance)s · floor %(floor)s") % {"entrance": entrance, "floor": unit.floor}


def saying(text: str) -> Q:
    """Households whose room is this, or in which somebody who lives there has this name."""
    asked = folded(text)
    rooms = Q(unit__number__icontains="".join(asked.split()))
    here = Occupant.objects.current(timezone.localdate())
    named = here.filter(NAMES.saying(text)).order_by().values("unit")
    return rooms | Q(pk__in=named)


@dataclass(frozen=True)
class Neighbour:
    """What a steward knows: a room, and the names at its bell."""

    room: str
    floor: int | None
    names: list[str]


def stairs(user: Any, on: date) -> list[tuple[str, list[Neighbour]]]:
    """The buildings and entrances of a steward, room by room. No phones, and no flags."""
    stands = stairs_of(user)
    if not stands:
        return []
    here = Q(unit__entrance__building__in={s.building_id for s in stands if s.building_id})
    here |= Q(unit__entrance__in={s.entrance_id for s in stands if s.entrance_id})
    around = {s.community_id for s in stands}
    rows = Household.objects.filter(here, grid__community__in=around).with_address().in_order()
    names: dict[int, list[str]] = {}
    people = Occupant.objects.current(on).filter(unit__in=rows.order_by().values("pk"))
    for unit, name in people.order_by("unit", "pk").values_list("unit", "name"):
        names.setdefault(unit, []).append(name)
    found: dict[str, list[Neighbour]] = {}
    for row in rows:
        neighbour = Neighbour(row.unit.number, row.unit.floor, names.get(row.pk, []))
        found.setdefault(str(row.unit.entrance), []).append(neighbour)
    return list(found.items())
