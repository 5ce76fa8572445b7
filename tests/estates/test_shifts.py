"""The shifts: a week at a time, or the days asked for, page by page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from estates.models import DutyShift, Posting
from tests.people import World

SignIn = Callable[..., Client]
FIRST = datetime(2026, 1, 5, 1, tzinfo=UTC)


@pytest.fixture
def sixty(world: World) -> list[DutyShift]:
    posting = Posting.objects.get(user=world.technician)
    begins = [FIRST + timedelta(days=2 * n) for n in range(60)]
    return [
        DutyShift.objects.create(posting=posting, starts_at=at, ends_at=at + timedelta(hours=8))
        for at in begins
    ]


def shown(page: Any) -> list[int]:
    return [line["row"].pk for _day, lines in page.context["days"] for line in lines]


def test_the_days_follow_the_pages(world: World, as_: SignIn, sixty: list[DutyShift]) -> None:
    client, url = as_(world.manager), reverse("estates:shifts")
    asked = {"after": "2026-01-01", "before": "2026-12-31"}
    pages = [client.get(url, {**asked, "page": n}) for n in (1, 2)]
    assert [len(shown(page)) for page in pages] == [50, 10]
    assert [pk for page in pages for pk in shown(page)] == [shift.pk for shift in sixty]
    for page in pages:
        assert shown(page) == [line["row"].pk for line in page.context["lines"]]


def test_two_shifts_of_a_day_stand_together(world: World, as_: SignIn) -> None:
    for who, hour in (("technician", 1), ("other_technician", 2)):
        posting = Posting.objects.get(user=getattr(world, who))
        at = FIRST + timedelta(hours=hour)
        DutyShift.objects.create(posting=posting, starts_at=at, ends_at=at + timedelta(hours=4))
    page = as_(world.admin).get(reverse("estates:shifts"), {"week": "2026-01-07"})
    days = [(str(day), len(lines)) for day, lines in page.context["days"]]
    assert days == [("2026-01-05", 2)]


@pytest.mark.parametrize(
    ("who", "words"),
    [("manager", "Enter who is at work and when"), ("technician", "The manager enters who is")],
)
def test_an_empty_week_says_who_fills_it(world: World, as_: SignIn, who: str, words: str) -> None:
    page = as_(getattr(world, who)).get(reverse("estates:shifts"), {"week": "2026-01-07"})
    assert "No shifts in this week" in page.content.decode()
    assert words in page.content.decode()
