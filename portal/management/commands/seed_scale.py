"""manage.py seed_scale --tickets N --units N [--open 2]"""

from __future__ import annotations

import json
import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import StringIO
from random import Random
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Q
from django.db.models.fields import NOT_PROVIDED
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from estates.models import (
    Building,
    Community,
    Entrance,
    Estate,
    Facility,
    NumberSeries,
    Occupant,
    Place,
    Posting,
    Trade,
    Unit,
)
from repairs.models import Assignment, Category, Follow, Pause, Priority, Ticket
from repairs.services.deadlines import FACTOR

S = Ticket.Status
DUTY = Posting.Duty
COMMUNITY = "scale"
# Code, name, letters before the numbers, and the share of homes and tickets in tenths.
ESTATES = (
    ("scale-1", "万象城一期", "ZSA", 6),
    ("scale-2", "万象城二期", "ZSB", 3),
    ("scale-3", "万象城三期", "ZSC", 1),
)
# Whose the n-th of every ten tickets is: the shares, mixed.
TURNS = (0, 1, 0, 1, 0, 2, 0, 1, 0, 0)
LEAST_TICKETS, LEAST_UNITS = 100, 30
TEN_YEARS = timedelta(days=3652)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
A_CHUNK = 20_000
# So many of the newest tickets have their story in the log, and all of the first residents'.
TOLD = 20_000
NAMED = 5
# The first technician of an estate has a day of work in hand, whatever the size; the others share
# the rest.
A_DAY_OF_JOBS = 6
LIONS = 25
# Coprime to 10**9: consecutive people get numbers far apart, and none twice.
STRIDE = 387_420_489


class Sort(NamedTuple):
    """A category, and what its tickets say."""

    code: str
    name: str
    name_en: str
    trade: str
    priority: str
    respond: int
    resolve: int
    dispatch: str
    things: tuple[str, ...]
    troubles: tuple[str, ...]


def _sort(
    code: str,
    name: str,
    name_en: str,
    trade: str,
    terms: tuple[str, int, int, str],
    things: str,
    troubles: str,
) -> Sort:
    return Sort(code, name, name_en, trade, *terms, tuple(things.split()), tuple(troubles.split()))


