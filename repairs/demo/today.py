"""What is going on now: the open repairs of both estates, and the last days' finished ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from accounts.models import User
from estates.demo.ground import Ground
from estates.models import Unit
from repairs.demo import stories
from repairs.demo.categories import categories_of
from repairs.demo.script import Repairs
from repairs.demo.stories import HOME, STORIES, Story
from repairs.models import Category, Ticket
from workflow.scenes import Clock

DESK, PHONE = Ticket.Source.DESK, Ticket.Source.PHONE
RECENT_DAYS = 8
NAMED = ("resident", "neighbour", "stranger")


class Present:
    """One estate's present, noted into the script in the words of its people."""

    def __init__(self, ground: Ground, script: Repairs, times: Clock, dice: Random) -> None:
        self.ground, self.script, self.times, self.dice = ground, script, times, dice
        self.staff = ground.staff
        self.categories = categories_of(ground.estate)
        everybody = [one for people in ground.people.values() for one in people]
        self.signed_up = [(one.unit, one.user) for one in everybody if one.user is not None]
        # The named people do only what is told of them.
        self.others = [one for one in self.signed_up if one[1].username not in NAMED]

    def user(self, username: str) -> User:
        return next(user for _unit, user in self.signed_up if user.username == username)

    def anybody(self, unit: Unit) -> User:
        """Somebody of the home with an account."""
        return next(user for home, user in self.signed_up if home.pk == unit.pk)

    def at_home(
        self, key: str, at: datetime, address: str, category: str, text: str, **words: Any
    ) -> None:
        """A report about a home, by its people or by the desk for them."""
        unit = self.ground.home(*address.split("/"))
        by = words.pop("by", None) or self.anybody(unit)
        if by == self.ground.desk:
            person = self.ground.people[unit.pk][0]
            words |= {"source": PHONE, "contact_name": person.name, "contact_phone": person.phone}
        self.script.report(key, at, by, self._category(category), text, unit=unit, **words)

    def in_public(
        self,
        key: str,
        at: datetime,
        place: str,
        category: str,
        text: str,
        *,
        accepted_after: int = 0,
        **words: Any,
    ) -> None:
        """A report about a public place; the desk accepts it after so many minutes, if at all."""
        if facility := words.pop("facility", ""):
            words["facility"] = self.ground.facility(facility)
        by = words.pop("by", None) or self.dice.choice(self.others)[1]
        self.script.report(
            key, at, by, self._category(category), text, place=self.ground.place(place), **words
        )
        if accepted_after:
            soon = at + timedelta(minutes=accepted_after)
            self.script.then(key, soon, "accept", self.ground.desk)

    def _category(self, code: str) -> Category:
        return self.categories[code]

    def taken_up(self, key: str, at: datetime, worker: str, *, minutes: int = 14) -> None:
        """Accepted and dispatched by the desk."""
        self.script.then(key, at, "accept", self.ground.desk)
        sent = at + timedelta(minutes=minutes)
        self.script.then(key, sent, "dispatch", self.ground.desk, worker=self.staff[worker])

    def followed(self, key: str, at: datetime, count: int) -> None:
        # The first of them reported the flooded garage, and hears of it anyway.
        for _unit, user in self.dice.sample(self.others[1:], count):
            self.script.then(key, at, "follow", user)


def act_court(present: Present) -> None:
    _resident(present)
    _morning(present)
    _at_work(present)
    _waiting(present)
    _late(present)
    _finished(present)


