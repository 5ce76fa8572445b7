"""Where a home is, from the many ways people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from common.written import NUMERAL, digits, hyphened, key
from estates.models.homes import entrance_key


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
    plain = NUMERAL.sub(lambda numeral: digits(numeral[0]), hyphened(key(text)))
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


def building_name(name: str) -> str:
    """The way we write it when we make it: 3 → 3 栋; a real name stays."""
    return _named(name, "栋")


def entrance_name(name: str) -> str:
    return "" if not entrance_key(name) else _named(name, "单元")


def _named(name: str, word: str) -> str:
    plain = key(name)
    return f"{plain} {word}" if re.fullmatch(r"[0-9A-Za-z]{1,4}", plain) else plain


def number_name(number: str) -> str:
    """1204室 → 1204; other names stay as they are."""
    return re.sub(r"(?<=\w)(室|号|房)$", "", key(number))
