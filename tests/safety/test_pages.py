"""The pages of rounds, as a browser asks for them: a point and its questions, labels, the board,
the list with its sheets, the registers; and what each of them costs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from common.days import begin_of
from estates.models import DutyShift, Posting
from safety.models import Answer, Checklist, ChecklistItem, Checkpoint, Round, RoundPoint, Route
from safety.services.rounds import lay_points
from safety.views import board
from tests import factories as make
from tests.attachments.conftest import stored  # noqa: F401
from tests.attachments.pictures import upload
from tests.people import World

SignIn = Callable[..., Client]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def in_english(world: World) -> None:
    """What their own language says stands over what the browser asks for."""
    for person in world.people().values():
        person.language = "en"
    User.objects.update(language="en")


# --- a point


class Pump:
    """A round of two points; at the first one question of each kind is asked."""

    def __init__(self, world: World) -> None:
        self.route = make.make_route(world.court, "水泵房", "天台")
        asked = Checklist.objects.create(estate=world.court, name="水泵房检查表")
        world.court.checkpoints.filter(name="水泵房").update(checklist=asked)
        self.asked = asked
        self.check = self.item(1, "水泵无漏水")
        self.number = self.item(
            2, "出水压力", kind="number", unit="MPa", lowest="0.3", highest="0.6"
        )
        self.choice = self.item(
            3, "油位", kind="choice", choices=["正常", "偏低"], failing=["偏低"]
        )
        self.text = self.item(4, "铭牌编号", kind="text")
        self.round = make.make_round(make.make_plan(self.route), assignee=world.inspector)
        self.here = Checkpoint.objects.get(name="水泵房")
        self.url = reverse("safety:point", args=[self.round.pk, self.here.pk])

    def item(self, position: int, name: str, **fields: Any) -> ChecklistItem:
        return ChecklistItem.objects.create(
            checklist=self.asked, position=position, name=name, **fields
        )

    def sent(self, **said: Any) -> dict[str, Any]:
        """All in order, but for what is said."""
        given = {"check": "pass", "number": "0.45", "choice": "正常", "text": "P-1"} | said
        words = given.pop("words", {})
        more = {name: given.pop(name) for name in ("note", "seen", "label") if name in given}
        photos = given.pop("photos", {})
        return {
            "checkpoint": self.here.pk,
            **more,
            **{f"item_{getattr(self, kind).pk}": value for kind, value in given.items()},
            **{f"words_{getattr(self, kind).pk}": value for kind, value in words.items()},
            **{f"photos_{getattr(self, kind).pk}": files for kind, files in photos.items()},
        }

    def answers(self) -> dict[str, tuple[str, str, str]]:
        rows = Answer.objects.filter(point__round=self.round).select_related("item")
        return {row.item.name: (row.verdict, row.value, row.words) for row in rows}

    @property
    def point(self) -> RoundPoint:
        return self.round.points.get(checkpoint=self.here)


@pytest.fixture
def pump(world: World) -> Pump:
    return Pump(world)


@pytest.fixture
def inspector(world: World, as_: SignIn) -> Client:
    return as_(world.inspector)


def words(answer: Any) -> str:
    return answer.content.decode()


def errors(answer: Any) -> list[str]:
    return [str(one) for one in answer.context["form"].non_field_errors()]


def test_a_question_of_each_kind_is_asked(pump: Pump, inspector: Client) -> None:
    page = words(inspector.get(pump.url))
    for name in ("水泵无漏水", "出水压力", "0.3–0.6 MPa", "油位", "偏低", "铭牌编号"):
        assert name in page
    for value in ("pass", "fail", "na"):
        assert f'name="item_{pump.check.pk}" value="{value}"' in page
    assert f'name="item_{pump.number.pk}" inputmode="decimal"' in page
    assert f'name="item_{pump.choice.pk}" value="偏低"' in page
    assert f'<textarea class="form-control" name="item_{pump.text.pk}"' in page


def test_what_is_found_is_kept_and_leads_to_the_next_point(pump: Pump, inspector: Client) -> None:
    sent = pump.sent(
        check="fail", number="0.9", choice="偏低", words={"check": "地面有水"}, note="锁坏了"
    )
    answer = inspector.post(pump.url, sent)
    roof = Checkpoint.objects.get(name="天台")
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("safety:point", args=[pump.round.pk, roof.pk]),
    )
    assert pump.answers() == {
        "水泵无漏水": ("fail", "", "地面有水"),
        "出水压力": ("fail", "0.9", ""),
        "油位": ("fail", "偏低", ""),
        "铭牌编号": ("pass", "P-1", ""),
    }
    assert (pump.point.failed, pump.point.note, pump.point.by_label) == (3, "锁坏了", False)


@pytest.mark.parametrize(
    ("typed", "kept", "verdict"),
    [
        ("0.3", "0.3", "pass"),
        ("0.6", "0.6", "pass"),
        ("0.61", "0.61", "fail"),
        ("0,45", "0.45", "pass"),
        ("0\uff0c45", "0.45", "pass"),
        ("0\u300245", "0.45", "pass"),
        ("0\uff0e45", "0.45", "pass"),
        ("０．４５", "0.45", "pass"),
        (" 0.45 ", "0.45", "pass"),
        ("-1", "-1", "fail"),
    ],
)
def test_numbers_as_people_type_them(
    pump: Pump, inspector: Client, typed: str, kept: str, verdict: str
) -> None:
    assert inspector.post(pump.url, pump.sent(number=typed)).status_code == 302
    assert pump.answers()["出水压力"] == (verdict, kept, "")


@pytest.mark.parametrize("typed", ["高", "1.2.3", "NaN", "inf", "1e99", "0.4.5 MPa"])
def test_what_is_no_number_is_said(pump: Pump, inspector: Client, typed: str) -> None:
    answer = inspector.post(pump.url, pump.sent(number=typed))
    assert (answer.status_code, errors(answer)) == (422, ["“出水压力” wants a number."])
    assert f'value="{typed}"' in words(answer)
    assert pump.answers() == {}


def test_a_gauge_that_cannot_be_read_is_not_in_order(pump: Pump, inspector: Client) -> None:
    inspector.post(pump.url, pump.sent(number="", words={"number": "表坏了"}))
    assert pump.answers()["出水压力"] == ("fail", "", "表坏了")


@pytest.mark.parametrize(
    ("kind", "name"), [("check", "水泵无漏水"), ("number", "出水压力"), ("choice", "油位")]
)
def test_an_item_that_is_missing_is_named(
    pump: Pump, inspector: Client, kind: str, name: str
) -> None:
    answer = inspector.post(pump.url, pump.sent(**{kind: ""}, note="带了手电"))
    assert (answer.status_code, errors(answer)) == (422, [f"“{name}” is not answered yet."])
    assert "带了手电" in words(answer)
    assert (pump.answers(), RoundPoint.objects.exists()) == ({}, False)


def test_words_need_not_be_said(pump: Pump, inspector: Client) -> None:
    assert inspector.post(pump.url, pump.sent(text="")).status_code == 302
    assert "铭牌编号" not in pump.answers()


@pytest.mark.parametrize(("kind", "value"), [("choice", "没有"), ("check", "maybe")])
def test_an_answer_that_is_none_is_refused(
    pump: Pump, inspector: Client, kind: str, value: str
) -> None:
    answer = inspector.post(pump.url, pump.sent(**{kind: value}))
    assert (answer.status_code, errors(answer)) == (422, [f"“{value}” is none of the answers."])


def test_answers_are_shown_on_the_next_visit(pump: Pump, inspector: Client) -> None:
    sent = pump.sent(check="fail", choice="偏低", words={"check": "地面有水"}, note="锁坏了")
    inspector.post(pump.url, sent)
    answer = inspector.get(pump.url)
    page = words(answer)
    shown = {one.item.pk: (one.value, one.words) for one in answer.context["questions"]}
    assert shown == {
        pump.check.pk: ("fail", "地面有水"),
        pump.number.pk: ("0.45", ""),
        pump.choice.pk: ("偏低", ""),
        pump.text.pk: ("P-1", ""),
    }
    assert f'name="item_{pump.check.pk}" value="fail" checked' in page
    assert f'name="item_{pump.choice.pk}" value="偏低" checked' in page
    assert "锁坏了" in page
    # and sent once more as they are shown, nobody stands in the way
    again = pump.sent(seen=answer.context["form"]["seen"].value(), number="0.5")
    assert inspector.post(pump.url, again).status_code == 302
    assert pump.answers()["出水压力"] == ("pass", "0.5", "")


@pytest.mark.parametrize("where", ["item", "words", "note"])
def test_words_that_are_too_long_are_said_and_kept(
    pump: Pump, inspector: Client, where: str
) -> None:
    long = "水" * 1001
    said: dict[str, dict[str, Any]] = {
        "item": {"text": long},
        "words": {"words": {"check": long}},
        "note": {"note": long},
    }
    answer = inspector.post(pump.url, pump.sent(**said[where]))
    most = 500 if where == "item" else 1000
    assert answer.status_code == 422
    assert f"Ensure this value has at most {most} characters (it has 1001)." in words(answer)
    assert long in words(answer)
    assert pump.answers() == {}


def test_a_photo_that_is_wanted(pump: Pump, inspector: Client) -> None:
    pump.check.photo_required = True
    pump.check.save()
    answer = inspector.post(pump.url, pump.sent())
    assert (answer.status_code, errors(answer)) == (422, ["“水泵无漏水” wants a photo."])
    assert (pump.answers(), RoundPoint.objects.exists()) == ({}, False)
    assert inspector.post(pump.url, pump.sent(check="na")).status_code == 302
    seen = pump.point.reached_at.isoformat()
    sent = pump.sent(seen=seen, photos={"check": [upload()]})
    assert inspector.post(pump.url, sent).status_code == 302
    assert pump.answers()["水泵无漏水"] == ("pass", "", "")
    # the photo that is there is enough the next time
    assert inspector.post(pump.url, pump.sent(seen=seen, check="fail")).status_code == 302
    assert pump.answers()["水泵无漏水"] == ("fail", "", "")


def test_who_was_there_meanwhile_is_named(world: World, pump: Pump, as_: SignIn) -> None:
    second = make.make_user("second", language="en")
    make.make_posting(second, world.court, "inspector")
    as_(world.inspector).post(pump.url, pump.sent())
    other = as_(second)
    answer = other.post(pump.url, pump.sent(number="0.2", seen=""))
    assert answer.status_code == 409
    [sentence] = errors(answer)
    assert sentence.startswith("inspector was at this point today ")
    assert pump.answers()["出水压力"] == ("pass", "0.45", "")
    again = pump.sent(number="0.2", seen=answer.context["form"]["seen"].value())
    assert other.post(pump.url, again).status_code == 302
    assert pump.answers()["出水压力"] == ("fail", "0.2", "")


def test_the_same_sent_twice_is_one(pump: Pump, inspector: Client) -> None:
    for _ in range(2):
        assert inspector.post(pump.url, pump.sent()).status_code == 302
    assert (pump.point.reached_by.username, len(pump.answers())) == ("inspector", 4)


def test_a_point_of_somebody_elses_estate(world: World, pump: Pump, as_: SignIn) -> None:
    for user in (world.outsider, world.stranger, world.resident, world.desk):
        client = as_(user)
        assert client.get(pump.url).status_code == 404
        assert client.post(pump.url, pump.sent()).status_code == 404
    far = make.make_route(world.garden, "大门")
    point = Checkpoint.objects.get(estate=world.garden)
    url = reverse("safety:point", args=[pump.round.pk, point.pk])
    assert as_(world.inspector).get(url).status_code == 404
    assert far.stops.count() == 1


def test_the_managers_look_changes_nothing(world: World, pump: Pump, as_: SignIn) -> None:
    answer = as_(world.manager).get(pump.url)
    assert answer.status_code == 200
    assert "Keep it" not in words(answer)
    assert as_(world.manager).post(pump.url, pump.sent()).status_code == 403
    assert pump.answers() == {}


def test_an_item_taken_off_stays_in_old_answers(pump: Pump, inspector: Client) -> None:
    inspector.post(pump.url, pump.sent(check="fail", words={"check": "地面有水"}))
    pump.check.is_active = False
    pump.check.save()
    page = words(inspector.get(pump.url))
    assert "水泵无漏水" not in page
    old = words(inspector.get(pump.round.get_absolute_url()))
    assert "水泵无漏水" in old
    assert "地面有水" in old
    seen = pump.point.reached_at.isoformat()
    sent = pump.sent(seen=seen, number="0.9")
    del sent[f"item_{pump.check.pk}"]
    assert inspector.post(pump.url, sent).status_code == 302
    assert pump.answers()["水泵无漏水"] == ("fail", "", "地面有水")


# --- a label


def label_of(point: Checkpoint) -> str:
    return reverse("safety:label", args=[point.qr])


def test_a_label_opens_its_point(world: World, pump: Pump, as_: SignIn) -> None:
    answer = as_(world.inspector).get(label_of(pump.here))
    assert (answer.status_code, answer["Location"]) == (302, f"{pump.url}?label={pump.here.qr}")
    as_(world.inspector).post(answer["Location"], pump.sent(label=pump.here.qr))
    assert pump.point.by_label is True


def test_a_wrong_code_is_nothing(world: World, pump: Pump, as_: SignIn) -> None:
    for code in ("AAAAAAAAAAAA", "x", pump.here.qr.swapcase(), "点"):
        answer = as_(world.inspector).get(reverse("safety:label", args=[code]))
        assert answer.status_code == 404
    for user in (world.stranger, world.outsider, world.resident):
        assert as_(user).get(label_of(pump.here)).status_code == 404


def test_nobody_signed_in_is_asked_who_they_are(pump: Pump, as_: SignIn) -> None:
    answer = as_(None).get(label_of(pump.here))
    url = f"{reverse('account_login')}?next={label_of(pump.here)}"
    assert (answer.status_code, answer["Location"]) == (302, url)


def test_the_label_of_another_point_is_refused(pump: Pump, inspector: Client) -> None:
    other = Checkpoint.objects.get(name="天台")
    answer = inspector.post(pump.url, pump.sent(label=other.qr))
    assert (answer.status_code, errors(answer)) == (422, ["This is the label of another point."])


@pytest.mark.parametrize(
    ("begins_in", "ends_in", "opens"),
    [
        (timedelta(minutes=61), 3 * HOUR, False),
        (timedelta(minutes=59), 3 * HOUR, True),
        (-HOUR, timedelta(minutes=1), True),
        (-HOUR, -timedelta(minutes=1), False),
    ],
)
def test_a_label_opens_from_an_hour_before(
    pump: Pump, inspector: Client, begins_in: timedelta, ends_in: timedelta, opens: bool
) -> None:
    at = timezone.now()
    Round.objects.update(planned_at=at + begins_in, ends_at=at + ends_in)
    answer = inspector.get(label_of(pump.here))
    if opens:
        assert answer["Location"] == f"{pump.url}?label={pump.here.qr}"
        return
    assert answer.status_code == 200
    assert "No round is on at 水泵房 now" in words(answer)
    coming = [pump.round] if begins_in > timedelta() else []
    assert answer.context["coming"] == coming


def test_a_point_cannot_be_checked_before_its_time(pump: Pump, inspector: Client) -> None:
    at = timezone.now()
    Round.objects.update(planned_at=at + 2 * HOUR, ends_at=at + 3 * HOUR)
    answer = inspector.post(pump.url, pump.sent())
    assert answer.status_code == 409
    assert "It begins at most an hour before its time." in words(answer)
    assert pump.answers() == {}


def test_finishing_with_points_missing_wants_a_reason(pump: Pump, inspector: Client) -> None:
    inspector.post(pump.url, pump.sent())
    url = reverse("safety:round-finish", args=[pump.round.pk])
    answer = inspector.post(url, {"reason": " "})
    assert (answer.status_code, errors(answer)) == (200, ["Points are missing: please say why."])
    pump.round.refresh_from_db()
    assert pump.round.status == "in_progress"
    assert inspector.post(url, {"reason": "天台门锁着"}).status_code == 302
    pump.round.refresh_from_db()
    assert (pump.round.status, pump.round.reason) == ("partial", "天台门锁着")
    page = words(inspector.get(pump.round.get_absolute_url()))
    assert "1 point was not reached" in page
    assert "天台门锁着" in page


# --- the board


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", None),
        ("nonsense", None),
        ("2026-13-45", None),
        ("²", None),
        ("2026-11-25", date(2026, 11, 23)),
        ("0001-01-01", date(2000, 1, 3)),
        ("9999-12-31", date(2100, 1, 4)),
    ],
)
def test_any_week_is_one_of_the_calendar(
    world: World, pump: Pump, as_: SignIn, asked: str, shown: date | None
) -> None:
    answer = as_(world.manager).get(reverse("safety:week"), {"week": asked})
    assert answer.status_code == 200
    assert answer.context["week"].monday == (shown or monday(timezone.localdate()))
    ends = {date(2000, 1, 3): "earlier", date(2100, 1, 4): "later"}
    if shown in ends:
        assert answer.context[ends[shown]] is None


@pytest.mark.parametrize(
    ("sent", "begin", "last"),
    [
        ({}, -27, 0),
        ({"from": "nonsense", "until": "²"}, -27, 0),
        ({"from": "2026-02-30"}, -27, 0),
    ],
)
def test_a_period_that_makes_no_sense_is_four_weeks(
    world: World, pump: Pump, as_: SignIn, sent: dict[str, str], begin: int, last: int
) -> None:
    answer = as_(world.manager).get(reverse("safety:week"), sent)
    today = timezone.localdate()
    assert (answer.context["begin"], answer.context["last"]) == (
        today + timedelta(days=begin),
        today + timedelta(days=last),
    )


@pytest.mark.parametrize(
    ("sent", "begin", "last"),
    [
        ({"from": "2026-11-20", "until": "2026-11-10"}, date(2026, 11, 10), date(2026, 11, 10)),
        ({"from": "0001-01-01", "until": "9999-12-31"}, date(2000, 1, 3), date(2100, 1, 4)),
        ({"until": "0001-01-01"}, date(2000, 1, 3), date(2000, 1, 3)),
    ],
)
def test_a_period_ends_after_it_begins(
    world: World, pump: Pump, as_: SignIn, sent: dict[str, str], begin: date, last: date
) -> None:
    answer = as_(world.manager).get(reverse("safety:week"), sent)
    assert (answer.status_code, answer.context["begin"], answer.context["last"]) == (
        200,
        begin,
        last,
    )


def test_the_board_names_the_points_that_are_missing(world: World, pump: Pump, as_: SignIn) -> None:
    as_(world.inspector).post(pump.url, pump.sent(check="fail"))
    Round.objects.update(status="partial", finished_at=timezone.now())
    answer = as_(world.manager).get(reverse("safety:week"))
    [short] = answer.context["short"]
    assert (short, short.missed_names) == (pump.round, ["天台"])
    assert answer.context["week"].missed_points == 1


def test_a_round_of_nobody_waits_unless_somebody_is_on_duty(
    world: World, pump: Pump, as_: SignIn
) -> None:
    """Of a posting at the estate, and of one for the community around it."""
    Round.objects.all().delete()
    at = timezone.now()
    row = make.make_round(make.make_plan(pump.route), planned_at=at + HOUR)
    client = as_(world.manager)
    assert client.get(reverse("safety:week")).context["unmanned"] == [row]
    posting = Posting.objects.get(user=world.inspector)
    shift = DutyShift.objects.create(posting=posting, starts_at=at, ends_at=at + 12 * HOUR)
    assert client.get(reverse("safety:week")).context["unmanned"] == []
    wide = make.make_posting(make.make_user("wide"), world.court.community, "inspector")
    DutyShift.objects.filter(pk=shift.pk).update(posting=wide)
    assert client.get(reverse("safety:week")).context["unmanned"] == []
    far = make.make_posting(make.make_user("far"), world.garden.community, "inspector")
    DutyShift.objects.filter(pk=shift.pk).update(posting=far)
    assert client.get(reverse("safety:week")).context["unmanned"] == [row]


def test_those_without_a_desk_are_sent_to_their_rounds(
    world: World, pump: Pump, as_: SignIn
) -> None:
    answer = as_(world.technician).get(reverse("safety:week"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("safety:rounds"))
    assert as_(world.resident).get(reverse("safety:rounds")).status_code == 403


# --- the list and its sheets

LIST = "/safety/rounds/list/"


@pytest.fixture
def three(world: World) -> list[Round]:
    """Done, missed and planned, of two plans; the fourth was called off, the fifth is far away."""
    day, night = (
        make.make_plan(make.make_route(world.court, name=name), name=name, assignee=who)
        for name, who in (("日巡", world.inspector), ("夜巡", None))
    )
    noon = begin_of(date(2026, 11, 25)) + 12 * HOUR
    rows = [
        make.make_round(day, planned_at=noon, status="done", assignee=world.inspector),
        make.make_round(night, planned_at=noon + 12 * HOUR, status="missed", reason="停电"),
        make.make_round(day, planned_at=noon + 48 * HOUR, assignee=world.technician),
    ]
    lay_points(rows[:2])
    rows[0].points.update(reached_at=noon, reached_by=world.inspector)
    rows[0].points.filter(position=2).update(failed=1)
    make.make_round(night, planned_at=noon + 36 * HOUR, status="called_off")
    make.make_round(make.make_plan(make.make_route(world.garden)), planned_at=noon)
    return rows


HEAD = [
    "Plan",
    "Planned for",
    "To be walked by",
    "State",
    "Who walks",
    "Points reached",
    "Points",
    "Not in order",
    "Finished",
    "Reason",
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [2, 1, 0]),
        ("status=missed", [1]),
        ("status=missed&status=done", [1, 0]),
        ("plan={day}", [2, 0]),
        ("assignee={technician}", [2]),
        ("from_day=2026-11-26", [2, 1]),
        ("until_day=2026-11-25", [0]),
        ("from_day=2026-11-26&until_day=2026-11-26", [1]),
        ("estate={court}", [2, 1, 0]),
        ("until_day=9999-12-31", [2, 1, 0]),
        ("from_day=nonsense&status=never&plan=²", [2, 1, 0]),
        ("after=nonsense", [2, 1, 0]),
    ],
)
def test_filters_and_their_sheets(
    world: World, three: list[Round], as_: SignIn, query: str, found: list[int]
) -> None:
    query = query.format(day=three[0].plan_id, technician=world.technician.pk, court=world.court.pk)
    client = as_(world.manager)
    page = client.get(f"{LIST}?{query}")
    rows = [three[n] for n in found]
    assert page.context["page"].rows == rows
    assert csv_of(client, query) == [HEAD, *([str(cell) for cell in row_of(r)] for r in rows)]
    assert xlsx_of(client, query) == [HEAD, *(row_of(row) for row in rows)]


def row_of(row: Round) -> list[Any]:
    """Written down by hand: only what the round says of itself is asked of it."""
    reached, found = (3, 1) if row.status == "done" else (0, 0)
    return [
        row.plan.name,
        said(row.planned_at),
        said(row.ends_at),
        row.get_status_display(),
        row.assignee.name if row.assignee else "",
        reached,
        3,
        found,
        said(row.finished_at),
        row.reason,
    ]


def said(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}" if moment else ""


def csv_of(client: Client, query: str) -> list[list[str]]:
    answer = client.get(f"{LIST}?{query}&export=csv")
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def xlsx_of(client: Client, query: str) -> list[list[Any]]:
    answer = client.get(f"{LIST}?{query}&export=xlsx")
    book = load_workbook(io.BytesIO(b"".join(answer)))
    return [
        [
            cell.strftime("%Y-%m-%d %H:%M:%S")
            if isinstance(cell, datetime)
            else ""
            if cell is None
            else cell
            for cell in row
        ]
        for row in book.active.iter_rows(values_only=True)
    ]


def test_the_second_page_goes_on_where_the_first_ended(
    world: World, three: list[Round], as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rounds begin at once: the key tells them apart."""
    twin = make.make_round(
        make.make_plan(three[0].plan.route), planned_at=three[1].planned_at, status="done"
    )
    monkeypatch.setattr(board, "ON_A_PAGE", 2)
    client = as_(world.manager)
    seen: list[Round] = []
    token: str = ""
    for _ in range(2):
        page = client.get(LIST, {"after": token, "estate": world.court.pk})
        seen += page.context["page"].rows
        token = page.context["page"].next
    assert seen == [three[2], twin, three[1], three[0]]
    assert token == ""
    first = client.get(LIST, {"estate": world.court.pk})
    assert "after=" in words(first)
    assert len(csv_of(client, f"after={first.context['page'].next}")) == 5


