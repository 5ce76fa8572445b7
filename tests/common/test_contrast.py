"""The colours of both themes, held to WCAG 2.2 AA: 4.5 for words, 3 for edges and marks."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = (Path(settings.BASE_DIR) / "static" / "css" / "banyan.css").read_text()

WORDS = [
    (ink, ground)
    for ground in ("paper", "card")
    for ink in ("ink", "ink-2", "ink-3", "banyan", "banyan-strong", "spark")
] + [
    ("ink", "line-2"),
    ("ink-2", "line-2"),
    ("banyan-ink", "banyan-soft"),
    ("ink", "banyan-soft"),
    ("ink-2", "banyan-soft"),
    ("spark", "banyan-soft"),
    ("amber", "amber-soft"),
    ("ink", "amber-soft"),
    ("sky", "sky-soft"),
    ("spark", "spark-soft"),
    ("on-banyan", "banyan"),
    ("on-banyan", "banyan-strong"),
    ("on-spark", "spark"),
]
MARKS = [
    ("edge", "card"),
    ("edge", "paper"),
    ("focus", "paper"),
    ("focus", "card"),
    ("amber", "card"),
]


def tokens(selector: str) -> dict[str, str]:
    """The custom properties of the first block of that selector."""
    block = re.search(rf"(?m)^ *{re.escape(selector)} \{{(.*?)\}}", CSS, re.S)
    assert block
    return dict(re.findall(r"--([\w-]+): ([^;]+);", block[1]))


THEMES = {
    "light": tokens(":root"),
    "dark": tokens('[data-bs-theme="dark"]'),
}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), WORDS)
def test_words_can_be_read(theme: str, ink: str, ground: str) -> None:
    assert contrast(THEMES[theme][ink], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_marks_can_be_seen(theme: str, mark: str, ground: str) -> None:
    assert contrast(THEMES[theme][mark], THEMES[theme][ground]) >= 3


def test_dark_by_choice_is_dark_by_device() -> None:
    assert tokens('[data-bs-theme="auto"]') == THEMES["dark"]
