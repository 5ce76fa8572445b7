"""The two estates: buildings, places, people. Everything that stands before anything breaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.contrib.auth.hashers import make_password

from accounts.models import User
from estates.models import (
    Building,
    Claim,
    Community,
    DutyShift,
    Entrance,
    Estate,
    Facility,
    Invitation,
    Occupant,
    Place,
    Posting,
    Relation,
    Trade,
    Unit,
)
from workflow.scenes import Cast

ACCOUNTS = 90
SHIFTS_BACK, SHIFTS_AHEAD = 21, 14


@dataclass(frozen=True)
class Shape:
    """Buildings from–to of one form."""

    first: int
    last: int
    floors: int
    per_floor: int
    lifts: int
    areas: tuple[str, ...]


COURT = (
    Shape(1, 3, 16, 4, 2, ("128.60", "89.40", "89.40", "118.20")),
    Shape(4, 6, 6, 2, 1, ("112.30", "96.50")),
    Shape(7, 12, 6, 2, 0, ("104.80", "92.10")),
)
GARDEN = (Shape(1, 3, 6, 2, 0, ("98.70", "86.20")),)


@dataclass(frozen=True)
class Colleague:
    username: str
    name: str
    duty: str
    trades: tuple[str, ...] = ()
    early: bool = True


T = Trade
COURT_STAFF = (
    Colleague("technician", "王师傅", "technician", (T.PLUMBING, T.MASONRY)),
    Colleague("technician2", "李师傅", "technician", (T.ELECTRICAL, T.DOORS)),
    Colleague("technician3", "张师傅", "technician", (T.DOORS, T.GENERAL), early=False),
    Colleague("technician4", "刘工（电梯维保）", "technician", (T.LIFT,)),
    Colleague("technician5", "赵师傅", "technician", (T.PLUMBING, T.FIRE), early=False),
    Colleague("technician6", "何姐", "technician", (T.CLEANING, T.GREENING)),
    Colleague("technician7", "吴师傅", "technician", (T.ELECTRICAL, T.FIRE), early=False),
    Colleague("technician8", "罗师傅", "technician", (T.MASONRY, T.GENERAL)),
    Colleague("dispatcher", "前台小周", "dispatcher"),
    Colleague("desk", "前台小吴", "desk", early=False),
    Colleague("manager", "陈经理", "manager"),
    Colleague("inspector", "巡检老孙", "inspector"),
)
GARDEN_STAFF = (
    Colleague("garden_manager", "罗经理", "manager"),
    Colleague("garden_desk", "前台小何", "dispatcher"),
    Colleague(
        "garden_technician", "郑师傅", "technician", (T.PLUMBING, T.ELECTRICAL, T.DOORS, T.GENERAL)
    ),
    Colleague(
        "garden_technician2",
        "唐师傅",
        "technician",
        (T.MASONRY, T.LIFT, T.FIRE, T.CLEANING, T.GREENING),
    ),
)
# Username, how colleagues and neighbours call them, name on the roster, home.
RESIDENTS = (
    ("resident", "林阿姨", "林秀兰", "3 栋", "2 单元", "1204"),
    ("neighbour", "陈先生", "陈建华", "3 栋", "2 单元", "1104"),
)
# Homes of which today's stories tell; somebody lives there and has an account.
TOLD_OF_COURT = (
    "2 栋/1 单元/501",
    "2 栋/2 单元/1003",
    "4 栋/2 单元/402",
    "5 栋/1 单元/301",
    "6 栋/1 单元/301",
    "7 栋/1 单元/502",
    "8 栋/1 单元/602",
    "9 栋/1 单元/201",
    "10 栋/2 单元/602",
)
TOLD_OF_GARDEN = ("2 栋/1 单元/401", "3 栋/2 单元/201")
STRANGER = ("stranger", "杨女士", "杨海燕", "1 栋", "1 单元", "302")


@dataclass
class Ground:
    """One estate with all that the stories need to happen in it."""

    estate: Estate
    units: list[Unit] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    facilities: list[Facility] = field(default_factory=list)
    staff: dict[str, User] = field(default_factory=dict)
    workers: dict[str, list[User]] = field(default_factory=dict)
    people: dict[int, list[Occupant]] = field(default_factory=dict)

    def home(self, building: str, entrance: str, number: str) -> Unit:
        return next(
            unit
            for unit in self.units
            if (unit.entrance.building.name, unit.entrance.name, unit.number)
            == (building, entrance, number)
        )

    def place(self, name: str) -> Place:
        return next(place for place in self.places if place.name == name)

    def facility(self, name: str) -> Facility:
        return next(facility for facility in self.facilities if facility.name == name)

    @property
    def desk(self) -> User:
        return self.staff["dispatcher" if "dispatcher" in self.staff else "garden_desk"]


def build_court(cast: Cast, dice: Random, now: datetime) -> Ground:
    estate = Estate.objects.create(
        community=Community.objects.create(
            code="banyan-shade", name="榕荫社区", name_en="Banyan Shade"
        ),
        code="banyan-court",
        name="榕树郡",
        name_en="Banyan Court",
        address="成都市锦江区榕荫路 88 号",
        phone="028-0000-1234",
        ticket_prefix="R",
        opens_at=time(8, 30),
        closes_at=time(18),
        works_weekends=True,
    )
    ground = _build(estate, COURT, dice)
    _employ(ground, COURT_STAFF, cast, now)
    _house(ground, cast, dice, RESIDENTS, TOLD_OF_COURT, ACCOUNTS, now)
    return ground


def build_garden(cast: Cast, dice: Random, now: datetime) -> Ground:
    estate = Estate.objects.create(
        community=Community.objects.create(
            code="sycamore-lane", name="梧桐巷社区", name_en="Sycamore Lane"
        ),
        code="sycamore-garden",
        name="梧桐苑",
        name_en="Sycamore Garden",
        address="成都市锦江区梧桐巷 6 号",
        phone="028-0000-5678",
        ticket_prefix="G",
        opens_at=time(9),
        closes_at=time(18),
        works_weekends=True,
    )
    ground = _build(estate, GARDEN, dice)
    _employ(ground, GARDEN_STAFF, cast, now)
    _house(ground, cast, dice, (STRANGER,), TOLD_OF_GARDEN, 8, now)
    return ground


# --- what stands ---------------------------------------------------------------------------------


def _build(estate: Estate, shapes: tuple[Shape, ...], dice: Random) -> Ground:
    ground = Ground(estate)
    for shape in shapes:
        for number in range(shape.first, shape.last + 1):
            _building(ground, shape, number, dice)
    _grounds(ground)
    return ground


def _building(ground: Ground, shape: Shape, number: int, dice: Random) -> None:
    building = Building.objects.create(
        estate=ground.estate,
        name=f"{number} 栋",
        floors=shape.floors,
        height_m=shape.floors * 3 + 1,
        order=number,
    )
    for door in (1, 2):
        entrance = Entrance.objects.create(building=building, name=f"{door} 单元", order=door)
        ground.units += Unit.objects.bulk_create(
            Unit(
                entrance=entrance,
                number=f"{floor}{flat:02d}",
                floor=floor,
                area=Decimal(shape.areas[flat - 1]),
                state=_state(dice),
            )
            for floor in range(1, shape.floors + 1)
            for flat in range(1, shape.per_floor + 1)
        )
        _shared(ground, shape, building, f"{building.name} {entrance.name}")
    _place(ground, f"{building.name}屋面", Place.Kind.ROOF, building)


def _state(dice: Random) -> str:
    return dice.choices(
        [Unit.State.LIVED_IN, Unit.State.LET, Unit.State.EMPTY, Unit.State.DECORATING],
        [72, 14, 12, 2],
    )[0]


def _shared(ground: Ground, shape: Shape, building: Building, entrance: str) -> None:
    lobby = _place(ground, f"{entrance}门厅", Place.Kind.LOBBY, building)
    corridor = _place(ground, f"{entrance}楼道", Place.Kind.CORRIDOR, building)
    _facility(ground, lobby, f"{entrance}单元门", Facility.Kind.DOOR)
    for floor in range(2, shape.floors + 1, 4):
        _facility(ground, corridor, f"{entrance} {floor} 层灭火器", Facility.Kind.EXTINGUISHER)
        _facility(ground, corridor, f"{entrance} {floor} 层消火栓", Facility.Kind.HYDRANT)
    if not shape.lifts:
        return
    lift = _place(ground, f"{entrance}电梯", Place.Kind.LIFT, building)
    for number in range(1, shape.lifts + 1):
        which = f" {number} 号梯" if shape.lifts > 1 else "电梯"
        _facility(ground, lift, f"{entrance}{which}", Facility.Kind.LIFT)


K, F = Place.Kind, Facility.Kind
GROUNDS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "地下车库 B1",
        K.GARAGE,
        (("B1 消防卷帘", F.DOOR), ("B1 监控", F.CAMERA), ("B1 照明", F.LIGHT)),
    ),
    ("地下车库 B2", K.GARAGE, (("B2 潜污泵 1 号", F.PUMP), ("B2 潜污泵 2 号", F.PUMP))),
    ("中心花园", K.GARDEN, (("花园路灯", F.LIGHT), ("浇花取水阀", F.OTHER))),
    ("儿童乐园", K.GARDEN, (("组合滑梯", F.PLAY), ("秋千", F.PLAY))),
    ("健身角", K.GARDEN, (("太极轮", F.PLAY), ("漫步机", F.PLAY))),
    ("东环路", K.GARDEN, (("东环路路灯", F.LIGHT),)),
    ("南大门", K.GATE, (("南门道闸", F.DOOR), ("南门行人闸", F.DOOR), ("南门监控", F.CAMERA))),
    ("北大门", K.GATE, (("北门道闸", F.DOOR), ("北门行人闸", F.DOOR))),
    ("生活水泵房", K.PLANT, (("生活泵 1 号", F.PUMP), ("生活泵 2 号", F.PUMP))),
    ("消防水泵房", K.PLANT, (("消防泵 1 号", F.PUMP), ("喷淋泵 1 号", F.PUMP))),
    ("配电房", K.PLANT, (("1 号配电柜", F.POWER), ("2 号配电柜", F.POWER))),
    ("社区活动室", K.HALL, (("活动室空调", F.OTHER),)),
)
SMALL_GROUNDS = {"地下车库 B1", "中心花园", "南大门", "配电房", "社区活动室"}


def _grounds(ground: Ground) -> None:
    small = len(ground.units) < 100
    for name_, kind, facilities in GROUNDS:
        if small and name_ not in SMALL_GROUNDS:
            continue
        place = _place(ground, name_, kind)
        for facility, facility_kind in facilities:
            _facility(ground, place, facility, facility_kind)


def _place(ground: Ground, name_: str, kind: str, building: Building | None = None) -> Place:
    place = Place.objects.create(estate=ground.estate, building=building, name=name_, kind=kind)
    ground.places.append(place)
    return place


def _facility(ground: Ground, place: Place, name_: str, kind: str) -> None:
    serial = f"{ground.estate.ticket_prefix}-{kind[:2].upper()}-{len(ground.facilities) + 1:04d}"
    ground.facilities.append(
        Facility.objects.create(place=place, name=name_, kind=kind, serial=serial)
    )


# --- who works there -----------------------------------------------------------------------------


def _employ(ground: Ground, staff: tuple[Colleague, ...], cast: Cast, now: datetime) -> None:
    for colleague in staff:
        user = cast.role(colleague.username, colleague.name)
        ground.staff[colleague.username] = user
        posting = Posting.objects.create(
            user=user,
            estate=ground.estate,
            duty=colleague.duty,
            trades=list(colleague.trades),
            from_date=now.date() - timedelta(days=500),
        )
        _roster(posting, early=colleague.early, now=now)
        for trade in colleague.trades:
            ground.workers.setdefault(trade, []).append(user)


def _roster(posting: Posting, *, early: bool, now: datetime) -> None:
    """Early or late shifts by the week, one day off in seven."""
    shifts = []
    for offset in range(-SHIFTS_BACK, SHIFTS_AHEAD + 1):
        day = now.date() + timedelta(days=offset)
        if (day.toordinal() + posting.pk) % 7 == 0 and offset != 0:
            continue
        begins, ends = _hours(early == (day.isocalendar().week % 2 == 0))
        shifts.append(
            DutyShift(
                posting=posting,
                starts_at=datetime.combine(day, begins, now.tzinfo),
                ends_at=datetime.combine(day, ends, now.tzinfo),
            )
        )
    DutyShift.objects.bulk_create(shifts)


def _hours(early: bool) -> tuple[time, time]:
    return (time(8), time(17)) if early else (time(12), time(21))


# --- who lives there -----------------------------------------------------------------------------


def _house(
    ground: Ground,
    cast: Cast,
    dice: Random,
    named: tuple[tuple[str, ...], ...],
    told_of: tuple[str, ...],
    accounts: int,
    now: datetime,
) -> None:
    roster: list[Occupant] = []
    homes = {}
    for username, display_name, full_name, *address in named:
        unit = ground.home(*address)
        _lived_in(unit)
        homes[unit.pk] = cast.role(username, display_name)
        roster.append(_occupant(unit, full_name, homes[unit.pk].phone, now, user=homes[unit.pk]))
        roster.append(_occupant(unit, cast.name(), cast.phone(), now, relation=Relation.FAMILY))
    told = [ground.home(*address.split("/")) for address in told_of]
    for unit in told:
        _lived_in(unit)
    for unit in ground.units:
        if unit.pk not in homes and unit.state != Unit.State.EMPTY:
            roster += _household(unit, cast, dice, now)
    _sign_up(roster, told, accounts, cast, dice)
    for occupant in Occupant.objects.bulk_create(roster):
        ground.people.setdefault(occupant.unit_id, []).append(occupant)


def _household(unit: Unit, cast: Cast, dice: Random, now: datetime) -> list[Occupant]:
    age = dice.choices(["older", "middle", "younger"], [30, 55, 15])[0]
    owner = _occupant(unit, cast.name(age=age), cast.phone(), now)
    owner.from_date = date(2014 + dice.randrange(9), dice.randrange(1, 13), dice.randrange(1, 28))
    people = [owner]
    if unit.state == Unit.State.LET:
        tenant = _occupant(
            unit, cast.name(age="middle"), cast.phone(), now, relation=Relation.TENANT
        )
        tenant.from_date = now.date() - timedelta(days=dice.randrange(40, 700))
        return [*people, tenant]
    if dice.random() < 0.35:
        owner.share = Decimal(50)
        co_owner = _occupant(
            unit, cast.name(age=age), cast.phone(), now, relation=Relation.CO_OWNER
        )
        co_owner.share, co_owner.from_date = Decimal(50), owner.from_date
        people.append(co_owner)
    if dice.random() < 0.4:
        child = cast.name(surname=owner.name[0], age="younger" if age != "older" else "middle")
        people.append(_occupant(unit, child, cast.phone(), now, relation=Relation.FAMILY))
    return people


def _occupant(
    unit: Unit,
    full_name: str,
    phone: str | None,
    now: datetime,
    *,
    relation: str = Relation.OWNER,
    user: User | None = None,
) -> Occupant:
    return Occupant(
        unit=unit,
        user=user,
        name=full_name,
        phone=phone or "",
        relation=relation,
        from_date=date(2019, 6, 1) if user else None,
    )


def _lived_in(unit: Unit) -> None:
    unit.state = Unit.State.LIVED_IN
    unit.save(update_fields=["state"])


def _sign_up(
    roster: list[Occupant], told: list[Unit], accounts: int, cast: Cast, dice: Random
) -> None:
    """The owners of the homes told of, and others by lot."""
    sure = [next(one for one in roster if one.unit_id == unit.pk) for unit in told]
    free = [one for one in roster if one.user is None and one not in sure]
    chosen = sure + dice.sample(free, accounts)
    users = cast.residents([(one.name, one.phone) for one in chosen])
    for occupant, user in zip(chosen, users, strict=True):
        occupant.user = user


# --- who wants in --------------------------------------------------------------------------------

CLAIMS = (
    (Relation.OWNER, "去年买的二手房，名册上可能还是前业主。", 5),
    (Relation.TENANT, "刚租下来，合同可以带到前台看。", 26),
    (Relation.FAMILY, "我是业主的女儿，帮父母用手机报修。", 51),
)


def invite(ground: Ground, cast: Cast, dice: Random, now: datetime) -> None:
    """Claims that wait for the desk, and letters that were printed."""
    empty = [unit for unit in ground.units if unit.pk not in ground.people]
    lived_in = [unit for unit in ground.units if unit.state == Unit.State.LIVED_IN]
    for relation, words, hours in CLAIMS:
        unit = dice.choice(empty if relation == Relation.OWNER else lived_in)
        user = User.objects.create(
            username=f"u{cast.phone()[3:]}",
            display_name=cast.name(),
            password=make_password(None),
        )
        claim = Claim.objects.create(
            user=user, unit=unit, name=user.display_name, relation=relation, words=words
        )
        Claim.objects.filter(pk=claim.pk).update(created_at=now - timedelta(hours=hours))
    for unit in dice.sample(empty, 6):
        Invitation.objects.create(unit=unit, expires_at=now + timedelta(days=60))
    Invitation.objects.create(unit=dice.choice(empty), expires_at=now - timedelta(days=3))
