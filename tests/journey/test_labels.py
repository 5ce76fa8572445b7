"""The labels of a route as paper: printed, read by a scanner, and followed to the point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from safety.models import Round, Route
from tests import factories as make
from tests.factories import PASSWORD
from tests.people import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCALE = 3  # pixels a point of paper; a point is 1/72 inch
A4 = (595, 842)
NAMES = [f"{n} 栋消防通道及楼梯间防火门" for n in range(1, 15)]
SignIn = Callable[..., Client]


@dataclass(frozen=True)
class Code:
    """What a scanner reads on a page of paper, and where: its middle and half its width."""

    page: int
    across: float
    down: float
    half: float
    text: str


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, world: World) -> Iterator[Page]:
    """The manager's desk."""
    world.manager.set_password(PASSWORD)
    world.manager.save()
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1280, "height": 900}, locale="zh-CN"
    )
    page = context.new_page()
    sign_in(page, "/accounts/login/", world.manager)
    yield page
    context.close()


def sign_in(page: Page, url: str, user: User) -> None:
    page.goto(url)
    page.locator("input[name=login]").fill(user.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda address: "/login/" not in address)


def printed(page: Page, route: Route) -> pypdfium2.PdfDocument:
    page.goto(reverse("safety:labels", args=[route.pk]))
    return pypdfium2.PdfDocument(page.pdf(format="A4"))


def codes_of(paper: pypdfium2.PdfDocument) -> list[Code]:
    """In reading order: sheet by sheet, line by line."""
    found = []
    for n in range(len(paper)):
        sheet = paper[n].render(scale=SCALE).to_pil()
        for one in zxingcpp.read_barcodes(sheet):
            at = one.position
            corners = (at.top_left, at.top_right, at.bottom_left, at.bottom_right)
            xs, ys = [c.x / SCALE for c in corners], [c.y / SCALE for c in corners]
            half = (max(xs) - min(xs)) / 2
            found.append(Code(n, (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2, half, one.text))
    return sorted(found, key=lambda code: (code.page, round(code.down / 20), code.across))


def words_of(paper: pypdfium2.PdfDocument, n: int) -> str:
    return paper[n].get_textpage().get_text_range()


def test_one_code_a_point_in_the_order_of_the_route(
    page: Page, live_server: LiveServer, world: World
) -> None:
    route = make.make_route(world.court, "天台", "水泵房", "1 栋楼道", name="消防通道")
    # on another route, and on none
    make.make_route(world.court, "水泵房", "大门", name="外围")
    codes = codes_of(printed(page, route))
    stops = route.stops.select_related("checkpoint").order_by("position")
    assert [code.text for code in codes] == [
        f"{live_server.url}/safety/p/{stop.checkpoint.qr}/" for stop in stops
    ]
    assert [stop.checkpoint.name for stop in stops] == ["天台", "水泵房", "1 栋楼道"]


def test_fourteen_labels_are_whole(page: Page, world: World) -> None:
    """Each stands on one sheet with its name, its code and its words."""
    route = make.make_route(world.court, *NAMES, name="每日消防通道巡检")
    paper = printed(page, route)
    codes = codes_of(paper)
    stops = list(route.stops.select_related("checkpoint").order_by("position"))
    assert [urlsplit(code.text).path for code in codes] == [
        f"/safety/p/{stop.checkpoint.qr}/" for stop in stops
    ]
    width, height = A4
    for code in codes:
        assert code.half < code.across < width - code.half
        assert code.half < code.down < height - code.half
    by_sheet = [[c for c in codes if c.page == n] for n in range(len(paper))]
    read = 0
    for n, here in enumerate(by_sheet):
        words = "".join(words_of(paper, n).split())
        assert words.count("扫一扫") == len(here)
        for stop in stops[read : read + len(here)]:
            assert "".join(stop.checkpoint.name.split()) in words
        read += len(here)
    assert read == 14
    assert boxes_whole(page)


def boxes_whole(page: Page) -> bool:
    """The frame of each label holds its code."""
    page.emulate_media(media="print")
    frames, codes = (
        [box for one in page.locator(where).all() if (box := one.bounding_box()) is not None]
        for where in (".labels li", ".labels .qr")
    )
    return len(frames) == len(codes) == 14 and all(
        frame["x"] <= code["x"]
        and code["x"] + code["width"] <= frame["x"] + frame["width"]
        and frame["y"] <= code["y"]
        and code["y"] + code["height"] <= frame["y"] + frame["height"]
        for frame, code in zip(frames, codes, strict=True)
    )


@pytest.fixture
def walked(world: World) -> Round:
    route = make.make_route(world.court, "天台", "水泵房", name="消防通道")
    return make.make_round(make.make_plan(route), assignee=world.inspector)


def test_each_address_opens_its_point(page: Page, world: World, walked: Round, as_: SignIn) -> None:
    codes = codes_of(printed(page, walked.plan.route))
    stops = walked.plan.route.stops.select_related("checkpoint").order_by("position")
    inspector, stranger = as_(world.inspector), as_(world.stranger)
    assert len(codes) == len(stops) == 2
    for code, stop in zip(codes, stops, strict=True):
        address = urlsplit(code.text).path
        answer = inspector.get(address)
        point = reverse("safety:point", args=[walked.pk, stop.checkpoint_id])
        assert (answer.status_code, answer["Location"]) == (
            302,
            f"{point}?label={stop.checkpoint.qr}",
        )
        assert inspector.get(answer["Location"]).status_code == 200
        for other in (stranger, as_(world.outsider), as_(world.resident)):
            assert other.get(address).status_code == 404


def test_nobody_signed_in_signs_in_first(
    page: Page, browser: Browser, live_server: LiveServer, world: World, walked: Round
) -> None:
    """A phone that reads the label leads to the sign-in page, and from there to the point."""
    code = codes_of(printed(page, walked.plan.route))[1]
    world.inspector.set_password(PASSWORD)
    world.inspector.save()
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    phone = context.new_page()
    phone.goto(code.text)
    assert urlsplit(phone.url).path == "/accounts/login/"
    sign_in(phone, phone.url, world.inspector)
    stop = walked.plan.route.stops.select_related("checkpoint").get(position=2)
    point = reverse("safety:point", args=[walked.pk, stop.checkpoint_id])
    assert phone.url == f"{live_server.url}{point}?label={stop.checkpoint.qr}"
    expect(phone.get_by_role("heading", name="2. 水泵房")).to_be_visible()
    expect(phone.get_by_text("已扫码")).to_be_visible()
    context.close()
