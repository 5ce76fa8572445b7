"""From a repair that nobody can mend alone a grid's leader calls the property branch and an office;
at each step the resident reads at home how it goes on, and nothing that was said among those who
work on it: here somebody meets every page of a matter as its reader gets there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from attachments.services import of
from parties.models import Matter, Organisation
from repairs.models import Ticket
from tests import factories as make
from tests.attachments.conftest import stored  # noqa: F401
from tests.factories import PASSWORD
from tests.journey.phones import sign_in
from tests.journey.test_rounds import stays_in_width
from tests.people import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
Open = Callable[..., Page]

TITLE, WORDS = "3 栋排水管堵塞", "正在请物业和街道一起看看。"
# each is typed where residents read nothing
INNER_TITLE = "排水主管返水·内部甲子"
DESCRIPTION = "物业欠了两年维修款·内部乙丑"
PLACE = "地下室北侧检查井·内部丙寅"
PLAN = "先封井再换管·内部丁卯"
NOTE = "住户脾气急·内部戊辰"
PROMISE = "派一辆吸污车·内部己巳"
RESULT = "换了六米铸铁管·内部庚午"
WHY = "拖了两天才到·内部辛未"
WRITTEN = (INNER_TITLE, DESCRIPTION, PLACE, PLAN, NOTE, PROMISE, RESULT, WHY)
# supervision and grades are the house's own words
INNER = (*WRITTEN, "内部", "督办", "满意")


@pytest.fixture
def script() -> bool:
    return True


@pytest.fixture
def open_as(script: bool, browser: Browser, live_server: LiveServer) -> Iterator[Open]:
    """A browser of one's own that speaks Chinese, signed in at the sign-in page."""
    contexts: list[BrowserContext] = []

    def signed_in(person: User, viewport: dict[str, int] = PHONE) -> Page:
        person.language = "zh-hans"
        person.set_password(PASSWORD)
        person.save()
        context = browser.new_context(
            base_url=live_server.url,
            viewport=viewport,
            locale="zh-CN",
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        sign_in(page, person)
        return page

    yield signed_in
    for context in contexts:
        context.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "the-new-pipe.jpg"
    Image.new("RGB", (640, 480), "teal").save(path)
    return path


@pytest.fixture
def ticket(world: World) -> Ticket:
    """The resident's, open, of which the leader knows number and title."""
    return make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)


@pytest.fixture
def office(world: World) -> Organisation:
    office = make.make_organisation(world.court.community, "街道城管科", kind="office")
    make.make_post(make.make_user("office"), office, "liaison")
    return office


def test_leader_calls_and_resident_reads_each_step(
    world: World, open_as: Open, ticket: Ticket, office: Organisation, photo: Path
) -> None:
    leader, at_home = open_as(world.grid_leader, DESK), open_as(world.resident)
    matter = the_others_are_called(leader, world, ticket, office)
    reads_at_home = Reader(at_home, matter, ticket)
    reads_at_home("已转给相关单位")

    lead = open_as(world.property_lead)
    signed_for(lead, matter)
    reads_at_home("已有单位接手")

    done(lead, matter, "到场", "已记下：您已到场。")
    reads_at_home("已到现场看过")

    by = timezone.localdate() + timedelta(days=10)
    planned(lead, matter, by)
    reads_at_home("方案已定")
    promised = f"{by.month}月{by.day}日前疏通。"
    told(lead, matter, promised)
    reads_at_home("方案已定", promised)

    done(lead, matter, "开始办理", "已开始办理。")
    noted(lead, matter)
    helped(open_as(User.objects.get(username="office")), matter, by)
    reads_at_home("正在办", promised)

    completed(lead, matter, photo)
    reads_at_home("等社区验收", promised)

    done(leader, matter, "验收通过", "验收通过。")
    reads_at_home("已办好", promised)
    graded(leader, matter, office)
    reads_at_home("已办好", promised)

    the_ticket_is_known_by_name(leader, matter, ticket)
    matter.refresh_from_db()
    assert (matter.status, of(matter).count()) == ("rated", 1)
    assert parts_of(matter) == {
        (world.property_branch, "lead", "done", "good"),
        (office, "helper", "open", "fair"),
    }