# --- registers


def post(client: Client, route: str, /, **fields: Any) -> Any:
    return client.post(reverse(f"safety:{route}"), fields)


def stops_of(route: Route) -> list[tuple[int, str, str]]:
    rows = route.stops.select_related("checkpoint", "checklist").order_by("position")
    return [(s.position, s.checkpoint.name, s.checklist.name if s.checklist else "") for s in rows]


@pytest.fixture
def manager(world: World, as_: SignIn) -> Client:
    return as_(world.manager)


def test_a_route_is_written_as_lines(world: World, pump: Pump, manager: Client) -> None:
    lines = "天台\r\n\r\n  水泵房 | 通道检查表 \r\n"
    answer = post(manager, "routes-new", estate=world.court.pk, name="倒着走", stops=lines)
    assert answer.status_code == 302
    route = Route.objects.get(name="倒着走")
    assert stops_of(route) == [(1, "天台", ""), (2, "水泵房", "通道检查表")]
    form = manager.get(reverse("safety:routes-edit", args=[route.pk])).context["form"]
    assert form["stops"].value() == "天台\n水泵房 | 通道检查表"


def test_the_wide_bar_of_a_chinese_keyboard(world: World, pump: Pump, manager: Client) -> None:
    lines = "水泵房\uff5c通道检查表"
    post(manager, "routes-new", estate=world.court.pk, name="路线", stops=lines)
    assert stops_of(Route.objects.get(name="路线")) == [(1, "水泵房", "通道检查表")]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("天台\n锅炉房", "There is no “锅炉房” in the registers of this estate."),
        ("天台|夜间表", "There is no “夜间表” in the registers of this estate."),
        ("天台\n水泵房\n天台", "“天台” is there twice."),
        ("大门", "There is no “大门” in the registers of this estate."),
    ],
)
def test_a_line_that_means_nothing_is_named(
    world: World, pump: Pump, manager: Client, lines: str, sentence: str
) -> None:
    make.make_route(world.garden, "大门")
    answer = post(manager, "routes-new", estate=world.court.pk, name="新路线", stops=lines)
    assert answer.status_code == 422
    assert answer.context["form"].errors["stops"] == [sentence]
    assert lines in words(answer)
    assert not Route.objects.filter(name="新路线").exists()


