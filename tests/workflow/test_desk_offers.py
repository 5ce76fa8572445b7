"""A queue offers its reader no page that would refuse them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.everything import build_rows
from tests.people import World
from workflow import desk as desks

AsUser = Callable[[Any], Client]


@pytest.mark.parametrize("code", sorted(desks._desks))
def test_what_a_queue_offers_is_open(world: World, as_: AsUser, code: str) -> None:
    build_rows(world)
    desk = desks._desks[code]
    found, wanted = {}, {}
    for name, person in world.people().items():
        client = as_(person)
        page = client.get(desk.url())
        if page.status_code == 403:
            continue
        queue = page.context["queue"]
        offered = [queue.new_url, *(url for _said, url, _icon in queue.links)]
        for url in filter(None, offered):
            found[name, url] = client.get(url).status_code
            wanted[name, url] = 200
    assert found == wanted
    assert found or not (desk.new_url or desk.links(world.manager))