POOL, BY_HAND = Category.Dispatch.POOL, Category.Dispatch.BY_HAND
USUAL = (Priority.NORMAL, 120, 1080, POOL)
HURRIED = (Priority.URGENT, 30, 1440, BY_HAND)
LONG = (Priority.LOW, 240, 2700, BY_HAND)
# The words 电梯 and 门禁 stand nowhere but in the sorts that are named for them.
SORTS = (
    _sort(
        *("lift", "电梯", "Lift", Trade.LIFT, HURRIED),
        "电梯轿厢 电梯按钮 电梯门 客用电梯 货用电梯 电梯照明 电梯风扇 电梯显示屏",
        "异响 抖动得厉害 停在两层之间 按了没有反应 关不上 一直闪 反复开合 运行缓慢",
    ),
    _sort(
        *("access", "门禁", "Entry phone", Trade.DOORS, USUAL),
        "门禁读卡器 单元门禁 门禁对讲机 车库门禁 门禁电源",
        "刷卡没有反应 失灵 时好时坏 没有声音 灯不亮",
    ),
    _sort(
        *("pipes", "水管漏水", "Leaking pipe", Trade.PLUMBING, HURRIED),
        "厨房水龙头 卫生间角阀 阳台水管 热水器进水管 洗衣机龙头 水表接头 花洒 马桶水箱",
        "漏水 滴水不止 接口渗水 水压很小 关不紧 爆裂 生锈渗漏 一直有水声",
    ),
    _sort(
        *("drains", "下水堵塞", "Blocked drain", Trade.PLUMBING, USUAL),
        "厨房下水 卫生间地漏 马桶 阳台地漏 洗手盆下水 主管道 雨水口 隔油池",
        "堵了 返水 有臭味 下得很慢 冒泡 往外溢 咕噜作响 疏通后又堵",
    ),
    _sort(
        *("power", "停电跳闸", "Power", Trade.ELECTRICAL, HURRIED),
        "客厅插座 厨房插座 空调线路 配电箱 卧室开关 总闸 充电桩 弱电箱",
        "跳闸 没有电 打火 有焦味 发烫 接触不良 面板松动 漏电保护动作",
    ),
    _sort(
        *("lights", "灯具照明", "Lights", Trade.ELECTRICAL, USUAL),
        "楼道灯 地下车库灯 路灯 大堂吊灯 感应灯 草坪灯 应急灯 消防通道灯",
        "不亮 忽明忽暗 常亮不灭 外罩脱落 进水 感应不灵 吱吱作响 灯杆倾斜",
    ),
    _sort(
        *("doors", "门窗锁具", "Doors and windows", Trade.DOORS, USUAL),
        "入户门锁 阳台推拉门 卧室窗户 单元大门 防火门 闭门器 纱窗 车库卷帘",
        "打不开 关不严 把手松动 玻璃裂了 合页脱落 卡住 钥匙断在里面 变形",
    ),
    _sort(
        *("walls", "墙面渗水", "Damp wall", Trade.MASONRY, LONG),
        "外墙 卧室墙面 卫生间吊顶 客厅天花板 阳台栏板 楼道墙皮 瓷砖 屋面",
        "渗水 起皮 发霉 有裂缝 脱落 空鼓 返潮 大片水渍",
    ),
    _sort(
        *("fire", "燃气消防", "Gas and fire safety", Trade.FIRE, HURRIED),
        "烟感探测器 消火栓 灭火器 喷淋头 燃气表 燃气软管 疏散指示牌 消防水带",
        "误报 缺失 压力不足 过期 有异味 滴水 被遮挡 箱门损坏",
    ),
    _sort(
        *("cleaning", "公共保洁", "Cleaning", Trade.CLEANING, USUAL),
        "垃圾桶 大堂地面 楼道扶手 地下车库 信报箱 儿童乐园 步道 快递柜周围",
        "没有清扫 堆满杂物 有油污 有宠物粪便 积水 有小广告 灰尘很厚 气味难闻",
    ),
    _sort(
        *("greening", "绿化养护", "Greening", Trade.GREENING, LONG),
        "香樟树枝 桂花树 草坪 绿篱 花坛 银杏树 喷灌管 爬藤",
        "遮住窗户 枯死 倒伏 有虫害 长得太高 断枝悬空 被踩坏 需要修剪",
    ),
    _sort(
        *("general", "其他", "Something else", Trade.GENERAL, USUAL),
        "健身器材 休闲座椅 晾衣架 信报箱 道闸 监控 雨棚 宣传栏",
        "损坏 松动 生锈 缺少零件 摇晃 无法使用 位置不合适 有划痕",
    ),
)
SPOTS = ("", "", "", "家里", "北侧", "南侧", "一楼", "二楼", "三楼", "东头", "西头", "靠近出口的")
WHENS = (
    "昨天晚上开始",
    "今天早上发现",
    "上周就有",
    "下班回来看到",
    "连着几天",
    "装修之后",
    "下雨以后",
    "物业检修过后",
    "半夜里",
    "孩子放学时发现",
    "邻居也说",
    "第三次报了",
)
EFFECTS = (
    "老人出入不方便",
    "影响休息",
    "怕有安全隐患",
    "地上都湿了",
    "楼下邻居也来问过",
    "家里有小孩不放心",
    "已经拍了照片",
    "自己试过没有用",
    "白天还好晚上更明显",
    "旁边几户都一样",
    "用毛巾先垫着",
    "暂时不敢用",
)
WISHES = (
    "请尽快派人来看看",
    "麻烦师傅来之前先打电话",
    "周末在家可以上门",
    "工作日下午有人在家",
    "希望这次能彻底解决",
    "如果要换零件请先告知价格",
    "请安排检查一下",
    "辛苦了",
    "谢谢",
    "不着急但请记下来",
)
LION = "门口的石狮子也碰歪了。"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建文志海玉兰红梅春燕晓东国庆思雨子涵"
HOLDS = ("等待配件到货", "等业主约时间", "等外包单位进场", "雨停后施工")
RESULTS = ("已更换配件并试用正常", "已疏通并清理现场", "已紧固并调试", "已修补，观察无异常")
REJECTS = ("不属于物业维修范围", "与另一单重复", "现场查看未见异常")
CANCELS = ("自己修好了", "不需要了", "重新报过了")
RATING_WORDS = ("师傅很专业", "来得快", "修好了，谢谢", "等得有点久", "")

