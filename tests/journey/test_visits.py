"""A building is drawn into a micro-grid, and one of its doors visited without signal: what was
heard becomes a repair, once, and whoever lives there reads who looked at their number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from audit.models import Entry
from estates.models import Occupant, Unit
from grids.models import Household, Visit
from grids.services import visits
from grids.services.sweeps import plan_visits
from grids.states import Need
from repairs.models import Ticket
from tests import factories as make
from tests.factories import PASSWORD
from tests.journey.phones import SOON, Phone, kept, sign_in, waiting
from tests.journey.test_rounds import stays_in_width
from tests.journey.wire import Wire
from tests.people import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
NEED, WORDS = "厨房龙头一直滴水", "聊了聊阳台上的花"
NUMBER = "+8613800002207"


@pytest.fixture
def granny(world: World) -> Occupant:
    """She lives on the ground floor of a house that lies in no micro-grid yet."""
    homes = [
        make.make_unit(world.court, "5 栋", "1 单元", f"{floor}01", floor=floor)
        for floor in (1, 2, 3)
    ]
    account = make.make_user("granny", display_name="陈奶奶", language="en")
    return make.make_occupant(homes[0], account, phone=NUMBER)


def is_looked_after(person: Occupant) -> Visit:
    """Flagged some days ago, so that the rhythm asks for a visit within this week."""
    at = timezone.now()
    make.make_flag(person, tier="red", is_elder=True, confirmed_at=at - timedelta(days=3))
    plan_visits(at)
    return Visit.objects.get(unit=person.unit)


def test_a_door_from_the_territory_to_the_repair(
    world: World, wire: Wire, phone: Phone, granny: Occupant
) -> None:
    the_building_is_drawn(phone(world.grid_leader), world)
    visit = is_looked_after(granny)
    assert (visit.status, visit.assignee) == ("planned", world.grid_member)

    member = phone(world.grid_member)
    the_landings_are_read(member)
    began = timezone.now()
    wire.cut()
    noted_at_the_door(member, granny.unit)
    sent = timezone.now()
    assert not Visit.objects.held().exists()
    wire.mend()
    expect(waiting(member)).to_have_count(0, timeout=SOON)
    ticket = it_arrived_once(world, granny)
    visit.refresh_from_db()
    assert began - timedelta(seconds=1) <= visit.visited_at <= sent < visit.logged_at
    the_door_says_what_was(member, granny.unit, ticket)

    the_desk_reads_of_a_repair_alone(phone(world.dispatcher), ticket)

    looked_at(member, granny)
    read_at_home(phone(granny.user), ticket, granny)


def the_building_is_drawn(page: Page, world: World) -> None:
    page.goto(world.micro.get_absolute_url())
    page.get_by_role("link", name="Draw the territory").click()
    house = page.locator("details.fold", has_text="5 栋")
    house.locator("summary").click()
    whole, room = house.get_by_label("the whole building"), house.get_by_label("201")
    whole.check()
    expect(room).to_be_checked()
    room.uncheck()
    expect(whole).not_to_be_checked()
    whole.check()
    expect(room).to_be_checked()
    stays_in_width(page)
    page.get_by_role("button", name="Show what would move").click()
    told = page.locator("section", has=page.get_by_role("heading", name="What would move"))
    expect(told.locator("li")).to_have_text(
        [
            "3 households that nobody looks after yet",
            "0 open visits with them",
            "0 care flags with them",
        ]
    )
    expect(told).to_contain_text("Afterwards: 5 households")
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        stays_in_width(page)
    assert Household.objects.filter(grid=world.micro).count() == 2

    told.get_by_role("button", name="Draw it so").click()
    expect(page.get_by_text("The micro-grid has 5 households now.")).to_be_visible()
    expect(page.locator(".row-card", has_text="5 栋")).to_contain_text("3 households")
    assert Household.objects.filter(grid=world.micro).count() == 5
    stays_in_width(page)


def rooms(page: Page) -> Locator:
    return page.locator("main .room b")


def the_landings_are_read(page: Page) -> None:
    kept(page, "/grids/mine/")
    expect(rooms(page)).to_have_text(["101"])
    page.get_by_role("link", name="All 5").click()
    expect(rooms(page)).to_have_text(["1204", "1104", "301", "201", "101"])
    stays_in_width(page)
    page.get_by_role("link", name="This week 1").click()
    expect(rooms(page)).to_have_text(["101"])


def to_the_form(page: Page, unit: Unit) -> None:
    """From the landings over the door, by its links."""
    page.locator("a.row-card", has_text=unit.number).click()
    expect(page.get_by_role("heading", name="Who lives here")).to_be_visible()
    page.get_by_role("link", name="Note the visit").click()
    expect(page.locator("form.visit")).to_be_visible()


def filled(page: Page) -> None:
    expect(page.get_by_label("met", exact=True)).to_be_checked()
    page.locator("label", has_text="all right").click()
    need = page.locator(".need").first
    need.get_by_label("In words").fill(NEED)
    need.get_by_label("About what").select_option(label="Leaking pipe")
    page.get_by_label("What you talked about").fill(WORDS)


def noted_at_the_door(page: Page, unit: Unit) -> None:
    to_the_form(page, unit)
    filled(page)
    stays_in_width(page)
    page.get_by_role("button", name="Keep it").click()
    page.wait_for_url("**/grids/mine/")
    expect(waiting(page)).to_contain_text("1 kept")
    expect(page.locator("a.row-card", has_text=unit.number)).to_contain_text("waits for signal")
    stays_in_width(page)


def it_arrived_once(world: World, person: Occupant) -> Ticket:
    visit = Visit.objects.held().get()
    said = (visit.unit, visit.status, visit.wellbeing, visit.logged_by)
    assert said == (person.unit, "met", "fair", world.grid_member)
    assert visits.words_of(visit) == WORDS
    assert Entry.objects.for_row(visit).filter(code="grids.visit.log").count() == 1
    ticket = Ticket.objects.get()
    assert (ticket.source, ticket.origin, ticket.reporter) == ("visit", visit, person.user)
    assert (ticket.unit, ticket.category, ticket.description) == (person.unit, world.pipes, NEED)
    return ticket


def the_door_says_what_was(page: Page, unit: Unit, ticket: Ticket) -> None:
    page.goto(unit.household.get_absolute_url())
    expect(page.locator(".row-card", has_text=ticket.number)).to_contain_text(NEED)
    past = page.locator("ol.line li")
    expect(past).to_have_count(1)
    expect(past).to_contain_text(WORDS)
    expect(past).to_contain_text(ticket.number)
    stays_in_width(page)


def the_desk_reads_of_a_repair_alone(page: Page, ticket: Ticket) -> None:
    page.goto("/repairs/triage/")
    says_nothing_of_care(page)
    page.get_by_role("link", name=NEED).click()
    reported = page.locator("dl.pairs dd").first
    expect(reported).to_have_text("陈奶奶 · home visit")
    says_nothing_of_care(page)
    stays_in_width(page)
    assert page.url.endswith(ticket.get_absolute_url())


def says_nothing_of_care(page: Page) -> None:
    """Neither why somebody is looked after, nor how they were, nor what was talked about."""
    kinds = [str(kind.label) for kind in Need if kind != Need.OTHER]
    care = ["care", "tier", "elder", "looked after", "all right", "micro-grid", *kinds]
    words = r"\b(?:" + "|".join(map(re.escape, care)) + r")\b"
    text = page.locator("body").inner_text() + str(page.locator("body").text_content())
    assert re.findall(words, text, re.IGNORECASE) == []
    assert WORDS not in page.content()


def looked_at(page: Page, person: Occupant) -> None:
    page.get_by_role("link", name="Look at the number of 陈奶奶").click()
    sheet = page.locator(f"#look-{person.pk}")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("138****2207")
    expect(sheet).to_contain_text("陈奶奶 can read them at any time")
    sheet.locator("label.chip", has_text="nobody opens").click()
    sheet.get_by_label("More precisely").fill("敲门没人应")
    stays_in_width(page)
    sheet.get_by_role("button", name="Look", exact=True).click()
    number = page.locator(f'a[href="tel:{NUMBER}"]')
    expect(number).to_be_visible()
    stays_in_width(page)


def read_at_home(page: Page, ticket: Ticket, person: Occupant) -> None:
    page.goto("/notifications/")
    message = page.locator("a.row-card", has_text=ticket.number)
    expect(message).to_have_count(1)
    expect(message).to_contain_text("What you told at the door was handed on")
    stays_in_width(page)
    message.click()
    page.wait_for_url(f"**{ticket.get_absolute_url()}")
    expect(page.get_by_role("heading", name=NEED)).to_be_visible()
    page.goto("/repairs/")
    expect(page.get_by_role("link", name=NEED)).to_be_visible()

    page.goto("/accounts/me/")
    page.get_by_role("link", name="Who looked at what is masked").click()
    page.wait_for_url("**/estates/home/#looks")
    look = Entry.objects.for_row(person).get(code="grids.reveal")
    row = page.locator("#looks .row-card")
    expect(row).to_have_count(1)
    expect(row.locator(".title")).to_have_text("grid_member")
    expect(row).to_contain_text(f"{timezone.localtime(look.at):%H:%M}")
    expect(row).to_contain_text("My phone number · nobody opens · 敲门没人应")
    stays_in_width(page)


# --- somebody was first


def test_who_was_second_at_the_door_keeps_what_they_typed(
    world: World, wire: Wire, phone: Phone
) -> None:
    visit = is_looked_after(Occupant.objects.get(unit=world.home))
    page = phone(world.grid_member)
    kept(page, "/grids/mine/")
    wire.cut()
    noted_at_the_door(page, world.home)
    at = timezone.now()
    visits.log(visit, actor=world.grid_leader, at=at, result="met", wellbeing="good")
    wire.mend()
    expect(waiting(page)).to_contain_text("1 could not be taken", timeout=SOON)
    box = page.locator("#outbox")
    first = f"grid_leader was first (today {timezone.localtime(at):%H:%M}: noted the visit)."
    expect(box.locator(".late-text")).to_have_text(f"{first} It is now “met”.")
    expect(box).to_contain_text(NEED)
    expect(box).to_contain_text(WORDS)
    stays_in_width(page)
    held = Visit.objects.held().get()
    assert (held.logged_by, held.wellbeing) == (world.grid_leader, "good")
    assert not Ticket.objects.exists()


# --- without script


@pytest.fixture
def plain(browser: Browser, live_server: LiveServer, world: World) -> Iterator[Page]:
    """The member's phone, where no script runs."""
    person: User = world.grid_member
    person.language = "en"
    person.set_password(PASSWORD)
    person.save()
    context = browser.new_context(
        base_url=live_server.url, viewport=PHONE, locale="en", java_script_enabled=False
    )
    page = context.new_page()
    sign_in(page, person)
    yield page
    context.close()


def test_a_visit_is_noted_without_script(world: World, plain: Page) -> None:
    person = Occupant.objects.get(unit=world.home)
    is_looked_after(person)
    plain.goto("/grids/mine/")
    to_the_form(plain, world.home)
    filled(plain)
    plain.get_by_role("button", name="Keep it").click()
    ticket = it_arrived_once(world, person)
    expect(plain.get_by_text(f"Noted. Handed on: {ticket.number}.")).to_be_visible()
    expect(plain.get_by_text(WORDS)).to_be_visible()
    stays_in_width(plain)
