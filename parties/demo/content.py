"""Who works together in the demo, what was called for, and what somebody wished: the words."""

from __future__ import annotations

from dataclasses import dataclass

from parties.states import Basis, Grade, OrganisationKind, Role

BRANCH, COMMITTEE, PROPERTY = (
    OrganisationKind.BRANCH,
    OrganisationKind.COMMITTEE,
    OrganisationKind.PROPERTY,
)
# By kind: there is one of each.
ORGANISATIONS = {
    BRANCH: ("榕荫社区党支部", "Banyan Shade Party Branch"),
    COMMITTEE: ("榕荫社区党委", "Banyan Shade Party Committee"),
    PROPERTY: ("榕树郡物业党支部", "Banyan Court Property Party Branch"),
}
SECRETARY, LIAISON, PROPERTY_SECRETARY = "secretary", "committee_liaison", "property_secretary"
MEMBER = "party_member"
POSTS = (
    (SECRETARY, "方书记", BRANCH, Role.SECRETARY),
    (LIAISON, "党委联络员小田", COMMITTEE, Role.LIAISON),
    (PROPERTY_SECRETARY, "物业支书贺姐", PROPERTY, Role.SECRETARY),
)
# Of the property company's staff, on the roster of its branch.
COLLEAGUE = ("technician8", "砌墙、补瓷砖", "下班以后")

# --- the roster of the branch; the first is party_member


@dataclass(frozen=True)
class Enrolled:
    """`basis` says where they are registered: nearby is where they live, the others take the
    micro-grid of that number."""

    skills: str
    free: str
    basis: str = ""
    grid: int = 0


ENROLLED = (
    Enrolled("陪诊、读报、教手机", "周二、周四上午", Basis.NEARBY),
    Enrolled("水电小修", "晚上七点以后", Basis.NEARBY),
    Enrolled("理发", "每月第一个周六", Basis.NEARBY),
    Enrolled("心理疏导", "周末", Basis.VOLUNTARY, 7),
    Enrolled("法律咨询", "周五晚上", Basis.COORDINATED, 11),
    Enrolled("书法、写春联", "平时都可以"),
    Enrolled("量血压、急救", "轮休的日子"),
    Enrolled("搬运、修家具", "周末"),
    Enrolled("辅导功课", "周六下午"),
    Enrolled("种花养草", "早上"),
    Enrolled("", ""),
)
# Of those who are not registered yet, by their place in ENROLLED.
PROPOSED, AGREED = 5, 6

# --- micro-wishes: title, words, how it went; and in which micro-grid


@dataclass(frozen=True)
class Wish:
    title: str
    words: str = ""
    result: str = ""
    grid: int = 1


OPEN_WISHES = (
    Wish("想有人教一教手机挂号", "眼睛花，字要调大一点。工作日下午都在家。"),
    Wish("厨房的灯泡想请人换一换", "螺口的，自己够不着，请带梯子。", grid=2),
    Wish("想找一副轮椅借两周", "腿刚做了手术，只在楼下晒太阳用。"),
)
CLAIMED_WISHES = (
    Wish("请帮忙剪一次头发", "老人行动不便，下不了楼。"),
    Wish("周末想有人陪着下盘象棋", "下午三点以后，茶水管够。"),
)
FULFILLED_WISHES = (
    Wish("阳台的晾衣杆掉了一头", "够不着，怕掉下来砸到人。", "换了两颗膨胀螺丝，重新挂牢。"),
    Wish("想要一副字挂在客厅", "旧的褪色了，请人写“家和万事兴”。", "写好装裱了送去，老人很高兴。"),
    Wish("量血压的机子不会用", "女儿买的，说明书看不清。", "教会了，还把步骤写成大字贴在旁边。"),
)
WITHDRAWN_WISH = Wish("想要一盏夜灯", "起夜怕摔。")

# --- matters that are long over


@dataclass(frozen=True)
class Past:
    """`days` ago it was called for; it took `took` working days. Who helped, with what promise."""

    days: int
    caller: str
    place: str
    title: str
    words: str
    plan: str
    result: str
    took: int
    grade: str = Grade.GOOD
    why: str = ""
    helper: str = ""
    promise: str = ""


