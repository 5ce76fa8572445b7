"""What is asked, where it is asked, and what was said: the words of the demo's rounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from safety.models import ChecklistItem

CHECK, NUMBER = ChecklistItem.Kind.CHECK, ChecklistItem.Kind.NUMBER
CHOICE, TEXT = ChecklistItem.Kind.CHOICE, ChecklistItem.Kind.TEXT


@dataclass(frozen=True)
class Asked:
    """An item; `usual` are answers in order, `choices` of which those with a ! are not."""

    name: str
    kind: str = CHECK
    standard: str = ""
    unit: str = ""
    lowest: str | None = None
    highest: str | None = None
    choices: tuple[str, ...] = ()
    usual: tuple[str, ...] = ("pass",)


@dataclass(frozen=True)
class Found:
    """What was not in order: the item, the answer to it, and the words; `at` is a part of the names
    of the points where it can be."""

    item: str
    value: str
    words: str
    at: str = ""


FIRE, PLANT, LIFT, PLAY = "消防通道和灭火器", "水泵房和配电房", "电梯机房", "儿童乐园和户外设施"
FACADE, GARAGE, FLOOD, DAILY = "外墙和高空坠物", "地下车库", "防汛", "日常巡查"

LEAKS = ("无", "!少量", "!明显")
CHECKLISTS: dict[str, tuple[Asked, ...]] = {
    FIRE: (
        Asked("安全出口和疏散通道", standard="畅通，无杂物、无电动车，防火门能自行关闭"),
        Asked(
            "灭火器压力", NUMBER, "指针在绿区，铅封完好", "MPa", "1.0", "1.4",
            usual=("1.1", "1.15", "1.2", "1.2", "1.25", "1.3"),
        ),
        Asked("应急灯和疏散指示灯", standard="按测试键能亮，指示方向正确"),
        Asked("消火栓箱", standard="箱门完好，水带、水枪、接口齐全"),
    ),
    PLANT: (
        Asked(
            "室内温度", NUMBER, unit="℃", highest="40",
            usual=("19", "22", "24", "26.5", "28", "31"),
        ),
        Asked("有无渗漏", CHOICE, "看泵座、阀门、管道接口和墙角", choices=LEAKS, usual=("无",)),
        Asked("仪表和指示灯", standard="电压、压力在正常范围，无报警"),
        Asked("挡水板和防鼠板", standard="在位，无破损，门能锁好"),
    ),
    LIFT: (
        Asked(
            "机房温度", NUMBER, unit="℃", lowest="5", highest="40",
            usual=("18", "23", "25.5", "27", "30", "33"),
        ),
        Asked("曳引机运行声音", CHOICE, choices=("正常", "!异响"), usual=("正常",)),
        Asked("轿厢对讲", standard="与监控室通话清楚"),
        Asked("机房门锁和照明", standard="门能锁好，照明正常，无杂物"),
    ),
    PLAY: (
        Asked("固定和紧固件", standard="螺栓不松动、不缺失，晃动无异响"),
        Asked("尖角、毛刺、裂纹", CHOICE, choices=("无", "!有"), usual=("无",)),
        Asked("地垫和地面", standard="平整，无积水，无翘起"),
    ),
    FACADE: (
        Asked(
            "外墙饰面", CHOICE, "用望远镜逐层看", choices=("完好", "!空鼓", "!开裂", "!脱落"),
            usual=("完好",),
        ),
        Asked("空调外机、花架和晾衣架", standard="固定牢靠，窗台、女儿墙上无杂物"),
        Asked("天台门和排水口", standard="门能关好，排水口不堵"),
        Asked(
            "高空坠物情况", TEXT, "有住户反映、地面有碎片的，写明位置",
            usual=("", "", "", "无。", "楼下地面无碎片。", "已提醒住户收回窗台花盆。"),
        ),
    ),
    GARAGE: (
        Asked("照明", standard="无大面积不亮"),
        Asked("车道和出入口", standard="无车辆占道，卷帘下无杂物"),
        Asked("积水和渗漏", CHOICE, choices=LEAKS, usual=("无",)),
    ),
    FLOOD: (
        Asked("排水沟和排水口", standard="无树叶、泥沙堵塞"),
        Asked("水位", CHOICE, "集水坑或地面", choices=("正常", "!偏高", "!溢出"), usual=("正常",)),
        Asked("挡水板和沙袋", standard="在位，取用方便"),
        Asked("雨水倒灌", CHOICE, choices=LEAKS, usual=("无",)),
    ),
    DAILY: (
        Asked("通道", standard="畅通，无杂物"),
        Asked(
            "灭火器压力", NUMBER, unit="MPa", lowest="1.0", highest="1.4",
            usual=("1.1", "1.2", "1.25"),
        ),
        Asked("设备外观", standard="完好，无异响、无异味"),
    ),
}  # fmt: skip

FINDINGS: dict[str, tuple[Found, ...]] = {
    FIRE: (
        Found("安全出口和疏散通道", "fail", "楼梯转角堆了两个纸箱和一辆童车，已请住户当天搬走。"),
        Found("安全出口和疏散通道", "fail", "有电动车停在楼道里，未充电，已联系车主推走。"),
        Found("安全出口和疏散通道", "fail", "防火门闭门器没劲，门关不严。"),
        Found("灭火器压力", "0.9", "指针落在红区，需要换瓶。"),
        Found("应急灯和疏散指示灯", "fail", "按测试键不亮，电池可能坏了。"),
        Found("消火栓箱", "fail", "箱门拉手掉了，不好打开。"),
        Found("消火栓箱", "fail", "少一支水枪，先从库房补上，再查去向。"),
    ),
    PLANT: (
        Found("室内温度", "42", "排风扇停了，已打开门窗通风。"),
        Found("有无渗漏", "少量", "泵座下面有水迹，机械密封渗水，滴得不快。", "泵"),
        Found("有无渗漏", "少量", "阀门填料处渗水，已紧了一圈，明天再看。", "泵"),
        Found("仪表和指示灯", "fail", "一只指示灯不亮，压力正常。", "泵"),
        Found("挡水板和防鼠板", "fail", "防鼠板下沿变形，留了一指宽的缝。", "配电房门口"),
    ),
    LIFT: (
        Found("机房温度", "41", "机房空调没有启动，已手动打开。"),
        Found("曳引机运行声音", "异响", "减速时有轻微摩擦声，已记下，下次保养时拆看。"),
        Found("轿厢对讲", "fail", "监控室听得到轿厢，轿厢里听不清。"),
        Found("机房门锁和照明", "fail", "照明灯管坏了一支。"),
    ),
    PLAY: (
        Found("固定和紧固件", "fail", "底座螺栓松了两颗，已当场拧紧。", "步道"),
        Found("地垫和地面", "fail", "地垫翘起一块，先用警示带围住。", "滑梯"),
        Found("尖角、毛刺、裂纹", "有", "扶手塑料套裂了，边上扎手。", "漫步机"),
    ),
    FACADE: (
        Found("外墙饰面", "空鼓", "顶层东侧有一处空鼓，约一张报纸大，楼下已围挡。"),
        Found("外墙饰面", "开裂", "窗角有细裂缝，已拍照对比，先观察。"),
        Found("空调外机、花架和晾衣架", "fail", "五楼花架上放了三个花盆，已上门劝收。"),
        Found("天台门和排水口", "fail", "排水口被落叶盖住，已清理。"),
    ),
    GARAGE: (
        Found("照明", "fail", "靠里一排灯有四盏不亮。", "B1 照明"),
        Found("车道和出入口", "fail", "一辆车停在通道上，已打电话请车主挪走。", "出入口"),
        Found("积水和渗漏", "少量", "伸缩缝滴水，已放接水盆和提示牌。", "集水坑"),
    ),
    FLOOD: (
        Found("排水沟和排水口", "fail", "排水沟里泥沙较多，已请保洁下午清掏。", "出入口"),
        Found("水位", "偏高", "集水坑水位偏高，已手动抽到正常。", "集水坑"),
        Found("挡水板和沙袋", "fail", "沙袋少了十个，待补。", "出入口"),
    ),
    DAILY: (
        Found("通道", "fail", "门口停了两辆自行车，已挪开。", "门厅"),
        Found("设备外观", "fail", "柜门锁扣松了，关不紧。", "配电房"),
    ),
}


@dataclass(frozen=True)
class Spot:
    """A checkpoint; `at` is a facility's name, or else a place's."""

    name: str
    at: str
    hint: str


COURT_SPOTS: dict[str, tuple[Spot, ...]] = {
    FIRE: (
        Spot(
            "1 栋 10 层消防通道",
            "1 栋 1 单元 10 层灭火器",
            "1 单元乘电梯到 10 层，出来左手边的防火门内",
        ),
        Spot(
            "2 栋 14 层消防通道",
            "2 栋 2 单元 14 层灭火器",
            "2 单元乘电梯到 14 层，从楼梯间往下走一遍",
        ),
        Spot("3 栋 6 层消防通道", "3 栋 2 单元 6 层消火栓", "2 单元 6 层电梯厅，消火栓在电表间旁"),
        Spot("4 栋 2 层消防通道", "4 栋 1 单元 2 层灭火器", "1 单元上到二层，信报箱那侧上楼"),
        Spot("5 栋 6 层消防通道", "5 栋 2 单元 6 层灭火器", "2 单元乘电梯到顶层"),
        Spot("6 栋 2 层消防通道", "6 栋 1 单元 2 层消火栓", "1 单元二层楼梯平台"),
        Spot("7 栋 6 层消防通道", "7 栋 1 单元 6 层灭火器", "1 单元走楼梯到顶，挨着上屋面的门"),
        Spot("8 栋 2 层消防通道", "8 栋 2 单元 2 层灭火器", "2 单元二层，门卡在监控室领"),
        Spot("9 栋 6 层消防通道", "9 栋 1 单元 6 层灭火器", "1 单元走楼梯到六层"),
        Spot("10 栋 2 层消防通道", "10 栋 2 单元 2 层消火栓", "2 单元二层，消火栓在右手墙上"),
        Spot("11 栋 6 层消防通道", "11 栋 1 单元 6 层灭火器", "1 单元走楼梯到六层，顺路看每层平台"),
        Spot("12 栋 2 层消防通道", "12 栋 1 单元 2 层灭火器", "1 单元二层，从东环路一侧进门"),
    ),
    GARAGE: (
        Spot("南门车库出入口", "南门道闸", "南大门岗亭后面，坡道起点"),
        Spot("B1 消防卷帘", "B1 消防卷帘", "下坡道直走到头，3 栋电梯厅对面"),
        Spot("B1 监控", "B1 监控", "B1 中间立柱 C6 上，抬头可见"),
        Spot("B1 照明", "B1 照明", "从 C6 往西走完一排，看两侧灯带"),
        Spot("B2 集水坑 1 号", "B2 潜污泵 1 号", "B2 坡道口，盖板涂黄漆"),
        Spot("B2 集水坑 2 号", "B2 潜污泵 2 号", "B2 最里侧，8 栋楼下的墙角"),
        Spot("北门车库出入口", "北门道闸", "从 B1 北坡道上来，北大门内侧"),
    ),
    PLANT: (
        Spot("配电房门口", "配电房", "B1 东侧，钥匙在工程值班室"),
        Spot("1 号配电柜", "1 号配电柜", "配电房进门左手第一面柜"),
        Spot("2 号配电柜", "2 号配电柜", "配电房最里面一面柜"),
        Spot("生活泵 1 号", "生活泵 1 号", "生活水泵房，进门换鞋套、登记"),
        Spot("生活泵 2 号", "生活泵 2 号", "生活水泵房，水箱一侧"),
        Spot("消防泵 1 号", "消防泵 1 号", "消防水泵房，靠门"),
        Spot("喷淋泵 1 号", "喷淋泵 1 号", "消防水泵房，靠里，湿式报警阀旁"),
    ),
    LIFT: tuple(
        Spot(
            f"{n} 栋 {d} 单元电梯机房",
            f"{n} 栋 {d} 单元电梯",
            f"乘 {d} 单元电梯到 16 层，再上一层楼梯",
        )
        for n in (1, 2, 3)
        for d in (1, 2)
    )
    + tuple(
        Spot(
            f"{n} 栋电梯机房",
            f"{n} 栋 1 单元电梯",
            "1 单元 6 层楼梯间尽头的铁门，钥匙挂在工程值班室",
        )
        for n in (4, 5, 6)
    ),
    FACADE: tuple(
        Spot(f"{n} 栋外墙和屋面", f"{n} 栋屋面", hint)
        for n, hint in enumerate(
            (
                "先在南侧草坪看外墙，再从 1 单元上屋面",
                "从 1 栋架空层过去，绕楼一圈再上屋面",
                "西侧单元门多，注意雨棚上方",
                "从 1 单元上屋面，天台门钥匙找前台",
                "先看临中心花园一侧",
                "临地面停车位，先请车主挪车再抬头看",
                "东环路一侧看外墙，从 2 单元上屋面",
                "从 2 单元上屋面",
                "从 1 单元上屋面，注意晾衣架",
                "儿童乐园一侧，外墙下不要停留",
                "从 1 单元上屋面，北侧女儿墙较矮",
                "东环路尽头，绕到北侧看山墙",
            ),
            1,
        )
    ),
    PLAY: (
        Spot("组合滑梯", "组合滑梯", "儿童乐园中间"),
        Spot("秋千", "秋千", "儿童乐园靠树一侧"),
        Spot("太极轮", "太极轮", "健身角，10 栋南侧"),
        Spot("漫步机", "漫步机", "健身角最里面"),
        Spot("中心花园步道", "花园路灯", "绕花园走一圈，看灯杆和铺装"),
        Spot("东环路步道", "东环路路灯", "7 栋到 12 栋一段，看灯杆底座"),
        Spot("北门行人通道", "北门行人闸", "北大门岗亭旁"),
    ),
}
GARDEN_SPOTS: dict[str, tuple[Spot, ...]] = {
    DAILY: (
        Spot("1 栋一层门厅", "1 栋 1 单元门厅", "1 单元进门"),
        Spot("2 栋 2 层灭火器", "2 栋 1 单元 2 层灭火器", "1 单元二层楼梯口"),
        Spot("3 栋 6 层灭火器", "3 栋 2 单元 6 层灭火器", "2 单元走楼梯到顶"),
        Spot("配电房", "配电房", "车库坡道旁，钥匙在前台"),
        Spot("车库卷帘", "B1 消防卷帘", "下坡道右手"),
    )
}


@dataclass(frozen=True)
class Tour:
    """A route and the plan that walks it. Its points are those of its checklist, or those named in
    `through`, where its own list is asked instead. Without `walker` whoever is on duty walks."""

    key: str
    route: str
    asked: str
    plan: str
    rule: str
    time: time
    minutes: int
    walker: str = ""
    lead: str = ""
    through: tuple[str, ...] = ()
    season: tuple[str, str] = ("", "")


DAY = "FREQ=DAILY"
COURT_TOURS = (
    Tour(
        "fire",
        "1—12 栋消防通道",
        FIRE,
        "消防通道和灭火器",
        DAY,
        time(9),
        120,
        walker="inspector",
        lead="manager",
    ),
    Tour("night", "地下车库和出入口", GARAGE, "地下车库夜巡", DAY, time(20), 120),
    Tour(
        "plant",
        "配电房和水泵房",
        PLANT,
        "配电房和水泵房",
        DAY,
        time(8),
        60,
        walker="technician7",
        lead="manager",
    ),
    Tour(
        "lift",
        "1—6 栋电梯机房",
        LIFT,
        "电梯机房",
        "FREQ=WEEKLY;BYDAY=MO,TH",
        time(14),
        180,
        walker="technician4",
        lead="manager",
    ),
    Tour(
        "play",
        "儿童乐园、健身角和步道",
        PLAY,
        "儿童乐园和户外设施",
        "FREQ=WEEKLY;BYDAY=WE",
        time(10),
        90,
        walker="technician8",
    ),
    Tour(
        "facade",
        "1—12 栋外墙和屋面",
        FACADE,
        "外墙和高空坠物",
        "FREQ=MONTHLY;BYDAY=-1FR",
        time(14),
        180,
        walker="inspector",
        lead="manager",
    ),
    Tour(
        "flood",
        "防汛重点部位",
        FLOOD,
        "防汛检查",
        "FREQ=WEEKLY;BYDAY=TU",
        time(10),
        120,
        walker="technician5",
        lead="manager",
        through=(
            "南门车库出入口",
            "北门车库出入口",
            "B2 集水坑 1 号",
            "B2 集水坑 2 号",
            "配电房门口",
            "生活泵 1 号",
            "消防泵 1 号",
            "1 栋外墙和屋面",
        ),
        season=("05-01", "09-30"),
    ),
)
GARDEN_TOURS = (
    Tour(
        "garden",
        "三栋楼和设备房",
        DAILY,
        "每周巡查",
        "FREQ=WEEKLY;BYDAY=TU",
        time(9, 30),
        90,
        walker="garden_technician2",
    ),
)
# A day and two hours before.
LEADS = (24 * 60, 2 * 60)

# Two who walk at night, week by week.
NIGHT_WALKERS = ("technician3", "technician5")

# Why points were left, and why a round was not walked, by the key of the tour.
SKIPS = {
    "fire": (
        "后面几栋临时停电检修，楼道看不清，下午补看。",
        "处理业主报警耽误了，剩下的没走完。",
        "单元门禁故障，进不去。",
    ),
    "night": ("B2 正在冲洗地面，没有下去。", "被叫去处理道闸故障，没走完。"),
    "plant": ("供电局在配电房作业，不让进。", "抢修爆管，水泵房没看完。"),
    "lift": ("厂家在井道里保养，机房不能进。", "困人救援去了，余下机房没看。"),
    "play": ("器材在喷漆，围起来了。",),
    "facade": ("下起雨了，屋面湿滑，没有上去。", "天台门钥匙没取到。"),
    "flood": ("雨太大，先去抽水了。",),
    "garden": ("卷帘正在维修。",),
}
EXCUSES = {
    "fire": ("全区停电检修，改为次日巡查。", "消防演练占用通道，当天不巡。"),
    "night": ("车库地坪施工封闭。", "车库地坪养护，车辆人员不得进入。"),
    "plant": ("供电局计划停电检修，值班人员另有记录。", "水箱清洗，泵房封闭一天。"),
    "lift": ("电梯年检，由检验人员进机房。", "停电检修，电梯全部停运。"),
    "play": ("器材整体更换，场地封闭。",),
    "facade": ("大风预警，屋面作业取消。",),
    "flood": ("暴雨红色预警，人员全部到岗值守。",),
    "garden": ("停电检修。",),
}
STORM = "暴雨红色预警，室外巡查取消。"
SUMMER = range(6, 9)

# The last days.
SHUT_OUT = "11 栋、12 栋临时停电检修，楼道没有灯，来电后补看。"
DARK = Found("应急灯和疏散指示灯", "fail", "六层楼道灯和应急灯都不亮，按测试键没有反应。")
DARK_AT = "9 栋 6 层消防通道"
DARK_PLACE, DARK_SPOT = "9 栋 1 单元楼道", "6 层"
DARK_REPORT = "6 层楼道灯和应急灯不亮。早上巡查时发现，应急灯按测试键没有反应，晚上楼梯是黑的。"
DARK_PLAN = "换灯管，查线路"
DARK_MEASURES = "当天换好；一周内每晚看一次"
DARK_INTERIM = "先放一盏充电灯"
DARK_MENDED = "更换应急灯电池和声控灯各一只，断电试验应急灯能亮。"
DARK_SEEN = "断电试了一次，灯亮着；白天声控灯不亮，晚上会再看。"
BLOCKED = Found(
    "安全出口和疏散通道", "fail", "二层平台堆了装修剩的瓷砖和沙袋，只能侧身过，业主电话没人接。"
)
BLOCKED_AT = "4 栋 2 层消防通道"
