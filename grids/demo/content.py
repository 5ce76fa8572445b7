"""Who is looked after, where, and what was said at doors: the words of the demo's grids."""

from __future__ import annotations

from dataclasses import dataclass

from estates.models import Unit
from grids.states import Duty, Need, Tier, VisitStatus, Wellbeing

LEADER = ("grid_leader", "网格长许姐")
MEMBERS = (("grid_member", "网格员小郭"), ("grid_member_two", "网格员老邓"))


# --- where the micro-grids lie


@dataclass(frozen=True)
class Part:
    """Floors of an entrance; of all of a building's where no entrance is named."""

    building: int
    entrance: int = 0
    lowest: int = 1
    highest: int = 99

    def holds(self, unit: Unit) -> bool:
        entrance = unit.entrance
        return (
            entrance.building.order == self.building
            and self.entrance in (0, entrance.order)
            and self.lowest <= (unit.floor or 0) <= self.highest
        )


@dataclass(frozen=True)
class Plot:
    """A micro-grid. `keeper` is somebody of the cast, or a number: the same one for the same
    number. Nobody where it is empty."""

    parts: tuple[Part, ...]
    keeper: str | int | None = None


def _numbered(plots: list[Plot], place: str) -> dict[str, Plot]:
    names = "一二三四五六七八九十"
    counted = [*names, *(f"十{name}" for name in names)]
    return {f"{place}第{n}微网格": p for n, p in zip(counted, plots, strict=False)}


COURT_GRID, GARDEN_GRID = "榕树郡网格", "梧桐苑网格"
# The first is the one that a leader's list begins with.
COURT = _numbered(
    [
        Plot((Part(3, 2, 5),), "grid_member"),
        Plot((Part(3, 1, 4),), "grid_member_two"),
        Plot((Part(1, 1, 4),), 1),
        Plot((Part(1, 2, 4),), 2),
        Plot((Part(2, 1, 4),), 3),
        Plot((Part(2, 2, 4),), 4),
        Plot(tuple(Part(b, e, 1, 3) for b in (1, 2) for e in (1, 2)), 5),
        Plot((Part(3, 1, 1, 3), Part(3, 2, 1, 4), Part(12)), 6),
        Plot((Part(4), Part(5)), 7),
        Plot((Part(6), Part(7)), 8),
        Plot((Part(8), Part(9))),
        Plot((Part(10), Part(11))),
    ],
    "榕树郡",
)
# Half an entrance each; whoever keeps the one keeps the other, and the last has nobody yet.
GARDEN = _numbered(
    [
        Plot((Part(b, e, low, low + 2),), 10 * b + e if (b, e) != (3, 2) else None)
        for b in (1, 2, 3)
        for e in (1, 2)
        for low in (1, 4)
    ],
    "梧桐苑",
)
STEWARDS = ((Duty.BUILDING_STEWARD, "4 栋", ""), (Duty.UNIT_STEWARD, "3 栋", "2 单元"))

# --- who is looked after

# Given names as people have them who are past sixty: nobody young is called an elder.
OLDER = (
    "建国 志强 国华 秀英 桂兰 玉珍 淑芬 德明 永福 长青 素琴 凤霞 光荣 兴华 世明 惠芳 淑华 天佑 "
    "明德 秀珍 文彬 桂芳 庆生 春梅 万春 正清 玉兰 福生 菊英 学文"
)
OLD = frozenset(OLDER.split())


@dataclass(frozen=True)
class Cared:
    """Somebody with a flag. `keeper` is who proposed it and visits; `last` is how many days ago
    they were last seen, but for what the last days tell. `since` and `review` count in days from
    today; `alone` wants a home with one name on the roster."""

    key: str
    keeper: str
    kind: Need
    tier: Tier
    since: int
    last: int
    review: int
    source: str
    is_elder: bool = True
    alone: bool = False
    consent: str = ""
    how: str = "in_person"
    note: str = ""
    hint_two: bool = False
    hint_help: bool = False


