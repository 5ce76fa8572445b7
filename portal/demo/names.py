"""Names for people who do not exist."""
# ruff: noqa: SIM905 — a line of names reads better than a list of quoted ones

from __future__ import annotations

from random import Random

# Common ones come more often, as in any street.
SURNAMES = (
    "王李张刘陈杨黄赵吴周" * 4
    + "徐孙马朱胡郭何林高罗" * 2
    + "郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏"
    + "付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史贺陶顾毛郝龚邵万"
)
OLDER = (
    "建国 志强 国华 秀英 桂兰 玉珍 淑芬 德明 永福 长青 素琴 凤霞 光荣 兴华 世明 惠芳 淑华 天佑 "
    "明德 秀珍 文彬 桂芳 庆生 春梅 万春 正清 玉兰 福生 菊英 学文"
).split()
MIDDLE = (
    "伟 芳 娜 敏 静 强 磊 军 洋 勇 艳 杰 娟 涛 超 霞 平 刚 燕 辉 丽 斌 鹏 玲 建华 晓红 海燕 "
    "志刚 红梅 "
    "文静 立新 小平 雪梅 俊峰 丽华 国栋 晓东 春燕 永强 慧敏 新民 亚玲 卫东 晓琳"
).split()
YOUNGER = (
    "子轩 雨桐 浩然 欣怡 宇航 诗涵 梓涵 思远 一诺 佳琪 俊杰 梦瑶 嘉豪 雨欣 天宇 若曦 "
    "明轩 可馨 博文 "
    "晓彤 子墨 语嫣 泽宇 婉清 睿哲 安琪 景行 书瑶"
).split()


def name(dice: Random, *, surname: str = "", age: str = "middle") -> str:
    given = {"older": OLDER, "middle": MIDDLE, "younger": YOUNGER}[age]
    return (surname or dice.choice(SURNAMES)) + dice.choice(given)


class Phones:
    """Numbers of a block that nobody has: +86 190 0000 xxxx, each once."""

    def __init__(self) -> None:
        self.last = 999

    def next(self) -> str:
        self.last += 1
        return f"+861900000{self.last:04d}"
