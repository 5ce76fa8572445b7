"""Our own stylesheets: type grows by one switch, and paper gets what is read, not the tools."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "static"
SHEETS = sorted((FOLDER / "css").glob("*.css"))
# Of a size in px no switch and no setting of the browser can make larger.
FIXED = re.compile(r"[\d.]+(?:px|pt|cm|mm|in)\b")
TYPE = re.compile(
    r"(?<![\w-])(?:font|font-size|line-height|--type[\w-]*|--tap[\w-]*)\s*:\s*([^;}]+)"
)
TARGET = re.compile(r"(?<![\w-])min-height\s*:\s*([^;}]+)")


def rules(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def name(path: Path) -> str:
    return path.name


def sizes(pattern: re.Pattern[str], text: str) -> list[str]:
    return [value.strip() for value in pattern.findall(rules(text)) if FIXED.search(value)]


def block(selector: str, text: str) -> dict[str, str]:
    found = re.search(rf"(?m)^ *{re.escape(selector)} \{{(.*?)\}}", text, re.S)
    assert found
    return dict(re.findall(r"([\w-]+): ([^;]+);", found[1]))


def test_a_size_in_px_is_found() -> None:
    text = ".a { font-size: 13px; } .b { font: 600 1rem/20px serif; } .c { --type-s: 12px }"
    assert sizes(TYPE, text + "/* font-size: 9px */ .d { font-size: .875rem; }") == [
        "13px",
        "600 1rem/20px serif",
        "12px",
    ]


# A sheet of paper is set in points, whatever the reader's type on the screen.
PAPER = {"certificate.css"}


@pytest.mark.parametrize("sheet", [one for one in SHEETS if one.name not in PAPER], ids=name)
def test_type_is_in_rem(sheet: Path) -> None:
    assert sizes(TYPE, sheet.read_text()) == []


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_targets_grow_with_the_type(sheet: Path) -> None:
    assert sizes(TARGET, sheet.read_text()) == []


def test_large_type_is_large_enough() -> None:
    """At least 18 px to read and 60 to tap, where the browser's own size is 16."""
    text = rules((FOLDER / "css" / "banyan.css").read_text())
    large = block(":root.large-type", text)
    root = 16 * float(large["font-size"].removesuffix("%")) / 100
    tap = re.search(r"--tap: ([\d.]+)rem", text)
    assert tap
    assert root * float(tap[1]) >= 60
    assert [large["--tap-s"], large["--tap-xs"]] == ["var(--tap)"] * 2
    types = [float(v.removesuffix("rem")) * root for k, v in large.items() if "type" in k]
    assert len(types) == 3
    assert all(18 <= size <= 30 for size in types)


def test_paper_drops_the_tools() -> None:
    text = rules((FOLDER / "css" / "banyan.css").read_text())
    paper = text[text.index("@media print") :]
    hidden = ",".join(re.findall(r"([^{}]+)\{ display: none !important; \}", paper))
    dropped = {one.strip() for one in hidden.split(",")}
    tools = {".top", ".side", ".tabs", ".act", ".btn", ".pager", ".filters", ".messages", "td.pick"}
    assert tools - dropped == set()
    assert "size: A4" in text


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_dark_is_for_screens(sheet: Path) -> None:
    """Its colours stand inside a screen's block, or paper would come out dark."""
    asked = re.findall(r"@media ([^{]*prefers-color-scheme[^{]*)\{", rules(sheet.read_text()))
    assert [one for one in asked if not one.startswith("screen and ")] == []