OPEN_STATES = {
    S.NEW: 15,
    S.ACCEPTED: 20,
    S.ASSIGNED: 25,
    S.IN_PROGRESS: 20,
    S.REOPENED: 5,
    S.ON_HOLD: 15,
}
WORKED_AT = (S.ASSIGNED, S.IN_PROGRESS, S.ON_HOLD, S.REOPENED, S.RESOLVED, S.CLOSED)
MENDED = (S.REOPENED, S.RESOLVED, S.CLOSED)
# What the log says of a ticket that has come to a state: by whom, and to which state.
TO_WORK = (("accept", "desk", S.ACCEPTED), ("dispatch", "desk", S.ASSIGNED))
STORIES: dict[str, tuple[tuple[str, str, str], ...]] = {
    S.NEW: (),
    S.ACCEPTED: TO_WORK[:1],
    S.ASSIGNED: TO_WORK,
    S.IN_PROGRESS: (*TO_WORK, ("start", "worker", S.IN_PROGRESS)),
    S.ON_HOLD: (
        *TO_WORK,
        ("start", "worker", S.IN_PROGRESS),
        ("hold", "worker", S.ON_HOLD),
    ),
    S.REOPENED: (*TO_WORK, ("resolve", "worker", S.RESOLVED), ("dispute", "who", S.REOPENED)),
    S.RESOLVED: (*TO_WORK, ("resolve", "worker", S.RESOLVED)),
    S.CLOSED: (*TO_WORK, ("resolve", "worker", S.RESOLVED), ("confirm", "who", S.CLOSED)),
    S.REJECTED: (("reject", "desk", S.REJECTED),),
    S.CANCELLED: (("cancel", "who", S.CANCELLED),),
}

Say = Callable[[str], None]


