"""The teams of the demo, what they do week by week, and the words of the last days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from volunteers.services.shifts import Wanted
from volunteers.states import QualificationKind, QualificationStatus, Skill, TeamKind

S, Q, QS = Skill, QualificationKind, QualificationStatus
LEAD, VOLUNTEER = "team_lead", "volunteer"

# --- the teams


@dataclass(frozen=True)
class Work:
    """What a team does again and again; in `months` only, if there are any."""

    title: str
    begin: time
    end: time
    posts: tuple[Wanted, ...]
    words: str = ""
    bring: str = ""
    place: str = ""
    where: str = ""
    months: tuple[int, ...] = ()

    @property
    def is_late(self) -> bool:
        return self.begin.hour >= 19


@dataclass(frozen=True)
class Crew:
    """A team, how many are in it, and its two days of the week with what is done on each in turn.
    `skills` go round among the members."""

    kind: str
    name: str
    english: str
    story: str
    size: int
    deputies: int
    skills: tuple[tuple[str, ...], ...]
    # Weekday (Monday is 0) and the works of it.
    days: tuple[tuple[int, tuple[Work, ...]], ...]


def _posts(*posts: tuple[str, int, int, str]) -> tuple[Wanted, ...]:
    return tuple(Wanted(name, wanted, places, skill=skill) for name, wanted, places, skill in posts)


SERVICE_DAY = Work(
    "便民服务日",
    time(9),
    time(12),
    _posts(("引导员", 1, 2, S.GUIDING), ("服务台", 2, 4, S.COMPANY)),
    "磨刀、理发、量血压、教老人用手机。每一桌都要有人登记。",
    "红马甲、水杯",
    "中心花园",
)
SERVICE = Crew(
    TeamKind.SERVICE,
    "志愿服务队",
    "Volunteer Service Team",
    "我们是住在榕荫社区的邻居。每周六上午在中心花园办便民服务，平日陪独居老人看病、取药。"
    "一次来两三个小时就够，不会的有人带。",
    18,
    2,
    (
        (S.COMPANY, S.ESCORT),
        (S.GUIDING,),
        (S.ESCORT, S.FIRST_AID),
        (S.REPAIR,),
        (S.CLEANING, S.GUIDING),
    ),
    (
        (5, (SERVICE_DAY,)),
        (
            2,
            (
                Work(
                    "陪老人就医",
                    time(8),
                    time(11, 30),
                    _posts(("陪诊员", 2, 3, S.ESCORT)),
                    "早上到家里接，挂号、取药、送回家。病历和医保卡请家属先备好。",
                    "口罩、手机",
                    where="南大门集合",
                ),
                Work(
                    "清洗楼道",
                    time(14),
                    time(17),
                    _posts(("清洁员", 3, 5, S.CLEANING)),
                    "从顶楼往下洗，扶手要擦两遍。地没有干之前立好牌子。",
                    "旧衣服、防滑鞋",
                    "8 栋 1 单元楼道",
                ),
                Work(
                    "陪独居老人说说话",
                    time(14, 30),
                    time(17),
                    _posts(("陪伴员", 2, 4, S.COMPANY)),
                    "两人一组上门，坐半个小时。听到有什么难处，回来告诉队长。",
                    where="各家，在社区活动室集合",
                ),
            ),
        ),
    ),
)
CULTURE = Crew(
    TeamKind.CULTURE,
    "文化宣传队",
    "Culture and Publicity Team",
    "唱歌、跳舞、写字、拍照，喜欢哪样都可以来。每周四晚上在社区活动室排练，节日里为大家演出。"
    "社区的照片和消息也是我们写的。",
    12,
    1,
    ((S.CULTURE,), (S.MEDIA,), (S.CULTURE, S.TEACHING)),
    (
        (
            3,
            (
                Work(
                    "排练",
                    time(19),
                    time(21),
                    _posts(("队员", 3, 8, S.CULTURE)),
                    "合唱先练，舞蹈后练。九点准时散，不影响楼上的邻居。",
                    "舞鞋、歌谱",
                    "社区活动室",
                ),
            ),
        ),
        (
            6,
            (
                Work(
                    "重阳节布置",
                    time(14),
                    time(17),
                    _posts(("布置", 3, 5, S.CULTURE), ("摄影", 1, 1, S.MEDIA)),
                    "挂灯笼、摆菊花，布置敬老宴的二十桌。",
                    "剪刀、胶带",
                    "社区活动室",
                    months=(10,),
                ),
                Work(
                    "写春联送邻居",
                    time(14),
                    time(17),
                    _posts(("写字", 2, 4, S.CULTURE), ("裁纸", 1, 2, "")),
                    "红纸和墨由社区备好，写完晾干再送。",
                    "毛笔",
                    "社区活动室",
                    months=(1, 2),
                ),
                Work(
                    "摄影：邻里的一天",
                    time(15),
                    time(17),
                    _posts(("摄影", 2, 4, S.MEDIA)),
                    "拍人先问一声。挑十张交给宣传栏。",
                    "相机或手机",
                    "中心花园",
                ),
                Work(
                    "换宣传栏",
                    time(9, 30),
                    time(11, 30),
                    _posts(("写稿", 1, 2, S.MEDIA), ("张贴", 1, 3, "")),
                    "旧的取下来收好，新的先核对日期再贴。",
                    where="南大门宣传栏",
                ),
            ),
        ),
    ),
)
SPARK = Crew(
    TeamKind.SPARK,
    "星火突击队",
    "Spark Commandos",
    "急事先到。周五夜里结伴巡逻，下暴雨的时候守地下车库。平时每周日清一处没人管的角落。",
    9,
    1,
    ((S.PATROL,), (S.PATROL, S.FIRST_AID), (S.CLEANING, S.REPAIR)),
    (
        (
            4,
            (
                Work(
                    "夜间巡逻",
                    time(20),
                    time(22),
                    _posts(("巡逻员", 2, 4, S.PATROL)),
                    "两人一组，走东环路和地下车库。见到电动车上楼先劝，劝不住的打前台电话。",
                    "手电、反光背心",
                    "东环路",
                ),
            ),
        ),
        (
            6,
            (
                Work(
                    "备汛：装沙袋、试水泵",
                    time(8, 30),
                    time(11, 30),
                    _posts(("队员", 3, 5, S.REPAIR)),
                    "两百只沙袋装到八分满，码在坡道两边。",
                    "手套、雨靴",
                    "地下车库 B2",
                    months=(5, 6, 7, 8),
                ),
                Work(
                    "突击清扫",
                    time(8, 30),
                    time(11, 30),
                    _posts(("队员", 3, 5, S.CLEANING)),
                    "清走堆物，冲洗地面，能卖的废品留给环卫师傅。",
                    "手套、口罩",
                    "北大门",
                ),
            ),
        ),
    ),
)
CREWS = (SERVICE, CULTURE, SPARK)

# --- members of whom something is told

APPLICATION = "退休前是护士，周末都有空，想来帮忙量血压。"
MINOR_WORDS = "暑假和周末可以来，会拍照。"


@dataclass(frozen=True)
class Paper:
    """By its holder's place in the service team; how many days from today on it is valid."""

    holder: int
    kind: str
    days: int


