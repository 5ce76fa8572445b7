"""A safety round: planned in words, walked by two phones at once, missed in part, made up for, and
a repair made of what was found; with script and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from attachments.services import of
from repairs.models import Ticket
from safety.models import Answer, Checklist, ChecklistItem, Plan, Round
from safety.services.sweeps import close_ended
from tests import factories as make
from tests.attachments.conftest import stored  # noqa: F401
from tests.factories import PASSWORD
from tests.people import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
Open = Callable[..., Page]


@pytest.fixture(
    params=[
        pytest.param(True, id="script"),
        pytest.param(False, id="no-script", marks=pytest.mark.soak),
    ]
)
def script(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture
def open_as(script: bool, browser: Browser, live_server: LiveServer) -> Iterator[Open]:
    """A browser of one's own, signed in at the sign-in page."""
    contexts = []

    def sign_in(user: User, viewport: dict[str, int] = PHONE) -> Page:
        user.language = "en"
        user.set_password(PASSWORD)
        user.save()
        context = browser.new_context(
            base_url=live_server.url, viewport=viewport, locale="en", java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(user.username)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/login/" not in url)
        return page

    yield sign_in
    for context in contexts:
        context.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "the-gauge.jpg"
    Image.new("RGB", (640, 480), "teal").save(path)
    return path


@pytest.fixture
def second(world: World) -> User:
    user = make.make_user("second")
    make.make_posting(user, world.court, "inspector")
    return user


# --- planned


def test_a_plan_is_made_in_words(world: World, open_as: Open, script: bool) -> None:
    make.make_route(world.court, name="消防通道")
    page = open_as(world.manager, DESK)
    page.goto("/safety/plans/")
    page.get_by_role("link", name="New plan").first.click()
    page.get_by_label("Name of the plan", exact=True).fill("夜间消防巡检")
    page.locator("label", has_text="every week").click()
    for day in ("Tue", "Fri"):
        page.locator(".often .seg label", has_text=day).click()
    page.get_by_label("Begins at").fill("20:00")
    page.get_by_label("To be walked by").fill("22:00")
    page.get_by_label("To be walked by").press("Tab")
    if not script:
        page.get_by_role("button", name="Show the dates").click()
    expected = tuesdays_and_fridays(timezone.now())
    expect(page.locator("#in-words b")).to_have_text("every week on Tue, Fri 20:00–22:00")
    expect(page.locator("#in-words li")).to_have_text(
        [f"{one.month}-{one.day} {one:%a} 20:00" for one in expected[:5]]
    )
    assert Plan.objects.count() == 0

    page.get_by_role("button", name="Make the plan").click()
    expect(page.get_by_role("heading", name="夜间消防巡检")).to_be_visible()
    words = f"The plan is made. {len(expected)} rounds that have not begun follow it."
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.locator(".in-words li")).to_have_text(
        [f"{one.month}-{one.day} {one:%a} 20:00" for one in expected[:5]]
    )
    plan = Plan.objects.get()
    assert (plan.rule, plan.time, plan.window_minutes) == ("FREQ=WEEKLY;BYDAY=TU,FR", time(20), 120)
    assert list(plan.rounds.order_by("planned_at").values_list("planned_at", flat=True)) == expected
    stays_in_width(page)


def tuesdays_and_fridays(at: datetime) -> list[datetime]:
    """At eight in the evening, of the next sixty days."""
    today = timezone.localdate(at)
    days = [today + timedelta(days=n) for n in range(62)]
    evenings = [timezone.make_aware(datetime.combine(day, time(20))) for day in days]
    return [
        one for one in evenings if one.weekday() in (1, 4) and at < one <= at + timedelta(days=60)
    ]


# --- walked


def test_a_round_from_two_phones_to_its_ticket(
    world: World, open_as: Open, second: User, photo: Path
) -> None:
    round = round_that_is_on(world)
    one, other = open_as(world.inspector), open_as(second)
    two_at_one_point(one, other, round)
    at_the_pump_room(other, photo)
    each_sees_the_others(one, other, round)

    at_the_desk = open_as(world.manager, DESK)
    close_ended(round.ends_at + timedelta(minutes=1))
    round.refresh_from_db()
    assert (round.status, round.missed_names) == ("partial", ["天台"])
    missing_points_are_found(at_the_desk)
    sent_once_more(at_the_desk, round, world.inspector)

    make_up_is_walked(one)
    at_the_desk.goto("/safety/")
    expect(at_the_desk.locator(".board .round", has_text="made up for")).to_be_visible()
    expect(at_the_desk.get_by_text("Nothing waits")).to_be_visible()

    becomes_a_ticket(at_the_desk, round)