def _resident(present: Present) -> None:
    """The resident's own: one in hand, one that waits for a part, one to confirm, one new."""
    times, script, staff = present.times, present.script, present.staff
    resident, tech = present.user("resident"), staff["technician"]
    home = "3 栋/2 单元/1204"
    present.at_home(
        "kitchen", times.ago(hours=5), home, "pipes-sink",
        "厨房水槽下面漏水。水槽下面一直滴水，已经用盆接着，阀门关不紧。",
        by=resident, photos=["pipe"], place_words="厨房", contact_name="林秀兰",
        contact_phone=resident.phone, windows=[f"{times.now:%Y-%m-%d}/pm"],
    )  # fmt: skip
    present.taken_up("kitchen", times.ago(hours=4, minutes=54), "technician", minutes=13)
    script.then(
        "kitchen",
        times.ago(hours=4, minutes=50),
        "comment",
        resident,
        body="阀门在柜子最里面，带手电。",
    )
    script.then("kitchen", times.ago(hours=2), "start", tech)
    script.then(
        "kitchen",
        times.ago(hours=1, minutes=52),
        "comment",
        tech,
        body="看过了，阀芯老化，需要更换。这就去领配件，回来装上。",
    )
    visit_from, visit_to = times.next_visit()
    script.then(
        "kitchen",
        times.ago(hours=1, minutes=50),
        "plan_visit",
        tech,
        visit_from=visit_from,
        visit_to=visit_to,
    )

    present.in_public(
        "lift", times.ago(days=3, hours=2), "3 栋 2 单元电梯", "lift-noise",
        "3 栋电梯异响，晚上更明显。到 12 层附近咯噔一下，老人有点怕坐。",
        by=present.user("neighbour"), facility="3 栋 2 单元 1 号梯", photos=["lift"],
    )  # fmt: skip
    present.taken_up("lift", times.ago(days=3, hours=1, minutes=40), "technician4")
    script.then("lift", times.ago(days=3, minutes=50), "follow", resident)
    present.followed("lift", times.ago(days=2, hours=5), 6)
    script.then("lift", times.ago(days=2, hours=6), "start", staff["technician4"])
    script.then(
        "lift",
        times.ago(days=2, hours=4),
        "note",
        staff["technician4"],
        body="左侧主导靴磨损 3 毫米，已拍照发厂家，可慢速运行。",
    )
    script.then(
        "lift",
        times.ago(days=2, hours=3),
        "hold",
        staff["technician4"],
        until=times.on(-2, "18:00"),
        reason="待配件：导靴已向厂家订货，预计后天到",
    )
    script.then("lift", times.ago(days=1, hours=4), "urge", present.user("neighbour"))

    present.at_home(
        "card", times.ago(days=2, hours=3), home, "doors-access",
        "门禁卡失灵。刷了三次都没反应，每次都要等邻居开门。", by=resident,
    )  # fmt: skip
    present.taken_up("card", times.ago(days=2, hours=2, minutes=45), "technician2")
    script.then("card", times.ago(days=1, hours=3), "start", staff["technician2"])
    script.then(
        "card",
        times.ago(days=1, hours=2),
        "resolve",
        staff["technician2"],
        resolution="卡片消磁，已换发新卡并停用旧卡，现场刷卡三次正常。",
    )

    present.at_home(
        "window", times.ago(minutes=35), home, "doors-window",
        "卧室窗户关不严，漏风。晚上呼呼响，胶条好像脱落了。", by=resident, place_words="主卧",
        windows=[f"{times.now + timedelta(days=1):%Y-%m-%d}/am"],
    )  # fmt: skip


def _morning(present: Present) -> None:
    """Nobody has looked at these yet."""
    times = present.times
    present.at_home(
        "sink", times.ago(minutes=22), "3 栋/2 单元/1104", "walls-upstairs",
        "厨房顶上渗水，和楼上可能是一个问题。橱柜上面的墙角湿了一片。",
        by=present.user("neighbour"), photos=["ceiling"], place_words="厨房",
    )  # fmt: skip
    present.in_public(
        "slide",
        times.ago(minutes=48),
        "儿童乐园",
        "other-play",
        "儿童滑梯的螺丝松了。孩子滑下来会晃，边上还有个尖角。",
        photos=["slide"],
        facility="组合滑梯",
    )
    present.at_home(
        "drain",
        times.ago(minutes=64),
        "5 栋/1 单元/301",
        "drains",
        "阳台地漏排水慢。洗衣机一排水就漫出来，快流进客厅了。",
        place_words="阳台",
    )
    present.in_public(
        "market",
        times.ago(minutes=12),
        "2 栋 1 单元楼道",
        "other-cleaning",
        "2 楼楼道有一滩油渍。好像是外卖洒了，老人走过差点滑倒。",
        by=present.ground.desk,
        source=PHONE,
        contact_name="二栋住户",
    )


