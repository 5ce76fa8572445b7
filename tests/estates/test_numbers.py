"""Numbers of rows: counted per noun, year and owner, and never given twice."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from estates.models import NumberSeries
from estates.services.numbers import next_numbers
from repairs import services
from repairs.models import Ticket
from tests import factories as make
from tests.people import World

AT = timezone.now()
YEAR = timezone.localtime(AT).year


def report(world: World, category: object) -> str:
    made = services.report(
        actor=world.admin, at=AT, category=category, description="漏水", place_words="门口"
    )
    return made.number


def test_two_estates_whose_letters_changed_never_meet(world: World) -> None:
    """The court gave R…-000001 and -000002 and took other letters; the garden took R then."""
    assert [report(world, world.pipes) for _turn in range(2)] == [
        f"R{YEAR}-000001",
        f"R{YEAR}-000002",
    ]
    type(world.court).objects.filter(pk=world.court.pk).update(ticket_prefix="X")
    type(world.garden).objects.filter(pk=world.garden.pk).update(ticket_prefix="R")
    far_pipes = type(world.pipes).objects.get(pk=world.far_pipes.pk)
    near_pipes = type(world.pipes).objects.get(pk=world.pipes.pk)
    assert report(world, far_pipes) == f"R{YEAR}-000003"
    assert report(world, near_pipes) == f"X{YEAR}-000003"
    assert report(world, far_pipes) == f"R{YEAR}-000004"


def test_each_noun_year_and_owner_counts_for_itself(world: World) -> None:
    def first(noun: str, year: int, of: object) -> str:
        given = {"letters": "S", "of": of, "year": year, "count": 1}
        with transaction.atomic():
            return next_numbers(noun, Ticket.objects.none(), **given)[0]

    community = world.court.community
    wanted: list[tuple[str, int, object]] = [
        ("a.b", 2026, community),
        ("a.b", 2027, community),
        ("a.c", 2026, community),
    ]
    wanted += [("a.b", 2026, world.court), ("a.b", 2026, world.garden.community)]
    assert {first(*one).rpartition("-")[2] for one in wanted} == {"000001"}
    assert first("a.b", 2026, community) == "S2026-000002"


def test_beyond_six_digits_the_longer_number_is_the_higher(world: World) -> None:
    for number in ("R2020-999999", "R2020-1000000"):
        make.make_ticket(world.pipes)
        Ticket.objects.filter(pk=Ticket.objects.latest("pk").pk).update(number=number)
    NumberSeries.objects.create(noun="a.b", year=2020, estate=world.court, last=999_998)
    with transaction.atomic():
        given = {"letters": "R", "of": world.court, "year": 2020, "count": 2}
        found = next_numbers("a.b", Ticket.objects.all(), **given)
    assert found == ["R2020-1000001", "R2020-1000002"]


def test_a_series_is_of_one_owner(world: World) -> None:
    for owner in ({}, {"estate": world.court, "community": world.court.community}):
        with pytest.raises(IntegrityError), transaction.atomic():
            NumberSeries.objects.create(noun="a.b", year=2026, **owner)
