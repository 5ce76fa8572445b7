"""The tree of what may be broken that an estate starts with; it is theirs to change afterwards."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import transaction

from estates.models import Estate, Trade
from repairs.models import Category, Priority

For, Clock, Dispatch, ReturnVisit = (
    Category.For,
    Category.Clock,
    Category.Dispatch,
    Category.ReturnVisit,
)
HOUR = 60
WORKDAY = 9 * HOUR  # of an estate that works from nine to six


class Terms(NamedTuple):
    """How urgent, minutes to respond and to resolve on which clock, and who gets the job."""

    priority: str
    respond_minutes: int
    resolve_minutes: int
    clock: str
    dispatch: str


EMERGENCY = Terms(Priority.EMERGENCY, 15, 4 * HOUR, Clock.ALWAYS, Dispatch.ROUND_ROBIN)
DANGER = Terms(Priority.EMERGENCY, 5, HOUR, Clock.ALWAYS, Dispatch.BY_HAND)
URGENT = Terms(Priority.URGENT, 30, 24 * HOUR, Clock.ALWAYS, Dispatch.POOL)
NORMAL = Terms(Priority.NORMAL, 2 * HOUR, 2 * WORKDAY, Clock.WORKING, Dispatch.POOL)
LOW = Terms(Priority.LOW, 4 * HOUR, 5 * WORKDAY, Clock.WORKING, Dispatch.POOL)
# What a firm from outside must do: the front desk calls them.
CONTRACTOR = Terms(Priority.URGENT, HOUR, 24 * HOUR, Clock.ALWAYS, Dispatch.BY_HAND)
LONG = Terms(Priority.NORMAL, 4 * HOUR, 10 * WORKDAY, Clock.WORKING, Dispatch.BY_HAND)


class Problem(NamedTuple):
    code: str
    name: str
    name_en: str
    terms: Terms = NORMAL
    place_kind: str = For.ANY
    return_visit: str = ReturnVisit.LOW


class Tile(NamedTuple):
    code: str
    name: str
    name_en: str
    icon: str
    trade: str
    terms: Terms
    problems: tuple[Problem, ...]


ANY, UNIT, PUBLIC, ALWAYS = For.ANY, For.UNIT, For.PUBLIC, ReturnVisit.ALWAYS

TREE = (
    Tile("pipes", "水管漏水", "Leaking pipe", "droplet", Trade.PLUMBING, URGENT, (
        Problem("pipes-burst", "水管爆裂", "Burst pipe", EMERGENCY, ANY, ALWAYS),
        Problem("pipes-sink", "水槽、角阀漏水", "Leak at a sink or valve", URGENT, UNIT),
        Problem("pipes-tap", "水龙头、花洒坏了", "Broken tap or shower", NORMAL, UNIT),
        Problem("pipes-toilet", "马桶漏水、不冲水", "Toilet leaks or does not flush", NORMAL, UNIT),
        Problem("pipes-no-water", "停水、水压小", "No water or low pressure", URGENT),
    )),
    Tile("power", "电路灯具", "Power and lights", "bolt", Trade.ELECTRICAL, NORMAL, (
        Problem("power-out", "家里停电、跳闸", "No power, fuse trips", URGENT, UNIT),
        Problem("power-sparks", "线路打火冒烟", "Sparks or smoke", EMERGENCY, ANY, ALWAYS),
        Problem("power-socket", "开关、插座坏了", "Broken switch or socket", NORMAL, UNIT),
        Problem("power-corridor-light", "楼道灯不亮", "Corridor light out", NORMAL, PUBLIC),
        Problem("power-street-light", "路灯、车库灯不亮", "Road or garage light out", LOW, PUBLIC),
    )),
    Tile("doors", "门窗门禁", "Doors and locks", "door", Trade.DOORS, NORMAL, (
        Problem("doors-lock", "入户门锁打不开", "Front door lock stuck", URGENT, UNIT),
        Problem("doors-window", "窗户关不严、玻璃坏了", "Window or glass broken", NORMAL, UNIT),
        Problem("doors-access", "门禁、对讲失灵", "Entry phone or card reader fails", NORMAL),
        Problem("doors-entrance", "单元门关不上", "Entrance door does not close", NORMAL, PUBLIC),
    )),
    Tile("lift", "电梯", "Lift", "elevator", Trade.LIFT, CONTRACTOR, (
        Problem("lift-trapped", "电梯困人", "Somebody is trapped", DANGER, PUBLIC, ALWAYS),
        Problem("lift-stopped", "电梯停运", "Lift out of service", CONTRACTOR, PUBLIC, ALWAYS),
        Problem("lift-noise", "电梯异响、抖动", "Strange noise or shaking", CONTRACTOR, PUBLIC),
        Problem("lift-button", "按钮、轿厢灯坏了", "Broken button or cabin light", LONG, PUBLIC),
    )),
    Tile("drains", "下水堵塞", "Blocked drain", "toilet-paper", Trade.PLUMBING, URGENT, (
        Problem("drains-toilet", "马桶堵塞", "Blocked toilet", URGENT, UNIT),
        Problem("drains-kitchen", "厨房、地漏返水", "Water comes up the drain", URGENT, UNIT),
        Problem("drains-main", "主管道堵塞、污水外溢", "Main drain blocked, sewage overflows",
                EMERGENCY, ANY, ALWAYS),
        Problem("drains-garage", "车库、路面积水", "Water in garage or road", URGENT, PUBLIC),
    )),
    Tile("walls", "墙面渗水", "Damp wall", "wall", Trade.MASONRY, LONG, (
        Problem("walls-outer", "外墙渗水", "Damp outer wall", LONG, ANY, ALWAYS),
        Problem("walls-upstairs", "楼上漏到楼下", "Leak from the flat above", URGENT, UNIT, ALWAYS),
        Problem("walls-roof", "屋顶漏水", "Leaking roof", LONG, ANY, ALWAYS),
        Problem("walls-falling", "墙皮、瓷砖脱落", "Plaster or tiles falling", URGENT),
    )),
    Tile("fire", "燃气消防", "Gas and fire safety", "flame", Trade.FIRE, EMERGENCY, (
        Problem("fire-gas", "闻到燃气味", "Smell of gas", DANGER, ANY, ALWAYS),
        Problem("fire-alarm", "烟感、警报误报", "False fire alarm", URGENT),
        Problem("fire-hydrant", "消火栓、灭火器缺失损坏", "Fire equipment broken", URGENT, PUBLIC),
        Problem("fire-passage", "消防通道堵塞", "Fire passage blocked", URGENT, PUBLIC),
    )),
    Tile("other", "其他", "Something else", "dots", Trade.GENERAL, NORMAL, (
        Problem("other-home", "家里的其他问题", "Something else at home", NORMAL, UNIT),
        Problem("other-cleaning", "公共区域保洁", "Cleaning of a public place", LOW, PUBLIC),
        Problem("other-greening", "绿化、树枝", "Plants and branches", LOW, PUBLIC),
        Problem("other-play", "健身、儿童器材损坏", "Broken play equipment", NORMAL, PUBLIC),
    )),
)  # fmt: skip
# Where a problem is another trade's than its tile's.
TRADES = {"other-cleaning": Trade.CLEANING, "other-greening": Trade.GREENING}


def seed_categories(estate: Estate) -> list[Category]:
    """The tiles of the default tree; what the estate has already stays as it is."""
    with transaction.atomic():
        return [_seed_tile(estate, order, tile) for order, tile in enumerate(TREE, start=1)]


def _seed_tile(estate: Estate, order: int, tile: Tile) -> Category:
    top = _seed(estate, tile, None, tile.terms, order=order * 100, icon=tile.icon, trade=tile.trade)
    for step, problem in enumerate(tile.problems, start=1):
        _seed(
            estate,
            problem,
            top,
            problem.terms,
            order=order * 100 + step,
            icon=tile.icon,
            trade=TRADES.get(problem.code, tile.trade),
            place_kind=problem.place_kind,
            return_visit=problem.return_visit,
        )
    return top


def _seed(
    estate: Estate, entry: Tile | Problem, parent: Category | None, terms: Terms, **fields: Any
) -> Category:
    category, _created = Category.objects.get_or_create(
        estate=estate,
        code=entry.code,
        defaults={
            "parent": parent,
            "name": entry.name,
            "name_en": entry.name_en,
            **terms._asdict(),
            **fields,
        },
    )
    return category