def test_a_route_of_nothing_is_none(world: World, manager: Client) -> None:
    answer = post(manager, "routes-new", estate=world.court.pk, name="空", stops=" \n ")
    assert (answer.status_code, Route.objects.exists()) == (422, False)


def test_the_checklist_of_the_route_is_asked_there(
    world: World, pump: Pump, manager: Client, inspector: Client
) -> None:
    """The same point on two routes: the pump's own list on one, the corridor's on the other."""
    lines = "水泵房 | 通道检查表"
    post(manager, "routes-new", estate=world.court.pk, name="快走", stops=lines)
    round = make.make_round(
        make.make_plan(Route.objects.get(name="快走")), assignee=world.inspector
    )
    url = reverse("safety:point", args=[round.pk, pump.here.pk])
    asked = [one.item.name for one in inspector.get(url).context["questions"]]
    assert asked == ["安全出口畅通"]
    own = [one.item.name for one in inspector.get(pump.url).context["questions"]]
    assert own == ["水泵无漏水", "出水压力", "油位", "铭牌编号"]


def test_a_round_that_has_begun_keeps_its_points(
    world: World, pump: Pump, manager: Client, inspector: Client
) -> None:
    inspector.post(pump.url, pump.sent())
    form = manager.get(reverse("safety:routes-edit", args=[pump.route.pk])).context["form"]
    sent = {name: form[name].value() for name in form.fields} | {"stops": "天台"}
    answer = manager.post(reverse("safety:routes-edit", args=[pump.route.pk]), sent)
    assert (answer.status_code, stops_of(pump.route)) == (302, [(1, "天台", "")])
    assert [point.checkpoint.name for point in pump.round.points.all()] == ["水泵房", "天台"]


