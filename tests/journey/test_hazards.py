"""A hazard from the round that found it to the door that is closed by somebody else; and one that a
resident reports, who reads what came of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from attachments.models import Attachment
from attachments.services import of, store
from audit.models import Entry
from safety.models import Answer, Hazard, Round
from safety.services import hazards
from tests import factories as make
from tests.attachments.conftest import stored  # noqa: F401
from tests.everything import a_photo
from tests.journey.phones import Phone, all_sent, kept, waiting
from tests.journey.test_rounds import DESK, question, save, stays_in_width
from tests.journey.wire import Wire
from tests.people import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BEFORE, AFTER = Attachment.Stage.BEFORE, Attachment.Stage.AFTER
ASKED = "安全出口畅通"
PLAN, MEASURES, FUNDS = "换一扇防火门", "拆下旧门，装新门，试关三次", "1200"
RESULT = "门换好了，能自己关上"
SEEN = "门开得到底，地上没有东西"
INTERIM = "门口派人看着"
DANGER, WORDS, WHERE = "电动车堵住出口", "早晚都有七八辆", "一楼信箱旁边"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "found.jpg"
    path.write_bytes(a_photo().read())
    return path


def tap(page: Page, name: str) -> None:
    """The button that sends the form of the page."""
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def is_refused(page: Page, name: str) -> None:
    """The answer stands in the place of what was sent."""
    page.evaluate("document.getElementById('main').dataset.sent = 'yes'")
    tap(page, name)
    expect(page.locator("#main[data-sent]")).to_have_count(0)


def is_asked_for(page: Page, hazard: Hazard, name: str) -> None:
    """A verb that asks for something first, from the bar of the hazard's page."""
    page.goto(hazard.get_absolute_url())
    stays_in_width(page)
    page.locator(".act").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    stays_in_width(page)


def add(page: Page, picture: Path) -> None:
    page.locator("main [data-photos-input]").set_input_files(picture)


def stages(hazard: Hazard) -> list[str]:
    return [one.stage for one in of(hazard)]


def state(hazard: Hazard) -> str:
    hazard.refresh_from_db()
    return hazard.status


# --- from a round to the closed door


def test_from_a_round_to_the_closed_door(
    world: World, wire: Wire, phone: Phone, picture: Path
) -> None:
    round = two_points(world)
    inspector = phone(world.inspector)
    kept(inspector, "/safety/rounds/")
    hazard = is_found_at_the_first_point(inspector, round, picture)
    is_found_without_signal(inspector, wire, round, picture)

    is_graded_from_the_list(inspector, hazard)
    desk = phone(world.manager)
    desk.set_viewport_size(DESK)
    is_ordered(desk, hazard, world.technician)

    technician = phone(world.technician)
    is_begun_and_put_right(technician, hazard, picture)
    shows_both_photographs(desk, hazard)
    closes_nothing_of_their_own(technician, hazard)

    asks_for_a_photograph(inspector, hazard)
    is_closed(inspector, hazard, picture)
    stays_closed(desk, hazard)


def two_points(world: World) -> Round:
    route = make.make_route(world.court, "1 栋楼道", "2 栋楼道", name="消防通道")
    plan = make.make_plan(route, name="消防夜巡", assignee=world.inspector, lead=world.manager)
    return make.make_round(plan, assignee=world.inspector)


def is_wrong(page: Page, words: str, picture: Path) -> None:
    asked = question(page, ASKED)
    asked.locator("label.late").click()
    asked.get_by_label("In words").fill(words)
    asked.locator("[data-photos-input]").set_input_files(picture)
    stays_in_width(page)


def is_found_at_the_first_point(page: Page, round: Round, picture: Path) -> Hazard:
    page.goto(round.get_absolute_url())
    stays_in_width(page)
    page.get_by_role("link", name="To the first point").click()
    expect(page.get_by_role("heading", name="1. 1 栋楼道")).to_be_visible()
    is_wrong(page, "防火门关不上", picture)
    assert save(page) == 302
    expect(page.get_by_role("heading", name="2. 2 栋楼道")).to_be_visible()
    hazard = Hazard.objects.get()
    assert hazard.number == f"H{timezone.localdate().year}-000001"
    assert (hazard.words, hazard.origin, hazard.status) == ("防火门关不上", round, "found")
    assert stages(hazard) == [BEFORE]
    return hazard