def round_that_is_on(world: World) -> Round:
    """Two corridors, the pump room with its gauge, the roof."""
    route = make.make_route(world.court, "1 栋楼道", "2 栋楼道", "水泵房", "天台", name="消防通道")
    asked = Checklist.objects.create(estate=world.court, name="水泵房检查表")
    for n, fields in enumerate(
        (
            {
                "name": "出水压力",
                "kind": "number",
                "unit": "MPa",
                "lowest": "0.3",
                "highest": "0.6",
            },
            {"name": "水泵无漏水", "standard": "地面干燥"},
        ),
        1,
    ):
        ChecklistItem.objects.create(checklist=asked, position=n, **fields)
    place = make.make_place(world.court, "地下水泵房")
    world.court.checkpoints.filter(name="水泵房").update(place=place, checklist=asked)
    plan = make.make_plan(route, name="消防夜巡", assignee=world.inspector, lead=world.manager)
    return make.make_round(plan, assignee=world.inspector)


def question(page: Page, name: str) -> Locator:
    return page.locator("fieldset.item", has_text=name)


def save(page: Page) -> int:
    """The status of what the button was answered.

    The bar sticks to the foot of the screen: a click scrolls the page to where the bar lies in it,
    and presses at once, where the bar may move between down and up. Scrolled before, it waits until
    the bar rests.
    """
    button = page.locator(".act .btn-go")
    button.scroll_into_view_if_needed()
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        button.click()
    page.wait_for_load_state()
    return sent.value.status


def two_at_one_point(one: Page, other: Page, round: Round) -> None:
    one.goto("/safety/rounds/")
    one.get_by_role("link", name="消防夜巡").first.click()
    one.get_by_role("link", name="To the first point").click()
    expect(one.get_by_role("heading", name="1. 1 栋楼道")).to_be_visible()
    stays_in_width(one)
    other.goto(one.url)

    question(one, "安全出口畅通").locator("label", has_text="In order").first.click()
    assert save(one) == 302
    expect(one.get_by_role("heading", name="2. 2 栋楼道")).to_be_visible()

    question(other, "安全出口畅通").locator("label.late").click()
    question(other, "安全出口畅通").get_by_label("In words").fill("门口堆着纸箱")
    assert save(other) == 409
    told = other.get_by_role("alert")
    expect(told).to_contain_text("inspector was at this point today")
    expect(told).to_contain_text("look at what is there before you write over it.")
    expect(question(other, "安全出口畅通").locator("input[value=fail]")).to_be_checked()
    expect(question(other, "安全出口畅通").get_by_label("In words")).to_have_value("门口堆着纸箱")
    assert Answer.objects.get(point__round=round).verdict == "pass"
    stays_in_width(other)

    assert save(other) == 302
    answer = Answer.objects.get(point__round=round)
    assert (answer.verdict, answer.words) == ("fail", "门口堆着纸箱")
    expect(other.get_by_role("heading", name="2. 2 栋楼道")).to_be_visible()

    question(one, "安全出口畅通").locator("label.go").click()
    assert save(one) == 302
    expect(one.get_by_role("heading", name="3. 水泵房")).to_be_visible()


def at_the_pump_room(page: Page, photo: Path) -> None:
    page.reload()
    expect(page.get_by_role("heading", name="2 of 4 points")).to_be_visible()
    page.get_by_role("link", name="All points").click()
    page.get_by_role("link", name="3. 水泵房").click()
    question(page, "出水压力").get_by_label("出水压力 (MPa)").fill("0.9")
    leak = question(page, "水泵无漏水")
    leak.locator("label.late").click()
    leak.get_by_label("In words").fill("二号泵下面滴水")
    leak.locator("input[type=file]").set_input_files(photo)
    stays_in_width(page)
    assert save(page) == 302
    expect(page.get_by_role("heading", name="4. 天台")).to_be_visible()