def item_of(pump: Pump, **fields: Any) -> dict[str, Any]:
    start = {"checklist": pump.asked.pk, "position": 9, "name": "阀门", "kind": "choice"}
    return {**start, "is_active": "on", **fields}


def test_answers_with_a_bang_are_not_in_order(pump: Pump, manager: Client) -> None:
    lines = "全开\r\n!半开\r\n\uff01 关闭\r\n\r\n全开"
    answer = post(manager, "items-new", **item_of(pump, choices=lines))
    assert answer.status_code == 302
    item = ChecklistItem.objects.get(name="阀门")
    assert (item.choices, item.failing) == (["全开", "半开", "关闭"], ["半开", "关闭"])
    url = reverse("safety:items-edit", args=[item.pk])
    form = manager.get(url).context["form"]
    assert form["choices"].value() == "全开\n!半开\n!关闭"
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert manager.post(url, sent | {"choices": "!全开\n半开"}).status_code == 302
    item.refresh_from_db()
    assert (item.choices, item.failing) == (["全开", "半开"], ["全开"])


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"choices": ""}, "Say what may be chosen."),
        ({"choices": "水" * 41}, "An answer has at most 40 signs."),
        (
            {"kind": "number", "lowest": "2", "highest": "1"},
            "The least must not be above the most.",
        ),
    ],
)
def test_an_item_that_makes_no_sense(
    pump: Pump, manager: Client, fields: dict[str, str], sentence: str
) -> None:
    answer = post(manager, "items-new", **item_of(pump, **fields))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not ChecklistItem.objects.filter(name="阀门").exists()