@pytest.mark.parametrize("script", [False], ids=["no-script"])
def test_leader_calls_by_phone_without_script(
    world: World, open_as: Open, ticket: Ticket, office: Organisation
) -> None:
    matter = the_others_are_called(open_as(world.grid_leader), world, ticket, office)
    Reader(open_as(world.resident), matter, ticket)("已转给相关单位")


def parts_of(matter: Matter) -> set[tuple[Organisation, str, str, str]]:
    return {
        (part.organisation, part.role, part.status, part.grade)
        for part in matter.parts.select_related("organisation")
    }


# --- the caller


def the_others_are_called(page: Page, world: World, ticket: Ticket, office: Organisation) -> Matter:
    """From the home in which it drips, by one link and one form."""
    page.goto(world.home.household.get_absolute_url())
    here = page.locator("section", has=page.get_by_role("heading", name="这一户正在办的事"))
    expect(here.locator(".row-card .title")).to_have_text(ticket.title)
    stays_in_width(page)
    here.get_by_role("link", name="吹哨，请各方来办").click()
    expect(page.locator(".notice.new")).to_have_text(f"来自 {ticket.number} {ticket.title}")
    expect(page.get_by_label("一句话说清楚")).to_have_value(ticket.title)
    page.get_by_label("一句话说清楚").fill(INNER_TITLE)
    page.get_by_label("什么事").fill(DESCRIPTION)
    page.get_by_label("具体位置").fill(PLACE)
    page.get_by_label("吹哨单位").select_option(label=str(world.branch))
    page.get_by_label("牵头单位").select_option(label=str(world.property_branch))
    page.get_by_role("group", name="协办单位").get_by_label(str(office)).check()
    page.get_by_label("给居民看的标题").fill(TITLE)
    page.get_by_label("写给居民的话").fill(WORDS)
    stays_in_width(page)
    page.get_by_role("button", name="吹哨").click()
    expect(page.get_by_role("heading", name=INNER_TITLE)).to_be_visible()
    stays_in_width(page)

    matter = Matter.objects.get()
    raised = (matter.status, matter.caller, matter.lead, matter.raised_by)
    assert raised == ("raised", world.branch, world.property_branch, world.grid_leader)
    ground = (matter.origin, matter.unit, matter.resident)
    assert ground == (ticket, world.home, world.resident)
    assert parts_of(matter) == {
        (world.property_branch, "lead", "open", ""),
        (office, "helper", "open", ""),
    }
    return matter


def graded(page: Page, matter: Matter, office: Organisation) -> None:
    page.get_by_role("link", name="打分").click()
    for organisation, grade in ((matter.lead, "满意"), (office, "基本满意")):
        asked = page.get_by_role("group", name=str(organisation))
        asked.locator("label").filter(has_text=re.compile(rf"^\s*{grade}")).click()
        asked.get_by_label("原因").fill(WHY)
    stays_in_width(page)
    page.get_by_role("button", name="打分").click()
    expect(page.locator("#messages")).to_contain_text("已打分，各单位都看得到。")
    for organisation in (matter.lead, office):
        expect(part(page, organisation)).to_contain_text(WHY)


def the_ticket_is_known_by_name(page: Page, matter: Matter, ticket: Ticket) -> None:
    """The leader sees no ticket, and is led to none."""
    page.goto(matter.get_absolute_url())
    came_from = page.locator(".row-card", has_text=ticket.number)
    expect(came_from.locator(".title")).to_have_text(f"{ticket.number} {ticket.title}")
    expect(page.get_by_role("link", name=ticket.number)).to_have_count(0)


# --- those who are called


def done(page: Page, matter: Matter, verb: str, said: str) -> None:
    """What asks for nothing more than a tap."""
    page.goto(matter.get_absolute_url())
    page.get_by_role("button", name=verb, exact=True).click()
    expect(page.locator("#messages")).to_contain_text(f"{matter.number} · {said}")
    stays_in_width(page)


def signed_for(page: Page, matter: Matter) -> None:
    """It waits on the own board."""
    page.goto("/parties/")
    page.get_by_role("link", name=INNER_TITLE).first.click()
    expect(page.get_by_text(DESCRIPTION)).to_be_visible()
    done(page, matter, "签收", "已签收，并告知吹哨单位。")


