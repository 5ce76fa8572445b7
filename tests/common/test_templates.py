"""What every template keeps to: nothing inline, known icons, trimmed strings, a small size."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from common.navigation import registry
from repairs.services import MOVES
from repairs.services.categories import TREE

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SOURCES = [
    *TEMPLATES,
    *sorted(p for app in settings.INSTALLED_APPS for p in (ROOT / app).rglob("*.py")),
]
SPRITE = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static" / "icons.svg").read_text()))
LISTED = {
    line
    for line in (ROOT / "static" / "icons.txt").read_text().splitlines()
    if line and not line.startswith("#")
}
INLINE = {
    "a style attribute": r"<[^>]+\sstyle\s*=",
    "a style element": r"<style\b",
    "a script without src": r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>",
    "an event attribute": r"<[^>]+\son[a-z]+\s*=",
    "a javascript: address": r"javascript:",
}
LONGEST = 160


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def used_icons(text: str) -> Iterator[str]:
    yield from re.findall(r"{% icon [\"']([\w-]+)[\"']", text)
    yield from re.findall(r"icon_name=[\"']([\w-]+)[\"']", text)
    yield from re.findall(r"{% state_pill \S+ [\"']\w*[\"'] [\"']([\w-]+)[\"']", text)
    yield from re.findall(r"NavItem\(\s*[^,]+,\s*[\"']([\w-]+)[\"']", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_nothing_inline(path: Path) -> None:
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.S)
    assert [what for what, pattern in INLINE.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_blocktranslate_is_trimmed(path: Path) -> None:
    tags = re.findall(r"{% blocktrans(?:late)?\b[^%]*%}", path.read_text())
    assert [tag for tag in tags if "trimmed" not in tag] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_stay_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST


def test_buttons_and_tiles_have_icons_of_the_sprite() -> None:
    verbs = {move.icon for move in MOVES.values()}
    tiles = {tile.icon for tile in TREE}
    entries = {item.icon for item in registry.items}
    assert sorted((verbs | tiles | entries) - SPRITE) == []


def test_the_sprite_holds_what_the_list_names() -> None:
    assert SPRITE == LISTED


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_icons_are_in_the_sprite(path: Path) -> None:
    assert sorted(set(used_icons(path.read_text())) - SPRITE) == []
