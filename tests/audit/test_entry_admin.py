"""The log in the admin: nouns, labels and names of fields, never a code."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from audit.services import record
from estates.models import Claim
from tests.people import World

LIST = "/admin/audit/entry/"


@pytest.fixture
def admin(world: World, as_: Callable[..., Client]) -> Client:
    type(world.admin).objects.filter(pk=world.admin.pk).update(language="en")
    return as_(world.admin)


def record_approval(world: World) -> Entry:
    home = world.home
    record(
        "estates.claim.approve",
        home,
        actor=world.desk,
        at=timezone.now(),
        before={"state": "empty", "floor": None},
        after={"state": "lived_in", "floor": 12, "words": "by hand"},
    )
    return Entry.objects.latest("pk")


def test_the_list_names_the_noun_and_leads_to_the_row(world: World, admin: Client) -> None:
    record_approval(world)
    page = admin.get(LIST).content.decode()
    link = re.search(rf'href="/admin/estates/unit/{world.home.pk}/change/"[^>]*>([^<]*)</a>', page)
    assert link
    assert link[1] == f"unit #{world.home.pk}"
    assert [
        word for word in ("Content type", "Object id", "estates.claim.approve<") if word in page
    ] == []


def test_filters_ask_by_noun_and_by_what(world: World, admin: Client) -> None:
    record_approval(world)
    unit = ContentType.objects.get_for_model(world.home).pk
    claim = ContentType.objects.get_for_model(Claim).pk
    found = {
        query: len(admin.get(f"{LIST}?{query}").context["cl"].result_list)
        for query in (
            f"content_type__id__exact={unit}&object_id={world.home.pk}",
            f"content_type__id__exact={claim}",
            f"content_type__id__exact={unit}&code=estates.claim.approve",
            f"content_type__id__exact={unit}&code=estates.claim.refuse",
        )
    }
    assert list(found.values()) == [1, 0, 1, 0]


def test_changes_are_said_as_people_read_them(world: World, admin: Client) -> None:
    entry = record_approval(world)
    page = admin.get(f"{LIST}{entry.pk}/change/").content.decode()
    said = re.findall(r"<div>([^<]* → [^<]*)</div>", page)
    assert said == ["floor:  → 12", "state: empty → lived in", "words:  → by hand"]
