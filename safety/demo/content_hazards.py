"""What was dangerous, what was to be done and what came of it: the words of the demo's hazards."""

from __future__ import annotations

from dataclasses import dataclass

GENERAL, MAJOR = "general", "major"


@dataclass(frozen=True)
class Danger:
    """`at` is a facility's name, or else a place's; `before` and `after` are pictures."""

    title: str
    at: str
    worker: str
    words: str = ""
    spot: str = ""
    grade: str = GENERAL
    interim: str = ""
    plan: str = ""
    measures: str = ""
    funds: str | None = None
    result: str = ""
    seen: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Past:
    """Found so many days ago; the days that were given, and those that it took."""

    days_ago: int
    given: int
    took: int
    danger: Danger


# --- one in each state

REPORTED = Danger(
    "7 栋 1 单元五楼平台堆满旧家具",
    "7 栋 1 单元楼道",
    "technician6",
    "五楼半平台堆了旧沙发、床垫和纸箱，堆了快一周，晚上下楼要侧着身子走，怕着火。",
    "5 层半平台",
)
GRADED = Danger(
    "2 栋 2 单元 14 层防火门关不严",
    "2 栋 2 单元楼道",
    "technician3",
    "闭门器漏油，门停在半开的位置，要用手推才关得上。",
    "14 层楼梯间",
    interim="门上贴“随手关门”，保洁每天早晚各关一次",
    before="lock",
)
ORDERED = Danger(
    "南门车库坡道排水沟盖板翘起",
    "地下车库 B1",
    "technician8",
    "第三块盖板翘起约四公分，电动车压过会弹起来。",
    "南门坡道中段",
    interim="放锥桶，夜里加一盏警示灯",
    plan="换两块铸铁盖板，重做支座",
    measures="夜里 10 点后施工，单边放行，两头有人指挥",
    funds="960",
    before="drain",
)
MENDING = Danger(
    "B1 东侧应急照明一片不亮",
    "B1 照明",
    "technician7",
    "断电试验时东侧七盏应急灯只亮两盏，集中电源箱报故障。",
    "C6 到 C12 柱",
    interim="每个柱子放一盏充电应急灯，夜班每两小时看一次",
    plan="检修集中电源箱，更换电池组和坏灯",
    measures="断电作业挂牌；修好后全区断电试验半小时",
    funds="2400",
    before="garage",
)
MENDING_REPORT = (
    "B1 东侧 C6 到 C12 柱应急灯断电不亮，集中电源箱报电池故障。请带电池组来，先测充电电压。"
)
MENDING_TALK = "电池组已到货，今天先换电源箱，灯明天逐盏试。"
BLOCKED_EXIT = Danger(
    "5 栋 1 单元安全出口被电动车和纸箱堵住",
    "5 栋 1 单元门厅",
    "technician6",
    "安全出口左扇门打不开，门后停着一辆电动车，靠墙堆了一人高的纸箱。",
    "一层安全出口",
    grade=MAJOR,
    interim="保安每 2 小时巡一次，夜里开右侧备用门",
    plan="联系车主和住户当天搬走，门内画禁停线，墙上装禁停牌",
    measures="逐户上门；一周内早晚各看一次；再停的由保安挪到车棚",
    funds="380",
    result="电动车已推到车棚，纸箱清走，禁停线和禁停牌已做好，两扇门都能全开。",
    before="exit-blocked",
    after="exit-free",
)
ROOF_DOOR = Danger(
    "7 栋 1 单元上屋面的门被挂锁锁住",
    "7 栋屋面",
    "technician3",
    "门内侧多了一把挂锁，火灾时上不了屋面。",
    "1 单元 6 层",
    interim="钥匙放一把在 6 层消火栓箱里，贴纸写明",
    plan="拆掉挂锁，换成推杆式逃生锁",
    measures="换锁当天有人守门；通知全单元住户",
    funds="620",
    result="逃生锁已装好，推杆能开。",
    before="lock",
    after="lock",
)
ROOF_DOOR_BACK = (
    "逃生锁能推开，但原来的挂锁还挂在上面，一锁又打不开。请拆掉搭扣，再拍一张门全开的照片。"
)
FIRE_PUMP = Danger(
    "消防泵 1 号不能自动启动",
    "消防泵 1 号",
    "technician5",
    "末端放水试验，压力降到 0.2 MPa 泵没有启动，手动能启动。",
    grade=MAJOR,
    interim="泵房 24 小时有人，改为手动值守；微型消防站加一班",
    plan="更换压力开关和控制柜接触器，重做自动启动试验",
    measures="换件时启用备用泵；试验由消防维保单位到场签字",
    funds="6800",
    before="pipe",
)
FIRE_PUMP_TALK = "厂家说接触器缺货，最快下周到。已请维保单位去别的仓库调。"
WIRES = Danger(
    "3 栋 2 单元楼道有人拉飞线给电动车充电",
    "3 栋 2 单元楼道",
    "technician2",
    "十楼有人从家里拉插线板到楼道，夜里给电动车充电，插座都烤黑了，我们住楼上很担心。",
    "10 层电梯厅",
    grade=MAJOR,
    interim="当晚拔掉插线板，保安夜里每小时看一次",
    plan="收走插线板，车推到车棚充电桩；在电梯装电动车识别",
    measures="上门讲清楚并签承诺书；一个月内每晚看一次",
    funds="1500",
    result="插线板已收走，车主签了承诺书，改在车棚充电；电梯识别已开，推车进去门不关。",
    seen="连着三晚去看，楼道没有车也没有线。谢谢住户反映。",
    before="socket",
    after="exit-free",
)

