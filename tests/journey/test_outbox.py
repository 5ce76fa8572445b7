"""Without signal: what is typed waits on the phone, leaves by itself, once, and stays one's own."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import segno
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from attachments.models import Attachment, Comment
from audit.models import Entry
from repairs import services
from repairs.models import Ticket
from safety.models import Round
from tests import factories as make
from tests.everything import a_photo
from tests.factories import PASSWORD
from tests.journey.phones import SOON, Phone, all_sent, kept, sign_in, waiting
from tests.journey.wire import Wire
from tests.people import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "found.jpg"
    path.write_bytes(a_photo().read())
    return path


@pytest.fixture
def twelve(world: World) -> Round:
    names = [f"{n} 栋楼道" for n in range(1, 13)]
    plan = make.make_plan(make.make_route(world.court, *names), name="消防通道")
    begin = timezone.now() - timedelta(minutes=10)
    return make.make_round(plan, planned_at=begin, assignee=world.inspector)


def test_a_round_is_walked_with_the_network_cut_in_the_middle(
    world: World, wire: Wire, phone: Phone, twelve: Round, picture: Path
) -> None:
    page = phone(world.inspector)
    kept(page, "/safety/rounds/")
    page.goto(f"/safety/rounds/{twelve.pk}/")
    page.get_by_role("link", name="To the first point").click()
    began = timezone.now()
    for n in range(1, 13):
        if n == 5:
            wire.cut()
        if n == 8:
            # the tab is closed and opened again, without signal
            context, url = page.context, page.url
            page.close()
            page = context.new_page()
            page.goto(url)
            expect(waiting(page)).to_contain_text("3 kept")
        expect(page.get_by_role("heading", name=f"{n}. {n} 栋楼道")).to_be_visible()
        if n in (3, 6, 9):
            page.get_by_text("Not in order", exact=True).click()
            page.locator("[data-photos-input]").set_input_files(picture)
            page.get_by_label("In words").fill(f"纸箱 {n}")
        else:
            page.get_by_text("In order", exact=True).click()
        here = page.url
        page.locator(".act .btn-go").click()
        if n < 12:
            page.wait_for_url(lambda url, here=here: url != here)
        else:
            expect(waiting(page)).to_contain_text("8 kept")
    assert twelve.points.filter(reached_at__isnull=False).count() == 4
    wire.mend()
    all_sent(page)
    twelve.refresh_from_db()
    assert twelve.status == "done"
    times = list(twelve.points.order_by("position").values_list("reached_at", flat=True))
    assert times == sorted(times)
    assert times[0] >= began - timedelta(seconds=2)
    failed = twelve.points.filter(failed=1).order_by("position")
    assert [point.position for point in failed] == [3, 6, 9]
    assert [point.answers.get().words for point in failed] == ["纸箱 3", "纸箱 6", "纸箱 9"]
    # each finding has its photograph, and so has the hazard that was made of it
    whose = Counter(
        Attachment.objects.filter(object_id__isnull=False).values_list(
            "content_type__model", flat=True
        )
    )
    assert whose == {"answer": 3, "hazard": 3}
    checks = Entry.objects.for_row(twelve).filter(code="safety.round.check")
    assert checks.count() == 12


def test_a_label_opens_its_point_without_signal(
    world: World, wire: Wire, phone: Phone, twelve: Round
) -> None:
    page = phone(world.inspector)
    kept(page, "/safety/rounds/")
    wire.cut()
    point = world.court.checkpoints.get(name="7 栋楼道")
    page.goto(f"/safety/p/{point.qr}/")
    expect(page.get_by_role("heading", name="7. 7 栋楼道")).to_be_visible()
    page.get_by_text("In order", exact=True).click()
    page.locator(".act .btn-go").click()
    expect(waiting(page)).to_contain_text("1 kept")
    wire.mend()
    all_sent(page)
    assert twelve.points.get(checkpoint=point).by_label


def job(world: World) -> Ticket:
    ticket = make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)
    services.accept(ticket, actor=world.dispatcher, at=timezone.now())
    services.dispatch(ticket, worker=world.technician, actor=world.dispatcher, at=timezone.now())
    return ticket


def test_a_day_of_jobs_without_network(
    world: World, wire: Wire, phone: Phone, picture: Path
) -> None:
    """A verb of one button, a comment, a finish with a photograph: each once."""
    first, second = job(world), job(world)
    services.start(second, actor=world.technician, at=timezone.now())
    page = phone(world.technician)
    kept(page, "/repairs/jobs/")
    wire.cut()
    page.goto("/repairs/jobs/")
    start = page.locator(f'form[action$="{first.number}/start/"] button')
    start.click()
    expect(waiting(page)).to_contain_text("1 kept")
    expect(start).to_be_disabled()
    # the page that is kept knows nothing of it: another tap there is no second start
    page.reload()
    start.click()
    expect(waiting(page)).to_contain_text("2 kept")
    page.goto(f"/repairs/{second.number}/resolve/")
    page.locator("textarea[name=resolution]").fill("换了阀芯")
    page.locator("[data-photos-input]").set_input_files(picture)
    page.locator("main .form-actions .btn-go").click()
    expect(waiting(page)).to_contain_text("3 kept")
    wire.mend()
    expect(waiting(page)).to_contain_text("1 could not be taken", timeout=SOON)
    expect(page.locator("#outbox")).to_contain_text("You did so already")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status, second.resolution) == (
        "in_progress",
        "resolved",
        "换了阀芯",
    )
    assert Attachment.objects.for_row(second).count() == 1
    for code, row in (("start", first), ("resolve", second)):
        assert Entry.objects.for_row(row).filter(code=f"repairs.ticket.{code}").count() == 1


def test_a_report_and_a_comment_wait_too(world: World, wire: Wire, phone: Phone) -> None:
    ticket = job(world)
    page = phone(world.resident)
    page.goto(f"/repairs/{ticket.number}/comment/")
    wire.cut()
    page.locator("textarea[name=body]").fill("阀门在柜子里")
    page.locator("main .form-actions .btn-go").click()
    expect(waiting(page)).to_contain_text("1 kept")
    wire.mend()
    all_sent(page)
    assert Comment.objects.for_row(ticket).count() == 1
    page.goto("/repairs/new/")
    page.locator(".tile").first.click()
    page.locator("textarea[name=description]").fill("The tap drips.")
    wire.cut()
    page.locator(".act .btn-go").click()
    expect(waiting(page)).to_contain_text("1 kept")
    wire.mend()
    all_sent(page)
    assert Ticket.objects.filter(description="The tap drips.").count() == 1


def test_what_is_refused_comes_back_with_what_was_typed(
    world: World, wire: Wire, phone: Phone, picture: Path
) -> None:
    """The desk takes the job away while the technician is offline."""
    ticket = job(world)
    services.start(ticket, actor=world.technician, at=timezone.now())
    page = phone(world.technician)
    kept(page, "/repairs/jobs/")
    wire.cut()
    page.goto(f"/repairs/{ticket.number}/resolve/")
    page.locator("textarea[name=resolution]").fill("换了阀芯，试水正常")
    page.locator("[data-photos-input]").set_input_files(picture)
    page.locator("main .form-actions .btn-go").click()
    expect(waiting(page)).to_contain_text("1 kept")
    services.resolve(ticket, resolution="已修好", actor=world.technician, at=timezone.now())
    services.confirm(ticket, actor=world.resident, at=timezone.now())
    wire.mend()
    expect(waiting(page)).to_contain_text("1 could not be taken", timeout=SOON)
    box = page.locator("#outbox")
    expect(box).to_contain_text("换了阀芯，试水正常")
    expect(box).to_contain_text("“closed”")
    expect(box.locator("img")).to_have_count(1)
    box.get_by_role("button", name="Throw away").click()
    expect(waiting(page)).to_have_count(0)


def test_a_second_person_on_the_same_phone_finds_nothing(
    world: World, wire: Wire, phone: Phone, twelve: Round
) -> None:
    page = phone(world.inspector)
    kept(page, "/safety/rounds/")
    url = f"/safety/rounds/{twelve.pk}/points/{world.court.checkpoints.get(name='1 栋楼道').pk}/"
    page.goto(url)
    wire.cut()
    page.get_by_text("In order", exact=True).click()
    page.locator(".act .btn-go").click()
    expect(waiting(page)).to_contain_text("1 kept")
    page.wait_for_url(lambda found: url not in found)
    # the session ends without a word, and somebody else signs in
    page.context.clear_cookies(name="sessionid")
    wire.mend()
    world.technician.set_password(PASSWORD)
    world.technician.save()
    sign_in(page, world.technician)
    page.goto("/repairs/jobs/")
    expect(waiting(page)).to_have_count(0)
    names = page.evaluate("caches.keys()")
    assert f"pages-{world.inspector.pk}" not in names
    assert twelve.points.count() == 0
    # back again, it is still there, and leaves
    page.context.clear_cookies(name="sessionid")
    sign_in(page, world.inspector)
    all_sent(page)
    assert twelve.points.filter(reached_at__isnull=False).count() == 1


def test_signing_out_asks_first_and_leaves_nothing(
    world: World, wire: Wire, phone: Phone, twelve: Round
) -> None:
    page = phone(world.inspector)
    kept(page, "/safety/rounds/")
    point = world.court.checkpoints.get(name="1 栋楼道")
    page.goto(f"/safety/rounds/{twelve.pk}/points/{point.pk}/")
    wire.cut()
    page.get_by_text("In order", exact=True).click()
    page.locator(".act .btn-go").click()
    expect(waiting(page)).to_contain_text("1 kept")
    page.wait_for_url(lambda found: f"/points/{point.pk}/" not in found)
    page.route(
        "**/points/*/",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    wire.mend()
    page.goto("/accounts/me/")
    page.locator('main form[action$="/logout/"] button').click()
    dialog = page.locator("#confirm")
    expect(dialog).to_contain_text("1 things wait to be sent")
    dialog.get_by_role("button", name="Yes, do it").click()
    page.wait_for_url(lambda url: "/me/" not in url)
    found = page.evaluate(
        """async () => [
            (await caches.keys()).filter((name) => name.startsWith("pages-")).length,
            (await idbKeyval.keys(idbKeyval.createStore("banyan-outbox", "waiting"))).length,
            (await idbKeyval.keys(idbKeyval.createStore("banyan", "drafts"))).length,
            Object.keys(localStorage).filter((name) => name.startsWith("kept")).length,
        ]"""
    )
    assert found == [0, 0, 0, 0]


# The camera sees a picture: the label as it is printed.
CAMERA = """
    navigator.mediaDevices.getUserMedia = async () => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 480, height: 480 });
        const brush = canvas.getContext("2d");
        const image = new Image();
        image.src = "data:image/svg+xml;base64,%s";
        await image.decode();
        const draw = () => {
            brush.fillStyle = "white";
            brush.fillRect(0, 0, 480, 480);
            brush.drawImage(image, 40, 40, 400, 400);
        };
        setInterval(draw, 100);
        draw();
        return canvas.captureStream(10);
    };