def to_the_form(page: Page, matter: Matter, verb: str) -> None:
    page.goto(matter.get_absolute_url())
    link = page.locator(".act").get_by_role("link", name=verb, exact=True)
    if not link.is_visible():
        page.locator(".act summary", has_text="更多").click()
    link.click()
    expect(page.get_by_role("heading", name=verb)).to_be_visible()


def sent(page: Page, verb: str, said: str) -> None:
    stays_in_width(page)
    page.get_by_role("button", name=verb).click()
    expect(page.locator("#messages")).to_contain_text(said)
    stays_in_width(page)


def planned(page: Page, matter: Matter, by: date) -> None:
    to_the_form(page, matter, "定方案")
    page.get_by_label("打算怎么办").fill(PLAN)
    page.get_by_label("计划办完日期").fill(by.isoformat())
    sent(page, "定方案", "方案和期限已定。")
    matter.refresh_from_db()
    assert (matter.status, matter.due_on) == ("planned", by)


def told(page: Page, matter: Matter, words: str) -> None:
    to_the_form(page, matter, "写给居民的话")
    expect(page.get_by_label("给居民看的标题")).to_have_value(TITLE)
    page.get_by_label("写给居民的话").fill(words)
    sent(page, "写给居民的话", "居民现在就能看到。")


def part(page: Page, organisation: Organisation) -> Locator:
    return page.locator("li.party", has_text=str(organisation))


def noted(page: Page, matter: Matter) -> None:
    page.goto(matter.get_absolute_url())
    part(page, matter.lead).get_by_role("link", name="内部备注").click()
    page.get_by_label("内容").fill(NOTE)
    sent(page, "内部备注", "已记下，只有办理的人能看到。")
    expect(part(page, matter.lead).locator(".bubble")).to_contain_text(NOTE)


def helped(page: Page, matter: Matter, by: date) -> None:
    """A helper promises its part, and reads no note of the lead's."""
    page.goto(matter.get_absolute_url())
    assert NOTE not in page.content()
    page.get_by_role("link", name="作出承诺").click()
    page.get_by_label("我们负责做什么").fill(PROMISE)
    page.get_by_label("计划办完日期").fill(by.isoformat())
    sent(page, "作出承诺", "您单位的承诺已记下。")
    expect(page.get_by_text(PROMISE)).to_be_visible()


def completed(page: Page, matter: Matter, photo: Path) -> None:
    to_the_form(page, matter, "报办结")
    page.get_by_label("办理结果").fill(RESULT)
    page.locator("input[type=file]").set_input_files(photo)
    sent(page, "报办结", "已报办结，等吹哨单位验收。")
    expect(page.locator(".compare .photos img")).to_have_count(1)
    assert [photo.stage for photo in of(matter)] == ["after"]


# --- at home


class Reader:
    """The resident, who goes from the ticket to the matter, back, and over what they were sent."""

    def __init__(self, page: Page, matter: Matter, ticket: Ticket) -> None:
        self.page, self.matter, self.ticket = page, matter, ticket

    def __call__(self, state: str, words: str = WORDS) -> None:
        page = self.page
        page.goto(self.ticket.get_absolute_url())
        became = page.locator("a.row-card", has_text=self.matter.number)
        expect(became.locator(".title")).to_have_text(f"{self.matter.number} {TITLE} · {state}")
        self.reads_nothing_inner()

        became.click()
        page.wait_for_url(f"**{self.matter.get_absolute_url()}")
        expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
        expect(page.locator("main .state")).to_have_text(state)
        expect(page.locator("main .prewrap")).to_have_text(words)
        self.reads_nothing_inner()

        page.goto("/notifications/")
        newest = page.locator("a.row-card", has_text=TITLE).first
        expect(newest).to_contain_text(state)
        self.reads_nothing_inner()
        newest.click()
        page.wait_for_url(f"**{self.matter.get_absolute_url()}")

        page.get_by_role("link", name=self.ticket.number).click()
        page.wait_for_url(f"**{self.ticket.get_absolute_url()}")

    def reads_nothing_inner(self) -> None:
        shown = self.page.content()
        assert [words for words in INNER if words in shown] == [], self.page.url
        stays_in_width(self.page)