def is_found_without_signal(page: Page, wire: Wire, round: Round, picture: Path) -> None:
    wire.cut()
    page.reload()
    expect(page.get_by_role("heading", name="2. 2 栋楼道")).to_be_visible()
    is_wrong(page, "地上堆着纸箱", picture)
    here = page.url
    page.locator(".act .btn-go").click()
    page.wait_for_url(lambda url: url != here)
    expect(waiting(page)).to_contain_text("1 kept")
    stays_in_width(page)
    assert Hazard.objects.count() == 1
    wire.mend()
    all_sent(page)
    round.refresh_from_db()
    assert round.status == "done"
    assert Entry.objects.for_row(round).filter(code="safety.round.check").count() == 2
    assert list(Hazard.objects.order_by("pk").values_list("words", flat=True)) == [
        "防火门关不上",
        "地上堆着纸箱",
    ]
    for hazard in Hazard.objects.all():
        assert stages(hazard) == [BEFORE]
    assert Answer.objects.filter(verdict="fail").count() == 2
    page.goto(round.get_absolute_url())
    expect(page.get_by_role("heading", name="2 of 2 points")).to_be_visible()
    stays_in_width(page)


def is_graded_from_the_list(page: Page, hazard: Hazard) -> None:
    page.goto("/safety/hazards/")
    expect(page.locator("tr[data-row]")).to_have_count(2)
    stays_in_width(page)
    page.get_by_role("link", name=hazard.title).click()
    page.wait_for_url(f"**{hazard.get_absolute_url()}")
    is_asked_for(page, hazard, "Grade")
    page.get_by_label("Grade", exact=True).select_option(label="major")
    page.get_by_label("Safeguard meanwhile").fill(INTERIM)
    tap(page, "Grade")
    expect(page.locator("main")).to_contain_text("graded it")
    expect(page.locator("main")).to_contain_text(INTERIM)
    stays_in_width(page)
    assert (state(hazard), hazard.grade, hazard.interim) == ("graded", "major", INTERIM)


def is_ordered(page: Page, hazard: Hazard, technician: User) -> None:
    by = timezone.localtime() + timedelta(days=3)
    is_asked_for(page, hazard, "Order it put right")
    page.get_by_label("Plan", exact=True).fill(PLAN)
    page.locator("[name=responsible]").select_option(label=technician.name)
    page.get_by_label("Measures").fill(MEASURES)
    page.get_by_label("Funds").fill(FUNDS)
    page.get_by_label("To be put right by").fill(f"{by:%Y-%m-%dT%H:%M}")
    tap(page, "Order it put right")
    expect(page.locator(".fixes dd")).to_have_text(
        [PLAN, technician.name, MEASURES, "¥1,200.00", f"{by:%Y-%m-%d %H:%M}"]
    )
    stays_in_width(page)
    assert (state(hazard), hazard.responsible) == ("ordered", technician)


def is_begun_and_put_right(page: Page, hazard: Hazard, picture: Path) -> None:
    page.goto("/notifications/")
    stays_in_width(page)
    page.locator("a.row-card", has_text=hazard.title).click()
    page.wait_for_url(f"**{hazard.get_absolute_url()}")
    tap(page, "Begin to put it right")
    expect(page.locator("main")).to_contain_text("began to put it right")
    is_asked_for(page, hazard, "It is put right")
    page.get_by_label("What was done").fill(RESULT)
    add(page, picture)
    tap(page, "It is put right")
    expect(page.locator("main")).to_contain_text("reported it put right")
    expect(page.locator(".compare figure")).to_have_count(2)
    stays_in_width(page)
    assert (state(hazard), hazard.result) == ("submitted", RESULT)
    assert sorted(stages(hazard)) == [AFTER, BEFORE]


