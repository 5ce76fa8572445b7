"""A drill: two buildings counted at once, one of them without signal; who reads where somebody
needs help; the record on paper; and a roll without scripts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from estates.models import Building
from safety.models import Drill, DrillHome, DrillMark, DrillMoment, DrillSheet
from tests import factories as make
from tests.journey.conftest import PHONE
from tests.journey.phones import SOON, Phone, Window, all_sent, kept, waiting
from tests.journey.test_rounds import DESK, stays_in_width
from tests.journey.wire import Wire
from tests.people import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# the roll asks every five seconds what others counted
BY_ITSELF = 9_000
A4 = (595, 842)
# the width of A4 in pixels
PAPER = {"width": 794, "height": 1123}
# any time that the page knows
MOMENT = re.compile(r"^\d{4}-")
DEBRIEF = "广播听得见，楼道通畅；轮椅下楼用了四分钟。"


@pytest.fixture
def first(world: World) -> Building:
    """Of four homes: three on the twelfth floor, one below."""
    for number in ("1202", "1203"):
        make.make_unit(world.court, "3 栋", "2 单元", number, floor=12)
    return world.home.entrance.building


@pytest.fixture
def second(world: World) -> Building:
    """Of eight homes on two floors."""
    for floor in (1, 2):
        for n in range(1, 5):
            unit = make.make_unit(world.court, "5 栋", "1 单元", f"{floor}0{n}", floor=floor)
            make.make_occupant(unit, name=f"住户 {unit.number}")
    return Building.objects.get(estate=world.court, name="5 栋")


@pytest.fixture
def drill(world: World, first: Building, second: Building) -> Drill:
    """Announced for now; two call the roll of the first building, one that of the second."""
    drill = make.make_drill(
        world.court, status="announced", planned_at=timezone.now(), target_minutes=6
    )
    make.make_role(drill, world.grid_member, "roll_caller", first)
    make.make_role(drill, world.mate, "roll_caller", first)
    make.make_role(drill, world.volunteer, "roll_caller", second)
    return drill


def roll_of(drill: Drill, building: Building) -> str:
    return reverse("safety:roll", args=[drill.number, building.pk])


def home(drill: Drill, building: Building, number: str) -> DrillHome:
    return DrillHome.objects.select_related("unit").get(
        part__drill=drill, part__building=building, unit__number=number
    )


def presses(page: Page, verb: str) -> None:
    """A verb of the drill's page that asks for nothing first."""
    page.locator(f'main form[action$="/{verb}/"] button').click()


def opens_the_roll(page: Page, drill: Drill, building: Building) -> None:
    page.goto(drill.get_absolute_url())
    stays_in_width(page)
    page.locator(f'a.btn[href="{roll_of(drill, building)}"]').click()
    expect(page.locator("#roll[data-runs]")).to_be_visible()
    stays_in_width(page)


def button(page: Page, home: DrillHome, mark: str) -> Locator:
    return page.locator(f'.taps [value="{home.pk}:{mark}"]')


def says(page: Page, home: DrillHome, mark: str) -> None:
    pressed = button(page, home, mark)
    pressed.click()
    expect(pressed).to_have_attribute("aria-pressed", "true", timeout=1000)


def counts(page: Page, timeout: float = 1000, **numbers: int) -> None:
    """As the head of the roll says it; at once, unless more time is given."""
    for name, n in numbers.items():
        expect(page.locator(f'[data-count="{name}"]')).to_have_text(str(n), timeout=timeout)


def cells(page: Page, drill: Drill, building: Building) -> Locator:
    """Homes, out, with help, nobody in, missing, left."""
    row = page.locator("main table tr").filter(
        has=page.locator(f'th a[href="{roll_of(drill, building)}"]')
    )
    return row.locator("td")


# --- two buildings at once, one without signal


