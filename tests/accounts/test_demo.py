from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.people import World

DESKS = [
    ("resident", "neighbour", "stranger"),
    ("dispatcher", "technician", "inspector", "manager"),
    ("grid_member", "grid_leader", "secretary", "party_member", "team_lead", "volunteer"),
    ("admin",),
]


def shown(client: Client) -> list[tuple[str, ...]]:
    desks = client.get("/accounts/login/").context["form"].demo_desks()
    return [tuple(person.username for person in desk.people) for desk in desks]


def test_trial_lists_its_people_by_desk(client: Client, world: World, settings: Any) -> None:
    settings.DEMO = True
    assert shown(client) == DESKS
    assert "banyan-demo" in client.get("/accounts/login/").content.decode()


def test_one_click_signs_in(client: Client, world: World, settings: Any) -> None:
    settings.DEMO = True
    answer = client.post("/accounts/demo/resident/", {"next": "/accounts/me/"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/me/")
    assert client.session["_auth_user_id"] == str(world.resident.pk)


def test_one_click_changes_the_person(client: Client, world: World, settings: Any) -> None:
    settings.DEMO = True
    client.post("/accounts/demo/resident/")
    client.post("/accounts/demo/dispatcher/")
    assert client.session["_auth_user_id"] == str(world.dispatcher.pk)


@pytest.mark.parametrize("name", ["resident", "admin", "outsider", "nobody"])
def test_there_is_no_one_click_in_production(client: Client, world: World, name: str) -> None:
    assert client.post(f"/accounts/demo/{name}/").status_code == 404
    assert shown(client) == []
    assert "banyan-demo" not in client.get("/accounts/login/").content.decode()


def test_people_outside_the_cast_are_not_signed_in(
    client: Client, world: World, settings: Any
) -> None:
    settings.DEMO = True
    assert client.post("/accounts/demo/outsider/").status_code == 404


def test_get_signs_nobody_in(client: Client, world: World, settings: Any) -> None:
    settings.DEMO = True
    assert client.get("/accounts/demo/resident/")["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session
    assert client.get("/accounts/demo/outsider/").status_code == 404


def test_click_of_another_site_is_refused(world: World, settings: Any) -> None:
    settings.DEMO = True
    assert Client(enforce_csrf_checks=True).post("/accounts/demo/resident/").status_code == 403


def test_closed_account_is_not_offered(client: Client, world: World, settings: Any) -> None:
    settings.DEMO = True
    User.objects.filter(username="resident").update(is_active=False)
    assert shown(client)[0] == ("neighbour", "stranger")
    assert client.post("/accounts/demo/resident/").status_code == 404