# --- what was closed in the last twelve months

PAST = (
    Past(
        348,
        7,
        5,
        Danger(
            "秋千吊链磨损",
            "秋千",
            "technician8",
            grade=MAJOR,
            interim="围起来停用",
            plan="更换两副吊链和轴套",
            measures="换好后按 150 公斤试挂",
            funds="860",
            result="吊链和轴套已换，试挂合格。",
            seen="坐上去试了，没有异响。",
            after="slide",
        ),
    ),
    Past(
        317,
        5,
        4,
        Danger(
            "1 栋 1 单元 10 层灭火器过期",
            "1 栋 1 单元 10 层灭火器",
            "technician5",
            plan="整箱更换，同批次的一起查",
            measures="旧瓶交维保单位回收",
            funds="340",
            result="两具已更换，同批次六具都在有效期内。",
            seen="压力 1.2 MPa，铅封完好。",
            after="corridor-lit",
        ),
    ),
    Past(
        286,
        10,
        12,
        Danger(
            "9 栋北侧外墙一处空鼓",
            "9 栋屋面",
            "technician8",
            grade=MAJOR,
            interim="楼下拉警戒线，绕行",
            plan="吊绳敲除空鼓，挂网重抹",
            measures="无风的白天作业，楼下专人看护",
            funds="5200",
            result="空鼓约一平方米已敲除重抹，养护完成。",
            seen="敲了一遍，声音实，颜色有一点差。",
            after="ceiling",
        ),
    ),
    Past(
        255,
        3,
        2,
        Danger(
            "2 号配电柜前堆放涂料",
            "2 号配电柜",
            "technician7",
            interim="当场搬开一米",
            plan="全部清走，地上画一米禁放线",
            measures="装修材料改放二号库房",
            funds="60",
            result="涂料已清走，禁放线已画。",
            seen="柜前一米没有东西。",
            after="garage",
        ),
    ),
    Past(
        221,
        7,
        9,
        Danger(
            "6 栋 1 单元 2 层消火栓箱缺水带",
            "6 栋 1 单元 2 层消火栓",
            "technician5",
            interim="借 4 层的水带先放上",
            plan="补一盘水带和一支水枪，箱门贴封条",
            measures="每月巡查时看封条",
            funds="210",
            result="水带、水枪已补，封条已贴。",
            seen="接上试了水，不漏。",
            after="valve",
        ),
    ),
    Past(
        188,
        5,
        3,
        Danger(
            "中心花园一处灯杆漏电保护失灵",
            "花园路灯",
            "technician2",
            grade=MAJOR,
            interim="断电，放围挡",
            plan="更换漏电开关，整条线路摇绝缘",
            measures="雨前完成；修好前不送电",
            funds="480",
            result="漏电开关已换，按试验键跳闸，绝缘 20 兆欧。",
            seen="按了试验键，跳了。",
            after="socket",
        ),
    ),
    Past(
        152,
        4,
        3,
        Danger(
            "B2 潜污泵 1 号控制箱进水",
            "B2 潜污泵 1 号",
            "technician",
            interim="备用泵接临时电",
            plan="控制箱抬高半米，换浮球开关",
            measures="汛期每天看一次集水坑",
            funds="730",
            result="控制箱已抬高，浮球试了三次都启动。",
            seen="抽到低位自动停，正常。",
            after="garage",
        ),
    ),
    Past(
        121,
        6,
        6,
        Danger(
            "11 栋 1 单元楼梯扶手松动",
            "11 栋 1 单元楼道",
            "technician3",
            spot="3 层到 4 层",
            plan="重新焊立杆，补漆",
            measures="焊接时清开可燃物，备灭火器，动火登记",
            funds="260",
            result="四根立杆已焊牢，打磨补漆。",
            seen="用力晃不动，漆干了。",
            after="corridor-lit",
        ),
    ),
    Past(
        94,
        5,
        7,
        Danger(
            "8 栋 2 单元地漏堵死，楼道积水",
            "8 栋 2 单元门厅",
            "technician",
            interim="放防滑垫，立提示牌",
            plan="疏通主管，更换地漏芯",
            measures="下一场雨后再看",
            funds="150",
            result="主管已通，地漏芯已换。",
            seen="倒了两桶水，一分钟流完。",
            after="drain",
        ),
    ),
    Past(
        66,
        7,
        4,
        Danger(
            "组合滑梯一颗螺栓外露",
            "组合滑梯",
            "technician8",
            interim="先缠布条",
            plan="换沉头螺栓，加保护帽",
            measures="全部螺栓顺一遍",
            funds="90",
            result="换了六颗，全部加帽。",
            seen="手摸了一遍，没有扎手的。",
            after="slide",
        ),
    ),
    Past(
        41,
        4,
        3,
        Danger(
            "B2 潜污泵 1 号浮球又卡住",
            "B2 潜污泵 1 号",
            "technician5",
            interim="改手动，夜班看水位",
            plan="换不锈钢导杆，清掏集水坑",
            measures="每周放水试一次",
            funds="410",
            result="导杆已换，坑底泥沙清了八袋。",
            seen="连试五次都启动。",
            after="garage",
        ),
    ),
    Past(
        23,
        5,
        4,
        Danger(
            "10 栋 2 单元单元门闭门过快夹手",
            "10 栋 2 单元单元门",
            "technician3",
            plan="调闭门器阻尼，装防夹条",
            measures="三天内早晚各试一次",
            funds="120",
            result="阻尼已调，关门约六秒。",
            seen="开关十次，速度合适。",
            after="lock",
        ),
    ),
)
