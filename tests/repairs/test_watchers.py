"""watchers(tickets) is the inverse of visible_to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from estates.models import Posting
from repairs.models import Assignment, Follow, Ticket
from repairs.querysets import watchers
from tests.everything import Rows, build_rows, only, people
from tests.people import World


@pytest.fixture
def rows(world: World) -> Rows:
    return build_rows(world)


@pytest.mark.parametrize("which", ["ticket", "public_ticket"])
@pytest.mark.parametrize("private", [False, True])
def test_watchers_are_exactly_those_who_see(
    world: World, rows: Rows, which: str, private: bool
) -> None:
    ticket: Ticket = getattr(rows, which)
    Ticket.objects.filter(pk=ticket.pk).update(private=private)
    ticket.refresh_from_db()
    those_who_see = {
        name
        for name, user in world.people().items()
        if name != "admin" and Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists()
    }
    assert {user.username for user in people(watchers(only(ticket)))} == those_who_see


def test_somebody_who_left_watches_nothing(world: World, rows: Rows) -> None:
    world.manager.is_active = False
    world.manager.save()
    assert world.manager not in people(watchers(only(rows.ticket)))


@pytest.mark.parametrize("who", ["inspector", "other_technician"])
def test_whoever_worked_here_sees_what_they_did_only_while_they_work_here(
    world: World, rows: Rows, who: str
) -> None:
    user = getattr(world, who)
    ticket = rows.ticket
    Follow.objects.create(ticket=ticket, user=user)
    Assignment.objects.create(
        ticket=ticket, worker=user, started_at=ticket.reported_at, ended_at=ticket.reported_at
    )
    assert user in people(watchers(only(ticket)))
    assert Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists()
    yesterday = timezone.localdate() - timedelta(days=1)
    Posting.objects.filter(user=user).update(from_date=None, to_date=yesterday)
    user = User.objects.get(pk=user.pk)  # as the next request reads them
    assert user not in people(watchers(only(ticket)))
    assert not Ticket.objects.visible_to(user).exists()
    assert not Ticket.objects.of_home(user).exists()
