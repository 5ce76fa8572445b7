"""An event from the draft that nobody typed to its report; its doors without signal; and a service
day with the screen of the hall."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from events.models import Event, Scan, Seat, Signup, Slot
from events.services import sweeps
from events.services.signups import PASSES, code_of
from tests import factories as make
from tests.journey.phones import SOON, Phone, Window, kept, waiting
from tests.journey.test_outbox import shown_to_the_camera
from tests.journey.test_rounds import stays_in_width
from tests.journey.wire import Wire
from tests.people import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HALL = {"width": 1920, "height": 1080}
# the screen asks again every five seconds
BY_ITSELF = 7_000
GREEN, RED = "rgb(23, 89, 63)", "rgb(164, 42, 31)"
DIGITS = "4417"


def tap(page: Page, name: str, *, within: str = "main") -> None:
    """A verb, whether it asks for something first or not."""
    page.locator(within).get_by_role("button", name=name, exact=True).click()


def from_more(page: Page, name: str) -> None:
    page.locator("details.more summary").click()
    page.get_by_role("link", name=name, exact=True).click()


# --- from the draft to the report


def test_from_the_draft_to_the_report(world: World, window: Window) -> None:
    community = world.court.community
    make.make_posting(world.manager, community, "manager")
    child = make.make_occupant(world.home, name="小满")
    world.neighbour.phone = f"+861380000{DIGITS}"
    event = drafts_itself(world)

    lead = window(world.team_lead)
    is_planned(lead, event)
    is_approved(window(world.manager), event)
    is_published(lead, event)

    resident, neighbour = window(world.resident), window(world.neighbour)
    signs_up_the_family(resident, event, world.resident.name, child.name)
    finds_it_full_and_waits(neighbour, event, world.neighbour.name)
    withdraws_by_the_link(window(), Signup.objects.get(user=world.resident))
    takes_what_is_held(neighbour, event)
    signup = Signup.objects.get(user=world.neighbour)
    assert (signup.status, signup.size) == ("confirmed", 2)

    comes_near(event)
    are_let_in_once(lead, event)
    assert Seat.objects.filter(signup=signup, arrived_at__isnull=False).count() == 2
    is_over(event)
    says_how_it_was(neighbour, signup)
    is_reported(lead, event)


def drafts_itself(world: World) -> Event:
    day = timezone.localdate() + timedelta(days=9)
    make.make_template(
        world.court.community,
        "冬至包饺子",
        kind="fixed",
        month=day.month,
        day=day.day,
        team=world.team,
        organiser=world.team_lead,
        checklist="和面\n借桌椅",
    )
    assert sweeps.draft(timezone.now()).done == 1
    assert not sweeps.draft(timezone.now()).done
    return Event.objects.get()


def is_planned(page: Page, event: Event) -> None:
    """Nobody approves what is theirs; what it is for stands in the checklist already."""
    page.goto("/events/")
    page.locator(f'main a[href="{event.get_absolute_url()}"]').click()
    expect(page.locator("main")).to_contain_text("借桌椅")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    stays_in_width(page)
    from_more(page, "Change")
    page.get_by_label("Places").fill("2")
    page.get_by_label("Where exactly").fill("活动室")
    tap(page, "Change")
    page.wait_for_url(f"**{event.get_absolute_url()}")
    page.get_by_role("link", name="How one signs up").click()
    page.get_by_label("At most, of one household").fill("3")
    stays_in_width(page)
    tap(page, "How one signs up")
    page.wait_for_url(f"**{event.get_absolute_url()}")


def is_approved(page: Page, event: Event) -> None:
    page.goto(event.get_absolute_url())
    tap(page, "Approve")
    expect(page.get_by_text("Approved, and told.")).to_be_visible()


def is_published(page: Page, event: Event) -> None:
    page.goto(event.get_absolute_url())
    tap(page, "Publish")
    expect(page.get_by_text("Everybody can read it now.")).to_be_visible()
    event.refresh_from_db()
    assert (event.status, event.capacity, event.per_household) == ("published", 2, 3)


def signs_up_the_family(page: Page, event: Event, *names: str) -> None:
    page.goto("/events/")
    page.locator(f'main a[href="{event.get_absolute_url()}"]').click()
    expect(page.locator("main")).to_contain_text("2 places, 2 free")
    for name in names:
        page.get_by_label(name).check()
    stays_in_width(page)
    tap(page, "Sign up")
    expect(page.get_by_text("You are signed up. Show this pass at the door.")).to_be_visible()
    expect(page.get_by_role("img", name="Code to be let in with")).to_be_visible()
    stays_in_width(page)


def finds_it_full_and_waits(page: Page, event: Event, name: str) -> None:
    page.goto(event.get_absolute_url())
    expect(page.locator("main")).to_contain_text("All places are taken.")
    page.get_by_label(name).check()
    page.get_by_label("And who else?").fill("外婆")
    page.get_by_label("We may be on photographs").check()
    tap(page, "Sign up")
    said = page.locator("#sign-up [role=alert], #sign-up .errorlist").first
    expect(said).to_contain_text("all places are taken")
    stays_in_width(page)
    # all that was typed is there still
    expect(page.get_by_label(name)).to_be_checked()
    expect(page.get_by_label("And who else?")).to_have_value("外婆")
    expect(page.get_by_label("We may be on photographs")).to_be_checked()
    page.get_by_label("put us on the waiting list").check()
    tap(page, "Sign up")
    expect(page.get_by_text("Number 1 on the waiting list.")).to_be_visible()
    expect(page.get_by_role("img", name="Code to be let in with")).to_have_count(0)
    stays_in_width(page)


def withdraws_by_the_link(page: Page, signup: Signup) -> None:
    """Not signed in. Looking at it does nothing, and it works once."""
    path = link_in_the_mail(signup.user)
    page.goto(path)
    stays_in_width(page)
    signup.refresh_from_db()
    assert signup.status == "confirmed"
    tap(page, "We cannot come")
    expect(page.get_by_text("whoever waits is offered your place")).to_be_visible()
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 410


def link_in_the_mail(person: User) -> str:
    [letter] = [one for one in mail.outbox if person.email in one.to]
    found = re.search(r"/events/answer/[\w-]+/", str(letter.body))
    assert found is not None
    return found[0]


def takes_what_is_held(page: Page, event: Event) -> None:
    page.goto(event.get_absolute_url())
    expect(page.get_by_text("Places are free, and held for you")).to_be_visible()
    # what was sent is no draft any more
    expect(page.get_by_label("And who else?")).to_have_value("")
    stays_in_width(page)
    tap(page, "We take it")
    expect(page.get_by_text("You are in.")).to_be_visible()
    expect(page.get_by_role("img", name="Code to be let in with")).to_be_visible()
    expect(page.locator("main")).to_contain_text(DIGITS)


def comes_near(event: Event) -> None:
    begin = timezone.now() + timedelta(minutes=20)
    Event.objects.filter(pk=event.pk).update(starts_at=begin, ends_at=begin + timedelta(hours=2))


def are_let_in_once(page: Page, event: Event) -> None:
    page.goto(event.get_absolute_url())
    page.get_by_role("link", name="At the door").click()
    expect(page.get_by_role("heading", name="0 of 2 here")).to_be_visible()
    stays_in_width(page)
    by_the_digits(page)
    verdict = page.locator(".verdict")
    expect(verdict).to_contain_text("Come in")
    expect(verdict).to_contain_text("neighbour, 2 people")
    expect(verdict).to_contain_text("外婆")
    expect(verdict).to_have_css("background-color", GREEN)
    stays_in_width(page)
    page.get_by_role("link", name="The next one").click()
    expect(page.get_by_role("heading", name="2 of 2 here")).to_be_visible()
    by_the_digits(page)
    expect(verdict).to_contain_text("One moment")
    expect(verdict).to_contain_text("This pass was used at")
    expect(verdict).to_have_css("background-color", RED)
    stays_in_width(page)


def by_the_digits(page: Page) -> None:
    page.get_by_label("Last four digits of the phone").fill(DIGITS)
    tap(page, "Let in", within="form.tail")


def is_over(event: Event) -> None:
    now = timezone.now()
    begin, end = now - timedelta(hours=3), now - timedelta(minutes=1)
    Event.objects.filter(pk=event.pk).update(starts_at=begin, ends_at=end)
    assert (sweeps.begin(now).done, sweeps.end(now).done) == (1, 1)


def says_how_it_was(page: Page, signup: Signup) -> None:
    page.goto(signup.event.get_absolute_url())
    page.locator(f'#mine a[href="{signup.get_absolute_url()}"]').click()
    page.get_by_role("link", name="Say how it was").click()
    page.get_by_label("★★★★", exact=True).check()
    page.get_by_label("What was good").fill("馅儿香")
    stays_in_width(page)
    tap(page, "Say how it was")
    expect(page.get_by_text("Thank you: the organisers read it.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("4 / 5")


def is_reported(page: Page, event: Event) -> None:
    page.goto(event.get_absolute_url())
    page.get_by_role("link", name="Write the report").click()
    page.get_by_label("People who came").fill("3")
    page.get_by_label("Cost").fill("86.50")
    page.get_by_label("How it was").fill("饺子都吃完了。")
    tap(page, "Write the report")
    expect(page.get_by_text("The report is there.")).to_be_visible()
    page.get_by_role("link", name="Report", exact=True).click()
    sums = page.locator(".sums")
    expect(sums.locator("div", has_text="people who came")).to_contain_text("3")
    expect(sums.locator("div", has_text="how it was, of five")).to_contain_text("4.0")
    expect(page.locator("main")).to_contain_text("Counted at the doors: 2.")
    expect(page.locator("main")).to_contain_text("馅儿香")
    expect(page.locator("main")).to_contain_text("饺子都吃完了。")
    stays_in_width(page)


# --- the doors without signal


def test_two_doors_one_without_signal(
    world: World, wire: Wire, phone: Phone, window: Window
) -> None:
    event = make.make_event(
        world.court.community,
        timezone.now() + timedelta(minutes=20),
        status="published",
        team=world.team,
        organiser=world.team_lead,
        doors="南门\n北门",
    )
    family = make.make_signup(event, world.resident, "resident", "小满")
    twice = make.make_signup(event, world.neighbour)
    other = make.make_signup(event, world.mate, "mate", "外婆")
    make.make_entry(make.make_shift(world.team, event.starts_at, origin=event), world.volunteer)
    door = reverse("events:door", args=[event.number])

    # a phone on which the other door was looked at first
    south = phone(world.volunteer)
    kept(south, f"{door}?door=北门")
    kept(south, f"{door}?door=南门")
    wire.cut()
    south.goto(f"{door}?door=南门")
    stays_in_width(south)
    came_from = timezone.now()
    is_read(south, family)
    expect(waiting(south)).to_contain_text("1 kept")
    # the next one waits already
    is_read(south, twice)
    expect(waiting(south)).to_contain_text("2 kept")
    came_until = timezone.now()
    assert not Scan.objects.exists()

    north = window(world.team_lead)
    # what the camera reads is the whole address
    address = reverse("events:pass", args=[code_of(other)])
    shown_to_the_camera(north, f"https://old.example.org{address}")
    north.goto(f"{door}?door=北门")
    north.get_by_role("button", name="Read a pass").click()
    expect(north.locator(".verdict")).to_contain_text("mate, 2 people")
    north.get_by_role("link", name="The next one").click()
    row = north.locator(".row-card", has_text=world.neighbour.name)
    row.get_by_role("button", name="Let in").click()
    expect(north.locator(".verdict")).to_contain_text("Come in")

    wire.mend()
    expect(waiting(south)).to_contain_text("1 could not be taken", timeout=SOON)
    said = south.locator("#outbox")
    expect(said).to_contain_text(world.neighbour.name)
    expect(said).to_contain_text("This pass was used at")
    expect(said).to_contain_text("北门")
    said.get_by_role("button", name="Throw away").click()
    expect(waiting(south)).to_have_count(0)
    second = timedelta(seconds=1)
    seats = Seat.objects.filter(event=event).order_by("pk")
    assert list(seats.values_list("signup", "door")) == [
        *((family.pk, "南门"),) * 2,
        (twice.pk, "北门"),
        *((other.pk, "北门"),) * 2,
    ]
    arrived = seats[0].arrived_at
    assert arrived is not None
    assert came_from - second <= arrived <= came_until + second
    scans = Scan.objects.filter(event=event)
    assert sorted(scans.values_list("signup", "door", "let_in")) == sorted(
        (
            (family.pk, "南门", 2),
            (other.pk, "北门", 2),
            (twice.pk, "北门", 1),
            (twice.pk, "南门", 0),
        )
    )
    assert "北门" in scans.get(let_in=0).reason
    south.goto(f"{door}?door=南门")
    expect(south.get_by_role("heading", name="5 of 5 here")).to_be_visible()
    here = south.locator("table.doors tr.on")
    expect(here).to_contain_text("南门")
    expect(here.locator("td")).to_have_text(["2", "1"])


READ = """([code, label]) => {
    const form = document.getElementById("scanned");
    form.elements.code.value = code;
    form.elements.moment.value = "";
    form.dataset.outbox = document.querySelector(`[data-label="${label}"]`).dataset.name;
    form.requestSubmit();
}"""


def is_read(page: Page, signup: Signup) -> None:
    """As the camera does it."""
    page.evaluate(READ, [code_of(signup), PASSES.label_of(signup.pk)])


# --- a service day


def test_a_service_day_with_the_screen_of_the_hall(world: World, window: Window) -> None:
    begin = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=1)
    event = make.make_event(
        world.court.community,
        begin,
        title="便民服务日",
        status="published",
        team=world.team,
        organiser=world.team_lead,
    )
    desk = window(world.team_lead)
    adds_a_service(desk, event)
    first = Slot.objects.order_by("number")[0]

    own_phone = window(world.resident)
    takes_a_turn(own_phone, event, first)

    hall = window(size=HALL)
    hall.goto(reverse("events:hall", args=[event.number]))
    number = hall.locator("#service-A .big-number")
    expect(number).to_have_text("—")
    hall.evaluate("window.stays = true")

    desk.goto(event.get_absolute_url())
    desk.locator("#services").get_by_role("link", name="At the desk").click()
    stays_in_width(desk)
    desk.get_by_role("button", name=f"Call the next: {first.label} {world.resident.name}").click()
    expect(desk.get_by_text(f"{first.label} is called: {world.resident.name}.")).to_be_visible()
    stays_in_width(desk)

    expect(number).to_have_text(first.label, timeout=BY_ITSELF)
    expect(hall.locator("#service-A")).to_contain_text("Go to 2 号椅")
    expect(hall.locator("body")).not_to_contain_text(world.resident.name)
    assert hall.evaluate("window.stays")

    own_phone.goto(event.get_absolute_url())
    expect(own_phone.get_by_text("It is your turn: 2 号椅")).to_be_visible()
    tap(desk, "Served")
    expect(desk.locator(".my-turn")).to_have_count(0)
    first.refresh_from_db()
    assert first.status == "served"


def adds_a_service(page: Page, event: Event) -> None:
    page.goto(event.get_absolute_url())
    page.get_by_role("link", name="Add a service").click()
    page.get_by_label("Name", exact=True).fill("理发")
    page.get_by_label("Desk", exact=True).fill("2 号椅")
    page.get_by_label("Minutes a turn takes").fill("20")
    stays_in_width(page)
    tap(page, "Add it")
    expect(page.get_by_text("Its turns can be taken now.")).to_be_visible()
    expect(page.locator("#services")).to_contain_text("6 turns free")
    stays_in_width(page)


def takes_a_turn(page: Page, event: Event, slot: Slot) -> None:
    page.goto(event.get_absolute_url())
    assert slot.starts_at is not None
    tap(page, f"{timezone.localtime(slot.starts_at):%H:%M}", within="#services")
    expect(page.locator(".my-number")).to_have_text(slot.label)
    stays_in_width(page)
