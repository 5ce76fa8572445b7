"""What was practised, how it went and what it showed: the words of the demo's drills."""

from __future__ import annotations

from dataclasses import dataclass

FIRE, FLOOD, LIFT = "fire", "flood", "lift"


@dataclass(frozen=True)
class Called:
    """Who calls the roll of a building, one for each of its entrances; its first and last homes, in
    seconds after the alarm; and how long phones had no signal."""

    building: str
    callers: tuple[str, ...]
    first: int = 60
    last: int = 300
    unheard: int = 0


@dataclass(frozen=True)
class Late:
    """The home so many places from the top of an entrance: missing, and there after all."""

    building: str
    entrance: str
    place: int
    missed: int
    came: int


@dataclass(frozen=True)
class Noted:
    """So many seconds after the alarm."""

    after: int
    by: str
    words: str
    is_trouble: bool = False


@dataclass(frozen=True)
class Sheet:
    """Alarm, order, help, roll, ways; a guest's has a name."""

    points: tuple[int, int, int, int, int]
    words: str
    name: str = ""
    by: str = "manager"


@dataclass(frozen=True)
class Better:
    """Days are those after the drill; due on none of them: until yesterday."""

    title: str
    owner: str
    words: str
    due: int | None
    done: int | None = None
    result: str = ""
    verifier: str = ""


@dataclass(frozen=True)
class Exercise:
    """`roles` are those beside the roll-callers: who, and which."""

    title: str
    kind: str
    scenario: str
    calls: tuple[Called, ...]
    roles: tuple[tuple[str, str], ...]
    minutes: int = 30
    target: int | None = None
    form: str = "full"
    assembly: str = ""
    assembly_words: str = ""
    late: tuple[Late, ...] = ()
    noted: tuple[Noted, ...] = ()
    ended: int = 0
    sheets: tuple[Sheet, ...] = ()
    score: int = 0
    debrief: str = ""
    betters: tuple[Better, ...] = ()


# --- the last one, as it was held home by home

AUTUMN = Exercise(
    "3 至 6 栋消防疏散演练",
    FIRE,
    "3 栋 8 层一户厨房起火，烟进了楼道。手动报警后四栋楼同时疏散：走楼梯，不坐电梯，"
    "到中心花园按栋集合点名。微型消防站到 8 层出水。",
    (
        Called("3 栋", ("grid_member", "grid_member_two"), 75, 505),
        Called("4 栋", ("volunteer", "technician6"), 60, 305),
        Called("5 栋", ("team_lead", "technician8"), 70, 352, unheard=170),
        Called("6 栋", ("grid_leader", "technician3"), 55, 283),
    ),
    (
        ("manager", "commander"),
        ("technician5", "guide"),
        ("technician7", "guide"),
        ("dispatcher", "recorder"),
        ("inspector", "observer"),
        ("desk", "observer"),
    ),
    target=6,
    assembly="中心花园",
    assembly_words="喷泉边，按栋站",
    late=(
        Late("3 栋", "1 单元", 9, 330, 530),
        Late("3 栋", "2 单元", 21, 350, 580),
    ),
    noted=(
        Noted(40, "manager", "3 栋 8 层手动报警，声光警报响"),
        Noted(65, "technician7", "3 栋电梯迫降首层，轿厢里没有人"),
        Noted(95, "technician5", "微型消防站四人带水带出发"),
        Noted(145, "inspector", "5 栋 2 单元广播没有声音，改用手持喇叭", is_trouble=True),
        Noted(300, "dispatcher", "6 栋到齐"),
        Noted(595, "dispatcher", "3 栋最后两户到集合点，四栋到齐"),
        Noted(860, "technician5", "灭火器实操，十二户居民试用"),
    ),
    ended=24 * 60,
    sheets=(
        Sheet(
            (85, 92, 90, 94, 88),
            "四栋点名都对得上；3 栋下到四层时有些挤，靠右走就好了。",
            by="inspector",
        ),
        Sheet(
            (74, 90, 92, 90, 86),
            "5 栋 2 单元听不到广播，是这次最大的问题。灭火器实操组织得好。",
            name="消防站",
        ),
        Sheet(
            (82, 93, 95, 91, 89),
            "网格员对要帮的老人很熟，搀扶有序。",
            name="榕荫社区",
        ),
    ),
    score=88,
    debrief=(
        "四栋楼 9 分 40 秒到齐，比上一次快。4、5、6 栋都在 6 分钟内，"
        "3 栋楼高人多，有两户在家里找东西，晚了。\n"
        "做得好的：网格员先到要帮的人家；点名一户不漏。\n"
        "要改的：5 栋 2 单元广播不响；6 栋楼道有杂物；3 栋的指引图还是旧的。"
    ),
    betters=(
        Better(
            "清走 6 栋 1 单元楼道的鞋柜和纸箱",
            "technician6",
            "三层和五层各有一处，下楼时要侧身。",
            due=5,
            done=2,
            result="两处都已清走，和住户说好不再放。",
            verifier="inspector",
        ),
        Better(
            "换 3 栋每层的疏散指引图",
            "technician8",
            "旧图上的集合点还是南大门。",
            due=6,
            done=3,
            result="两个单元三十二张都换了，集合点改成中心花园。",
            verifier="manager",
        ),
        Better(
            "修好 5 栋 2 单元的消防广播",
            "technician7",
            "一到六层都没有声音，主机显示回路故障。",
            due=9,
            done=4,
            result="二层接线盒进水断线，已换线，逐层试过。",
        ),
        Better(
            "重新登记 3 栋要人帮的住户",
            "grid_member",
            "有两户上个月才搬来，名单上没有。",
            due=24,
        ),
        Better(
            "6 栋 2 单元一层防火门装常开释放器",
            "technician3",
            "演练时靠人扶着门，警报响了也不会自己关。",
            due=None,
        ),
    ),
)