class Command(BaseCommand):
    help = "Three large estates with ten years of made-up repairs, to measure pages by; in a trial."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tickets", type=int, required=True, help="over all three estates")
        parser.add_argument("--units", type=int, required=True, help="over all three estates")
        parser.add_argument(
            "--open", type=int, default=2, help="percent of the tickets: 2 is like life, 20 hard"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        _check(options["tickets"], options["units"], options["open"])
        begun = time.monotonic()

        def say(words: str) -> None:
            self.stdout.write(f"{time.monotonic() - begun:6.1f} s  {words}")
            self.stdout.flush()

        tables = Tables(timezone.now())
        with transaction.atomic():
            # Rows that hang on one another are checked chunk by chunk, not all at the commit.
            _execute("SET CONSTRAINTS ALL IMMEDIATE")
            _execute("SET LOCAL maintenance_work_mem = '256MB'")
            with _without_indexes((Ticket, Assignment, Occupant), say):
                grounds = _lay_grounds(tables, options["units"], say)
                Teller(tables, grounds, options["tickets"], options["open"]).tell(say)
            tables.set_sequences()
            _execute("SET CONSTRAINTS ALL DEFERRED")
        _analyse(tables, say)
        say("ready: sign in as scale_manager_1, scale_technician_1_1, scale_resident_1, …")


def _check(tickets: int, units: int, share: int) -> None:
    if not (settings.DEMO or settings.DEBUG):
        raise CommandError("seed_scale is for a trial: set DEMO=1 or DEBUG=1.")
    if tickets < LEAST_TICKETS or units < LEAST_UNITS:
        raise CommandError(f"At least {LEAST_TICKETS} tickets and {LEAST_UNITS} units.")
    if not 1 <= share <= 50:
        raise CommandError("--open is between 1 and 50 percent.")
    codes, prefixes = {one[0] for one in ESTATES}, {one[2] for one in ESTATES}
    taken = Estate.objects.filter(Q(code__in=codes) | Q(ticket_prefix__in=prefixes))
    if taken.exists() or Community.objects.filter(code=COMMUNITY).exists():
        raise CommandError(
            "The estates scale-1 to scale-3 are there already: seed another database."
        )


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


# --- writing


def written(value: Any) -> str:
    """As the text form of COPY wants it."""
    if value is None:
        return r"\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        items = ",".join(json.dumps(str(item), ensure_ascii=False) for item in value)
        value = f"{{{items}}}"
    elif isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    return str(value).replace("\\", "\\\\").replace("\t", r"\t").replace("\n", r"\n")


class Table:
    """Rows of a model on their way into its table; what is not named gets the field's default.

    A name that the model has no column for is passed over, so that this outlives changes of it.
    """

    def __init__(self, model: type[models.Model], at: datetime) -> None:
        self.model = model
        meta = model._meta
        fields = [
            one
            for one in meta.concrete_fields
            # These two the database fills in itself.
            if not one.generated and one.db_default is NOT_PROVIDED
        ]
        quote = connection.ops.quote_name
        columns = ", ".join(quote(str(one.column)) for one in fields)
        self.copy = f"COPY {quote(meta.db_table)} ({columns}) FROM STDIN"
        self.usual = {one.attname: written(_default(one, at)) for one in fields}
        assert meta.pk is not None
        self.key = meta.pk.attname
        self.last = model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0
        self.rows: list[str] = []

    def add(self, **values: Any) -> int:
        """The key of the new row."""
        self.last += 1
        row = self.usual.copy()
        row[self.key] = str(self.last)
        for name, value in values.items():
            if name in row:
                row[name] = written(value)
        self.rows.append("\t".join(row.values()))
        return self.last

    def write(self) -> None:
        if self.rows:
            with connection.cursor() as cursor:
                cursor.cursor.copy_expert(self.copy, StringIO("\n".join(self.rows) + "\n"))
            self.rows.clear()


def _default(one: models.Field[Any, Any], at: datetime) -> Any:
    if getattr(one, "auto_now", False) or getattr(one, "auto_now_add", False):
        return at
    return one.get_default()


class Tables:
    def __init__(self, at: datetime) -> None:
        self.at = at
        self.known: dict[type[models.Model], Table] = {}

    def __getitem__(self, model: type[models.Model]) -> Table:
        if model not in self.known:
            self.known[model] = Table(model, self.at)
        return self.known[model]

    def write(self, *order: type[models.Model]) -> None:
        """What others hang on comes first."""
        for model in order:
            self[model].write()

    def set_sequences(self) -> None:
        for sql in connection.ops.sequence_reset_sql(no_style(), list(self.known)):
            _execute(sql)


@contextmanager
def _without_indexes(tables: Sequence[type[models.Model]], say: Say) -> Iterator[None]:
    """Those that no constraint keeps: to build them once is many times faster."""
    names = [model._meta.db_table for model in tables]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS"
            " (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
            [names],
        )
        found = cursor.fetchall()
    for name, _definition in found:
        _execute(f"DROP INDEX {name}")
    yield
    say(f"building {len(found)} indexes")
    for _name, definition in found:
        _execute(definition)


