"""A name, a title, a reason: one line, whichever door it came by."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models

from common.lines import KeyField, LineField, one_line
from repairs.models import Ticket
from tests import factories as make
from tests.people import World

BROKEN = "水槽\r漏水\n了\x85\u2028再见"
WHOLE = "水槽 漏水 了 再见"
OURS = [
    model
    for model in apps.get_models()
    if (settings.BASE_DIR / model.__module__.split(".")[0]).is_dir()
]


@pytest.mark.parametrize(("text", "line"), [(BROKEN, WHOLE), (" a\t b ", "a  b"), ("a  b", "a  b")])
def test_breaks_become_spaces(text: str, line: str) -> None:
    assert one_line(text) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("张\u200b三\u2060", "张三"),
        ("\ufeff 张三", "张三"),
        ("soft\u00adly", "softly"),
        ("一家👨\u200d👩\u200d👧", "一家👨\u200d👩\u200d👧"),
        ("Ａ（一）", "Ａ（一）"),
    ],
)
def test_marks_that_nobody_sees_are_not_kept(text: str, line: str) -> None:
    """Full width stays: a line is prose, a key is not."""
    assert one_line(text) == line


@pytest.mark.parametrize("kind", [LineField, KeyField])
def test_no_migration_tells_them_from_a_char_field(kind: type[models.Field[Any, Any]]) -> None:
    assert kind(max_length=3).deconstruct() == models.CharField(max_length=3).deconstruct()


def test_every_text_of_a_line_is_held_to_one() -> None:
    """A new CharField of ours is a LineField, unless its values are our own words."""
    free = [
        f"{model._meta.label}.{field.name}"
        for model in OURS
        for field in model._meta.local_fields
        if type(field) is models.CharField
        and not field.choices
        and field.editable
        and field.name not in {f.name for f in AbstractUser._meta.local_fields}
    ]
    assert free == []


def test_row_and_table_say_the_same(world: World) -> None:
    ticket = make.make_ticket(world.pipes, unit=world.home, title=BROKEN)
    assert ticket.title == WHOLE
    ticket.refresh_from_db()
    assert ticket.title == WHOLE
    Ticket.objects.update(title=BROKEN)
    ticket.refresh_from_db()
    assert ticket.title == WHOLE


def test_page_and_api_and_admin_keep_one_line(world: World, as_: Any) -> None:
    page = {
        "tile": world.pipes.pk,
        "where": f"unit-{world.home.pk}",
        "description": "水槽下面漏水",
        "place_words": BROKEN,
    }
    as_(world.resident).post("/repairs/new/", page)
    asked = {
        "category": world.pipes.pk,
        "unit": world.home.pk,
        "description": "水龙头",
        "place_words": BROKEN,
    }
    as_(world.resident).post("/api/v1/tickets/", asked, "application/json")
    assert list(Ticket.objects.values_list("place_words", flat=True)) == [WHOLE, WHOLE]
    as_(world.resident).post("/accounts/me/", {"display_name": BROKEN})
    world.resident.refresh_from_db()
    assert world.resident.display_name == WHOLE