def _at_work(present: Present) -> None:
    """Technicians have these today."""
    times, script, staff = present.times, present.script, present.staff
    soon, until = times.next_visit()
    hour = timedelta(hours=1)
    present.at_home(
        "toilet",
        times.ago(hours=4),
        "2 栋/1 单元/501",
        "drains-toilet",
        "马桶冲不下去。昨天还好，今天水面一直往上涨。",
        place_words="卫生间",
        photos=["drain"],
        by=present.ground.desk,
    )
    present.taken_up("toilet", times.ago(hours=3, minutes=50), "technician")
    script.then(
        "toilet",
        times.ago(hours=3),
        "plan_visit",
        staff["technician"],
        visit_from=soon + 1.5 * hour,
        visit_to=until + 1.5 * hour,
    )
    present.at_home(
        "lock",
        times.ago(hours=6),
        "8 栋/1 单元/602",
        "doors-lock",
        "入户门锁芯卡住。钥匙插进去转不动，现在从里面能开，外面进不来。",
        photos=["lock"],
        place_words="入户门",
    )
    present.taken_up("lock", times.ago(hours=5, minutes=46), "technician3")
    script.then("lock", times.ago(hours=1, minutes=10), "start", staff["technician3"])
    present.in_public(
        "light",
        times.ago(hours=7),
        "5 栋 1 单元楼道",
        "power-corridor-light",
        "5 楼楼道声控灯不亮。晚上回家一片黑，老人上下楼不方便。",
        photos=["corridor"],
        place_words="5 层",
    )
    present.taken_up("light", times.ago(hours=6, minutes=30), "technician2", minutes=40)
    script.then(
        "light",
        times.ago(hours=5),
        "plan_visit",
        staff["technician2"],
        visit_from=times.on(-1, "10:00"),
        visit_to=times.on(-1, "11:00"),
    )
    present.at_home(
        "fuse",
        times.ago(hours=2, minutes=30),
        "6 栋/1 单元/301",
        "power-out",
        "家里跳闸合不上。一推上去就跳，冰箱里还有菜。",
        by=present.ground.desk,
        on_behalf_of="301 王奶奶（儿子来电）",
    )
    present.taken_up("fuse", times.ago(hours=2, minutes=24), "technician2", minutes=6)
    script.then("fuse", times.ago(minutes=55), "start", staff["technician2"])
    present.in_public(
        "rubbish",
        times.ago(hours=3, minutes=20),
        "中心花园",
        "other-cleaning",
        "垃圾分类亭满了没人清。袋子都堆到外面了。",
        accepted_after=20,
    )
    script.then("rubbish", times.ago(hours=2, minutes=40), "take", staff["technician6"])
    script.then("rubbish", times.ago(hours=1, minutes=30), "start", staff["technician6"])


def _waiting(present: Present) -> None:
    """Accepted and with nobody, on hold, or come back."""
    times, script, staff, desk = present.times, present.script, present.staff, present.ground.desk
    present.in_public(
        "glass",
        times.ago(hours=2),
        "1 栋 1 单元楼道",
        "fire-hydrant",
        "9 楼消火栓箱玻璃碎了。地上有玻璃渣，小孩容易碰到。",
        place_words="9 层",
        accepted_after=12,
    )
    present.in_public(
        "lamp",
        times.ago(hours=9),
        "东环路",
        "power-street-light",
        "路灯坏了两盏。晚上散步黑漆漆的，靠近 7 栋那边。",
        facility="东环路路灯",
        accepted_after=30,
    )
    present.at_home(
        "ceiling",
        times.ago(hours=16),
        "7 栋/1 单元/502",
        "walls-upstairs",
        "卫生间天花板渗水。楼上 602 洗澡我家就滴水。",
        photos=["ceiling"],
        place_words="卫生间",
        by=desk,
    )
    present.taken_up("ceiling", times.ago(hours=15, minutes=40), "technician8")
    script.then(
        "ceiling",
        times.ago(hours=12),
        "hold",
        staff["technician8"],
        until=times.on(-1, "19:00"),
        reason="等楼上业主在家一起查看，已约明晚七点",
    )
    worker, resident = (
        staff["technician5"],
        present.anybody(present.ground.home("2 栋", "2 单元", "1003")),
    )
    present.at_home(
        "tap",
        times.ago(days=3, hours=4),
        "2 栋/2 单元/1003",
        "pipes-tap",
        "卫生间水龙头关不严。晚上滴答滴答响，影响睡觉。",
        place_words="卫生间",
    )
    present.taken_up("tap", times.ago(days=3, hours=3), "technician5")
    script.then("tap", times.ago(days=2, hours=7), "start", worker)
    script.then(
        "tap",
        times.ago(days=2, hours=6),
        "resolve",
        worker,
        resolution="更换陶瓷阀芯，关闭后不滴。",
    )
    script.then(
        "tap",
        times.ago(hours=1, minutes=15),
        "dispute",
        resident,
        reason="修好当天没事，第二天又开始滴了。",
    )