PAPERS = (
    Paper(1, Q.FIRST_AID, 410),
    Paper(4, Q.FIRST_AID, 230),
    Paper(5, Q.ELECTRICIAN, 600),
    Paper(6, Q.DRIVING, 1500),
    # Runs out soon, and has run out.
    Paper(2, Q.FIRST_AID, 19),
    Paper(7, Q.FIRST_AID, -12),
)
# Shown to the lead, who has not looked yet.
SHOWN = Paper(8, Q.MEDICAL, 700)

# --- the last days

# The newest of these that is over; its times are those of an ordinary day.
JUST_OVER = (
    Work("早市引导", time(8), time(10), _posts(("引导员", 3, 5, S.GUIDING)), place="北大门"),
    Work(
        "打扫活动室", time(14), time(16), _posts(("清洁员", 3, 5, S.CLEANING)), place="社区活动室"
    ),
    Work("散步护送", time(18), time(19, 30), _posts(("陪伴员", 3, 5, S.COMPANY)), place="中心花园"),
)
DISPUTE = "我是结束前十五分钟才走的，收完桌椅才离开，不是提前走。"
AT_RISK = Work(
    "送餐上门",
    time(10, 30),
    time(12, 30),
    _posts(("送餐员", 4, 6, S.COMPANY)),
    "社区食堂的午饭，送到十六户行动不便的老人家里。",
    "保温袋到食堂领",
    where="社区食堂门口",
)
FULL = Work(
    "参观消防站当领队",
    time(14),
    time(17),
    _posts(("领队", 2, 3, S.GUIDING)),
    "带三十个孩子去，每人看十个。过马路数一遍人。",
    "小红旗、名单",
    where="南大门集合",
)
CONFIRMED_BY_LEAD = Work(
    "敬老宴急救岗",
    time(10),
    time(13),
    (Wanted("急救员", 1, 2, Q.FIRST_AID, S.FIRST_AID), Wanted("端菜", 2, 6, "", S.COMPANY)),
    "二十桌老人，急救员要有证。队长逐个确认，名单要报给社区。",
    "红马甲",
    "社区活动室",
)
SERIES = Work(
    "周末亲子托管",
    time(15),
    time(17, 30),
    _posts(("带孩子", 2, 4, S.TEACHING)),
    "看作业、做手工。家长来接才放人走。",
    "彩笔、剪刀",
    "社区活动室",
)
SWAPPED = Work(
    "上门修水电",
    time(19),
    time(20, 30),
    _posts(("维修", 2, 3, S.REPAIR)),
    "换灯泡、修水龙头，动电要有电工在。",
    "工具箱",
    where="2 栋、5 栋，先在前台集合",
)
SWAP_WORDS = "那天晚上单位要值班，能不能请你替我去？"
ASKED = (
    "电梯停运，帮老人把菜和药送上楼",
    "3 栋 2 单元等配件，高层有五位老人下不来，想请队里来两天，上午下午各跑一趟。",
    "3 栋 2 单元门厅",
)
