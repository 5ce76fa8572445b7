"""Homes and people of a file into the tables, in chunks, so that memory stays flat.

A preview is the import itself, rolled back: what it promises is what will happen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from common.written import folded
from estates.models import Building, Entrance, Estate, Occupant, Relation, Unit
from estates.models.homes import building_key, entrance_key, number_key
from estates.services.roster import addresses
from estates.services.roster.columns import Column
from estates.services.roster.problems import BadCell, Report
from estates.services.roster.reading import Home, House, Person, Reader

CHUNK = 1000
UNIT_FIELDS = ("floor", "area", "use", "state")
PERSON_FIELDS = ("phone", "relation", "share", "from_date", "to_date")
Progress = Callable[[int], None]


@dataclass
class Tally:
    """Rows met, each counted once however often the file names it."""

    created: set[int] = field(default_factory=set)
    updated: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)

    def counts(self) -> dict[str, int]:
        updated = self.updated - self.created
        return {
            "created": len(self.created),
            "updated": len(updated),
            "unchanged": len(self.seen - self.created - updated),
        }


class Importer:
    """One run over one estate. Call it in a transaction that holds the estate's lock."""

    def __init__(self, estate: Estate, reader: Reader, report: Report, *, at: datetime) -> None:
        self.estate, self.reader, self.report, self.at = estate, reader, report, at
        self.buildings: dict[str, Building] = {
            building_key(b.name): b for b in Building.objects.filter(estate=estate)
        }
        self.entrances: dict[int, dict[str, Entrance]] = defaultdict(dict)
        for entrance in Entrance.objects.filter(building__estate=estate):
            key = entrance_key(entrance.name)
            self.entrances[entrance.building_id][key] = entrance
        self.rooms: dict[int, dict[str, set[int]]] = {}
        self.units, self.people = Tally(), Tally()
        self.said: dict[int, dict[str, Any]] = {}
        self.relations: set[str] = set()

    def run(self, rows: Iterable[Home | House], progress: Progress | None = None) -> None:
        """The rows, then who of their homes was not among them."""
        source: Iterator[Home | House] = iter(rows)
        while chunk := list(islice(source, CHUNK)):
            homes = []
            for row in chunk:
                if isinstance(row, House):
                    self._house(row)
                elif entrance := self._entrance(row):
                    homes.append((row, entrance))
            self._people(self._units(homes))
            if progress:
                progress(self.reader.count)
        self.report.rows = self.reader.count
        self.report.problems = self.reader.problems
        self.report.units = self.units.counts()
        self.report.people = self.people.counts()
        self.report.missing = self._missing() if self.reader.names_people else []

    # Buildings and entrances

    def _house(self, row: House) -> None:
        building = self._building(row.building)
        if row.floors and building.floors != row.floors:
            building.floors = row.floors
            building.save(update_fields=["floors", "updated_at"])
        for name in row.entrances:
            self._entrance_of(building, name)

    def _building(self, name: str) -> Building:
        key = building_key(name)
        if key not in self.buildings:
            self.report.buildings += 1
            self.buildings[key] = Building.objects.create(
                estate=self.estate, name=addresses.building_name(name), order=_order(key)
            )
        return self.buildings[key]

    def _entrance_of(self, building: Building, name: str) -> Entrance:
        known, key = self.entrances[building.pk], entrance_key(name)
        if key not in known:
            self.report.entrances += 1
            known[key] = Entrance.objects.create(
                building=building, name=addresses.entrance_name(name), order=_order(key)
            )
        return known[key]

    def _entrance(self, row: Home) -> Entrance | None:
        """A row that names no entrance: the building's only one, or where the home stands already.

        A new home of a building with several goes to a nameless entrance, with a notice.
        """
        building = self._building(row.address.building)
        known, key = self.entrances[building.pk], entrance_key(row.address.entrance)
        if key or not known:
            return self._entrance_of(building, row.address.entrance)
        if len(known) == 1:
            return next(iter(known.values()))
        standing = self._standing(building)[number_key(row.address.number)]
        if len(standing) > 1:
            self.reader.bad(row.sheet, row.line, BadCell("no_entrance", Column.ENTRANCE))
            return None
        if not standing:
            self.reader.notice(row.sheet, row.line, Column.ENTRANCE, "nameless_entrance")
            return self._entrance_of(building, "")
        return next(entrance for entrance in known.values() if entrance.pk in standing)

    def _standing(self, building: Building) -> dict[str, set[int]]:
        """Room number → entrances of the building that have it."""
        if building.pk not in self.rooms:
            rooms = self.rooms[building.pk] = defaultdict(set)
            homes = Unit.objects.filter(entrance__building=building)
            for number, entrance_id in homes.values_list("number", "entrance"):
                rooms[number_key(number)].add(entrance_id)
        return self.rooms[building.pk]

    # Units

    def _units(self, homes: list[tuple[Home, Entrance]]) -> list[tuple[Home, Unit]]:
        known = {
            (unit.entrance_id, number_key(unit.number)): unit
            for unit in Unit.objects.filter(entrance__in={e.pk for _home, e in homes})
        }
        new: list[Unit] = []
        found: list[tuple[Home, Unit]] = []
        for row, entrance in homes:
            key = (entrance.pk, number_key(row.address.number))
            if key not in known:
                known[key] = Unit(entrance=entrance, number=row.address.number, **row.values)
                new.append(known[key])
            found.append((row, known[key]))
        Unit.objects.bulk_create(new)
        self.units.created |= {unit.pk for unit in new}
        changed = {unit.pk: unit for row, unit in found if self._say(unit, row)}
        self._write(Unit, changed.values(), UNIT_FIELDS)
        self.units.updated |= changed.keys()
        return found

    def _say(self, unit: Unit, row: Home) -> bool:
        """What the first row of the file says of a unit counts; did it change anything?"""
        self.units.seen.add(unit.pk)
        said = self.said.setdefault(unit.pk, {})
        changed = False
        for name, value in row.values.items():
            if said.setdefault(name, value) != value:
                self.reader.notice(row.sheet, row.line, name, "differs", value)
            elif getattr(unit, name) != value:
                setattr(unit, name, value)
                changed = True
        return changed

    # People

    def _people(self, homes: list[tuple[Home, Unit]]) -> None:
        """First those on the roster as written, then those known by name, then the new."""
        rows = [(unit, person) for row, unit in homes for person in row.people]
        known: dict[int, list[Occupant]] = defaultdict(list)
        for occupant in Occupant.objects.filter(unit__in={unit.pk for unit, _person in rows}):
            known[occupant.unit_id].append(occupant)
        changed: dict[int, Occupant] = {}
        new: list[Occupant] = []
        strangers = []
        for unit, person in rows:
            if same := _same(known[unit.pk], person):
                self._meet(same, person, changed)
            else:
                strangers.append((unit, person))
        for unit, person in strangers:
            if _same(known[unit.pk], person):
                continue
            if namesake := self._namesake(known[unit.pk], person):
                self._meet(namesake, person, changed)
                continue
            occupant = _occupant(unit, person)
            known[unit.pk].append(occupant)
            new.append(occupant)
        self._write(Occupant, changed.values(), PERSON_FIELDS)
        Occupant.objects.bulk_create(new)
        self._count_people(new, changed)

    def _meet(self, occupant: Occupant, person: Person, changed: dict[int, Occupant]) -> None:
        """An empty cell never erases; of two rows about one person the first counts."""
        if occupant.pk is None or occupant.pk in self.people.seen:
            return
        self.people.seen.add(occupant.pk)
        for name in PERSON_FIELDS:
            value = getattr(person, name)
            if value not in ("", None) and getattr(occupant, name) != value:
                setattr(occupant, name, value)
                changed[occupant.pk] = occupant
        self.relations.add(_group(occupant.relation))

    def _namesake(self, occupants: list[Occupant], person: Person) -> Occupant | None:
        """The same name with another phone, or none: they changed their number."""
        for occupant in occupants:
            met = occupant.pk is None or occupant.pk in self.people.seen
            if not met and _same_name(occupant, person) and _same_stay(occupant, person):
                return occupant
        return None

    def _count_people(self, new: list[Occupant], changed: dict[int, Occupant]) -> None:
        created = {occupant.pk for occupant in new}
        self.people.created |= created
        self.people.seen |= created
        self.people.updated |= changed.keys()
        self.relations |= {_group(occupant.relation) for occupant in new}

    def _missing(self) -> list[int]:
        """Of the homes in the file; a file of owners says nothing of tenants."""
        standing = Occupant.objects.filter(unit__in=self.units.seen, to_date__isnull=True)
        return [
            pk
            for pk, relation in standing.values_list("pk", "relation")
            if pk not in self.people.seen and _group(relation) in self.relations
        ]

    def _write(self, model: type[Any], rows: Iterable[Any], fields: Iterable[str]) -> None:
        changed = list(rows)
        for row in changed:
            row.updated_at = self.at
        model.objects.bulk_update(changed, [*fields, "updated_at"], batch_size=500)


def _same(occupants: list[Occupant], person: Person) -> Occupant | None:
    for occupant in occupants:
        same = occupant.phone == person.phone and _same_name(occupant, person)
        if same and _same_stay(occupant, person):
            return occupant
    return None


def _same_name(occupant: Occupant, person: Person) -> bool:
    return occupant.name == person.name or folded(occupant.name) == folded(person.name)


def _same_stay(occupant: Occupant, person: Person) -> bool:
    """Somebody who left is met again only by a row that tells of that stay."""
    return occupant.to_date is None or occupant.to_date == person.to_date


def _occupant(unit: Unit, person: Person) -> Occupant:
    return Occupant(
        unit=unit,
        name=person.name,
        phone=person.phone,
        relation=person.relation or Relation.OWNER,
        share=person.share,
        from_date=person.from_date,
        to_date=person.to_date,
    )


def _group(relation: str) -> str:
    return Relation.OWNER.value if relation == Relation.CO_OWNER else relation


def _order(key: str) -> int:
    return min(int(key), 32767) if key.isdigit() else 0