def _analyse(tables: Tables, say: Say) -> None:
    """A vacuum cannot run inside a transaction, such as a test's; the statistics can."""
    vacuum = "" if connection.in_atomic_block else "VACUUM "
    by_the_way: list[type[models.Model]] = [Community, Estate, Category, NumberSeries]
    for model in [*tables.known, *by_the_way]:
        _execute(f"{vacuum}ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
    say("analysed")


# --- the estates and their people


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
    # The technician with a day of work, see A_DAY_OF_JOBS.
    first: int = 0
    workers: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def _lay_grounds(tables: Tables, units: int, say: Say) -> list[Ground]:
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


KINDS = Place.Kind
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


# --- the tickets


@dataclass
class Times:
    """When a ticket was or is to be what; in order."""

    reported: datetime
    clock_from: datetime
    respond_by: datetime
    resolve_by: datetime
    responded: datetime | None = None
    worked: datetime | None = None
    held: datetime | None = None
    resolved: datetime | None = None
    closed: datetime | None = None

    @property
    def last(self) -> datetime:
        known = (self.closed, self.resolved, self.held, self.worked, self.responded)
        return next((one for one in known if one), self.reported)


class Teller:
    """Tells `count` tickets in the order of their reports, up to now."""

    def __init__(self, tables: Tables, grounds: list[Ground], count: int, share: int) -> None:
        self.tables = tables
        self.at = tables.at
        self.grounds = grounds
        self.count = count
        self.dice = Random(2)  # noqa: S311
        self.open = self._open_ones(round(count * share / 100))
        of_first = [n for n in range(count) if TURNS[n % 10] == 0]
        self.lions = set(of_first[:: len(of_first) // LIONS][:LIONS])
        self.numbers: dict[tuple[int, int], int] = defaultdict(int)
        self.in_hand: dict[int, int] = defaultdict(int)
        self.opened = 0
        self.named = {one.user for ground in grounds for one in ground.accounts[:NAMED]}
        self.kind = ContentType.objects.get_for_model(Ticket).pk
        self.years = self._years()

    def _open_ones(self, count: int) -> set[int]:
        """Nine in ten among the newest, the tenth of any age."""
        recent = count * 9 // 10
        self.since = self.count - math.ceil(count * 1.5)
        newest = self.dice.sample(range(self.since, self.count), recent)
        return {*newest, *self.dice.sample(range(self.since), count - recent)}

    def _years(self) -> list[tuple[datetime, int]]:
        """When each year begins here, the latest first."""
        today = timezone.localtime(self.at)
        begin = today.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
        return [(begin.replace(year=year), year) for year in range(today.year, today.year - 12, -1)]

    def tell(self, say: Say) -> None:
        for n in range(self.count):
            self._ticket(n)
            if (n + 1) % A_CHUNK == 0 or n + 1 == self.count:
                self.tables.write(Ticket, Assignment, Pause, Follow, Entry)
                say(f"{n + 1:,} of {self.count:,} tickets")
        NumberSeries.objects.bulk_create(
            NumberSeries(noun="repairs.ticket", estate_id=estate, year=year, last=last)
            for (estate, year), last in self.numbers.items()
        )

    def _ticket(self, n: int) -> None:
        ground = self.grounds[TURNS[n % 10]]
        reported = self.at - TEN_YEARS * ((self.count - n - self.dice.random()) / self.count)
        reported = min(reported, self.at - MINUTE)
        status = self._status(n)
        sort = self._sort(n)
        category = ground.categories[sort.code]
        times = self._times(n, status, category, reported)
        worker = self._worker(ground, sort.trade, status)
        values = self._where_and_who(ground, sort)
        key = self.tables[Ticket].add(
            number=self._number(ground.estate, reported),
            estate_id=ground.estate.pk,
            category_id=category.pk,
            status=status,
            assignee_id=None if status == S.REOPENED else worker,
            calendar=ground.calendar,
            **self._words(sort, lion=n in self.lions),
            **self._priority(category),
            **self._clock(times),
            **self._outcome(status, times),
            **values,
        )
        who = values["reporter_id"] or ground.desk
        self._around(n, key, ground, status, times, worker, who)
        if n >= self.count - TOLD or who in self.named:
            self._log(key, status, times, {"desk": ground.desk, "worker": worker, "who": who})

    # --- what it is

    def _status(self, n: int) -> str:
        if n in self.open:
            self.opened += 1
            return self.dice.choices(list(OPEN_STATES), list(OPEN_STATES.values()))[0]
        draw = self.dice.random()
        if n >= self.since and draw < 0.1:
            return S.RESOLVED
        if draw > 0.96:
            return S.REJECTED if draw > 0.98 else S.CANCELLED
        return S.CLOSED

    def _sort(self, n: int) -> Sort:
        """One in five is about lifts, one in a hundred about the entry phone."""
        # Not by tens, which would fall on one estate.
        if n % 101 == 7:
            return SORTS[1]
        return SORTS[0] if self.dice.random() < 0.2 else self.dice.choice(SORTS[2:])

    def _number(self, estate: Estate, reported: datetime) -> str:
        year = next(year for begin, year in self.years if reported >= begin)
        self.numbers[estate.pk, year] += 1
        return f"{estate.ticket_prefix}{year}-{self.numbers[estate.pk, year]:06d}"

    def _words(self, sort: Sort, *, lion: bool) -> dict[str, str]:
        pick = self.dice.choice
        thing, trouble = pick(sort.things), pick(sort.troubles)
        said = f"{pick(WHENS)}{thing}{trouble}，{pick(EFFECTS)}。{pick(WISHES)}。"
        if lion:
            said += LION
        return {"title": f"{pick(SPOTS)}{thing}{trouble}", "description": said}

    def _priority(self, category: Category) -> dict[str, str]:
        if self.dice.random() < 0.9:
            return {"priority": category.priority}
        return {"priority": self.dice.choice(list(FACTOR))}

    def _where_and_who(self, ground: Ground, sort: Sort) -> dict[str, Any]:
        """Three in four in a home, by whoever of it has signed up; else by the telephone."""
        dice = self.dice
        if dice.random() < 0.25:
            home = dice.choice(ground.accounts)
            where = self._public(ground, sort)
        else:
            home = dice.choice(ground.accounts if dice.random() < 0.6 else ground.homes)
            where = {"unit_id": home.unit, "may_enter": dice.random() < 0.1}
            where["private"] = home.user is not None and dice.random() < 0.05
        return where | {
            "reporter_id": home.user,
            "entered_by_id": home.user or ground.desk,
            "source": Ticket.Source.WEB if home.user else Ticket.Source.PHONE,
            "contact_name": home.name,
            "contact_phone": home.phone,
        }

    def _public(self, ground: Ground, sort: Sort) -> dict[str, Any]:
        at_lift = sort.trade == Trade.LIFT
        place, facilities = self.dice.choice(ground.lifts if at_lift else ground.places)
        facility = self.dice.choice(facilities) if self.dice.random() < 0.75 else None
        words = self.dice.choice(("", "", "入口处", "靠墙一侧"))
        return {"place_id": place, "facility_id": facility, "place_words": words}

    def _worker(self, ground: Ground, trade: str, status: str) -> int | None:
        if status not in WORKED_AT:
            return None
        worker = self.dice.choice(ground.workers[trade])
        if status not in (S.ASSIGNED, S.IN_PROGRESS, S.ON_HOLD):
            return worker
        if worker == ground.first and self.in_hand[worker] >= A_DAY_OF_JOBS:
            worker = self.dice.choice([one for one in ground.workers[trade] if one != worker])
        self.in_hand[worker] += 1
        return worker

    # --- when

    def _times(self, n: int, status: str, category: Category, reported: datetime) -> Times:
        age, dice = self.at - reported, self.dice
        respond, resolve = category.respond_minutes * MINUTE, 2 * category.resolve_minutes * MINUTE
        times = Times(reported, reported, reported + respond, reported + resolve)
        if status != S.NEW:
            times.responded = reported + min(respond * dice.random(), age * 0.2)
        if status in WORKED_AT:
            times.worked = reported + min(respond * (1 + dice.random()), age * 0.4)
        if status == S.ON_HOLD:
            times.held = self.at - min(age * 0.5, 6 * DAY * dice.random())
        if status == S.RESOLVED:
            # Seven days later it would have been closed.
            times.resolved = self.at - min(age * 0.3, 6 * DAY * dice.random())
        elif status in MENDED:
            times.resolved = reported + min(resolve * (0.2 + dice.random()), age * 0.7)
        if status == S.CLOSED:
            assert times.resolved is not None
            times.closed = times.resolved + (self.at - times.resolved) * 0.5 * dice.random()
            times.closed = min(times.closed, times.resolved + 7 * DAY)
        elif status in (S.REJECTED, S.CANCELLED):
            times.closed = reported + min(DAY * dice.random(), age * 0.5)
        if n in self.open:
            self._set_deadlines(times, age, resolve)
        return times

    def _set_deadlines(self, times: Times, age: timedelta, resolve: timedelta) -> None:
        """One open ticket in ten is late; the clock of the others was set on, if they are old."""
        if self.opened % 10 == 0:
            times.respond_by = times.reported + min(times.respond_by - times.reported, age * 0.5)
            times.resolve_by = times.reported + min(resolve, age * 0.9)
            return
        times.resolve_by = self.at + 3 * DAY + 10 * DAY * self.dice.random()
        times.clock_from = max(times.reported, min(self.at, times.resolve_by - resolve))
        if times.responded is None:
            times.respond_by = self.at + DAY + DAY * self.dice.random()

    def _clock(self, times: Times) -> dict[str, Any]:
        return {
            "reported_at": times.reported,
            "clock_from": times.clock_from,
            "respond_by": times.respond_by,
            "resolve_by": times.resolve_by,
            "responded_at": times.responded,
            "resolved_at": times.resolved,
            "closed_at": times.closed,
            "created_at": times.reported,
            "updated_at": times.last,
        }

    def _outcome(self, status: str, times: Times) -> dict[str, Any]:
        dice = self.dice
        if status == S.ON_HOLD:
            return {
                "held_at": times.held,
                "held_until": self.at + DAY + 12 * DAY * dice.random(),
                "held_from": S.IN_PROGRESS,
                "hold_reason": dice.choice(HOLDS),
            }
        if status in (S.REJECTED, S.CANCELLED):
            return {"reason": dice.choice(REJECTS if status == S.REJECTED else CANCELS)}
        if status not in MENDED:
            return {}
        outcome: dict[str, Any] = {"resolution": dice.choice(RESULTS)}
        if status == S.REOPENED:
            outcome["reopens"] = 1
        if status == S.CLOSED and dice.random() < 0.3:
            outcome |= {"rating": dice.choice((5, 5, 5, 4, 4, 3, 2)), "rated_at": times.closed}
            outcome["rating_words"] = dice.choice(RATING_WORDS)
        return outcome

    # --- the rows around it

    def _around(
        self,
        n: int,
        key: int,
        ground: Ground,
        status: str,
        times: Times,
        worker: int | None,
        who: int,
    ) -> None:
        if worker is not None:
            ended = times.closed or times.resolved
            self.tables[Assignment].add(
                ticket_id=key, worker_id=worker, started_at=times.worked, ended_at=ended
            )
        if status == S.ON_HOLD:
            self.tables[Pause].add(ticket_id=key, began_at=times.held)
        if n % 21 == 3:
            # Every fifth of them by the desk, whose view “mine” it fills.
            other = self.dice.choice(ground.accounts).user
            by_desk = n // 21 % 5 == 0 or other == who
            follower = ground.dispatcher if by_desk else other
            self.tables[Follow].add(ticket_id=key, user_id=follower)

    def _log(self, key: int, status: str, times: Times, actors: dict[str, int | None]) -> None:
        story = STORIES[status]
        step = (times.last - times.reported) / max(len(story), 1)
        self._entry(key, times.reported, actors["who"], "report", {}, {})
        before = S.NEW.value
        for turn, (verb, actor, after) in enumerate(story, start=1):
            then, now = {"status": str(before)}, {"status": str(after)}
            if verb == "dispatch":
                then["assignee_id"], now["assignee_id"] = None, actors["worker"]  # type: ignore[assignment]
            self._entry(key, times.reported + step * turn, actors[actor], verb, then, now)
            before = after

    def _entry(
        self,
        key: int,
        at: datetime,
        actor: int | None,
        verb: str,
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> None:
        self.tables[Entry].add(
            at=at,
            actor_id=actor,
            code=f"repairs.ticket.{verb}",
            content_type_id=self.kind,
            object_id=key,
            before=before,
            after=after,
        )
