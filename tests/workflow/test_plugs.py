"""Two made-up apps plug into homes, bars, forms, one another, the demo and the erasure of a person,
and neither portal nor repairs know of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.http import Http404
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import erase, export
from common import navigation, personal
from repairs import services
from repairs.models import Ticket
from tests import factories as make
from tests.people import World
from tests.tiny import plugs
from tests.tiny.models import Lamp
from tests.wishes import doors
from tests.wishes.models import Wish
from workflow import follow_ups, panels, scenes, tiles
from workflow.follow_ups import links_of
from workflow.refusals import NotAllowed

SignIn = Callable[[User | None], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.wishes.urls")]


@pytest.fixture(autouse=True)
def plugged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registries of this test's own, with what the house has registered."""
    registries: list[tuple[Any, str]] = [(panels, "_panels"), (tiles, "_tiles")]
    registries += [(personal, "_held"), (scenes, "_scenes")]
    registries += [(follow_ups, "_origins"), (follow_ups, "_follow_ups")]
    for module, name in registries:
        monkeypatch.setattr(module, name, dict(getattr(module, name)))
    bars = navigation.registry
    monkeypatch.setattr(
        navigation,
        "registry",
        navigation.Registry(
            list(bars.items), dict(bars.numbers), bars.is_staff, bars.is_resident, bars.place
        ),
    )
    plugs.plug_in()
    doors.plug_in()


@pytest.fixture
def lamp(world: World) -> Lamp:
    return Lamp.objects.create(estate=world.court, number="L7")


def figures(page: Any) -> dict[str, tuple[int, str]]:
    return {str(one.label): (one.number, one.url) for one in page.context["home"].figures}


def test_their_panels_stand_in_the_homes_and_count_what_the_lists_show(
    world: World, lamp: Lamp, as_: SignIn
) -> None:
    doors.make(actor=world.resident, words="长椅", estate=world.court)
    client = as_(world.manager)
    page = client.get("/")
    assert 'id="wishes"' in page.content.decode()
    for label in ("Dark lamps", "Wishes"):
        number, url = figures(page)[label]
        assert number == int(client.get(url).content) == 1
    assert "长椅" in as_(world.resident).get("/").content.decode()
    assert figures(as_(world.outsider).get("/"))["Wishes"][0] == 0
    assert "Wishes" not in figures(as_(world.technician).get("/"))


def test_one_panel_costs_its_own_statements_and_no_more(
    world: World, lamp: Lamp, as_: SignIn, django_assert_max_num_queries: Any
) -> None:
    for name, panels_more in (("manager", 2), ("admin", 2)):
        client = as_(getattr(world, name))
        client.get("/")
        with django_assert_max_num_queries(12 + panels_more):
            client.get("/")


def test_their_numbers_stand_in_the_bars_and_are_read_once(
    world: World, lamp: Lamp, as_: SignIn, django_assert_num_queries: Any
) -> None:
    client = as_(world.manager)
    entries = client.get("/lamps/").wsgi_request
    bars = navigation.Navigation(entries)
    counts = {entry.label: entry.count for entry in bars.entries}
    assert (counts["Lamps"], counts["Wishes"]) == (1, 0)
    with django_assert_num_queries(0):
        assert navigation.Navigation(entries).numbers["lamps:list"] == 1
    Lamp.objects.update(status="lit")
    assert navigation.Navigation(entries).numbers["lamps:list"] == 1  # half a minute old at most
    navigation.forget([world.manager.pk])
    assert navigation.Navigation(entries).numbers["lamps:list"] == 0


def test_their_tile_is_on_the_home_and_in_the_report_form(world: World, as_: SignIn) -> None:
    for url in ("/", "/repairs/new/"):
        assert 'href="/wishes/new/"' in as_(world.resident).get(url).content.decode()


# --- follow-ups


def test_a_lamp_becomes_a_wish_and_a_ticket_and_both_ends_say_so(
    world: World, lamp: Lamp, as_: SignIn
) -> None:
    manager = as_(world.manager)
    page = manager.get(f"/lamps/{lamp.number}/").content.decode()
    assert "Make a wish of it" in page
    assert f'href="/repairs/new/?origin=tiny.lamp.{lamp.pk}"' in page
    form = f"/wishes/new/?origin=tiny.lamp.{lamp.pk}"
    assert "L7 is dark" in manager.get(form).content.decode()
    made = manager.post(form, {"words": "换一盏"})
    wish = Wish.objects.get()
    assert (made["Location"], wish.origin) == (wish.get_absolute_url(), lamp)

    report = f"/repairs/new/?origin=tiny.lamp.{lamp.pk}"
    asked = manager.get(report)
    assert "L7 is dark" in asked.content.decode()
    sent = {"tile": world.pipes.pk, "where": "estate", "place_words": "灯下", "source": "desk"}
    answer = manager.post(report, {**sent, "description": "灯坏了"})
    ticket = Ticket.objects.get()
    assert (answer["Location"], ticket.origin) == (ticket.get_absolute_url(), lamp)

    both = manager.get(f"/lamps/{lamp.number}/").content.decode()
    assert wish.get_absolute_url() in both
    assert ticket.get_absolute_url() in both
    assert (
        f'href="{lamp.get_absolute_url()}"' in manager.get(wish.get_absolute_url()).content.decode()
    )
    assert (
        f'href="{lamp.get_absolute_url()}"'
        in manager.get(ticket.get_absolute_url()).content.decode()
    )
    api = manager.get(f"/api/v1/tickets/{ticket.number}/").json()["links"]
    assert [one["url"] for one in api] == [lamp.get_absolute_url()]