B, C = BRANCH, COMMITTEE
PASTS = (
    Past(
        352, B, "健身角", "健身角的漫步机松动，老人不敢用", "螺丝松了两颗，踏板晃。",
        "请厂家来紧固，换磨损的轴套。", "轴套已换，踏板试过不晃。", 4,
    ),
    Past(
        318, C, "北大门", "北大门外僵尸车占道", "三辆车停了半年，救护车进不来。",
        "先贴通知联系车主，联系不上的请交警一起拖移。", "两辆自行开走，一辆已拖移。", 8,
        Grade.FAIR, "联系车主晚了几天。", B, "挨家问车主，一周内问完。",
    ),
    Past(
        281, B, "中心花园", "中心花园夜里广场舞声音大", "临街几户反映孩子睡不着。",
        "与舞队商量，音箱朝内，九点结束。", "签了约定，音箱换成小的，九点准时散。", 6,
    ),
    Past(
        246, B, "地下车库 B1", "车库入口减速带翘起", "夜里过车响得厉害。",
        "拆下旧的，换成橡胶减速带。", "已换新，夜里听过，声音小多了。", 3,
    ),
    Past(
        211, C, "东环路", "东环路一棵香樟枝条压到电线", "风大的时候擦出火花。",
        "请园林和供电一起修剪。", "修剪完毕，枝条已运走。", 5,
        helper=B, promise="修剪当天有四名党员在路口疏导。",
    ),
    Past(
        175, B, "南大门", "南大门晚高峰行人与外卖车抢道", "推婴儿车的人过不去。",
        "划出行人通道，外卖车改走侧门。", "划线完成，侧门装了识别。", 7, Grade.FAIR,
        "侧门的灯过了一周才亮。",
    ),
    Past(
        138, B, "社区活动室", "活动室空调坏了，托管班没法开", "三十个孩子，屋里待不住人。",
        "先借两台移动空调，再请厂家来修。", "换了电容，冷热都正常，托管班照常开。", 2,
        helper=C, promise="从党委活动经费里借两台移动空调。",
    ),
    Past(
        104, C, "地下车库 B2", "B2 集水井淤积，泵常跳闸", "有一回大雨漫到车位。",
        "清淤、试泵、备沙袋。", "两口井清淤完毕，泵各试三次。", 5,
        helper=B, promise="备两百只沙袋，排好值守的人。",
    ),
    Past(
        73, B, "儿童乐园", "儿童乐园地垫老化，孩子摔了两次", "边角翘起来。",
        "整片更换地垫，施工三天，围挡写明时间。", "换了新地垫，踩过没有翘边。", 6,
    ),
    Past(
        48, B, "10 栋 1 单元楼道", "10 栋楼道堆满纸箱和旧家具", "两家在楼道放了半年。",
        "上门劝导，请收废品的上楼来收，一次清完。", "清走两车，住户签了承诺。", 4,
        Grade.POOR, "清完一周又放了一辆婴儿车，请多去看一看。",
    ),
)  # fmt: skip

# --- those that are late

RED = Past(
    0, B, "7 栋 1 单元楼道", "7 栋墙面渗水，三户内墙发霉", "三楼到五楼西墙，一下雨就湿。",
    "搭架查外墙裂缝，注胶后做防水。", "", 0, helper=C, promise="联系维修资金的申请。",
)  # fmt: skip
YELLOW = Past(
    0, C, "东环路", "东环路晚上灯暗，老人散步看不清路", "从 4 栋到 9 栋一段，六盏不亮。",
    "先换六盏灯头，线路老化的一段重新穿管。", "", 0, helper=B, promise="晚上结伴巡两周。",
)  # fmt: skip

# --- the last days

RAISED = ("5 栋门口快递堆到台阶上", "下午最多的时候走不过去，轮椅上不来。")
SIGNED = ("4 栋门厅的电动车又进楼充电", "三辆，从入户门拉线。")
ON_SITE = (
    "3 栋 2 单元门禁老旧，老人刷卡常常失灵",
    "1204 报过修，换了卡；楼上还有两位老人也说刷不开，想请大家一起看看要不要换整套。",
)
ON_SITE_PUBLIC = (
    "3 栋 2 单元的门禁",
    "您报修的门禁，我们请物业和社区一起去看整套设备，有结果会在这里告诉您。",
)
PLANNED = ("12 栋外墙空调架锈蚀", "三、四楼两个架子锈穿，下面是孩子们上学的路。")
PLANNED_PLAN = "先围出两米，请持证的师傅换下两个架子，再把同批的十一个查一遍。"
PLANNED_PROMISE = "上学放学两个时段有党员在路口，劝大家绕行。"
IN_HAND = ("北大门人行道砖松动", "下雨天一踩一脚水，有老人绊过。")
IN_HAND_PLAN = "分两段翻铺，每段留一半走人。"
PASSED_ON = ("南大门外流动早餐车占道", "早上七点到九点，救护通道只剩一半。")
PASSED_WHY = "门外是市政道路，物业没有权限，请党委联系街道综合执法。"
COMPLETED = ("8 栋楼道杂物清理", "二楼、五楼平台放了旧沙发和花盆。")
COMPLETED_PLAN = "逐户上门约时间，周末集中清一次。"
COMPLETED_RESULT = "沙发两张、花盆十一个都已运走，平台冲洗干净。"
SENT_BACK = ("中心花园长椅坐板断裂", "靠水池那张，断了两根木条。")
SENT_BACK_PLAN = "换两根防腐木条，重新上油。"
SENT_BACK_RESULT = "木条已换。"
SENT_BACK_WHY = "木条是换了，钉头还露在外面，会挂衣服，请再处理一下。"
ACCEPTED = ("2 栋 1 单元楼道灯不亮", "四楼到六楼，晚上摸黑。")
ACCEPTED_PLAN = "换三盏声控灯，查一遍线路。"
ACCEPTED_RESULT = "三盏声控灯换好，线路没有问题。"
RATED = ("9 栋门口坡道扶手松动", "坐轮椅的住户上下不放心。")
RATED_PLAN = "扶手重新焊牢，刷防锈漆，立一块“油漆未干”的牌子。"
RATED_PROMISE = "施工当天帮两户坐轮椅的邻居上下。"
RATED_RESULT = "扶手焊牢，四个人一起拽过不动；漆干了才撤的牌子。"
RATED_WORDS = "当天就来人，焊完还扫了地。"
WITHDRAWN = ("6 栋单元门关不上", "风一吹就开。")
WITHDRAWN_WHY = "已经按报修处理，门锁换好了，不用再请大家。"
NOTE_PART = "架子厂家说最快周四到货，先把围挡拉起来，工钱走公共收益，业主那边我去说。"
NOTE_MATTER = "四楼那家的架子也要看，他家白天没有人，晚上七点以后再敲门。"
COMMENT = "街道那边已经通过气，明早一起到现场看。"
