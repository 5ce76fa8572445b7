"""watchers(ticket) is the inverse of visible_to."""

import pytest

from repairs.models import Ticket
from repairs.querysets import watchers
from tests.everything import Rows, build_rows
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
    assert {user.username for user in watchers(ticket)} == those_who_see


def test_somebody_who_left_watches_nothing(world: World, rows: Rows) -> None:
    world.manager.is_active = False
    world.manager.save()
    assert world.manager not in watchers(rows.ticket)