def test_the_other_end_is_shown_to_whoever_sees_it_alone(world: World, lamp: Lamp) -> None:
    wish = doors.make(actor=world.manager, words="换一盏", estate=world.court, origin=lamp)
    assert [one.url for one in links_of(lamp, world.manager).links] == [wish.get_absolute_url()]
    assert links_of(lamp, world.resident).links == []
    assert links_of(lamp, world.resident).offers == []
    assert [one.url for one in links_of(wish, world.manager).links] == [lamp.get_absolute_url()]
    assert links_of(wish, world.outsider).links == []


def test_nobody_makes_anything_of_what_they_do_not_see(
    world: World, lamp: Lamp, as_: SignIn
) -> None:
    name = follow_ups.name_of(lamp)
    for wrong in (name, "tiny.lamp.x", "tiny.lamp.0", "accounts.user.1", "", "no.such.1"):
        with pytest.raises(Http404):
            follow_ups.find(wrong, world.outsider)
    assert as_(world.outsider).get(f"/repairs/new/?origin={name}").status_code == 404
    given = {"category": world.far_pipes, "description": "x", "place_words": "y"}
    with pytest.raises(NotAllowed):
        services.report(actor=world.outsider, at=timezone.now(), origin=lamp, **given)
    sent = {"category": world.far_pipes.pk, "description": "x", "place_words": "y"}
    answer = as_(world.outsider).post(
        "/api/v1/tickets/", {**sent, "origin": name}, content_type="application/json"
    )
    assert (answer.status_code, list(answer.json())) == (400, ["origin"])
    assert not Ticket.objects.exists()


def test_the_api_takes_an_origin_too(world: World, lamp: Lamp, as_: SignIn) -> None:
    sent = {"category": world.pipes.pk, "description": "灯坏了", "place_words": "灯下"}
    answer = as_(world.manager).post(
        "/api/v1/tickets/",
        {**sent, "origin": follow_ups.name_of(lamp)},
        content_type="application/json",
    )
    assert (answer.status_code, Ticket.objects.get().origin) == (201, lamp)


def test_a_ticket_shows_the_reports_merged_into_it(world: World, as_: SignIn) -> None:
    at = timezone.now()
    stays = make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)
    goes = make.make_ticket(world.pipes, unit=world.next_door, reporter=world.neighbour)
    services.merge(goes, into=stays, actor=world.dispatcher, at=at)
    shown = f'href="{goes.get_absolute_url()}"'
    assert shown in as_(world.dispatcher).get(stays.get_absolute_url()).content.decode()
    assert shown not in as_(world.resident).get(stays.get_absolute_url()).content.decode()


# --- a person's data, and the demo


def test_what_they_hold_of_a_person_is_exported_and_erased(world: World) -> None:
    doors.make(actor=world.neighbour, words="长椅", estate=world.court)
    at = timezone.now()
    assert export(world.neighbour, actor=world.neighbour, at=at)["wishes"] == [{"words": "长椅"}]
    erase(world.neighbour, actor=world.neighbour, at=at)
    assert Wish.objects.get().words == "—"


def owing() -> set[str]:
    """The apps whose tables name people, and that say nothing of how these are let go."""
    return {
        model._meta.app_label
        for model in apps.get_models()
        if getattr(model, "personal", None) and model._meta.app_label not in personal.held()
    }


def test_no_app_keeps_people_without_saying_how_they_are_let_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert owing() == set()
    held = {name: one for name, one in personal.held().items() if name != "wishes"}
    monkeypatch.setattr(personal, "_held", held)
    assert owing() == {"wishes"}


def test_their_scenes_are_played_in_the_demo(
    settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from estates.demo.scenes import SCENES
    from portal.demo import stage as demo

    settings.MEDIA_ROOT = tmp_path
    # Whom they speak of lives in the estates' own; the other apps' would take half a minute.
    wanted = {scene.name for scene in SCENES} | {"tiny", "wishes"}
    played = {name: one for name, one in scenes._scenes.items() if name in wanted}
    monkeypatch.setattr(scenes, "_scenes", played)
    demo.seed(timezone.localtime(), Random(20), lambda done: None)
    assert Lamp.objects.get().status == "lit"
    assert Wish.objects.get().user.username == "resident"


def test_portal_and_repairs_name_neither() -> None:
    for app in ("portal", "repairs", "estates", "workflow"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"tests\.tiny|wishes\.", text), path