def shows_both_photographs(page: Page, hazard: Hazard) -> None:
    page.goto(hazard.get_absolute_url())
    figures = page.locator(".compare figure")
    expect(figures).to_have_count(2)
    expect(figures.locator("img")).to_have_count(2)
    expect(figures.nth(0)).to_contain_text("before")
    expect(figures.nth(1)).to_contain_text("after")
    left, right = (figures.nth(n).bounding_box() for n in (0, 1))
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] <= right["x"]
    assert left["y"] == right["y"]
    stays_in_width(page)


BY_HAND = """async (url) => {
    const secret = document.cookie.match(/csrftoken=([^;]+)/)[1];
    const body = new FormData();
    body.append("inspection", "自己看过了");
    const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
    canvas.getContext("2d").fillRect(0, 0, 64, 48);
    const picture = await new Promise((done) => canvas.toBlob(done, "image/jpeg"));
    body.append("photos", picture, "seen.jpg");
    const headers = { "X-CSRFToken": secret };
    return (await fetch(url, { method: "POST", body, headers, redirect: "manual" })).status;
}"""


def closes_nothing_of_their_own(page: Page, hazard: Hazard) -> None:
    """Whoever put it right."""
    path = hazard.get_absolute_url()
    page.goto(path)
    main = page.locator("main")
    expect(main).to_contain_text("Whoever put it right does not look at it again")
    expect(main).not_to_contain_text("In order: close it")
    expect(page.locator('[action*="/close/"], [href*="/close/"]')).to_have_count(0)
    assert page.evaluate(BY_HAND, f"{path}close/") == 403
    assert (state(hazard), hazard.closed_at) == ("submitted", None)
    assert sorted(stages(hazard)) == [AFTER, BEFORE]
    answer = page.goto(f"{path}close/")
    assert answer is not None
    assert answer.status == 403
    stays_in_width(page)


def asks_for_a_photograph(page: Page, hazard: Hazard) -> None:
    page.goto(hazard.get_absolute_url())
    expect(page.get_by_role("heading", name="Look at it again")).to_be_visible()
    stays_in_width(page)
    page.get_by_label("What did you see there?").fill(SEEN)
    is_refused(page, "In order: close it")
    expect(page.locator("main")).to_contain_text("Show by a photograph what you saw there.")
    expect(page.get_by_label("What did you see there?")).to_have_value(SEEN)
    stays_in_width(page)
    assert state(hazard) == "submitted"


def is_closed(page: Page, hazard: Hazard, picture: Path) -> None:
    page.goto(hazard.get_absolute_url())
    # what was refused is a draft still
    expect(page.get_by_label("What did you see there?")).to_have_value(SEEN)
    add(page, picture)
    tap(page, "In order: close it")
    again = looked_at_again(page)
    expect(again).to_contain_text("inspector")
    expect(again).to_contain_text(SEEN)
    expect(again.locator("img")).to_have_count(1)
    stays_in_width(page)
    assert (state(hazard), hazard.inspected_by) == ("closed", hazard.found_by)
    assert sorted(stages(hazard)) == [Attachment.Stage.NONE, AFTER, BEFORE]


def stays_closed(page: Page, hazard: Hazard) -> None:
    page.goto(hazard.get_absolute_url())
    expect(looked_at_again(page)).to_contain_text("inspector")
    expect(page.locator(".compare figure")).to_have_count(2)
    expect(page.locator(".act .btn-go")).to_have_count(0)
    stays_in_width(page)
    page.goto("/safety/hazards/")
    expect(page.locator("tr[data-row]")).to_have_count(1)


def looked_at_again(page: Page) -> Locator:
    heading = page.get_by_role("heading", name="Looked at again")
    return page.locator("section.panel").filter(has=heading)


# --- a resident reports a danger