def test_two_phones_count_two_buildings_at_once_one_of_them_offline(
    world: World,
    wire: Wire,
    phone: Phone,
    window: Window,
    drill: Drill,
    first: Building,
    second: Building,
) -> None:
    below = phone(world.volunteer)
    below.set_viewport_size(PHONE)
    # looked at before the alarm, when there was no roll to be called
    kept(below, drill.get_absolute_url())
    desk = window(world.manager, DESK)
    desk.goto(drill.get_absolute_url())
    presses(desk, "start")
    expect(desk.locator('main form[action$="/end/"]')).to_be_visible()
    drill.refresh_from_db()
    assert drill.status == "running"

    opens_the_roll(below, drill, second)
    is_kept(below)
    wire.cut()
    below.context.set_offline(True)
    lost = timezone.now()
    counted = counts_without_signal(below, drill, second)

    above = window(world.grid_member)
    counts_with_signal(above, drill, first)
    says_it_twice(window(world.mate), above, drill, first, world.grid_member, world.mate)
    assert not DrillMark.objects.filter(home__part__building=second).exists()
    expect(waiting(below)).to_contain_text("5 kept")

    back = timezone.now()
    wire.mend()
    below.context.set_offline(False)
    all_sent(below)
    arrived_as_they_were_seen(drill, second, counted, lost, back)
    expect(below.locator(".taps .waits")).to_have_count(0)
    counts(below, SOON, out=6, assisted=1, away=1, missing=0, left=0)
    each_home_counts_once(drill, {first: 4, second: 8})

    sees_the_whole(desk, drill, first, second)
    is_over(desk, drill)
    counts_no_more(below)


def counts_without_signal(page: Page, drill: Drill, building: Building) -> dict[str, str]:
    """What is tapped is counted at once, and still is when the page is opened again."""
    counts(page, out=0, assisted=0, away=0, missing=0, left=8)
    # a slip of the finger is put right
    says(page, home(drill, building, "203"), "missing")
    counts(page, out=0, missing=1, left=7)
    says(page, home(drill, building, "203"), "assisted")
    counts(page, out=0, assisted=1, missing=0, left=7)
    says(page, home(drill, building, "204"), "away")
    counts(page, assisted=1, away=1, left=6)
    expect(waiting(page)).to_contain_text("3 kept")
    page.reload()
    expect(waiting(page)).to_contain_text("3 kept")
    counts(page, 5000, out=0, assisted=1, away=1, missing=0, left=6)
    expect(page.locator(".taps .waits")).to_have_count(2)
    says_the_rest_is_out(page, drill, building, "201")
    counts(page, out=2, assisted=1, away=1, left=4)
    says_the_rest_is_out(page, drill, building, "101")
    counts(page, out=6, assisted=1, away=1, missing=0, left=0)
    expect(waiting(page)).to_contain_text("5 kept")
    # each shows that it waits, and nobody is said to be left
    expect(page.locator(".taps .waits")).to_have_count(8)
    expect(page.locator('#roll button[name="floor"]:visible')).to_have_count(0)
    expect(page.locator("#roll [data-blank]:visible")).to_have_count(0)
    expect(page.locator(".floor > summary .state:visible")).to_have_count(0)
    stays_in_width(page)
    lower = {f"10{n}": "out" for n in range(1, 5)}
    return {"201": "out", "202": "out", "203": "assisted", "204": "away", **lower}


def says_the_rest_is_out(page: Page, drill: Drill, building: Building, number: str) -> None:
    """Of the floor on which this home lies."""
    of_floor = page.locator("[data-floor]").filter(
        has=page.locator(f"#home-{home(drill, building, number).pk}")
    )
    of_floor.locator('button[name="floor"]').click()


def counts_with_signal(page: Page, drill: Drill, building: Building) -> None:
    """One is missing, and found later; the rest of the floor comes out in one tap."""
    opens_the_roll(page, drill, building)
    counts(page, out=0, assisted=0, away=0, missing=0, left=4)
    lost = home(drill, building, "1204")
    says(page, lost, "missing")
    counts(page, missing=1, left=3)
    # whoever is missing stands before all others
    expect(page.locator(f'#missing a[href="#home-{lost.pk}"]')).to_be_visible()
    assert stands(lost) == "missing"
    says_the_rest_is_out(page, drill, building, "1203")
    counts(page, out=2, missing=1, left=1)
    expect(page.locator("#said .notice")).to_contain_text("2 homes are counted")
    stays_in_width(page)
    says(page, home(drill, building, "1104"), "out")
    counts(page, out=3, missing=1, left=0)
    says(page, lost, "out")
    counts(page, out=4, missing=0, left=0)
    expect(page.locator("#missing article")).to_have_count(0)
    expect(page.locator("#muster time")).to_have_attribute("data-until", MOMENT)
    assert stands(lost) == "out"


