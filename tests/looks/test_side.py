"""The side bar of the staff: named sections fold, and the one with the page in it stands open."""

from __future__ import annotations

import re

from django.template.loader import render_to_string

from common.navigation import Entry


class Bars:
    def __init__(self, *sections: tuple[str, list[Entry]]) -> None:
        self.sections = list(sections)


def entry(label: str, *, current: bool = False, count: int | None = None) -> Entry:
    return Entry(label, "home", f"/{label}/", "", current=current, count=count)


def drawn(*sections: tuple[str, list[Entry]]) -> str:
    return render_to_string("shell/nav.html", {"navigation": Bars(*sections)})


def folds(page: str) -> list[tuple[bool, str]]:
    found = re.findall(r"<details class=\"nav-fold\"( open)?><summary><span>(.*?)</span>", page)
    return [(bool(is_open), name) for is_open, name in found]


def test_the_section_of_the_page_stands_open() -> None:
    page = drawn(
        ("", [entry("desk")]),
        ("Estate", [entry("homes", current=True)]),
        ("Rules", [entry("days")]),
    )
    assert folds(page) == [(True, "Estate"), (False, "Rules")]


def test_what_has_no_name_does_not_fold() -> None:
    page = drawn(("", [entry("desk", current=True)]))
    assert folds(page) == []
    assert 'href="/desk/" aria-current="page"' in page


def test_a_folded_section_says_what_waits_in_it() -> None:
    page = drawn(("Estate", [entry("claims", count=3), entry("homes")]))
    summary = page[page.index("<summary>") : page.index("</summary>")]
    assert re.findall(r'<span class="n num" title="(\w+)">(\d+)</span>', summary) == [
        ("claims", "3")
    ]
