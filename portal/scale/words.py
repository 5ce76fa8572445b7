"""What the made-up estates are called, what their people say, and how often."""

from __future__ import annotations

from typing import NamedTuple

from estates.models import Trade
from repairs.models import Category, Priority, Ticket

S = Ticket.Status
COMMUNITY = "scale"
# Code, name, letters before the numbers, and the share of homes and tickets in tenths.
ESTATES = (
    ("scale-1", "万象城一期", "ZSA", 6),
    ("scale-2", "万象城二期", "ZSB", 3),
    ("scale-3", "万象城三期", "ZSC", 1),
)
# Whose the n-th of every ten tickets is: the shares, mixed.
TURNS = (0, 1, 0, 1, 0, 2, 0, 1, 0, 0)

OPEN_STATES = {
    S.NEW: 15,
    S.ACCEPTED: 20,
    S.ASSIGNED: 25,
    S.IN_PROGRESS: 20,
    S.REOPENED: 5,
    S.ON_HOLD: 15,
}


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