def stands(home: DrillHome) -> str:
    home.refresh_from_db()
    return home.mark


def says_it_twice(
    page: Page, before: Page, drill: Drill, building: Building, one: User, other: User
) -> None:
    """A third phone counts a home that is counted: it reads who did, and they read of it."""
    opens_the_roll(page, drill, building)
    expect(page.locator("#others")).to_contain_text(one.name)
    twice = home(drill, building, "1203")
    # a floor that is counted is folded
    page.locator("details").filter(has=button(page, twice, "out")).locator("summary").click()
    says(page, twice, "out")
    told = page.locator("#said .notice")
    expect(told).to_contain_text("1203")
    expect(told).to_contain_text(f"{one.name} had counted it already")
    counts(page, out=4, left=0)
    stays_in_width(page)
    expect(before.locator("#others")).to_contain_text(other.name, timeout=BY_ITSELF)
    expect(before.locator("#others")).to_contain_text("1203")
    counts(before, out=4, left=0)
    marks = list(DrillMark.objects.filter(home=twice).order_by("pk"))
    assert [(mark.by, mark.is_taken) for mark in marks] == [(one, True), (other, False)]
    twice.refresh_from_db()
    assert (twice.marked_by, twice.marked_at) == (one, marks[0].at)


def arrived_as_they_were_seen(
    drill: Drill, building: Building, counted: dict[str, str], lost: datetime, back: datetime
) -> None:
    """By the phone's time, which lies before the time at which they arrived."""
    homes = list(DrillHome.objects.filter(part__drill=drill, part__building=building))
    assert {one.unit.number: one.mark for one in homes} == counted
    for one in homes:
        marks = list(one.marks.order_by("pk"))
        assert [mark.mark for mark in marks] == (
            ["missing", "assisted"] if one.unit.number == "203" else [one.mark]
        )
        assert all(mark.is_taken for mark in marks)
        assert one.marked_at == marks[-1].at
        for mark in marks:
            # the phone counts in milliseconds
            assert lost - timedelta(milliseconds=1) <= mark.at < back <= mark.arrived_at


def each_home_counts_once(drill: Drill, homes: dict[Building, int]) -> None:
    for building, n in homes.items():
        rows = DrillHome.objects.filter(part__drill=drill, part__building=building)
        assert rows.count() == rows.exclude(mark="").count() == n


def sees_the_whole(page: Page, drill: Drill, first: Building, second: Building) -> None:
    page.goto(drill.get_absolute_url())
    expect(cells(page, drill, first)).to_have_text(["4", "4", "0", "0", "0", "0"])
    expect(cells(page, drill, second)).to_have_text(["8", "6", "1", "1", "0", "0"])
    expect(page.locator(".kpi").nth(1).locator("b")).to_have_text("11 / 12")
    stays_in_width(page)


def is_over(page: Page, drill: Drill) -> None:
    presses(page, "end")
    page.locator('main a.btn-go[href*="/evaluate/"]').click()
    page.locator("[name=score]").fill("88")
    page.locator("[name=debrief]").fill(DEBRIEF)
    page.locator("main .form-actions .btn-go").click()
    expect(page.locator("main")).to_contain_text(DEBRIEF)
    expect(page.locator(".gauge")).to_have_count(2)
    stays_in_width(page)
    drill.refresh_from_db()
    assert (drill.status, drill.score) == ("evaluated", 88)