def test_an_item_that_was_answered_is_not_removed(
    pump: Pump, manager: Client, inspector: Client
) -> None:
    inspector.post(pump.url, pump.sent())
    answer = manager.post(reverse("safety:items-remove", args=[pump.check.pk]))
    assert answer.status_code == 409
    assert ChecklistItem.objects.filter(pk=pump.check.pk).exists()


@pytest.mark.parametrize("name", ["checklists", "items", "checkpoints", "routes"])
def test_registers_are_the_managers_to_write(
    world: World, pump: Pump, as_: SignIn, name: str
) -> None:
    looks = [as_(user).get(reverse(f"safety:{name}")).status_code for user in readers(world)]
    writes = [as_(user).get(reverse(f"safety:{name}-new")).status_code for user in readers(world)]
    assert (looks, writes) == ([200, 200, 403, 403], [200, 403, 403, 403])


def readers(world: World) -> Iterator[Any]:
    yield from (world.manager, world.inspector, world.technician, world.resident)


# --- what each page costs


def many(world: World, rows: int) -> list[Round]:
    """As many plans, each with a route of as many points and a round in which all was found bad;
    and somebody on duty."""
    at = timezone.now()
    posting = Posting.objects.get(user=world.inspector)
    DutyShift.objects.create(posting=posting, starts_at=at - HOUR, ends_at=at + 12 * HOUR)
    made = []
    for n in range(rows):
        names = [f"{n} 号 {m}" for m in range(rows)]
        route = make.make_route(world.court, *names, name=f"路线 {n}")
        plan = make.make_plan(route, assignee=world.inspector)
        row = make.make_round(plan, assignee=world.inspector, status="in_progress")
        make.make_round(
            plan, planned_at=timezone.now() - HOUR, status="missed", assignee=world.inspector
        )
        make.make_round(plan, planned_at=timezone.now() + HOUR)
        lay_points(list(plan.rounds.all()))
        item = ChecklistItem.objects.get(name="安全出口畅通")
        for point in row.points.all():
            Answer.objects.create(point=point, item=item, verdict="fail", words="堆物")
        row.points.update(reached_at=timezone.now(), reached_by=world.inspector, failed=1)
        made.append(row)
    for n in range(1, rows):
        ChecklistItem.objects.create(
            checklist=Checklist.objects.get(), name=f"第 {n} 项", position=1 + n
        )
    return made


COSTS = {
    "/safety/": 13,
    "/safety/rounds/": 4,
    LIST: 7,
    "round": 11,
    "point": 8,
    "/safety/plans/": 3,
    "/api/v1/rounds/": 3,
    "/api/v1/plans/": 3,
    "/api/v1/routes/": 4,
    "/api/v1/checklists/": 4,
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("url", COSTS)
def test_a_page_costs_the_same_for_one_row_and_three(
    world: World, as_: SignIn, url: str, rows: int
) -> None:
    round = many(world, rows)[0]
    addresses = {
        "round": round.get_absolute_url(),
        "point": round.points.first().get_absolute_url(),
    }
    client = as_(world.inspector if url in ("/safety/rounds/", "round", "point") else world.manager)
    address = addresses.get(url, url)
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    assert len(found) == COSTS[url], "\n".join(one["sql"][:150] for one in found)