A, B = "grid_member", "grid_member_two"
# The nearest to 1204 come first. `last` is so chosen that one visit is a day late and no other.
CARED = (
    Cared(
        "late", A, Need.LIVING_ALONE, Tier.RED, 362, 8, 75, "neighbour",
        alone=True, consent="本人", note="耳朵背，敲门要久一点。女儿在龙泉驿，周末过来。",
        hint_help=True,
    ),
    Cared(
        "dog", A, Need.EMPTY_NEST, Tier.YELLOW, 341, 31, 120, "self",
        consent="本人", note="家里养了一条大狗，上门前先打电话，让老人把狗牵进里屋。",
        hint_two=True,
    ),
    Cared(
        "baby", A, Need.INFANT, Tier.GREEN, 268, 92, 60, "family", is_elder=False,
        consent="本人", how="by_phone", note="宝宝中午睡觉，下午三点以后再敲门。",
    ),
    Cared(
        "slow", A, Need.DISABLED, Tier.YELLOW, 366, 25, -1, "office",
        consent="本人", how="in_writing", note="走路慢，按了门铃多等一会儿。",
    ),
    Cared(
        "tea", A, Need.LIVING_ALONE, Tier.GREEN, 352, 87, 200, "visit",
        alone=True, consent="儿子", how="by_phone", note="爱聊从前厂里的事，坐下喝杯茶再走。",
    ),
    Cared(
        "bed", B, Need.SEVERE, Tier.RED, 358, 11, 45, "family",
        consent="女儿", how="in_writing", note="女儿在家照料，按门铃后等两分钟，进门换鞋套。",
        hint_help=True,
    ),
    Cared(
        "work", B, Need.LOW_INCOME, Tier.YELLOW, 300, 12, 90, "office", is_elder=False,
        consent="本人", note="白天上班，晚上七点以后或周末在家。",
    ),
    Cared("quiet", B, Need.EMPTY_NEST, Tier.GREEN, 330, 62, 150, "neighbour"),
)  # fmt: skip
# Waits for the leader.
PROPOSED = Cared(
    "new", A, Need.LIVING_ALONE, Tier.YELLOW, 2, 0, 178, "visit",
    alone=True, consent="本人", note="老伴上个月去了外地女儿家，最近一个人住。",
)  # fmt: skip

# --- what was found

V, W = VisitStatus, Wellbeing
# Of a hundred visits.
RESULTS, ODDS = (V.MET, V.PHONED, V.NOT_MET), (82, 10, 8)
BEINGS, BEINGS_ODDS = (W.GOOD, W.FAIR, W.POOR), (64, 31, 5)
# Once in the year somebody did not want to be visited.
REFUSED_BY, REFUSED_WORDS = "quiet", "说今天不方便，改天再来。尊重本人意愿，没有进门。"

