"""The estates of the tickets: homes, people, staff and categories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from accounts.models import User
from estates.models import (
    Building,
    Community,
    Entrance,
    Estate,
    Facility,
    Occupant,
    Place,
    Posting,
    Trade,
    Unit,
)
from portal.scale.copying import Say, Tables
from portal.scale.words import COMMUNITY, ESTATES, GIVEN, SORTS, SURNAMES, Sort
from repairs.models import Category

DUTY = Posting.Duty
KINDS = Place.Kind
# Coprime to 10**9: consecutive people get numbers far apart, and none twice.
STRIDE = 387_420_489
OF_BUILDING = (
    ("大堂", KINDS.LOBBY, (("单元门", Facility.Kind.DOOR), ("吊灯", Facility.Kind.LIGHT))),
    ("一号梯", KINDS.LIFT, (("轿厢", Facility.Kind.LIFT), ("摄像头", Facility.Kind.CAMERA))),
    ("楼道", KINDS.CORRIDOR, (("灭火器", Facility.Kind.EXTINGUISHER),)),
)
OF_ESTATE = (
    ("地下车库", KINDS.GARAGE, (("水泵", Facility.Kind.PUMP), ("照明", Facility.Kind.LIGHT))),
    ("中心花园", KINDS.GARDEN, (("健身器材", Facility.Kind.PLAY),)),
    ("大门", KINDS.GATE, (("道闸", Facility.Kind.OTHER),)),
)


@dataclass
class Home:
    unit: int
    name: str
    phone: str
    user: int | None


@dataclass
class Ground:
    """What the tickets of an estate are made from, mostly as keys."""

    estate: Estate
    calendar: str
    categories: dict[str, Category] = field(default_factory=dict)
    homes: list[Home] = field(default_factory=list)
    # Of those who have signed up.
    accounts: list[Home] = field(default_factory=list)
    # A place with what is installed there.
    places: list[tuple[int, list[int]]] = field(default_factory=list)
    lifts: list[tuple[int, list[int]]] = field(default_factory=list)
    desk: int = 0
    dispatcher: int = 0
    # The technician with a day of work, see A_DAY_OF_JOBS of the tickets.
    first: int = 0
    workers: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def lay_grounds(tables: Tables, units: int, say: Say) -> list[Ground]:
    community = Community.objects.create(code=COMMUNITY, name="万象社区", name_en="Scale")
    dice = Random(1)  # noqa: S311
    people = People(tables, dice)
    grounds = []
    for number, (code, name, prefix, tenths) in enumerate(ESTATES, start=1):
        estate = Estate.objects.create(
            community=community, code=code, name=name, name_en=f"Scale {number}",
            ticket_prefix=prefix, phone="028-85550000",
        )  # fmt: skip
        ground = Ground(estate, estate.work_hours().digest)
        ground.categories = {sort.code: _category(estate, n, sort) for n, sort in enumerate(SORTS)}
        _staff(ground, number, people)
        _build(ground, tables, people, units * tenths // 10)
        grounds.append(ground)
        say(f"{code}: {len(ground.homes)} units")
    tables.write(User, Posting, Building, Entrance, Unit, Occupant, Place, Facility)
    return grounds


def _category(estate: Estate, order: int, sort: Sort) -> Category:
    return Category.objects.create(
        estate=estate,
        order=order,
        code=sort.code,
        name=sort.name,
        name_en=sort.name_en,
        trade=sort.trade,
        priority=sort.priority,
        respond_minutes=sort.respond,
        resolve_minutes=sort.resolve,
        dispatch=sort.dispatch,
    )


class People:
    """Accounts with a name and a number of their own, and no way to sign in by a password."""

    def __init__(self, tables: Tables, dice: Random) -> None:
        self.tables = tables
        self.dice = dice
        self.known = 0
        self.residents = 0

    def name(self) -> str:
        length = self.dice.choice((1, 2, 2))
        return self.dice.choice(SURNAMES) + "".join(self.dice.choices(GIVEN, k=length))

    def phone(self) -> str:
        self.known += 1
        return f"+8613{(self.known * STRIDE + 123_456_789) % 10**9:09d}"

    def account(self, username: str, name: str, phone: str) -> int:
        return self.tables[User].add(
            username=username,
            display_name=name,
            phone=phone,
            phone_verified=True,
            password="!",  # noqa: S106
            language="en" if self.known % 20 == 7 else "zh-hans",
        )

    def staff(self, username: str, estate: Estate, duty: str, trades: Sequence[str] = ()) -> int:
        user = self.account(username, self.name(), self.phone())
        self.tables[Posting].add(
            user_id=user, estate_id=estate.pk, duty=duty, trades=list(map(str, trades))
        )
        return user

    def resident(self, name: str, phone: str) -> int:
        self.residents += 1
        return self.account(f"scale_resident_{self.residents}", name, phone)


def _staff(ground: Ground, number: int, people: People) -> None:
    estate = ground.estate
    people.staff(f"scale_manager_{number}", estate, DUTY.MANAGER)
    ground.dispatcher = people.staff(f"scale_dispatcher_{number}", estate, DUTY.DISPATCHER)
    people.staff(f"scale_dispatcher_{number}_2", estate, DUTY.DISPATCHER)
    ground.desk = people.staff(f"scale_desk_{number}", estate, DUTY.DESK)
    people.staff(f"scale_inspector_{number}", estate, DUTY.INSPECTOR)
    every = list(Trade)
    for n in range(10):
        trades = (every[n % len(every)], every[(n + 3) % len(every)])
        name = f"scale_technician_{number}_{n + 1}"
        user = people.staff(name, estate, DUTY.TECHNICIAN, trades)
        ground.first = ground.first or user
        for trade in trades:
            ground.workers[trade].append(user)


def _build(ground: Ground, tables: Tables, people: People, count: int) -> None:
    """Buildings of a hundred homes: two entrances with four homes on each floor."""
    for n in range(count):
        building, in_building = divmod(n, 100)
        if in_building == 0:
            block = tables[Building].add(
                estate_id=ground.estate.pk, name=f"{building + 1} 栋", floors=13, order=building
            )
            _furnish(ground, tables, block, f"{building + 1} 栋")
        entrance, in_entrance = divmod(in_building, 50)
        if in_entrance == 0:
            door = tables[Entrance].add(
                building_id=block, name=f"{entrance + 1} 单元", order=entrance
            )
        floor, side = in_entrance // 4 + 1, in_entrance % 4 + 1
        unit = tables[Unit].add(
            entrance_id=door, number=f"{floor}{side:02d}", floor=floor, state=Unit.State.LIVED_IN
        )
        _move_in(ground, tables, people, unit, signed_up=n % 2 == 0)
    _furnish(ground, tables, None, "")


def _move_in(ground: Ground, tables: Tables, people: People, unit: int, *, signed_up: bool) -> None:
    name, phone = people.name(), people.phone()
    home = Home(unit, name, phone, people.resident(name, phone) if signed_up else None)
    tables[Occupant].add(unit_id=unit, user_id=home.user, name=name, phone=phone)
    tables[Occupant].add(unit_id=unit, name=people.name(), phone=people.phone(), relation="family")
    ground.homes.append(home)
    if signed_up:
        ground.accounts.append(home)


def _furnish(ground: Ground, tables: Tables, building: int | None, name: str) -> None:
    for place_name, kind, facilities in OF_BUILDING if building else OF_ESTATE:
        place = tables[Place].add(
            estate_id=ground.estate.pk,
            building_id=building,
            name=f"{name} {place_name}".strip(),
            kind=kind,
            qr=f"scale-{tables[Place].last}",
        )
        installed = [
            tables[Facility].add(
                place_id=place, name=one, kind=what, qr=f"scale-{tables[Facility].last}"
            )
            for one, what in facilities
        ]
        (ground.lifts if kind == KINDS.LIFT else ground.places).append((place, installed))