"""


def shown_to_the_camera(page: Page, text: str) -> None:
    picture = BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="svg", scale=8)
    page.add_init_script(CAMERA % b64encode(picture.getvalue()).decode())


def test_a_label_is_read_inside_the_page(
    world: World, wire: Wire, phone: Phone, twelve: Round
) -> None:
    page = phone(world.inspector)
    point = world.court.checkpoints.get(name="7 栋楼道")
    # printed when the portal stood elsewhere
    shown_to_the_camera(page, f"https://old.example.org/safety/p/{point.qr}/")
    page.goto("/safety/rounds/")
    page.get_by_role("button", name="Scan").click()
    page.wait_for_url(f"**/points/{point.pk}/?label={point.qr}")
    page.get_by_text("In order", exact=True).click()
    page.locator(".act .btn-go").click()
    page.wait_for_url(lambda url: "label" not in url)
    assert twelve.points.get(checkpoint=point).by_label


def test_another_code_is_told_from_a_label(
    world: World, wire: Wire, phone: Phone, twelve: Round
) -> None:
    page = phone(world.inspector)
    shown_to_the_camera(page, "https://example.org/menu")
    page.goto("/safety/rounds/")
    page.get_by_role("button", name="Scan").click()
    expect(page.locator("#scan")).to_contain_text("no label of a point")


def test_a_form_that_was_open_too_long_keeps_what_was_typed(
    world: World, wire: Wire, phone: Phone
) -> None:
    """Its page promises it."""
    ticket = job(world)
    page = phone(world.dispatcher)
    page.goto(f"/repairs/{ticket.number}/note/")
    words = page.locator("textarea[name=body]")
    words.fill("备件已订，周四到")
    page.context.clear_cookies(name="csrftoken")
    page.locator("main .form-actions .btn-go").click()
    expect(page.locator("#main")).to_contain_text("what you typed is kept")
    page.reload()
    expect(words).to_have_value("备件已订，周四到")
    page.locator("main .form-actions .btn-go").click()
    page.wait_for_url(f"**/repairs/{ticket.number}/")
    assert Comment.objects.for_row(ticket).count() == 1
    page.goto(f"/repairs/{ticket.number}/note/")
    expect(words).to_have_value("")


def test_a_register_form_outlives_the_session(world: World, wire: Wire, phone: Phone) -> None:
    page = phone(world.manager)
    page.goto("/estates/places/new/")
    page.get_by_label("Name").fill("社区花园")
    page.context.clear_cookies(name="sessionid")
    page.locator("main .form-actions .btn-go").click()
    page.wait_for_url("**/accounts/login/?next=**")
    page.locator("input[name=login]").fill(world.manager.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/places/new/")
    expect(page.get_by_label("Name")).to_have_value("社区花园")


def test_where_there_is_no_worker_the_page_says_so_and_the_outbox_works(
    world: World, wire: Wire, browser: Browser, twelve: Round
) -> None:
    context = browser.new_context(
        base_url=wire.url, viewport={"width": 360, "height": 740}, locale="en"
    )
    page = context.new_page()
    page.add_init_script("delete Navigator.prototype.serviceWorker")
    world.inspector.language = "en"
    world.inspector.set_password(PASSWORD)
    world.inspector.save()
    sign_in(page, world.inspector)
    page.goto("/safety/rounds/")
    expect(page.locator("[data-no-worker]")).to_contain_text("cannot open rounds without signal")
    point = world.court.checkpoints.get(name="1 栋楼道")
    page.goto(f"/safety/rounds/{twelve.pk}/points/{point.pk}/")
    wire.cut()
    page.get_by_text("In order", exact=True).click()
    page.locator(".act .btn-go").click()
    expect(waiting(page)).to_contain_text("1 kept")
    assert page.url.endswith(f"/points/{point.pk}/")
    wire.mend()
    all_sent(page)
    assert twelve.points.filter(reached_at__isnull=False).count() == 1
    context.close()