Words = dict[str, tuple[str, ...]]
OF_ELDERS: Words = {
    W.GOOD: (
        "精神不错，刚从菜市场回来。",
        "在阳台浇花，聊了十来分钟。",
        "气色好，说晚上去中心花园走走。",
        "正在看电视，声音放得大，人很高兴。",
        "家里收拾得很整齐，燃气、插座都看过，没有问题。",
        "下楼晒太阳，在门厅遇到，说一切都好。",
        "包了抄手，一定要留我吃一碗。",
        "",
        "",
    ),
    W.FAIR: (
        "有点感冒，已经吃药，说不碍事。",
        "昨晚没睡好，中午补了一觉。",
        "膝盖有些疼，走路慢，提醒下雨天少出门。",
        "胃口一般，家人送了饭。",
        "说最近有点闷，约好下周一起去活动室坐坐。",
        "",
    ),
    W.POOR: (
        "咳了几天没好，已给家人打电话，下午陪去社区卫生服务中心。",
        "这两天腿脚不便，没有下楼，帮着带了菜，也告诉了家人。",
    ),
    V.PHONED: (
        "下雨天，先打了电话，说都好。",
        "去亲戚家住几天，电话里声音很好。",
        "上门不巧，改成打电话，聊了一刻钟。",
    ),
    V.NOT_MET: ("敲门没有人应，留了联系卡。", "邻居说出门走亲戚了，过两天再来。", ""),
    V.REFUSED: (REFUSED_WORDS,),
}
# Where those words would not fit.
OF: dict[str, Words] = {
    "bed": {
        W.GOOD: (
            "刚擦过身，躺着听收音机，和我说了一会儿话。",
            "女儿推到阳台晒太阳，脸色好。",
            "女儿说这几天吃得下，睡得也稳。",
            "房间收拾得干净，床边护栏看过，牢的。",
            "",
        ),
        W.FAIR: (
            "夜里醒了几次，女儿有些累，劝她白天歇一歇。",
            "胃口一般，喝了半碗粥。",
            "天凉，手脚有点冷，加了一床薄被。",
        ),
        W.POOR: ("有点低烧，女儿已经联系家庭医生，傍晚再打电话问一次。",),
        V.PHONED: ("女儿接的电话，说老人刚睡下，都好。",),
        V.NOT_MET: ("敲门没有人应，打电话才知道去复查了，明天再来。",),
    },
    "baby": {
        W.GOOD: ("宝宝长得好，妈妈精神也不错。", "送了一份疫苗接种的时间表。", ""),
        W.FAIR: ("宝宝夜里闹，妈妈没睡好，外婆过来帮忙了。",),
        W.POOR: ("妈妈着凉了，爸爸请了假在家照看。",),
        V.PHONED: ("宝宝刚睡着，在电话里说的，都好。",),
    },
    "work": {
        W.GOOD: ("在小区门口的超市上班，说比以前轻松。", "孩子这次考得好，一家人高兴。", ""),
        W.FAIR: ("这个月加班多，有点累。", "问了一下补贴的事，材料已经交了。"),
        W.POOR: ("腰扭了，在家歇几天，邻居帮着买菜。",),
        V.PHONED: ("还在上班，电话里说都好。",),
        V.NOT_MET: ("加班还没有回来，留了条。",),
    },
}


def words_for(key: str, what: str) -> tuple[str, ...]:
    """What is said at their door of a wellbeing, or of a result where nobody was seen."""
    return OF.get(key, {}).get(what) or OF_ELDERS[what]


# A round of all doors in the year, to be known; few words are kept of it.
ROUND_WORDS = (
    "认了门，留了网格员的电话。",
    "加了微信，说有事会找。",
    "家里都好，提醒了电动车不进楼。",
    "",
)
NOTED_NEEDS = (
    "想知道老年大学什么时候报名。",
    "问楼下能不能加一张带靠背的长椅。",
    "希望理发的便民服务日能早一点通知。",
    "想请人帮忙教手机上怎么挂号。",
    "问天然气年检是哪一天来。",
)

# --- the last days

MET_BED = "换了新的护理床，女儿说夜里安稳多了。"
BED_NEEDS = ("想借一辆轮椅，天好的时候推下楼晒太阳。",)
MET_DOG = "老两口都好，狗牵在里屋。客厅有一组插座没有电，用接线板接着，怕不安全。"
DOG_NEED = "客厅靠阳台的一组插座没有电，老人用接线板拖着用，请尽快来看看。"
MENDED = "插座后面一根零线松脱，已重新接牢，换了两个老化的面板，试了没有问题，接线板已经收起来。"
NOT_MET_BABY = "敲门没有人应，可能带宝宝打疫苗去了，留了联系卡。"
MET_NEW = "开门聊了一会儿，一个人住，说愿意有人常来看看。"
NEXT_WORDS = "平时上班忙，难得遇到，约好下周末带本便民手册过来，再把群里的事说一说。"
REASON = "约入户走访的时间，先打个电话。"
NOTE_REASON = "和网格员一起上门，先看看要注意什么。"
