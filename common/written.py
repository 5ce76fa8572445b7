"""One writing for what people and other systems write in many: keys, names and searches."""

from __future__ import annotations

import re
import unicodedata

# Soft hyphens, zero-width spaces, marks of direction and selectors of a glyph: no reader sees them.
MARKS = re.compile(
    "[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
    "\U000e0100-\U000e01ef]"
)
# Chinese signs that look like others and are not: radicals and the compatibility blocks.
TWINS = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")
# Wide enough for signs such as ❤, ♀ and ↔, which are emoji once they are joined.
EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
LONE_JOINER = re.compile(f"(?<![{EMOJI}])\u200d|\u200d(?![{EMOJI}])")

# Everything that some reader takes for the end of a line, and the other control characters.
BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
DASHES = re.compile("[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]")

DIGITS = dict(zip("零〇一二两三四五六七八九", "001223456789", strict=True))
POWERS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = re.compile(f"[{''.join([*DIGITS, *POWERS])}]+")
COUNTED = re.compile(
    rf"{NUMERAL.pattern}(?=\s*(?:号楼|[栋幢座号层楼室期]|单元))|^{NUMERAL.pattern}$"
)


def visible(text: str) -> str:
    """Without the marks that nobody sees, and each Chinese sign as the one that it looks like; only
    emoji stay joined."""
    unmarked = LONE_JOINER.sub("", MARKS.sub("", text))
    return TWINS.sub(lambda sign: unicodedata.normalize("NFKC", sign[0]), unmarked)


def folded(text: str) -> str:
    """For comparing and searching: Ｒ２０２６ and r2026 are the same."""
    return _spaced_once(unicodedata.normalize("NFKC", _plain(text).lower()))


def key(text: str) -> str:
    """As the name or number of a place is stored; its case stays."""
    return _spaced_once(BREAKS.sub(" ", _plain(text)))


def with_digits(text: str) -> str:
    """三栋 → 3栋, 十二单元 → 12单元; a text that is nothing but a numeral, too."""
    return COUNTED.sub(lambda numeral: digits(numeral[0]), text)


def digits(numeral: str) -> str:
    """十二 → 12, 一百零二 → 102, 一二〇四 → 1204."""
    if not POWERS.keys() & set(numeral):
        return "".join(DIGITS[sign] for sign in numeral)
    total, digit = 0, 0
    for sign in numeral:
        if sign in POWERS:
            total += (digit or 1) * POWERS[sign]
            digit = 0
        else:
            digit = int(DIGITS[sign])
    return str(total + digit)


def hyphened(text: str) -> str:
    """Every dash as the hyphen of the keyboard."""
    return DASHES.sub("-", text)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", visible(text))


def _spaced_once(text: str) -> str:
    return " ".join(text.split())
