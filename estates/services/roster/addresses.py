"""Where a home is, from the many ways people write it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

DIGITS = dict(zip("零〇一二两三四五六七八九", [0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9], strict=True))
NUMERAL = re.compile(r"[零〇一二两三四五六七八九十百]+")


@dataclass(frozen=True)
class Address:
    building: str
    entrance: str
    number: str
    floor: int | None = None


_SIGN = r"[0-9A-Za-z]+"
_WORDS = re.compile(
    rf"(?:(?P<building>{_SIGN})\s*(?:号楼|栋|幢|座|楼(?=\d+单元)))\s*"
    rf"(?:(?P<entrance>{_SIGN})\s*(?:单元|门|梯))?\s*"
    rf"(?:(?P<floor>-?\d+)\s*(?:楼|层))?\s*"
    rf"(?P<number>[0-9A-Za-z\-]+)\s*(?:室|号|房|户)?$"
)
_DASHES = re.compile(
    rf"(?P<building>{_SIGN})\s*[-/]\s*(?:(?P<entrance>{_SIGN})\s*[-/]\s*)?(?P<number>[\w#]+)$"
)
_ENGLISH = re.compile(
    rf"(?:building|block|tower)\s*(?P<building>{_SIGN})[\s,]+"
    rf"(?:entrance\s*(?P<entrance>{_SIGN})[\s,]+)?"
    rf"(?:(?:floor|level)\s*(?P<floor>-?\d+)[\s,]+)?"
    rf"(?:(?:room|flat|unit|apartment)\s*)?(?P<number>[\w\-]+)$",
    re.IGNORECASE,
)


def parse(text: str) -> Address | None:
    """2栋3楼5号, 3-2-1204, 3栋2单元1204室, 榕树郡3栋2单元1204, Building 3, Entrance 2, 1204."""
    plain = _arabic(unicodedata.normalize("NFKC", text).strip())
    match = _WORDS.search(plain) or _ENGLISH.search(plain) or _DASHES.fullmatch(plain)
    if match is None:
        return None
    parts = match.groupdict()
    entrance = parts["entrance"] or ""
    floor = int(parts["floor"]) if parts.get("floor") else None
    number = _number(parts["number"], floor)
    return Address(parts["building"], "" if entrance == "0" else entrance, number, floor)


def _number(number: str, floor: int | None) -> str:
    """Floor 3 room 5 is 305: a bare 5 would be on every floor."""
    if floor is not None and number.isdigit() and len(number) <= 2:
        return f"{floor}{int(number):02d}"
    return number


def _arabic(text: str) -> str:
    return NUMERAL.sub(lambda match: str(_value(match[0])), text)


def _value(numeral: str) -> int:
    """十二 → 12, 二十 → 20, 一二 → 12."""
    if not set(numeral) & set("十百"):
        return int("".join(str(DIGITS[sign]) for sign in numeral))
    total, digit = 0, 0
    for sign in numeral:
        if sign in "十百":
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
        else:
            digit = DIGITS[sign]
    return total + digit


_BUILDING_WORDS = re.compile(r"号楼|栋|幢|座|楼|building|block|tower|no\.?")
_ENTRANCE_WORDS = re.compile(r"单元|门|梯|entrance|unit")
_NUMBER_WORDS = re.compile(r"室$|号$|房$|户$|^room|^flat")


def building_key(name: str) -> str:
    """3 栋, 三栋, 3号楼 and 3 are the same building."""
    return _key(name, _BUILDING_WORDS)


def entrance_key(name: str) -> str:
    key = _key(name, _ENTRANCE_WORDS)
    return "" if key == "0" else key


def number_key(name: str) -> str:
    return _key(name, _NUMBER_WORDS)


def _key(name: str, words: re.Pattern[str]) -> str:
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(name))).lower()
    bare = words.sub("", plain) or plain
    return _arabic(bare) if NUMERAL.fullmatch(bare) else bare


def building_name(name: str) -> str:
    """The way we write it when we make it: 3 → 3 栋; a real name stays."""
    return _named(name, "栋")


def entrance_name(name: str) -> str:
    return "" if not entrance_key(name) else _named(name, "单元")


def _named(name: str, word: str) -> str:
    plain = unicodedata.normalize("NFKC", str(name)).strip()
    return f"{plain} {word}" if re.fullmatch(r"[0-9A-Za-z]{1,4}", plain) else plain


def number_name(number: str) -> str:
    """1204室 → 1204; other names stay as they are."""
    plain = unicodedata.normalize("NFKC", number).strip()
    return re.sub(r"(?<=\w)(室|号|房)$", "", plain)
