"""Words are found however they are written, and the index agrees with the plain test."""

from __future__ import annotations

from random import Random

import pytest
from django.db import connection
from django.db.models import CharField, Value

from common.search import Bigrams, Folded, bigrams
from common.written import folded
from repairs.models import WORDS, Ticket
from tests import factories as make
from tests.people import World

TEXTS = (
    "Ｒ２０２６－００１０７１",
    "水\u200b管\u00ad漏\ufe0f水",
    "  Pipe\tBURST\n\nＡＢＣ ",
    "３栋１２０４ 卫生间",
    "ﬁne Ｆｉｎｅ",
    "家人👨\u200d👩\u200d👧在家",
    "",
)


@pytest.mark.parametrize("text", TEXTS)
def test_the_database_folds_as_python_does(db: None, world: World, text: str) -> None:
    asked = Value(text, output_field=CharField())
    row = Ticket.objects.filter(pk=make.make_ticket(world.pipes).pk)
    words, pairs = row.values_list(Folded(asked), Bigrams(asked)).get()
    assert words == folded(text).replace("\u200d", "")
    assert sorted(set(pairs)) == bigrams(text)


def found(text: str) -> set[int]:
    return set(Ticket.objects.filter(WORDS.saying(text)).values_list("pk", flat=True))


@pytest.mark.parametrize(
    "asked",
    ["R2026-001071", "Ｒ２０２６－００１０７１", "r2026－００１０７１", "水管漏水", "水\u200b管漏",
     "漏", "１２０４", "1204", "burst pipe", "BURST  PIPE", " 水管 "],
)  # fmt: skip
def test_what_is_written_otherwise_is_found(world: World, asked: str) -> None:
    row = make.make_ticket(
        world.pipes,
        title="水\u00ad管\u200b漏水",
        description="３栋１２０４ 的\u200b水管,Burst　Pipe, 见 R2026-001071",
    )
    make.make_ticket(world.pipes, title="电梯异响", description="晚上")
    assert found(asked) == {row.pk}


def test_pairs_alone_find_nothing(world: World) -> None:
    """“ab…bc” is no “abc”, and a word does not go on in the next field."""
    make.make_ticket(world.pipes, title="水管", description="管漏")
    make.make_ticket(world.pipes, title="漏", description="水")
    assert found("水管漏") == found("漏水") == set()


def test_signs_that_look_alike_are_one(world: World) -> None:
    """Radicals, as they come out of a PDF, and compatibility signs."""
    row = make.make_ticket(world.pipes, title="⽔管漏\uf9cc", description="⾃来水")
    assert found("水管") == found("水管漏") == found("自来水") == found("⽔管漏") == {row.pk}


@pytest.mark.parametrize("nothing", ["", " ", "\u200b"])
def test_nothing_finds_nothing(world: World, nothing: str) -> None:
    make.make_ticket(world.pipes)
    assert found(nothing) == set()


@pytest.mark.parametrize("seed", range(4))
def test_the_index_finds_what_reading_each_row_finds(world: World, seed: int) -> None:
    luck = Random(seed)
    signs = "水管漏梯Ａa１1 －"
    rows = [
        make.make_ticket(
            world.pipes,
            title="".join(luck.choices(signs, k=3)),
            description="".join(luck.choices(signs, k=8)),
            place_words="",
        )
        for _ in range(40)
    ]
    for _ in range(60):
        asked = "".join(luck.choices(signs, k=luck.choice([1, 2, 3])))
        word = folded(asked)
        texts = {row.pk: folded(f"{row.number} {row.title} {row.description} ") for row in rows}
        expected = {pk for pk, text in texts.items() if word and word in text}
        assert found(asked) == expected, asked


def test_a_word_is_answered_by_its_index(world: World) -> None:
    make.make_ticket(world.pipes)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Ticket.objects.filter(WORDS.saying("水管")).order_by().explain()
    assert "repairs_ticket_search" in plan
