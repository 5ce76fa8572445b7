"""What people write in many ways is stored, compared and found in one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.written import digits, folded, hyphened, key, visible, with_digits

MARKS = "\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069\u00ad\ufeff\ufe00\ufe0f"
FAMILY = "👨\u200d👩\u200d👧"
# Texts of what makes folding difficult, beside any.
texts = st.text() | st.text(st.sampled_from(f"Ｒ２İ\u0316 ㎡\u3000三十栋ǅ{MARKS}{FAMILY}❤🔥♀🏽"))


@pytest.mark.parametrize("mark", MARKS)
def test_nobody_sees_a_mark(mark: str) -> None:
    assert [visible(f"张{mark}三{mark}"), key(f"{mark}12{mark}04"), folded(f"A{mark}1")] == [
        "张三",
        "1204",
        "a1",
    ]


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        (FAMILY, FAMILY),
        (f"我们{FAMILY}。", f"我们{FAMILY}。"),
        ("👩🏽\u200d🔧", "👩🏽\u200d🔧"),
        ("❤\ufe0f\u200d🔥", "❤\u200d🔥"),
        ("🏃\u200d♀\ufe0f", "🏃\u200d♀"),
        ("🙂\u200d↔\ufe0f", "🙂\u200d↔"),
        ("👩\u200d三", "👩三"),
        ("三\u200d👩", "三👩"),
        ("👩\u200d\u200d👧", "👩👧"),
    ],
)
def test_only_emoji_stay_joined(written: str, seen: str) -> None:
    assert visible(written) == seen


@pytest.mark.parametrize(
    ("written", "kept", "compared"),
    [
        ("Ｒ２０２６－００１０７１", "R2026-001071", "r2026-001071"),
        ("１２０４", "1204", "1204"),
        (" Ａ\u3000 座 ", "A 座", "a 座"),
        ("1204\r\n", "1204", "1204"),
        ("12\u200b04", "1204", "1204"),
        ("\u200b", "", ""),
        ("Block B", "Block B", "block b"),
    ],
)
def test_keys_and_what_is_compared(written: str, kept: str, compared: str) -> None:
    assert (key(written), folded(written)) == (kept, compared)


@pytest.mark.parametrize(
    ("written", "counted"),
    [
        ("三栋", "3栋"),
        ("三 栋", "3 栋"),
        ("十二单元", "12单元"),
        ("二十三层", "23层"),
        ("一百零二", "102"),
        ("一百零二室", "102室"),
        ("一二〇四室", "1204室"),
        ("〇一室", "01室"),
        ("一期十号楼二单元", "1期10号楼2单元"),
        ("二幢", "2幢"),
        ("五座", "5座"),
        ("十二号", "12号"),
        ("两楼", "2楼"),
        ("三栋一百零二", "3栋一百零二"),
        ("三里屯", "三里屯"),
        ("张三", "张三"),
        ("3栋", "3栋"),
        ("", ""),
    ],
)
def test_numerals_of_buildings_and_floors_become_digits(written: str, counted: str) -> None:
    assert with_digits(written) == counted


@pytest.mark.parametrize(
    ("numeral", "number"),
    [("十", "10"), ("二十", "20"), ("一百一十", "110"), ("一千二百零四", "1204"), ("百", "100")],
)
def test_numerals(numeral: str, number: str) -> None:
    assert digits(numeral) == number


def test_every_dash_is_one() -> None:
    assert hyphened("3－2–1—1‐2−0‑4") == "3-2-1-1-2-0-4"


@given(texts)
def test_what_is_written_once_stays(text: str) -> None:
    for write in (visible, key, folded, with_digits, hyphened):
        assert write(write(text)) == write(text)


@given(texts)
def test_a_key_compares_as_what_was_typed(text: str) -> None:
    """The stored row is found by the text it was made of; control characters aside."""
    if text.isprintable():
        assert folded(key(text)) == folded(text)