def test_a_resident_reports_a_danger_and_reads_what_came_of_it(
    world: World, phone: Phone, picture: Path
) -> None:
    page = phone(world.resident)
    opens_the_tile(page)
    loses_nothing(page, picture)
    hazard = is_reported(page, world.resident)
    is_put_right(world, hazard)
    reads_what_came_of_it(page, hazard)
    is_nobodys_business(phone(world.neighbour), hazard)


def opens_the_tile(page: Page) -> None:
    page.goto("/")
    stays_in_width(page)
    page.locator("a.tile", has_text="Danger").click()
    page.wait_for_url("**/safety/report/")
    expect(page.get_by_role("heading", name="Report a danger")).to_be_visible()
    stays_in_width(page)


def loses_nothing(page: Page, picture: Path) -> None:
    """What is missing is said twice: sent empty, and with all but the title and the place."""
    for words in ("", WORDS):
        page.get_by_label("What else should be known?").fill(words)
        if words:
            add(page, picture)
        is_refused(page, "Report it")
        main = page.locator("main")
        expect(main).to_contain_text("Please say in a few words what is dangerous.")
        expect(main).to_contain_text("Please choose the place, or say where it is.")
        expect(page.get_by_label("What else should be known?")).to_have_value(words)
        expect(page.locator("main .photos-kept img")).to_have_count(1 if words else 0)
        stays_in_width(page)
    assert not Hazard.objects.exists()


def is_reported(page: Page, resident: User) -> Hazard:
    page.get_by_label("What is dangerous?").fill(DANGER)
    page.get_by_label("Where exactly").fill(WHERE)
    tap(page, "Report it")
    expect(page.get_by_role("heading", name=DANGER)).to_be_visible()
    main = page.locator("main")
    expect(main.locator(".state", has_text="found")).to_be_visible()
    for said in (WHERE, WORDS, "You hear as soon as it is put right."):
        expect(main).to_contain_text(said)
    stays_in_width(page)
    hazard = Hazard.objects.get()
    assert (hazard.reporter, hazard.title, hazard.status) == (resident, DANGER, "found")
    assert (hazard.where_words, hazard.words, stages(hazard)) == (WHERE, WORDS, [BEFORE])
    assert page.url.endswith(hazard.get_absolute_url())
    return hazard


def is_put_right(world: World, hazard: Hazard) -> None:
    inspector, technician = world.inspector, world.technician
    at = timezone.now()
    hazards.grade(hazard, actor=inspector, at=at, grade="general", interim=INTERIM)
    hazards.order(
        hazard,
        actor=world.manager,
        at=at,
        plan=PLAN,
        responsible=technician,
        measures=MEASURES,
        funds=None,
        due_at=at + timedelta(days=3),
    )
    hazards.begin(hazard, actor=technician, at=at)
    shown = {"photos": [taken_by(technician)]}
    hazards.submit(hazard, actor=technician, at=at, result=RESULT, **shown)
    seen = {"inspection": SEEN, "photos": [taken_by(inspector)]}
    hazards.close(hazard, actor=inspector, at=at, **seen)


def taken_by(person: User) -> str:
    return str(store(a_photo(), by=person, at=timezone.now()).key)


def reads_what_came_of_it(page: Page, hazard: Hazard) -> None:
    page.goto("/notifications/")
    message = page.locator("a.row-card", has_text=f"{DANGER}, which you reported")
    expect(message).to_have_count(1)
    expect(message).to_contain_text("is put right")
    stays_in_width(page)
    message.click()
    page.wait_for_url(f"**{hazard.get_absolute_url()}")
    main = page.locator("main")
    expect(main.locator(".state", has_text="closed")).to_be_visible()
    expect(main).to_contain_text("It is put right, and somebody else has looked at it again.")
    expect(main).to_contain_text(RESULT)
    for inside in (PLAN, MEASURES, INTERIM, SEEN, "technician", "inspector", "manager"):
        expect(main).not_to_contain_text(inside)
    stays_in_width(page)


def is_nobodys_business(page: Page, hazard: Hazard) -> None:
    answer = page.goto(hazard.get_absolute_url())
    assert answer is not None
    assert answer.status == 404
    stays_in_width(page)
