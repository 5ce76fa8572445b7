"""The events of the demo: what a year of them came to, and what is on, ahead and called off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from events.states import ServiceIcon

# Who plans the year.
MANAGER = ("community_manager", "社区主任小谢")

# --- the year, by the names of the templates


@dataclass(frozen=True)
class Yearly:
    """What the community adds to a template. Without `places` nobody signs up."""

    story: str
    place: str
    report: str
    people: tuple[int, int]
    cost: tuple[int, int]
    places: int = 0


YEAR: dict[str, Yearly] = {
    "学雷锋日": Yearly(
        "修伞、磨刀、量血压，一上午都在中心花园。自己有手艺的邻居也请来摆一桌。",
        "中心花园",
        "十一张桌子，修伞的排得最长。下回多请一位会补锅的。",
        (110, 150),
        (300, 600),
    ),
    "妇女节": Yearly(
        "插花、唱歌，再一起喝碗甜水。",
        "社区活动室",
        "花材刚好够，凳子少了六张。歌练了两回就合上了。",
        (40, 55),
        (800, 1200),
        50,
    ),
    "微笑日": Yearly(
        "给每一位肯笑一笑的邻居拍一张照，洗出来送到家。",
        "中心花园",
        "拍了一百多张，三天洗完，楼长帮着送到门口。",
        (90, 130),
        (400, 700),
    ),
    "母亲节": Yearly(
        "孩子们给妈妈做一张卡片，再一起喝杯茶。",
        "社区活动室",
        "来的多是一家三代。剪刀要多备，胶水不够用。",
        (45, 60),
        (500, 900),
        60,
    ),
    "儿童节": Yearly(
        "套圈、拔河、换旧书，五岁以下的请大人陪着。",
        "儿童乐园",
        "换出去两百多本书。拔河的绳子太细，下回借粗的。",
        (120, 170),
        (1200, 1900),
        60,
    ),
    "父亲节": Yearly(
        "爸爸们下一回棋、修一回车，孩子当裁判。",
        "健身角",
        "棋桌从上午摆到天黑，自行车修好九辆。",
        (40, 60),
        (300, 500),
        50,
    ),
    "端午节": Yearly(
        "包粽子、编五彩绳。糯米和粽叶备好了，带上手就行。",
        "社区活动室",
        "包了四百二十个，送出八十个给下不了楼的老人。粽叶要提前一晚泡。",
        (70, 95),
        (1300, 1800),
        60,
    ),
    "敬老日": Yearly(
        "二十桌敬老宴，有戏，有寿面。行动不便的老人有人接送。",
        "社区活动室",
        "坐满十九桌，接送了十四位。寿面软一点更好。",
        (150, 180),
        (3200, 4200),
        60,
    ),
    "义务理发": Yearly(
        "两位师傅，先到先理，老人和孩子优先。",
        "社区活动室",
        "理了{n}个头。下不了楼的三位，师傅收摊后上门去了。",
        (24, 38),
        (0, 60),
    ),
    "义诊": Yearly(
        "量血压、测血糖、看报告单。请带医保卡和正在吃的药。",
        "社区活动室",
        "看了{n}位，五位血压偏高，都劝去医院复查。",
        (22, 40),
        (60, 180),
    ),
    "磨刀": Yearly(
        "菜刀、剪刀都磨。刀请用报纸包好，写上门牌。",
        "南大门",
        "磨了{n}把，没有人割到手。",
        (26, 44),
        (20, 60),
    ),
    "油烟机清洗": Yearly(
        "师傅在楼下清洗滤网，整机上门另约。",
        "北大门",
        "洗了{n}台滤网，废油收了两桶，交环卫拉走。",
        (12, 24),
        (150, 300),
    ),
    "上门小修": Yearly(
        "换灯泡、修水龙头、紧门合页，材料按实价。",
        "社区活动室",
        "跑了{n}户，两户要换整管，已经转报修。",
        (10, 18),
        (80, 200),
    ),
}
SAID = (
    (5, "孩子第一次自己包成了，回家又包了一锅。"),
    (5, "邻居住了八年，这回才认得。"),
    (4, "热闹，就是凳子少了。"),
    (5, "谢谢接我妈妈来回的两位。"),
    (4, "时间再长一点就好了。"),
    (3, "音响太大，老人坐不住，往后挪了两桌。"),
    (5, ""),
    (4, ""),
    (5, "明年还来。"),
)

# --- what is told one by one


@dataclass(frozen=True)
class Plan:
    title: str
    english: str
    line: str
    story: str
    place: str
    begin: time
    end: time
    programme: str = ""
    where: str = ""
    places: int | None = None
    tasks: tuple[str, ...] = ()


OPEN = Plan(
    "邻里坝坝宴",
    "Neighbours' Open-air Banquet",
    "一家带一道菜，主菜社区来烧",
    "四口大灶摆在中心花园，回锅肉、蒸菜、素面由社区来烧，每家再带一道拿手的。"
    "餐具自带，剩菜自己打包。下雨就搬进活动室。",
    "中心花园",
    time(10, 30),
    time(14),
    "10:30 生火，摆桌\n11:00 孩子们包抄手\n11:40 评一评各家的拿手菜\n12:00 开席\n13:20 唱歌，收桌",
    "水池北边的草坪",
    40,
    ("借大灶和煤气罐", "请厨师", "备两把遮阳棚", "问清谁不吃什么", "留好消防通道"),
)
OPEN_ASIDE, OPEN_OF_ONE, OPEN_LEFT = 6, 4, 3
QUESTION, TICKS = "有什么不吃的？", ("花生", "蛋黄", "猪肉")
# How many come with each family that signs up here, and what they do not eat.
OPEN_FAMILIES: tuple[tuple[int, str], ...] = (
    (4, "花生"), (3, ""), (3, "蛋黄"), (2, ""), (4, ""), (2, "花生, 猪肉"),
    (3, ""), (2, "猪肉"), (1, ""), (3, ""), (2, "蛋黄"),
)  # fmt: skip
OPEN_RESIDENT = 2
# Those who rang: how many.
OPEN_RANG = (3, 1)

FULL = Plan(
    "参观消防站",
    "A Visit to the Fire Station",
    "穿一回战斗服，看水枪打多远",
    "六岁到十二岁的孩子，每家至少一位大人跟着。走路去，来回一个小时。",
    "南大门",
    time(14),
    time(17),
    "14:00 南大门集合，数一遍人\n14:30 进站，看消防车\n15:20 试水枪\n16:20 学用灭火器\n17:00 回来",
    "岗亭旁边集合",
    16,
    ("和消防站对时间", "印名单和联系电话", "买保险"),
)
FULL_FAMILIES = (3, 2, 4, 2, 3, 2)
# Of them, by place, whoever cannot come; as many wait first.
FULL_GONE = 1
FULL_WAITING = (2, 3, 2)

CALLED_OFF = Plan(
    "坝坝电影",
    "Open-air Film Night",
    "自带小板凳，八点开映",
    "在中心花园拉一块幕布，放一部老片子。",
    "中心花园",
    time(19, 30),
    time(21, 30),
    "19:30 入座\n20:00 开映",
    "",
    80,
    ("借放映机", "和附近几户打招呼"),
)
CALLED_OFF_FAMILIES = (3, 2, 2)
CALLED_OFF_WHY = "放映机坏了，配件要等两周。修好了再约时间。"

APPROVED = (
    Plan(
        "旧衣旧书交换日",
        "Clothes and Books Swap",
        "拿来几件，换走几件",
        "洗净叠好的衣服、还能看的书，放下几件就能带走几件。剩下的送去捐。",
        "社区活动室",
        time(9, 30),
        time(12),
        tasks=("借衣架", "联系接收的地方"),
    ),
    Plan(
        "邻里运动会",
        "Neighbourhood Games",
        "跳绳、拔河、两人三足",
        "按楼栋分队，七十岁以上的当裁判。",
        "健身角",
        time(9),
        time(11, 30),
        "09:00 入场\n09:20 跳绳\n10:00 两人三足\n10:40 拔河\n11:20 发奖",
        places=120,
        tasks=("画线", "备水和急救箱", "请裁判"),
    ),
)
DRAFT = Plan(
    "社区合唱音乐会",
    "Community Choir Concert",
    "排了一年的六首歌",
    "文化宣传队唱六首，再请每栋出一个节目。",
    "社区活动室",
    time(19),
    time(20, 30),
    places=100,
    tasks=("定曲目", "借音响"),
)
SENT_BACK = Plan(
    "百米长卷画社区",
    "A Hundred Metres of Paper",
    "东环路上铺开一百米纸",
    "孩子和老人一起画自家的窗口。",
    "东环路",
    time(14),
    time(17),
    tasks=("买纸和颜料",),
)
SENT_BACK_WHY = "东环路是消防通道，不能铺满。请改到中心花园，或者只占一侧。"

# --- the service day that is on

TODAY, TODAY_ENGLISH = "便民服务日", "Service Day"
TODAY_LINE = "理发、磨刀、义诊，取号不排队"
TODAY_STORY = "手机上取号，叫到再来。没有手机的在服务台登记，屏幕上看号。"
TODAY_PLACE, TODAY_WHERE = "中心花园", "凉亭两侧，屏幕在凉亭里"
DOORS = ("南大门", "北大门", "凉亭入口")
TODAY_TASKS = ("搬桌椅", "接屏幕和电", "试一遍叫号", "备针线和消毒水", "贴路线")
TODAY_DONE = 4
LASTS = 6


@dataclass(frozen=True)
class Desk:
    """`numbers` where its turns have no time."""

    letter: str
    name: str
    english: str
    icon: str
    desk: str
    minutes: int | None = None
    numbers: int | None = None


HAIR = Desk("A", "理发", "Haircuts", ServiceIcon.SCISSORS, "2 号椅", 10)
KNIVES = Desk("B", "磨刀", "Knife sharpening", ServiceIcon.SLICE, "3 号台", numbers=40)
CLINIC = Desk("C", "义诊", "Clinic", ServiceIcon.STETHOSCOPE, "凉亭义诊台", 15)
# Signed up to come and help themselves to tea; how many of each family.
TODAY_FAMILIES = (2, 1, 3, 2, 1, 2, 3, 1)
# Of them, whoever is there by now, each at a door.
TODAY_CAME = 5
UNKNOWN_TAIL = "0417"
SHIFT_TITLE, SHIFT_POST = "便民服务日：门口与叫号", "门口与叫号"
SHIFT_WORDS = "门口扫码，帮老人取号；叫号的人站在屏幕旁边。"