def _late(present: Present) -> None:
    """Past their deadlines: nobody answered, nobody was sent, or it took too long."""
    times, script, staff, desk = present.times, present.script, present.staff, present.ground.desk
    present.in_public(
        "hall",
        times.ago(hours=3, minutes=10),
        "社区活动室",
        "other",
        "社区活动室空调外机响得厉害。下午合唱队排练，吵得听不清。",
        facility="活动室空调",
    )
    flooded = times.awake(times.now - timedelta(hours=24, minutes=40))
    if flooded > times.now - timedelta(hours=24, minutes=10):
        flooded -= timedelta(days=1)
    present.in_public(
        "garage",
        flooded,
        "地下车库 B2",
        "drains-garage",
        "地下车库 B2 排水沟返水。靠近坡道的车位边上都是水，有异味。",
        by=present.others[0][1],
        photos=["garage"],
        place_words="坡道口 B2-118 车位旁",
        accepted_after=25,
    )
    present.followed("garage", flooded + timedelta(hours=2), 9)
    script.then(
        "garage",
        flooded + timedelta(minutes=50),
        "note",
        desk,
        body="两台潜污泵同时跳停，已通知水暖，当班人手不够。",
    )
    present.in_public(
        "garage-again",
        flooded + timedelta(hours=3),
        "地下车库 B2",
        "drains-garage",
        "B2 车库里积水快到车门了。麻烦快点抽一下。",
    )
    script.then(
        "garage-again", flooded + timedelta(hours=3, minutes=15), "merge", desk, into="garage"
    )
    present.at_home(
        "socket",
        times.ago(hours=20),
        "4 栋/2 单元/402",
        "power-socket",
        "浴霸开关按下去没反应。天冷了洗澡等着用。",
        photos=["socket"],
        place_words="卫生间",
    )
    present.taken_up("socket", times.ago(hours=19, minutes=30), "technician7")
    script.then(
        "socket",
        times.ago(hours=8),
        "comment",
        staff["technician7"],
        body="开关型号停产，正在找替代面板。",
    )
    script.then(
        "socket",
        times.ago(minutes=40),
        "urge",
        present.anybody(present.ground.home("4 栋", "2 单元", "402")),
    )


def _finished(present: Present) -> None:
    """Done, and the household has not answered yet."""
    times, script, staff = present.times, present.script, present.staff
    for key, hours, address, category, text, worker, result in (
        (
            "hose",
            14,
            "9 栋/1 单元/201",
            "pipes-tap",
            "阳台洗衣机龙头接口漏水。一洗衣服就漏。",
            "technician5",
            "更换洗衣机专用龙头，试水正常。",
        ),
        (
            "lampshade",
            11,
            "10 栋/2 单元/602",
            "power",
            "客厅吸顶灯不亮。换了灯泡也没用。",
            "technician7",
            "驱动电源损坏，已更换，恢复照明。",
        ),
    ):
        present.at_home(key, times.ago(hours=hours), address, category, text)
        present.taken_up(key, times.ago(hours=hours - 0.4), worker)
        script.then(key, times.ago(hours=hours - 4), "start", staff[worker])
        script.then(key, times.ago(hours=hours - 5), "resolve", staff[worker], resolution=result)
    present.in_public(
        "exit",
        times.ago(hours=13),
        "12 栋 1 单元楼道",
        "power-corridor-light",
        "楼梯间的灯一直闪。一闪一闪的，看着心慌。",
        photos=["corridor"],
    )
    present.taken_up("exit", times.ago(hours=12, minutes=30), "technician2")
    script.then("exit", times.ago(hours=9), "start", staff["technician2"])
    script.then(
        "exit",
        times.ago(hours=8, minutes=30),
        "resolve",
        staff["technician2"],
        resolution="灯座接触不良，更换 LED 声控灯一只。",
        photos=["corridor-lit"],
    )


