from __future__ import annotations

from typing import Any

from repairs.models import Follow, Ticket
from tests.people import World
from tests.repairs.battery import entries, refused
from tests.repairs.conftest import Stage


def test_manager_follows_and_unfollows(world: World, as_: Any, ticket_in: Stage) -> None:
    ticket = ticket_in("assigned")
    client, url = as_(world.manager), f"/repairs/{ticket.number}/"
    client.post(f"{url}follow/")
    client.post(f"{url}follow/")
    assert list(Follow.objects.values_list("ticket", "user")) == [(ticket.pk, world.manager.pk)]
    client.post(f"{url}unfollow/")
    assert Follow.objects.count() == 0
    assert entries(ticket)[-2:] == ["repairs.ticket.follow", "repairs.ticket.unfollow"]


def test_who_saw_it_only_as_a_follower_goes_to_the_list(
    world: World, as_: Any, ticket_in: Stage
) -> None:
    ticket = ticket_in("assigned")
    Follow.objects.create(ticket=ticket, user=world.neighbour)
    client = as_(world.neighbour)
    assert client.post(f"/repairs/{ticket.number}/unfollow/").url == "/repairs/"
    assert client.get(ticket.get_absolute_url()).status_code == 404


def test_ones_own_ticket_needs_no_following(world: World, as_: Any, ticket_in: Stage) -> None:
    refused(world, as_, ticket_in("new"), "follow", {}, may_not=("resident",))
    assert Ticket.objects.count() == 1
