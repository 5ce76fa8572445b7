"""Secret addresses of calendars: whose they are, who renews them, and when they end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from common import personal
from estates.models import CalendarFeed
from estates.services import feeds
from tests.people import World
from workflow.refusals import NotAllowed

AT = datetime(2026, 11, 27, 4, tzinfo=UTC)
LATER = datetime(2026, 11, 28, 4, tzinfo=UTC)


def test_one_address_each(world: World) -> None:
    mine, ours = feeds.feed_of(world.resident, at=AT), feeds.feed_at(world.court, at=AT)
    assert (mine.user, mine.estate) == (world.resident, None)
    assert (ours.user, ours.estate) == (None, world.court)
    assert feeds.feed_of(world.resident, at=LATER) == mine
    assert feeds.feed_at(world.court, at=LATER) == ours
    assert list(CalendarFeed.objects.values_list("renewed_at", flat=True)) == [AT, AT]


def test_the_database_alone_opens_nothing(world: World) -> None:
    feed = feeds.feed_of(world.resident, at=AT)
    token = feeds.token_of(feed)
    [row] = CalendarFeed.objects.values_list()
    assert len(token) == 43
    assert [value for value in row if token in str(value)] == []
    assert feeds.feed_by(token) == feed
    assert feeds.feed_by(feed.token_hash) is None
    assert feeds.feed_by(feed.encrypted_token) is None


def test_without_its_key_a_new_address_helps(world: World) -> None:
    feed = feeds.feed_of(world.resident, at=AT)
    CalendarFeed.objects.update(encrypted_token="lost")
    feed.refresh_from_db()
    assert feeds.token_of(feed) == ""
    assert len(feeds.token_of(feeds.renew(feed, actor=world.resident, at=AT))) == 43


@pytest.mark.parametrize("of", ["both", "nobody"])
def test_it_is_of_one(world: World, of: str) -> None:
    owners = {"user": world.resident, "estate": world.court} if of == "both" else {}
    with pytest.raises(IntegrityError, match="estates_feed_of_one"), transaction.atomic():
        CalendarFeed.objects.create(
            token_hash="0" * 64, encrypted_token="x", renewed_at=AT, **owners
        )


@pytest.mark.parametrize(
    ("of", "may"),
    [("resident", {"resident"}), ("estate", {"manager", "admin"})],
)
def test_who_renews_it(world: World, of: str, may: set[str]) -> None:
    feed = (
        feeds.feed_of(world.resident, at=AT)
        if of == "resident"
        else feeds.feed_at(world.court, at=AT)
    )
    renewed, tokens = set(), {feeds.token_of(feed)}
    for name, person in world.people().items():
        before = CalendarFeed.objects.get()
        try:
            tokens.add(feeds.token_of(feeds.renew(feed, actor=person, at=LATER)))
            renewed.add(name)
        except NotAllowed:
            assert CalendarFeed.objects.get().token_hash == before.token_hash
    assert renewed == may
    assert len(tokens) == len(may) + 1
    assert CalendarFeed.objects.get().renewed_at == LATER
    logged = Entry.objects.for_row(feed).order_by("pk")
    assert {entry.code for entry in logged} == {"estates.renew_feed"}
    assert {entry.actor.username for entry in logged} == may
    assert [set(entry.after) for entry in logged] == [{"renewed_at"}] * len(may)


def test_the_old_address_ends(world: World) -> None:
    feed = feeds.feed_of(world.resident, at=AT)
    old = feeds.token_of(feed)
    new = feeds.token_of(feeds.renew(feed, actor=world.resident, at=LATER))
    assert [feeds.feed_by(old), feeds.feed_by(new)] == [None, feed]


def test_a_closed_account_is_read_no_more(world: World) -> None:
    mine, ours = feeds.feed_of(world.manager, at=AT), feeds.feed_at(world.court, at=AT)
    type(world.manager).objects.filter(pk=world.manager.pk).update(is_active=False)
    found = [feeds.feed_by(feeds.token_of(feed)) for feed in (mine, ours)]
    assert found == [None, ours]


def test_an_erased_person_leaves_none(world: World) -> None:
    feeds.feed_of(world.resident, at=AT)
    kept = [feeds.feed_of(world.neighbour, at=AT), feeds.feed_at(world.court, at=AT)]
    held = personal.held()["estates"]
    assert held.export(world.resident)["calendar_feeds"][0]["renewed_at"] == AT
    held.erase(world.resident)
    assert list(CalendarFeed.objects.order_by("pk")) == kept
