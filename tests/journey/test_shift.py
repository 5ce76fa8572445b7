"""From signing up for a shift to a certificate that anybody may check, on two phones: the
volunteer's, and the lead's, which has no signal when the volunteer comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests import factories as make
from tests.factories import PASSWORD
from tests.journey.phones import SOON, Phone, kept, sign_in, waiting
from tests.journey.test_rounds import stays_in_width
from tests.journey.wire import Wire
from tests.people import World
from volunteers.models import Certificate, Entry, HourLine, Shift
from volunteers.services.entries import code_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 360, "height": 740}
PASSED = timedelta(hours=2)


@pytest.fixture
def own_phone(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """One that never loses its signal; nobody is signed in on it yet."""
    context = browser.new_context(base_url=live_server.url, viewport=PHONE, locale="en")
    yield context.new_page()
    context.close()


def as_oneself(page: Page, person: User) -> Page:
    person.language = "en"
    person.set_password(PASSWORD)
    person.save()
    sign_in(page, person)
    return page


def test_from_the_sign_up_to_the_certificate(
    world: World, wire: Wire, phone: Phone, own_phone: Page
) -> None:
    shift = make.make_shift(
        world.team, timezone.now() + timedelta(minutes=20), title="Service day", place_words="Gate"
    )
    volunteer = as_oneself(own_phone, world.volunteer)
    signs_up(volunteer)
    entry = Entry.objects.get(user=world.volunteer)
    assert entry.status == "confirmed"

    lead = phone(world.team_lead)
    kept(lead, reverse("volunteers:gate", args=[shift.pk]))
    wire.cut()
    came_from = timezone.now()
    is_scanned(lead, entry)
    came_until = timezone.now()
    entry.refresh_from_db()
    assert entry.status == "confirmed"
    wire.mend()
    expect(waiting(lead)).to_have_count(0, timeout=SOON)
    entry.refresh_from_db()
    assert entry.status == "checked_in"
    second = timedelta(seconds=1)
    assert came_from - second <= entry.arrived_at <= came_until + second
    the_gate_says_so(lead, shift)

    is_told_when_to_go(volunteer, entry)
    time_passes(shift)
    goes(volunteer, entry)
    confirms(lead)
    entry.refresh_from_db()
    assert entry.minutes == HourLine.objects.of(world.volunteer).total()
    assert PASSED <= timedelta(minutes=entry.minutes) <= PASSED + timedelta(minutes=5)

    certificate = has_a_certificate(volunteer)
    somebody_checks(own_phone, certificate)


def signs_up(page: Page) -> None:
    page.goto("/volunteers/")
    line = page.locator("article", has_text="Service day")
    expect(line).to_contain_text("0 of 2")
    stays_in_width(page)
    line.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("You are in. It stands in your calendar.")).to_be_visible()
    expect(page.locator(".qr")).to_be_visible()
    expect(page.get_by_text("Have the lead scan this")).to_be_visible()
    stays_in_width(page)


def is_scanned(page: Page, entry: Entry) -> None:
    """What the camera reads is an address; the page behind it is kept."""
    page.goto(reverse("volunteers:pass", args=[code_of(entry)]))
    page.get_by_role("button", name="Is here").click()
    expect(waiting(page)).to_contain_text("1")


def the_gate_says_so(page: Page, shift: Shift) -> None:
    page.goto(reverse("volunteers:gate", args=[shift.pk]))
    expect(page.get_by_role("heading", name="1 of 1 here")).to_be_visible()
    stays_in_width(page)


def is_told_when_to_go(page: Page, entry: Entry) -> None:
    page.goto(entry.get_absolute_url())
    ends = f"{timezone.localtime(entry.ends_at):%H:%M}"
    expect(page.get_by_text(f"Check out when you go, at {ends} or before")).to_be_visible()


def time_passes(shift: Shift) -> None:
    rows = Shift.objects.filter(pk=shift.pk)
    rows.update(**{name: F(name) - PASSED for name in ("gate_at", "starts_at", "ends_at")})
    entries = Entry.objects.filter(shift=shift)
    entries.update(**{name: F(name) - PASSED for name in ("arrived_at", "starts_at", "ends_at")})


def goes(page: Page, entry: Entry) -> None:
    page.goto(entry.get_absolute_url())
    page.get_by_role("link", name="Goes").click()
    page.get_by_role("button", name="Goes").click()
    expect(page.get_by_text("Noted: thank you.")).to_be_visible()
    expect(page.get_by_text("They count when the lead has confirmed them.")).to_be_visible()


def confirms(page: Page) -> None:
    page.goto("/volunteers/boards/")
    waits = page.locator("#hours li", has_text="volunteer")
    waits.get_by_role("button", name="Confirm the hours").click()
    expect(page.get_by_text("The hours are theirs.")).to_be_visible()


def has_a_certificate(page: Page) -> Certificate:
    page.goto("/volunteers/hours/")
    expect(page.get_by_text("2.0 hours in all")).to_be_visible()
    stays_in_width(page)
    page.get_by_role("link", name="A new one").click()
    page.get_by_role("button", name="Issue it").click()
    expect(page.get_by_role("heading", name="Certificate of voluntary hours")).to_be_visible()
    page.get_by_role("link", name="What others may see").click()
    page.get_by_label("My name").check()
    page.get_by_role("button", name="What others may see").click()
    expect(page.get_by_text("The public page shows this from now on.")).to_be_visible()
    return Certificate.objects.get()


def somebody_checks(page: Page, certificate: Certificate) -> None:
    """Signed out: the name, for its holder agreed to it, and nothing of the hours."""
    page.context.clear_cookies()
    page.goto(certificate.get_absolute_url())
    expect(page.locator("main")).to_contain_text("It is valid.")
    expect(page.locator("main")).to_contain_text("volunteer")
    expect(page.locator("main")).not_to_contain_text("2.0")
    expect(page.locator("main")).not_to_contain_text("Service day")
    answer = page.goto("/volunteers/certificates/V2026-999999/")
    assert answer is not None
    assert answer.status == 404