# --- the times before

SPRING = Exercise(
    "1、2 栋和 7 至 12 栋消防疏散演练",
    FIRE,
    "1 栋地面层电动车起火，烟往上走。两栋高层和六栋多层一起疏散，高层先下后面的楼层。",
    (
        Called("1 栋", ("technician3", "technician5"), 90, 790),
        Called("2 栋", ("technician8", "technician6"), 85, 735),
        Called("7 栋", ("technician2",), 70, 420),
        Called("8 栋", ("grid_leader",), 70, 445),
        Called("9 栋", ("technician",), 80, 390),
        Called("10 栋", ("desk",), 60, 410),
        Called("11 栋", ("technician4",), 75, 470),
        Called("12 栋", ("team_lead",), 65, 380),
    ),
    (
        ("manager", "commander"),
        ("technician7", "guide"),
        ("dispatcher", "recorder"),
        ("inspector", "observer"),
    ),
    minutes=40,
    target=8,
    assembly="中心花园",
    noted=(
        Noted(50, "manager", "1 栋地面层报警，广播响"),
        Noted(240, "inspector", "2 栋 1 单元有人坐电梯下来", is_trouble=True),
        Noted(800, "dispatcher", "1 栋最后一户到集合点"),
    ),
    ended=33 * 60,
    sheets=(
        Sheet(
            (80, 70, 78, 76, 74),
            "有人坐电梯；7 到 12 栋每栋只有一个人点名，忙不过来。",
            by="inspector",
        ),
        Sheet((78, 72, 80, 74, 76), "高层下楼慢，中间断了一次。", name="消防站"),
    ),
    score=76,
    debrief="13 分 10 秒到齐。两栋高层都超过 8 分钟，下次每栋两个人点名，电梯口有人守。",
    betters=(
        Better(
            "演练时每个电梯口有人守",
            "technician4",
            "警报响后仍有人坐电梯。",
            due=30,
            done=12,
            result="已写进演练分工，每个单元一层和八层各一人。",
            verifier="manager",
        ),
        Better(
            "补 9 栋 1 单元楼道应急灯",
            "technician2",
            "三层和四层之间一盏不亮。",
            due=20,
            done=9,
            result="换了两盏，断电半小时都亮。",
            verifier="inspector",
        ),
    ),
)
LAST_YEAR = Exercise(
    "3 至 6 栋秋季消防疏散演练",
    FIRE,
    "4 栋三层一户阳台起火，四栋楼疏散到南大门。",
    (
        Called("3 栋", ("technician2", "technician3"), 120, 970),
        Called("4 栋", ("technician6",), 90, 520),
        Called("5 栋", ("technician8",), 95, 610),
        Called("6 栋", ("technician",), 80, 480),
    ),
    (
        ("manager", "commander"),
        ("technician5", "guide"),
        ("inspector", "observer"),
    ),
    target=10,
    assembly="南大门",
    noted=(
        Noted(60, "manager", "4 栋三层报警"),
        Noted(420, "inspector", "南大门站不下，堵住了消防车道", is_trouble=True),
    ),
    ended=38 * 60,
    sheets=(Sheet((72, 66, 70, 68, 69), "集合点太小，点名乱。", by="inspector"),),
    score=69,
    debrief="16 分 10 秒到齐。南大门太小，还占了消防车道，以后集合点改到中心花园。",
    betters=(
        Better(
            "集合点改到中心花园",
            "technician8",
            "南大门站不下四栋楼的人。",
            due=25,
            done=15,
            result="花园四个角都立了集合点牌，按栋分。",
            verifier="inspector",
        ),
    ),
)

# --- what is ahead

CELLAR = Exercise(
    "3、7、8 栋防汛演练：车库进水",
    FLOOD,
    "半小时暴雨，雨水从南门坡道倒灌进 B2，3 栋停电。车主不下车库挪车；三栋楼的住户走楼梯到活动室，"
    "7、8 栋一层搬空门口的东西。",
    (
        Called("3 栋", ("grid_member", "grid_member_two")),
        Called("7 栋", ("volunteer", "technician6")),
        Called("8 栋", ("team_lead", "technician3")),
    ),
    (
        ("manager", "commander"),
        ("technician5", "guide"),
        ("technician", "guide"),
        ("dispatcher", "recorder"),
        ("inspector", "observer"),
    ),
    minutes=40,
    target=10,
    assembly="社区活动室",
    assembly_words="一层大厅",
)
SAID_AWAY = "neighbour"
STUCK = Exercise(
    "电梯困人桌面推演",
    LIFT,
    "晚上九点，2 栋 1 单元电梯停在 11 层和 12 层之间，里面三个人，其中一个孩子；"
    "维保单位的人在路上堵车。谁接电话、谁安抚、谁通知家人、什么时候打 119，一步一步说清楚。",
    (Called("1 栋", ()), Called("2 栋", ()), Called("3 栋", ())),
    (
        ("manager", "commander"),
        ("technician4", "guide"),
        ("dispatcher", "recorder"),
        ("inspector", "observer"),
    ),
    minutes=60,
    form="tabletop",
    assembly="社区活动室",
)
GARDEN = Exercise(
    "全小区消防疏散演练",
    FIRE,
    "2 栋二层厨房起火，三栋楼疏散到中心花园。",
    (Called("1 栋", ()), Called("2 栋", ()), Called("3 栋", ())),
    (("garden_manager", "commander"),),
    target=8,
    assembly="中心花园",
)
