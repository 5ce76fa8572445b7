"""The calendar: the page by month, and the feeds as other programs read them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vobject
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from icalendar import Calendar

from estates.models import DutyShift, Posting
from estates.services import feeds, shifts
from portal.calendar import Month, span
from repairs.models import Ticket
from tests import factories as make
from tests.people import World
from workflow import calendar
from workflow.calendar import (
    MOST_SEQUENCE,
    Entry,
    Source,
    entries_at,
    entries_of,
    register_calendar,
)
from workflow.feed import written

SignIn = Callable[..., Client]
NOW = timezone.now().replace(microsecond=0)
SOON = NOW + timedelta(days=2)
HOUR = timedelta(hours=1)
PAGE = "/calendar/"


def add_shift(who: Any, at: datetime, **fields: Any) -> DutyShift:
    posting = Posting.objects.get(user=who)
    return DutyShift.objects.create(posting=posting, starts_at=at, ends_at=at + 8 * HOUR, **fields)


def add_visit(world: World, at: datetime, **fields: Any) -> Ticket:
    fields = {"unit": world.home, "assignee": world.technician, "status": "assigned"} | fields
    return make.make_ticket(world.pipes, visit_from=at, visit_to=at + HOUR, **fields)


def an_entry(**fields: Any) -> Entry:
    given = {
        "uid": "shift-1",
        "title": "值班",
        "starts_at": SOON,
        "ends_at": SOON + HOUR,
        "url": "/estates/shifts/",
        "made_at": NOW,
        "changed_at": NOW,
    }
    return Entry(**(given | fields))


def address_of(user: Any = None, estate: Any = None) -> str:
    feed = feeds.feed_at(estate, at=NOW) if estate else feeds.feed_of(user, at=NOW)
    return reverse("portal:calendar-feed", args=[feeds.token_of(feed)])


def events_of(body: bytes) -> list[Any]:
    return list(Calendar.from_ical(body).walk("VEVENT"))


def told(body: bytes) -> list[tuple[str, datetime, datetime]]:
    return [(str(e["summary"]), e["dtstart"].dt, e["dtend"].dt) for e in events_of(body)]


@pytest.fixture
def as_(as_: SignIn) -> SignIn:
    """Whoever signs in here reads English, but where a test says otherwise."""

    def sign_in(user: Any, language: str = "en") -> Client:
        type(user).objects.filter(pk=user.pk).update(language=language)
        return as_(user)

    return sign_in


@pytest.fixture
def nobody(client: Client) -> Client:
    """Calendars sign in nowhere."""
    return Client(headers={"accept-language": "en"})


# --- the feed


def test_two_readers_find_what_the_rows_say(world: World, nobody: Client) -> None:
    shift = add_shift(world.technician, SOON)
    ticket = add_visit(world, SOON + 9 * HOUR, title="漏水, 急; 反\\斜")
    add_shift(world.other_technician, SOON)
    answer = nobody.get(address_of(world.technician))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private"
    first, second = events_of(answer.content)
    assert [first["uid"], second["uid"]] == [
        f"shift-{shift.pk}@127.0.0.1",
        f"visit-{ticket.number}@127.0.0.1",
    ]
    assert told(answer.content) == [
        (str(first["summary"]), SOON, SOON + 8 * HOUR),
        (f"{ticket.number} · 漏水, 急; 反\\斜", SOON + 9 * HOUR, SOON + 10 * HOUR),
    ]
    assert str(second["url"]).endswith(f"/repairs/{ticket.number}/")
    with translation.override("zh-hans"):
        assert str(second["location"]) == Ticket.objects.with_place().get().where
    read = vobject.readOne(answer.content.decode())
    assert read.validate(raiseException=True)
    assert [e.summary.value for e in read.vevent_list] == [t for t, _a, _b in told(answer.content)]
    assert [e.dtstart.value for e in read.vevent_list] == [SOON, SOON + 9 * HOUR]


def test_every_line_is_a_line_of_the_standard() -> None:
    title = "水管漏水，请尽快" * 25
    words = "一,二;三\\四\n五\r\n六\r七\x07"
    body = written([an_entry(title=title, words=words, place=title)], "x" * 90)
    lines = body.split(b"\r\n")
    assert lines[-1] == b""
    assert [line for line in lines if b"\n" in line or b"\r" in line] == []
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.removeprefix(b" ").decode()  # no sign is split
    whole = body.replace(b"\r\n ", b"").decode()
    assert f"SUMMARY:{title}\r\n" in whole
    assert "DESCRIPTION:一\\,二\\;三\\\\四\\n五\\n六\\n七 \r\n" in whole


def test_a_long_title_comes_back_whole() -> None:
    title = "漏" * 100 + ",;\\\n" + "水" * 100
    body = written([an_entry(title=title)], "日历")
    [event] = events_of(body)
    read = vobject.readOne(body.decode())
    assert str(event["summary"]) == title
    assert read.vevent.summary.value == title
    assert read.validate(raiseException=True)


def test_what_is_said_of_the_calendar_itself() -> None:
    body = written([], "日历, 我的")
    read = Calendar.from_ical(body)
    said = {name: str(read[name]) for name in ("PRODID", "VERSION", "METHOD")}
    assert said == {
        "PRODID": "-//Banyan//Calendar//EN",
        "VERSION": "2.0",
        "METHOD": "PUBLISH",
    }
    assert "\r\nNAME:日历\\, 我的\r\nX-WR-CALNAME:日历\\, 我的\r\n".encode() in body
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in body


def test_it_ends_after_it_begins_and_in_utc() -> None:
    body = written([an_entry(ends_at=SOON, changed_at=NOW + HOUR)], "x")
    [event] = events_of(body)
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=1)
    moments = re.findall(rb"(DT\w+|LAST-MODIFIED|CREATED):(\w+)", body)
    assert [name for name, value in moments if not value.endswith(b"Z")] == []
    assert dict(moments)[b"DTSTAMP"] == f"{NOW + HOUR:%Y%m%dT%H%M%SZ}".encode()


def test_each_change_has_a_higher_number() -> None:
    def after(span: timedelta) -> int:
        return an_entry(changed_at=NOW + span).sequence

    assert [after(timedelta(seconds=s)) for s in (-1, 0, 0.05, 0.1, 60)] == [0, 0, 0, 1, 600]
    assert after(timedelta(days=9999)) == MOST_SEQUENCE


def test_a_change_of_the_row_raises_it(world: World, nobody: Client) -> None:
    ticket, url = add_visit(world, SOON), address_of(world.resident)
    Ticket.objects.update(created_at=NOW, updated_at=NOW)
    [before] = events_of(nobody.get(url).content)
    ticket.visit_to = SOON + 2 * HOUR
    ticket.save(update_fields=["visit_to", "updated_at"])
    [after] = events_of(nobody.get(url).content)
    assert before["uid"] == after["uid"]
    assert before["sequence"] == 0
    assert after["dtend"].dt == SOON + 2 * HOUR
    Ticket.objects.update(updated_at=NOW + HOUR)
    [last] = events_of(nobody.get(url).content)
    assert last["sequence"] == 36000
    assert last["last-modified"].dt == NOW + HOUR


def test_called_off_is_cancelled(world: World, nobody: Client) -> None:
    shift, url = add_shift(world.technician, SOON), address_of(world.technician)
    [before] = events_of(nobody.get(url).content)
    shifts.call_off(shift, actor=world.manager, at=NOW)
    DutyShift.objects.update(updated_at=NOW + HOUR)
    [after] = events_of(nobody.get(url).content)
    assert [before["status"], after["status"]] == ["CONFIRMED", "CANCELLED"]
    assert after["sequence"] > before["sequence"]


def test_shifts_beyond_a_posting_are_cancelled(world: World) -> None:
    add_shift(world.technician, SOON)
    Posting.objects.filter(user=world.technician).update(ended_at=SOON - HOUR)
    [entry] = entries_of(world.technician, *span(NOW))
    assert (entry.cancelled, entry.state) == (True, "called off")


@pytest.mark.parametrize(
    ("fields", "cancelled"),
    [
        ({"status": "assigned"}, False),
        ({"status": "cancelled", "closed_at": NOW}, True),
        ({"status": "rejected", "closed_at": NOW}, True),
        ({"status": "cancelled", "closed_at": SOON + 3 * HOUR}, False),
        ({"status": "resolved", "resolved_at": NOW}, True),
        ({"status": "resolved", "resolved_at": SOON + HOUR}, False),
        ({"status": "closed", "resolved_at": SOON, "closed_at": SOON + 9 * HOUR}, False),
    ],
)
def test_a_visit_is_off_when_it_ended_before(
    world: World, fields: dict[str, Any], cancelled: bool
) -> None:
    add_visit(world, SOON, **fields)
    [entry] = entries_of(world.technician, *span(NOW))
    assert entry.cancelled is cancelled


def test_nothing_new_is_not_sent_again(world: World, nobody: Client) -> None:
    ticket, url = add_visit(world, SOON), address_of(world.resident)
    first = nobody.get(url)
    again = nobody.get(url, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "private"
    head = nobody.head(url)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", first["ETag"])
    assert nobody.head(url, headers={"if-none-match": first["ETag"]}).status_code == 304
    ticket.title = "换了"
    ticket.save(update_fields=["title", "updated_at"])
    changed = nobody.get(url, headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]
    assert nobody.post(url).status_code == 405


def test_from_a_month_back_to_a_season_ahead(world: World, nobody: Client) -> None:
    for days in (-32, -29, 89, 92):
        add_visit(world, NOW + timedelta(days=days))
    found = told(nobody.get(address_of(world.resident)).content)
    assert [(at - NOW).days for _title, at, _end in found] == [-29, 89]


def test_a_renewed_address_ends_the_old_one(world: World, as_: SignIn, nobody: Client) -> None:
    old = address_of(world.resident)
    client = as_(world.resident)
    assert nobody.get(old).status_code == 200
    answer = client.post(reverse("portal:calendar-renew"), {"of": "me"}, follow=True)
    assert "The old one no longer works" in answer.content.decode()
    new = address_of(world.resident)
    assert new in answer.content.decode()
    assert [nobody.get(old).status_code, nobody.get(new).status_code] == [404, 200]
    assert client.get(reverse("portal:calendar-renew")).status_code == 302
    assert address_of(world.resident) == new


def test_who_renews_an_estates_address(world: World, as_: SignIn) -> None:
    before = address_of(estate=world.court)
    codes = {}
    for name in ("resident", "outsider", "dispatcher", "manager"):
        sent = {"of": world.court.pk}
        client = as_(getattr(world, name))
        codes[name] = client.post(reverse("portal:calendar-renew"), sent).status_code
        assert (address_of(estate=world.court) == before) is (name != "manager")
    assert codes == {"resident": 404, "outsider": 404, "dispatcher": 403, "manager": 302}


def test_a_closed_account_is_not_there(world: World, nobody: Client) -> None:
    url, ours = address_of(world.manager), address_of(estate=world.court)
    type(world.manager).objects.filter(pk=world.manager.pk).update(is_active=False)
    assert [nobody.get(url).status_code, nobody.get(ours).status_code] == [404, 200]
    assert nobody.get("/calendar/nonsense.ics").status_code == 404


def test_an_estates_calendar_is_its_shifts(world: World, nobody: Client) -> None:
    """Of its community's people too; visits to homes are nobody's business there."""
    porter = make.make_user("porter", display_name="巡逻员")
    make.make_posting(porter, world.court.community, "inspector")
    add_shift(porter, SOON)
    add_shift(world.technician, SOON + HOUR)
    add_shift(world.outsider, SOON)
    add_visit(world, SOON)
    answer = nobody.get(address_of(estate=world.court))
    with translation.override("zh-hans"):
        words = {duty: str(Posting.Duty(duty).label) for duty in ("inspector", "technician")}
    assert [title for title, _a, _b in told(answer.content)] == [
        f"巡逻员 · {words['inspector']}",
        f"technician · {words['technician']}",
    ]
    assert answer["Content-Language"] == "zh-hans"


def test_whoever_left_sees_no_more(world: World, nobody: Client) -> None:
    add_shift(world.technician, SOON)
    add_visit(world, SOON)
    url = address_of(world.technician)
    assert len(events_of(nobody.get(url).content)) == 2
    Posting.objects.filter(user=world.technician).update(ended_at=NOW - HOUR)
    assert told(nobody.get(url).content) == []


def test_each_sees_their_own(world: World) -> None:
    add_shift(world.technician, SOON)
    add_visit(world, SOON, private=False)
    seen = {name: len(entries_of(one, *span(NOW))) for name, one in world.people().items()}
    assert {name: n for name, n in seen.items() if n} == {"technician": 2, "resident": 1}
    assert [len(entries_at(one, *span(NOW))) for one in (world.court, world.garden)] == [1, 0]


def test_homes_are_nobodys_business_in_an_estates_calendar() -> None:
    shared = {one.name: one.of_estate is not None for one in calendar.sources()}
    assert {"estates.shifts": True, "repairs.visits": False}.items() <= shared.items()


def test_an_app_adds_its_own(
    world: World, as_: SignIn, nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rounds(user: Any, start: datetime, end: datetime) -> list[Entry]:
        return [an_entry(uid="round-1", title="Lifts", state="missed", words="Tower 3")]

    monkeypatch.setattr(calendar, "_sources", dict(calendar._sources))
    register_calendar(Source("safety.rounds", "Safety rounds", "checklist", rounds))
    [event] = events_of(nobody.get(address_of(world.resident)).content)
    assert str(event["description"]) == "missed\nTower 3"
    month = f"{timezone.localtime(SOON):%Y-%m}"
    text = as_(world.resident).get(PAGE, {"month": month}).content.decode()
    assert '<span class="cal-title">Lifts</span> <b>missed</b>' in text
    assert entries_at(world.court, *span(NOW)) == []


# --- the page


def local(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M}"


def test_a_month_in_weeks(world: World, as_: SignIn) -> None:
    ticket = add_visit(world, datetime(2026, 11, 12, 2, tzinfo=UTC))
    page = as_(world.resident).get(PAGE, {"month": "2026-11"})
    weeks = page.context["weeks"]
    assert [len(week) for week in weeks] == [7] * 6
    assert (str(weeks[0][0].day), str(weeks[-1][-1].day)) == ("2026-10-26", "2026-12-06")
    [day] = page.context["days"]
    assert str(day.day) == "2026-11-12"
    text = page.content.decode()
    assert f"{ticket.number} · {ticket.title}" in text
    assert f"{local(ticket.visit_from)}–{local(ticket.visit_to)}" in text
    assert 'href="?month=2026-10&amp;view=month&amp;of=me" rel="prev"' in text
    assert 'href="?month=2026-12&amp;view=month&amp;of=me" rel="next"' in text
    listed = as_(world.resident).get(PAGE, {"month": "2026-11", "view": "list"}).content.decode()
    assert f"{ticket.number} · {ticket.title}" in listed
    assert "<table" not in listed


def test_today_is_marked(world: World, as_: SignIn) -> None:
    text = as_(world.resident).get(PAGE).content.decode()
    assert text.count('aria-current="date"') == 1


def test_a_cancelled_one_says_so(world: World, as_: SignIn) -> None:
    add_shift(world.technician, SOON, called_off_at=NOW)
    month = f"{timezone.localtime(SOON):%Y-%m}"
    text = as_(world.technician).get(PAGE, {"month": month}).content.decode()
    assert '<s class="cal-title">On duty · technician</s>' in text
    assert '<b class="late-text">called off</b>' in text


@pytest.mark.parametrize(
    ("who", "of", "words"),
    [
        ("resident", "me", "When a technician’s visit to your home is planned"),
        ("technician", "me", "Your duty shifts and the visits planned with you"),
        ("technician", "court", "The duty shifts of everybody who works for the estate"),
    ],
)
def test_an_empty_month_says_what_comes(
    world: World, as_: SignIn, who: str, of: str, words: str
) -> None:
    asked = {"of": world.court.pk if of == "court" else of}
    for view in ("month", "list"):
        text = as_(getattr(world, who)).get(PAGE, {**asked, "view": view}).content.decode()
        assert "Nothing in this month" in text
        assert words in text


def test_whose_calendar(world: World, as_: SignIn) -> None:
    add_shift(world.other_technician, SOON)
    codes = {
        (name, of): as_(getattr(world, name)).get(PAGE, {"of": pk}).status_code
        for name in ("resident", "technician", "outsider")
        for of, pk in (("court", world.court.pk), ("garden", world.garden.pk), ("odd", "x"))
    }
    assert {asked for asked, code in codes.items() if code == 200} == {
        ("technician", "court"),
        ("outsider", "garden"),
    }
    assert set(codes.values()) == {200, 404}


def test_only_the_manager_gets_the_button(world: World, as_: SignIn) -> None:
    shown = {
        name: "New address"
        in as_(getattr(world, name)).get(PAGE, {"of": world.court.pk}).content.decode()
        for name in ("technician", "manager")
    }
    assert shown == {"technician": False, "manager": True}


ODD = ("", "x", "2026", "2026-13", "0001-01", "9999-12", "2026-1", "1999-12", "2100-01")
MORE_ODD = ("２０２６-11", "2026-11-02", "-", "2026-W1")


@pytest.mark.parametrize("month", [*ODD, *MORE_ODD])
def test_no_month_is_this_month(world: World, as_: SignIn, month: str) -> None:
    page = as_(world.resident).get(PAGE, {"month": month, "view": "<x>"})
    assert page.status_code == 200
    assert str(page.context["month"]) == f"{timezone.localdate():%Y-%m}"
    assert page.context["view"] == "month"


@pytest.mark.parametrize(("month", "side"), [("2000-01", "earlier"), ("2099-12", "later")])
def test_the_last_months_lead_no_further(world: World, as_: SignIn, month: str, side: str) -> None:
    page = as_(world.resident).get(PAGE, {"month": month})
    assert str(page.context["month"]) == month
    assert getattr(page.context["month"], side) is None


def test_a_month_of_four_weeks() -> None:
    month = Month.asked("2027-02", timezone.localdate())
    assert [str(month.monday), str(month.end)] == ["2027-02-01", "2027-03-01"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_in_both_languages(world: World, as_: SignIn, nobody: Client, language: str) -> None:
    client = as_(world.technician, language)
    add_shift(world.technician, SOON)
    with translation.override(language):
        duty, month = str(Posting.Duty.TECHNICIAN.label), f"{timezone.localtime(SOON):%Y-%m}"
    page = client.get(PAGE, {"month": month})
    assert f" · {duty}" in page.content.decode()
    answer = nobody.get(address_of(world.technician))
    assert answer["Content-Language"] == language
    [event] = events_of(answer.content)
    assert str(event["summary"]).endswith(f" · {duty}")


# User, where they stand, follows; categories and duty of who works; visits; shifts; events;
# the feed's row; the estates of the chips of who works.
PAGE_STATEMENTS = {"technician": 14, "resident": 9}


@pytest.mark.parametrize("who", ["technician", "resident"])
@pytest.mark.parametrize("number", [1, 3])
def test_statements_of_the_page(world: World, as_: SignIn, who: str, number: int) -> None:
    fill(world, number)
    client = as_(getattr(world, who))
    month = f"{timezone.localtime(SOON):%Y-%m}"
    client.get(PAGE, {"month": month})
    with CaptureQueriesContext(connection) as captured:
        client.get(PAGE, {"month": month})
    assert len(captured) == PAGE_STATEMENTS[who]


# The feed with its owner, then the same without the page's own; an estate's: its shifts alone.
FEED_STATEMENTS = {"technician": 12, "resident": 8, "court": 5}


@pytest.mark.parametrize("whose", ["technician", "resident", "court"])
@pytest.mark.parametrize("number", [1, 3])
def test_statements_of_a_feed(world: World, nobody: Client, whose: str, number: int) -> None:
    fill(world, number)
    owner = getattr(world, whose)
    url = address_of(estate=owner) if whose == "court" else address_of(owner)
    with CaptureQueriesContext(connection) as captured:
        found = told(nobody.get(url).content)
    assert len(found) == {"technician": 2, "resident": 1, "court": 1}[whose] * number
    assert len(captured) == FEED_STATEMENTS[whose]


def fill(world: World, number: int) -> None:
    for n in range(number):
        add_shift(world.technician, SOON + n * 9 * HOUR)
        add_visit(world, SOON + n * HOUR)
