"""Nine of the trouble and nine of the result, and nine more each time it is opened again."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from attachments.services import MAX_PER_ROW, of, store
from repairs import services
from tests import factories as make
from tests.attachments.pictures import upload
from tests.people import World
from tests.repairs.conftest import Stage

AT = timezone.now()


def photos(by: object, count: int) -> list[str]:
    return [store(upload(), by=by, at=AT).key for _ in range(count)]


def test_no_number_of_photos_forbids_the_next_round(world: World, ticket_in: Stage) -> None:
    resident, worker = world.resident, world.technician
    garage = make.make_place(world.court, "地下车库 B2")
    nine = photos(resident, MAX_PER_ROW)
    ticket = ticket_in("in_progress", unit=None, place=garage, photos=nine)
    for _ in range(2):
        after = photos(worker, MAX_PER_ROW)
        services.resolve(ticket, resolution="换了泵", photos=after, actor=worker, at=AT)
        still = photos(resident, MAX_PER_ROW)
        services.dispute(ticket, reason="还有水", photos=still, actor=resident, at=AT)
        services.dispatch(ticket, worker=worker, actor=world.dispatcher, at=AT)
        services.start(ticket, actor=worker, at=AT)
    assert of(ticket).count() == 5 * MAX_PER_ROW


def test_a_tenth_of_one_kind_is_refused(world: World, ticket_in: Stage) -> None:
    ticket = ticket_in("new", photos=photos(world.resident, MAX_PER_ROW))
    with pytest.raises(ValidationError):
        services.amend(ticket, photos=photos(world.resident, 1), actor=world.resident, at=AT)
    assert of(ticket).count() == MAX_PER_ROW
