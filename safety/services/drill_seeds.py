"""Drills that estates hold, as suggestions: each is laid once, switched off, and is for the estate
to say whether it holds here. What nobody has read at its source carries no words and no day."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from estates.models import Building, Estate
from safety import rules
from safety.models import DrillRequirement
from safety.services.drill_moves import REQUIREMENT_MOVES as MOVES
from safety.states import DrillKind
from workflow.moves import lock
from workflow.refusals import NotAllowed

RESIDENTIAL, PUBLIC = Building.Use.RESIDENTIAL.value, Building.Use.PUBLIC.value
YEAR, HALF = 12, 6
HIGH_M = 100
UNVERIFIED = "没有核对过条文，是否执行由小区决定"


@dataclass(frozen=True)
class Seed:
    seed: str
    name: str
    kind: str
    months: int
    use: str = ""
    over_m: int | None = None
    source: str = ""
    article: str = ""
    words: str = ""
    remark: str = UNVERIFIED
    verified_on: date | None = None


SEEDS: tuple[Seed, ...] = (
    Seed(
        "fire-year",
        "全体业主消防演练",
        DrillKind.FIRE,
        YEAR,
        source="新乡市居民住宅区消防安全管理条例",
        article="第十六条第五项",
        words=(
            "第十六条 居民住宅区的物业服务企业或者管理单位应当在管理区域内履行下列消防安全责任：\n"
            "（五）组织本单位员工、业主、物业使用人每年至少开展一次以消防设施和器材使用、"
            "灭火和安全疏散为重点的消防演练；"
        ),
        remark="新乡市的地方性法规（2020年6月3日批准），不是本市的；本小区自愿照此执行",
        verified_on=date(2026, 11, 28),
    ),
    Seed("fire-high", "高层住宅消防疏散演练", DrillKind.FIRE, YEAR, RESIDENTIAL),
    Seed("fire-tall", "超高层住宅消防疏散演练", DrillKind.FIRE, HALF, RESIDENTIAL, HIGH_M),
    Seed("fire-public", "公共建筑消防疏散演练", DrillKind.FIRE, HALF, PUBLIC),
    Seed("flood", "汛前防汛演练", DrillKind.FLOOD, YEAR),
    Seed("earthquake", "地震应急疏散演练", DrillKind.EARTHQUAKE, YEAR),
    Seed("lift", "电梯困人救援演练", DrillKind.LIFT, YEAR),
)


def lay(estate: Estate, *, actor: Any, at: datetime) -> int:
    """How many were missing, and are there now. What was changed meanwhile is left alone. Raises
    NotAllowed."""
    if not rules.can_switch(actor, DrillRequirement(estate=estate)):
        raise NotAllowed(_("What is required is for the manager to say."))
    with transaction.atomic():
        # Two who lay them at once lay them once.
        lock(estate)
        return _lay(estate, actor, at)


def _lay(estate: Estate, actor: Any, at: datetime) -> int:
    there = DrillRequirement.objects.filter(estate=estate)
    known = set(there.values_list("seed", flat=True)) | set(there.values_list("name", flat=True))
    made = 0
    for one in SEEDS:
        if known & {one.seed, one.name}:
            continue
        row = DrillRequirement.objects.create(estate=estate, **asdict(one))
        record(MOVES.code_of("lay"), row, actor=actor, at=at, after={"name": row.name})
        made += 1
    return made