def counts_no_more(page: Page) -> None:
    """The phone hears by itself that it is over, and keeps no page of it."""
    expect(page.locator("#roll[data-runs]")).to_have_count(0, timeout=BY_ITSELF)
    is_kept(page, kept=False)


def is_kept(page: Page, *, kept: bool = True) -> None:
    """By now, or soon."""
    for _ in range(BY_ITSELF // 500):
        if page.evaluate(IS_KEPT) == kept:
            break
        page.wait_for_timeout(500)
    assert page.evaluate(IS_KEPT) == kept


IS_KEPT = "() => caches.match(location.pathname, { ignoreSearch: true }).then(Boolean)"


# --- where somebody needs help


def test_who_needs_help_is_read_by_who_calls_the_roll_while_it_runs(
    world: World,
    wire: Wire,
    phone: Phone,
    window: Window,
    drill: Drill,
    first: Building,
    second: Building,
) -> None:
    lives = make.make_occupant(home(drill, first, "1203").unit, name="陈奶奶")
    make.make_flag(lives, note="轮椅", hint_help=True)
    # nobody agreed to that
    other = make.make_occupant(home(drill, first, "1202").unit, name="李爷爷")
    make.make_flag(other)
    path = roll_of(drill, first)

    caller = phone(world.grid_member)
    caller.set_viewport_size(PHONE)
    caller.goto(path)
    expect(caller.locator(".needs")).to_have_count(0)

    desk = window(world.manager, DESK)
    desk.goto(drill.get_absolute_url())
    presses(desk, "start")
    expect(desk.locator('main form[action$="/end/"]')).to_be_visible()

    opens_the_roll(caller, drill, first)
    helped = f"#home-{home(drill, first, '1203').pk} .needs"
    expect(caller.locator(helped)).to_have_text("needs help")
    expect(caller.locator(".needs")).to_have_count(1)
    is_kept(caller)

    across = window(world.volunteer)
    opens_the_roll(across, drill, second)
    reads_of_no_help(across)
    for page in (across, desk):
        page.goto(path)
        expect(page.locator(".roll")).to_have_count(4)
        expect(page.locator(".taps")).to_have_count(0)
        reads_of_no_help(page)

    # without signal too
    wire.cut()
    caller.reload()
    expect(caller.locator(helped)).to_be_visible()
    wire.mend()
    desk.goto(drill.get_absolute_url())
    presses(desk, "end")
    expect(caller.locator(".needs")).to_have_count(0, timeout=BY_ITSELF)
    is_kept(caller, kept=False)
    reads_of_no_help(caller)
    caller.goto(path)
    expect(caller.locator(".roll")).to_have_count(4)
    reads_of_no_help(caller)


def test_a_page_that_was_closed_before_the_end_is_not_kept_once_it_is_opened(
    world: World, phone: Phone, window: Window, drill: Drill, first: Building
) -> None:
    Drill.objects.filter(pk=drill.pk).update(status="running", started_at=timezone.now())
    caller = phone(world.grid_member)
    kept(caller, roll_of(drill, first))
    is_kept(caller)
    caller.goto("/")
    Drill.objects.filter(pk=drill.pk).update(status="ended", ended_at=timezone.now())
    caller.goto(roll_of(drill, first))
    is_kept(caller, kept=False)


def reads_of_no_help(page: Page) -> None:
    expect(page.locator(".needs")).to_have_count(0)
    expect(page.locator("#main")).not_to_contain_text("needs help")
    expect(page.locator("#main")).not_to_contain_text("need help")
    assert "陈奶奶" not in page.content()


# --- the record on paper

HOUSES = [f"{n} 栋" for n in range(3, 9)]
MOMENTS = [
    ("广播开始喊话", False),
    ("5 栋广播没响", True),
    ("第一户到达中心广场", False),
    ("6 栋一层门口停着电动车", True),
    ("轮椅下到一楼", False),
    ("消防站到场", False),
    ("1204 找到了", False),
    ("灭火器讲解开始", False),
]
BETTER = ["修好 5 栋广播", "6 栋门口不再停电动车", "每层备一把疏散椅", "补贴楼层指示牌"]
OBSERVERS = ["消防站王队", "业主代表李女士", "社区网格长"]


@pytest.fixture
def record(world: World) -> Drill:
    """Of six buildings, with all that a drill leaves behind."""
    at = timezone.now() - timedelta(hours=2)
    for house in HOUSES:
        for n in range(1, 9):
            make.make_unit(world.court, house, "1 单元", f"{n}01", floor=n)
    drill = make.make_drill(
        world.court,
        status="evaluated",
        started_at=at,
        ended_at=at + timedelta(minutes=40),
        target_minutes=6,
        scenario="5 栋 12 层厨房起火，浓烟进了楼梯间。",
        debrief=DEBRIEF,
        assembly_words="中心广场",
    )
    for n, part in enumerate(drill.parts.order_by("pk")):
        make.make_role(drill, world.grid_member, "roll_caller", part.building)
        seen = at + timedelta(minutes=4, seconds=31 * n)
        part.homes.update(mark="out", marked_at=seen, marked_by=world.grid_member)
    make.make_role(drill, world.manager, "commander")
    make.make_role(drill, world.team_lead, "recorder")
    for n, (words, is_trouble) in enumerate(MOMENTS, 1):
        DrillMoment.objects.create(
            drill=drill,
            at=at + timedelta(seconds=67 * n),
            words=words,
            is_trouble=is_trouble,
            by=world.team_lead,
        )
    points = {"alarm": 72, "order": 90, "help": 94, "roll": 88, "ways": 86}
    for name in OBSERVERS:
        DrillSheet.objects.create(drill=drill, name=name, words="秩序不错，有人走电梯。", **points)
    for title in BETTER:
        make.make_improvement(drill, world.technician, title=title)
    return drill


def test_the_record_is_two_sheets_of_paper_at_most(
    world: World, window: Window, record: Drill
) -> None:
    page = window(world.manager, DESK)
    page.goto(record.get_absolute_url())
    stays_in_width(page)
    paper = pypdfium2.PdfDocument(page.pdf(format="A4", print_background=True))
    for sheet in paper:
        assert sheet.get_size() == pytest.approx(A4, abs=1)
    words = "".join("".join(sheet.get_textpage().get_text_range().split()) for sheet in paper)
    signed = ("In command", "Observer", "Keeper of the record")
    told = [words for words, _is_trouble in MOMENTS]
    for said in (*HOUSES, *told, *BETTER, *OBSERVERS, *signed, DEBRIEF, record.number):
        assert "".join(said.split()) in words, said
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    expect(page.locator(".sign span")).to_have_count(3)
    expect(page.locator(".sign")).to_be_visible()
    assert page.evaluate(WIDER) == []
    assert len(paper) <= 2


# What reaches over the edge of the paper, or of its own box.
WIDER = """() => [...document.querySelectorAll("body, #main, #main *")].filter((one) => {
    const box = one.getBoundingClientRect();
    if (!box.width || !box.height || one.closest("svg, .visually-hidden")) return false;
    return box.right > innerWidth + 1 || box.left < -1 || one.scrollWidth > innerWidth + 1
        || (getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1);
}).map((one) => one.outerHTML.slice(0, 120))"""


# --- without scripts


def test_a_roll_is_called_without_scripts(
    world: World, window: Window, drill: Drill, first: Building
) -> None:
    at = timezone.now()
    Drill.objects.filter(pk=drill.pk).update(status="running", started_at=at)
    page = window(world.grid_member, java_script_enabled=False)
    opens_the_roll(page, drill, first)
    tapped = home(drill, first, "1203")
    button(page, tapped, "out").click()
    expect(page).to_have_url(
        f"{page.url.split('/safety/')[0]}{roll_of(drill, first)}#home-{tapped.pk}"
    )
    expect(button(page, tapped, "out")).to_have_attribute("aria-pressed", "true")
    counts(page, out=1, left=3)
    assert stands(tapped) == "out"
    says_the_rest_is_out(page, drill, first, "1204")
    counts(page, 5000, out=3, left=1)
    stays_in_width(page)