def act_garden(present: Present) -> None:
    times, script, staff = present.times, present.script, present.staff
    stranger, worker = present.user("stranger"), staff["garden_technician"]
    home = "1 栋/1 单元/302"
    present.at_home(
        "g-basin",
        times.ago(hours=6),
        home,
        "pipes-sink",
        "洗手盆下面的软管渗水。柜子底板都泡胀了。",
        by=stranger,
        photos=["pipe"],
        place_words="卫生间",
    )
    present.taken_up("g-basin", times.ago(hours=5, minutes=30), "garden_technician")
    script.then("g-basin", times.ago(hours=1), "start", worker)
    present.at_home(
        "g-bell",
        times.ago(minutes=50),
        home,
        "doors-access",
        "可视对讲没有声音。有人按门铃家里听不到，只有画面。",
        by=stranger,
    )
    present.in_public(
        "g-lamp",
        times.ago(hours=8),
        "中心花园",
        "power-street-light",
        "花园路灯坏了一盏。遛狗的时候看不清路。",
        facility="花园路灯",
        accepted_after=30,
    )
    present.at_home(
        "g-tile",
        times.ago(hours=12),
        "2 栋/1 单元/401",
        "walls-falling",
        "客厅瓷砖空鼓翘起来了。走路会硌脚，怕老人绊倒。",
        place_words="客厅",
    )
    present.taken_up("g-tile", times.ago(hours=11), "garden_technician2")
    present.at_home(
        "g-drain",
        times.ago(hours=13),
        "3 栋/2 单元/201",
        "drains-kitchen",
        "厨房下水道堵了。水槽的水半天下不去，有点返味。",
        place_words="厨房",
    )
    present.taken_up("g-drain", times.ago(hours=12), "garden_technician")
    script.then("g-drain", times.ago(hours=9), "start", worker)
    script.then(
        "g-drain",
        times.ago(hours=8),
        "resolve",
        worker,
        resolution="用弹簧疏通机疏通，清出油污，排水正常。",
    )


# --- the last days -------------------------------------------------------------------------------


def act_last_days(present: Present, count: int) -> None:
    """Small repairs at home, reported and finished within the last eight days."""
    fitting = [story for story in STORIES if _small(story, present)]
    for number in range(count):
        unit, user = present.dice.choice(present.others)
        key = f"{present.ground.estate.code}-{number}"
        _small_repair(present, key, unit, user, present.dice.choice(fitting), number)


def _small(story: Story, present: Present) -> bool:
    """Neither bound to a season that is not now, nor handed out by itself."""
    category = present.categories[story.category]
    in_season = not story.months or present.times.now.month in story.months
    by_hand = category.dispatch != Category.Dispatch.ROUND_ROBIN
    return story.where == HOME and in_season and by_hand and category.resolve_minutes <= 24 * 60


def _small_repair(
    present: Present, key: str, unit: Unit, by: User, story: Story, number: int
) -> None:
    dice, script, desk = present.dice, present.script, present.ground.desk
    category = present.categories[story.category]
    worker = dice.choice(present.ground.workers[category.trade])
    reported, accepted, sent, started, resolved = _course(present, number)
    floor = unit.floor or 1
    text = story.text.format(floor=floor, room=f"{floor + 1}{unit.number[-2:]}")
    script.report(key, reported, by, category, text, unit=unit, place_words=story.spot)
    script.then(key, accepted, "accept", desk)
    script.then(key, sent, "dispatch", desk, worker=worker)
    script.then(key, started, "start", worker)
    script.then(key, resolved, "resolve", worker, resolution=dice.choice(story.results))
    confirmed = present.times.awake(resolved + timedelta(minutes=dice.randrange(40, 900)))
    if confirmed < present.times.now and number % 7:
        stars, words = _verdict(dice)
        script.then(key, confirmed, "confirm", by, rating=stars, words=words)


def _course(present: Present, number: int) -> list[datetime]:
    """Reported, accepted, sent, started, resolved: on one of the last days, and over by now."""
    dice, hours = present.dice, present.times.hours
    while True:
        day = present.times.now - timedelta(days=2 + number % (RECENT_DAYS - 1))
        moments = [present.times.some_moment(day)]
        for least, most in ((2, 25), (2, 20), (15, 160), (15, 80)):
            moments.append(hours.add(moments[-1], dice.randrange(least, most)))
        if moments[-1] < present.times.now:
            return moments


def _verdict(dice: Random) -> tuple[int, str]:
    stars = dice.choices([5, 4, 3], [70, 22, 8])[0]
    words = {5: stories.PRAISE, 4: stories.SATISFIED, 3: stories.UNHAPPY}[stars]
    return stars, dice.choice(words)
