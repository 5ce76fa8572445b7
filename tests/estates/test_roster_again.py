"""A finished import stays as it ended, whatever a second tab sends, twice or crosswise."""

from __future__ import annotations

import io
from collections.abc import Callable
from copy import copy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from estates.models import Occupant, RosterImport
from estates.services.roster import imports
from tests.people import World
from workflow.refusals import WrongState

SignIn = Callable[..., Client]
# One row as two tabs have read it, before either does anything.
Two = tuple[RosterImport, RosterImport]
AT = timezone.now()
HEADER = "楼栋,单元,房号,姓名,电话,业主类型"
GOOD = "9,1,101,张三,13800000001,业主"
BAD = "9,1,102,李四,xx,业主"
COLUMNS = {"0-0": "building", "0-1": "entrance", "0-2": "number", "0-3": "name", "0-4": "phone"}
ROWS = {"applied": [GOOD], "partly": [GOOD, BAD], "discarded": [GOOD, BAD], "unseen": [GOOD]}
STATUS = {"partly": "applied", "unseen": "discarded"}


def uploaded(world: World, *rows: str) -> RosterImport:
    file = io.BytesIO("\n".join([HEADER, *rows]).encode())
    return imports.upload(world.court, file, "roster.csv", actor=world.desk, at=AT)


def read_again(row: RosterImport) -> RosterImport:
    return RosterImport.objects.get(pk=row.pk)


@pytest.fixture
def world(world: World) -> World:
    world.desk.language = "en"
    world.desk.save(update_fields=["language"])
    return world


@pytest.fixture(params=list(ROWS))
def finished(
    request: pytest.FixtureRequest, world: World, django_capture_on_commit_callbacks: Any
) -> Two:
    """As it ended in one tab, and as another tab had read it before."""
    row = uploaded(world, *ROWS[request.param])
    if request.param != "unseen":
        imports.preview(row, actor=world.desk, at=AT)
    elsewhere = read_again(row)
    with django_capture_on_commit_callbacks(execute=True):
        if request.param in {"applied", "partly"}:
            imports.apply(row, actor=world.desk, at=AT, good_rows=True)
        else:
            imports.discard(row, actor=world.desk, at=AT)
    ended = read_again(row)
    assert ended.status == STATUS.get(request.param, request.param)
    return ended, elsewhere


def all_of(row: RosterImport) -> tuple[Any, ...]:
    now = read_again(row)
    people = Occupant.objects.filter(user=None).values_list("name", "phone")
    return now.status, now.counts, now.problems, now.missing, now.mapping, sorted(people)


def url(page: str, row: RosterImport) -> str:
    return reverse(f"estates:{page}", args=[row.pk])


def test_another_tab_s_verbs_are_refused_and_change_nothing(world: World, finished: Two) -> None:
    ended, elsewhere = finished
    before, who = all_of(ended), {"actor": world.desk, "at": AT}
    columns = {"roster": {2: "number"}}
    for verb in (
        lambda row: imports.preview(row, **who),
        lambda row: imports.set_columns(row, columns, building="", **who),
        lambda row: imports.apply(row, good_rows=True, **who),
        lambda row: imports.discard(row, **who),
    ):
        stale = copy(elsewhere)
        with pytest.raises(WrongState) as refused:
            verb(stale)
        assert str(refused.value).endswith(".")
        assert refused.value.row.get_absolute_url() == ended.get_absolute_url()
        assert all_of(ended) == before


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        ("roster-columns", COLUMNS),
        ("roster-columns", {}),
        ("roster-columns", {**COLUMNS, "0-3": "building"}),
        ("apply-roster", {"rows": "good"}),
        ("discard-roster", {}),
    ],
)
def test_its_pages_lead_back_to_what_happened(
    world: World, as_: SignIn, finished: Two, page: str, sent: dict[str, str]
) -> None:
    ended, _elsewhere = finished
    before, desk = all_of(ended), as_(world.desk)
    for _time in range(2):
        answer = desk.post(url(page, ended), sent)
        assert answer.status_code == 409
        assert f'href="{ended.get_absolute_url()}"' in answer.content.decode()
    assert all_of(ended) == before


def test_its_page_shows_how_it_ended(world: World, as_: SignIn, finished: Two) -> None:
    ended, _elsewhere = finished
    desk = as_(world.desk)
    assert desk.get(url("roster-columns", ended))["Location"] == ended.get_absolute_url()
    shown = desk.get(ended.get_absolute_url())
    assert (shown.status_code, shown.context["row"].counts) == (200, ended.counts)
    text = shown.content.decode()
    assert ("What would happen" in text, "Import all" in text) == (False, False)
    assert ("What happened" in text) == bool(ended.counts)
    rejected = desk.get(url("roster-rejected", ended))
    b"".join(rejected)  # to the end, which closes the file
    assert rejected.status_code == (200 if ended.file else 409)


def test_figures_are_those_of_the_columns(world: World, as_: SignIn) -> None:
    """Other columns, which cannot be read in time: the figures of the former are not shown."""
    row = uploaded(world, GOOD)
    imports.preview(row, actor=world.desk, at=AT)
    assert row.counts["people"]["created"] == 1
    imports.set_columns(row, {"roster": {2: "number"}}, building="9", actor=world.desk, at=AT)
    assert (read_again(row).counts, read_again(row).problems) == ({}, [])
    answer = as_(world.desk).get(row.get_absolute_url())
    assert answer["Location"] == url("roster-columns", row)