def each_sees_the_others(one: Page, other: Page, round: Round) -> None:
    url = round.get_absolute_url()
    rows = [
        ("1. 1 栋楼道", "1 not in order", "inspector"),
        ("2. 2 栋楼道", "in order", "inspector"),
        ("3. 水泵房", "2 not in order", "second"),
    ]
    for page in (one, other):
        page.goto(url)
        expect(page.get_by_role("heading", name="3 of 4 points")).to_be_visible()
        for name, state, who in rows:
            row = page.locator("a.row-card", has_text=name)
            expect(row).to_contain_text(state)
            expect(row).to_contain_text(who)
        expect(page.locator(".answered", has_text="出水压力")).to_contain_text("0.9 MPa")
        expect(page.locator(".answered", has_text="水泵无漏水").locator("img")).to_have_count(1)
        stays_in_width(page)


# --- over, and made up for


def missing_points_are_found(page: Page) -> None:
    page.goto("/safety/")
    chip = page.locator(".board .round", has_text="1 missing")
    expect(chip).to_contain_text("天台")
    waiting = page.locator("article", has_text="消防夜巡")
    expect(waiting).to_contain_text("天台 · inspector")
    stays_in_width(page)

    page.goto("/notifications/")
    message = page.locator("a.row-card", has_text="Points missing")
    expect(message).to_have_count(1)
    expect(message).to_contain_text("天台")
    message.click()
    expect(page.get_by_text("1 point was not reached")).to_be_visible()


def sent_once_more(page: Page, round: Round, walker: User) -> None:
    page.goto(round.get_absolute_url())
    page.get_by_role("link", name="Send once more").click()
    page.get_by_label("Who walks").select_option(label="inspector")
    page.get_by_role("button", name="Send once more").click()
    expect(page.get_by_text("A round that makes up for it is planned.")).to_be_visible()
    expect(page.get_by_text("Made up for by")).to_be_visible()
    again = round.made_up
    names = [point.checkpoint.name for point in again.points.all()]
    assert (again.assignee, names) == (walker, ["天台"])
    page.goto("/safety/")
    expect(page.locator(".board .round", has_text="to be made up for")).to_be_visible()


def make_up_is_walked(page: Page) -> None:
    page.goto("/notifications/")
    sent = page.locator("a.row-card", has_text="Please make up for a round: 消防夜巡")
    expect(sent).to_have_count(1)
    page.goto("/safety/rounds/")
    page.locator("a.row-card", has_text="makes up for one").click()
    page.get_by_role("link", name="To the first point").click()
    expect(page.get_by_role("heading", name="4. 天台")).to_be_visible()
    question(page, "安全出口畅通").locator("label.go").click()
    assert save(page) == 302
    expect(page.get_by_role("heading", name="1 of 1 point")).to_be_visible()
    expect(page.get_by_text("Makes up for")).to_be_visible()
    stays_in_width(page)


# --- a repair


def becomes_a_ticket(page: Page, round: Round) -> None:
    page.goto(round.get_absolute_url())
    found = page.locator(".answered", has_text="水泵无漏水")
    found.get_by_role("link", name="Make a repair ticket").click()
    origin = Answer.objects.get(item__name="水泵无漏水")
    expect(page.get_by_text(f"Comes from: {origin}")).to_be_visible()
    expect(page.locator("main .photos img")).to_have_count(1)
    expect(page.get_by_label("What happened?")).to_have_value("水泵房: 水泵无漏水\n二号泵下面滴水")
    chosen = page.locator("[name=elsewhere] option:checked")
    expect(chosen).to_have_text("地下水泵房")
    page.locator("label.tile", has_text="Leaking pipe").click()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("Thank you, we have your report.")).to_be_visible()
    expect(page.locator("main .photos img")).to_have_count(1)
    ticket = Ticket.objects.get()
    assert (ticket.source, ticket.origin, of(ticket).count()) == ("inspection", round, 1)
    assert ticket.place.name == "地下水泵房"
    page.get_by_role("link", name=str(round)).click()
    expect(page.get_by_role("heading", name="3 of 4 points")).to_be_visible()
    became = page.locator("a.row-card", has_text=ticket.number)
    expect(became).to_contain_text("Became")
    became.click()
    page.wait_for_url(f"**{ticket.get_absolute_url()}")


def stays_in_width(page: Page) -> None:
    """Nothing pushes the page wider than its screen."""
    assert page.viewport_size is not None
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= page.viewport_size["width"], page.url
