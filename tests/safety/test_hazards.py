"""Hazards by their verbs: from rounds, entered and reported, put right and looked at by somebody
else; and the ladder of those that are late."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attachments.models import Attachment
from attachments.services import of, store
from audit.models import Entry
from config.celery import app
from estates.models import Posting, Workday
from notifications.models import Message
from repairs import services as repairs
from safety import tasks
from safety.audiences import hazard_watchers
from safety.lives import HAZARD
from safety.models import Answer, Hazard, Round
from safety.services import hazards, privacy, rounds
from safety.services.rounds import Given
from safety.services.sweeps import climb, remind_of_hazards
from safety.states import CLIMBING, Step
from tests import factories as make
from tests.everything import a_photo, only, people
from tests.people import World
from tests.races import at_once
from workflow.actors import SYSTEM
from workflow.follow_ups import links_of
from workflow.refusals import Invalid, NotAllowed, WrongState
from workflow.standing import forget

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLIMB = "safety.hazard.climb"
REMIND = "safety.hazard.remind"
Told = list[tuple[str, str]]


def local(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


# A Monday.
AT = local("2026-11-30T10:00")
DUE = AT + 3 * DAY


def photo(person: Any) -> str:
    return str(store(a_photo(), by=person, at=AT).key)


def found(world: World, **said: Any) -> Hazard:
    said.setdefault("title", "灭火器过期")
    return hazards.find(actor=world.inspector, at=AT, estate=world.court, **said)


def ordered(world: World, responsible: Any = None, **said: Any) -> Hazard:
    """The five fixes, by Thursday ten o'clock."""
    row = found(world, **said)
    hazards.grade(row, actor=world.inspector, at=AT, grade="general", interim="贴告示")
    return hazards.order(
        row,
        actor=world.manager,
        at=AT,
        plan="换新的",
        responsible=responsible or world.technician,
        measures="一层一层换",
        funds=None,
        due_at=DUE,
    )


def submitted(world: World, responsible: Any = None) -> Hazard:
    responsible = responsible or world.technician
    row = ordered(world, responsible)
    hazards.begin(row, actor=responsible, at=AT)
    keys = [photo(responsible)]
    return hazards.submit(row, actor=responsible, at=AT, result="换好了", photos=keys)


def told(code: str) -> set[str]:
    return {m.recipient.username for m in Message.objects.filter(kind=f"safety.hazard.{code}")}


# --- how one begins


def test_staff_find_one_and_those_who_grade_hear(world: World) -> None:
    place = make.make_place(world.court, "地下车库")
    pump = make.make_facility(place, "排水泵")
    keys = [photo(world.desk)]
    row = hazards.find(
        actor=world.desk, at=AT, estate=world.court, title="泵房积水", facility=pump, photos=keys
    )
    assert (row.number, row.status, row.place, row.found_by) == (
        "H2026-000001",
        "found",
        place,
        world.desk,
    )
    assert (row.reporter, row.repeated, row.step) == (None, 0, Step.NONE)
    assert [one.stage for one in of(row)] == ["before"]
    assert told("find") == {"inspector", "manager"}
    assert [entry.code for entry in Entry.objects.for_row(row)] == ["safety.hazard.find"]
    assert row.step_at == local("2026-12-03T10:00")


def test_a_resident_reports_one_and_only_the_staff_finds(world: World) -> None:
    said = {"at": AT, "estate": world.court, "title": "楼道堆物"}
    with pytest.raises(NotAllowed):
        hazards.find(actor=world.resident, **said)
    with pytest.raises(NotAllowed):
        hazards.report(actor=world.stranger, **said)
    row = hazards.report(actor=world.resident, **said)
    assert (row.reporter, row.found_by) == (world.resident, world.resident)
    assert told("report") == {"inspector", "manager"}


def test_a_place_of_another_estate_is_refused(world: World) -> None:
    far = make.make_place(world.garden, "梧桐苑车库")
    near = make.make_place(world.court, "车库")
    pump = make.make_facility(near, "泵")
    for said in ({"place": far}, {"place": make.make_place(world.court, "楼顶"), "facility": pump}):
        with pytest.raises(Invalid):
            found(world, **said)
    assert not Hazard.objects.exists()


def on_round(world: World, **fields: Any) -> Round:
    route = world.court.routes.first() or make.make_route(world.court)
    plan = make.make_plan(route, **fields)
    return make.make_round(plan, assignee=world.technician, planned_at=AT)


def check(world: World, row: Round, name: str = "1 栋楼道", **said: Any) -> Answer:
    point = world.court.checkpoints.get(name=name)
    item = point.checklist.items.get()
    seen = said.pop("seen", "")
    given = Given(said.pop("value", "fail"), **said)
    rounds.check(
        row,
        actor=world.technician,
        at=AT,
        checkpoint=point,
        answers={item.pk: given},
        seen=seen,
    )
    return Answer.objects.get(point__round=row, point__checkpoint=point)


def test_a_failed_item_of_a_round_makes_one_with_its_photo_and_words(world: World) -> None:
    row = on_round(world, lead=world.desk)
    answer = check(world, row, words="纸箱堵门", photos=[photo(world.technician)])
    made = Hazard.objects.get()
    assert (made.title, made.words) == ("1 栋楼道: 安全出口畅通", "纸箱堵门")
    assert (made.origin, made.answer, made.of_plan) == (row, answer, row.plan)
    assert (made.checkpoint, made.found_by) == (answer.point.checkpoint, world.technician)
    [copied], [own] = of(made), of(answer)
    assert (copied.stage, copied.uploaded_by) == (Attachment.Stage.BEFORE, world.technician)
    assert copied.pk != own.pk
    assert told("find") == {"inspector", "manager"}
    [link] = links_of(row, world.manager).links
    assert made.number in link.label
    assert [one.url for one in links_of(made, world.manager).links] == [row.get_absolute_url()]


def test_a_point_that_is_written_over_makes_no_second_one(world: World) -> None:
    row = on_round(world)
    answer = check(world, row, words="纸箱堵门")
    check(world, row, words="纸箱堵门")  # the same again
    check(world, row, words="还堵着", seen=rounds.seen_of(answer.point))
    assert Hazard.objects.get().words == "纸箱堵门"
    check(world, row, value="pass", seen=rounds.seen_of(answer.point))
    check(world, row, "2 栋楼道", value="pass")
    assert Hazard.objects.count() == 1
    assert hazards.of_answer(answer, actor=world.technician, at=AT) is None


def test_what_was_passed_and_fails_later_makes_one(world: World) -> None:
    row = on_round(world)
    answer = check(world, row, value="pass")
    assert not Hazard.objects.exists()
    check(world, row, seen=rounds.seen_of(answer.point))
    assert Hazard.objects.get().answer == answer


def test_repeated_ones_at_a_point_or_a_facility_are_counted(world: World) -> None:
    pump = make.make_facility(make.make_place(world.court, "车库"), "泵")
    other = make.make_facility(pump.place, "另一台")
    for days, facility in ((10, pump), (179, pump), (181, pump), (10, other), (10, None)):
        make.make_hazard(world.court, found_at=AT - days * DAY, facility=facility)
    assert found(world, facility=pump).repeated == 2
    assert found(world).repeated == 0
    first, second = on_round(world), on_round(world)
    check(world, first)
    check(world, second)
    assert [one.repeated for one in Hazard.objects.filter(answer__isnull=False).order_by("pk")] == [
        0,
        1,
    ]


# --- put right, and looked at by somebody else


def test_the_whole_way(world: World) -> None:
    row = hazards.report(actor=world.resident, at=AT, estate=world.court, title="井盖松动")
    hazards.grade(row, actor=world.inspector, at=AT, grade="major", interim="围起来")
    hazards.order(
        row,
        actor=world.manager,
        at=AT,
        plan="换井盖",
        responsible=world.technician,
        measures="夜里换",
        funds=350,
        due_at=DUE,
    )
    hazards.begin(row, actor=world.technician, at=AT)
    with pytest.raises(Invalid):
        hazards.submit(row, actor=world.technician, at=AT, result="换好了", photos=[])
    first = {"result": "换好了", "photos": [photo(world.technician)]}
    hazards.submit(row, actor=world.technician, at=AT, **first)
    hazards.send_back(row, actor=world.inspector, at=AT, reason="还响")
    hazards.begin(row, actor=world.technician, at=AT)
    with pytest.raises(Invalid):  # what was shown the first time shows nothing now
        hazards.submit(row, actor=world.technician, at=AT, **first)
    again = [photo(world.technician)]
    hazards.submit(row, actor=world.technician, at=AT, result="垫稳了", photos=again)
    with pytest.raises(Invalid):
        hazards.close(row, actor=world.inspector, at=AT, inspection="看过了", photos=[])
    seen = {"inspection": "踩上去不响", "photos": [photo(world.inspector)]}
    hazards.close(row, actor=world.inspector, at=AT, **seen)
    row.refresh_from_db()
    assert (row.status, row.inspected_by, row.closed_at) == ("closed", world.inspector, AT)
    assert (row.result, row.step_at, row.hands) == ("垫稳了", None, [world.technician.pk])
    assert (row.inspection, row.remind_at) == ("踩上去不响", None)
    assert [one.stage for one in of(row)] == ["after", "after", ""]
    assert told("heard") == {"resident"}


@pytest.mark.parametrize("who", ["inspector", "manager", "admin"])
def test_whoever_put_it_right_does_not_look_at_it(world: World, who: str) -> None:
    """Not even an administrator, nor after it went to somebody else."""
    doer = getattr(world, who)
    if who == "admin":
        make.make_posting(doer, world.court, "technician", trades=[])
    row = submitted(world, doer)
    with pytest.raises(NotAllowed):
        hazards.close(row, actor=doer, at=AT, photos=[photo(doer)])
    with pytest.raises(NotAllowed):
        hazards.send_back(row, actor=doer, at=AT, reason="-")
    other = world.manager if who == "inspector" else world.inspector
    hazards.send_back(row, actor=other, at=AT, reason="再看看")
    hazards.reassign(row, actor=world.manager, at=AT, worker=world.technician, reason="换人")
    hazards.begin(row, actor=world.technician, at=AT)
    keys = [photo(world.technician)]
    hazards.submit(row, actor=world.technician, at=AT, result="好了", photos=keys)
    with pytest.raises(NotAllowed):
        hazards.close(row, actor=doer, at=AT, photos=[photo(doer)])
    closed = hazards.close(row, actor=other, at=AT, photos=[photo(other)])
    assert closed.status == "closed"


def test_the_table_holds_that_it_is_somebody_else(world: World) -> None:
    row = submitted(world)
    same = {"status": "closed", "closed_at": AT, "inspected_by": world.technician}
    for wrong in (
        same,
        {"status": "closed", "closed_at": AT},
        {"responsible": None},
        {"due_at": None},
        {"step": 5},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Hazard.objects.filter(pk=row.pk).update(**wrong)
    Hazard.objects.filter(pk=row.pk).update(**{**same, "inspected_by": world.manager})


def test_only_colleagues_are_made_responsible_and_deadlines_lie_ahead(world: World) -> None:
    row = ordered(world)
    with pytest.raises(Invalid):
        hazards.reassign(row, actor=world.manager, at=AT, worker=world.outsider, reason="-")
    with pytest.raises(Invalid):
        hazards.reassign(row, actor=world.manager, at=AT, worker=world.technician, reason="-")
    with pytest.raises(Invalid):
        hazards.extend(row, actor=world.manager, at=AT, due_at=AT, reason="-")
    hazards.reassign(row, actor=world.manager, at=AT, worker=world.desk, reason="请假")
    assert (told("reassign"), told("relieved")) == ({"desk"}, {"technician"})
    with pytest.raises(NotAllowed):
        hazards.begin(row, actor=world.technician, at=AT)


def test_whoever_leads_the_plan_orders_too(world: World) -> None:
    check(world, on_round(world, lead=world.desk))
    row = Hazard.objects.get()
    hazards.grade(row, actor=world.inspector, at=AT, grade="general")
    assert told("grade") == {"manager", "desk"}
    for person in (world.desk, world.manager, world.inspector):
        forget(person)
    orders = {
        name
        for name in ("desk", "manager", "inspector", "dispatcher")
        if "order" in HAZARD.open_to(row, getattr(world, name), at=AT)
    }
    assert orders == {"desk", "manager"}


# --- who sees it


def test_whoever_reported_it_reads_title_state_and_result(world: World, as_: Any) -> None:
    row = submitted(world)
    Hazard.objects.filter(pk=row.pk).update(reporter=world.resident, measures="zqxkvj")
    hazards.note(row, actor=world.inspector, at=AT, body="wvbnyu")
    client: Client = as_(world.resident)
    page = client.get(row.get_absolute_url()).content.decode()
    assert row.title in page
    assert not {word for word in ("zqxkvj", "wvbnyu", "换好了") if word in page}
    shown = client.get(f"/api/v1/hazards/{row.number}/").json()
    assert set(shown) == {"number", "title", "status", "state", "result"}
    assert shown["result"] == ""
    assert client.get("/api/v1/hazards/").json()["results"] == []
    assert row.title in client.get("/safety/hazards/reported/").content.decode()
    [kept] = of(row)
    assert client.get(kept.get_absolute_url()).status_code == 404
    hazards.close(row, actor=world.inspector, at=AT, photos=[photo(world.inspector)])
    assert "换好了" in client.get(row.get_absolute_url()).content.decode()
    assert client.get(f"/api/v1/hazards/{row.number}/").json()["result"] == "换好了"


def test_who_sees_may_be_told(world: World) -> None:
    row = make.make_hazard(world.court, reporter=world.neighbour, responsible=world.technician)
    staff = {"technician", "other_technician", "dispatcher", "manager", "inspector", "desk"}
    brought = make.make_hazard(world.court, step=4, to_meeting_at=AT)
    for one, wanted in (
        (row, {*staff, "neighbour"}),
        (brought, {*staff, "secretary", "committee"}),
    ):
        seen = {
            name
            for name, person in world.people().items()
            if name != "admin" and Hazard.objects.visible_to(person).filter(pk=one.pk).exists()
        }
        assert {p.username for p in people(hazard_watchers(only(one)))} == seen == wanted


def test_a_search_finds_the_words_of_those_that_one_works_on(world: World, as_: Any) -> None:
    row = found(world, title="电缆外露", words="三楼弱电井")
    for person, numbers in ((world.desk, [row.number]), (world.outsider, [])):
        shown = as_(person).get("/api/v1/hazards/?q=弱电井").json()["results"]
        assert [one["number"] for one in shown] == numbers


def test_a_repair_is_offered_and_linked_both_ways(world: World) -> None:
    row = found(world, place=make.make_place(world.court, "车库"), words="漏水")
    assert [one.name for one, _url in links_of(row, world.dispatcher).offers][:1] == [
        "repairs.ticket"
    ]
    ticket = repairs.report(
        actor=world.dispatcher,
        at=AT,
        category=world.pipes,
        place=row.place,
        description="漏水",
        origin=row,
    )
    assert ticket.origin == row
    [link] = links_of(row, world.dispatcher).links
    assert ticket.number in link.label
    assert row.number in links_of(ticket, world.dispatcher).links[0].label


def test_a_hazard_says_that_the_repair_made_of_it_is_done(world: World) -> None:
    row = ordered(world, world.desk, place=make.make_place(world.court, "车库"))
    said = {"category": world.pipes, "place": row.place, "description": "漏水", "origin": row}
    ticket = repairs.report(actor=world.dispatcher, at=AT, **said)
    repairs.accept(ticket, actor=world.dispatcher, at=AT)
    repairs.dispatch(ticket, actor=world.dispatcher, at=AT, worker=world.technician)
    repairs.start(ticket, actor=world.technician, at=AT)
    assert told("mended") == set()
    keys = [photo(world.technician)]
    repairs.resolve(ticket, actor=world.technician, at=AT, resolution="换了管", photos=keys)
    assert told("mended") == {"desk", "manager"}
    line = Entry.objects.for_row(row).last()
    assert (line.code, line.note) == ("safety.hazard.mended", ticket.number)


# --- before the deadline


def test_whoever_is_responsible_hears_once_a_day_before_each_deadline(world: World) -> None:
    row = ordered(world)
    for at in (DUE - 25 * HOUR, DUE - 24 * HOUR, DUE - 24 * HOUR, DUE - HOUR):
        remind_of_hazards(at)
    assert told("remind") == {"technician"}
    assert [m.created_at for m in Message.objects.filter(kind=REMIND)] == [DUE - 24 * HOUR]
    moved = {"at": DUE - HOUR, "due_at": DUE + 2 * DAY, "reason": "等配件"}
    hazards.extend(row, actor=world.manager, **moved)
    remind_of_hazards(DUE + DAY)
    assert Message.objects.filter(kind=REMIND).count() == 2


def test_what_is_due_by_tomorrow_or_done_is_not_reminded_of(world: World) -> None:
    row = submitted(world)
    remind_of_hazards(DUE)
    late = ordered(world)
    soon = {"at": AT, "due_at": AT + 20 * HOUR, "reason": "赶一赶"}
    hazards.extend(late, actor=world.manager, **soon)
    remind_of_hazards(AT + 20 * HOUR)
    hazards.send_back(row, actor=world.inspector, at=AT, reason="再看看")
    remind_of_hazards(DUE)
    assert not Message.objects.filter(kind=REMIND).exists()


# --- the ladder


def climbed(row: Hazard) -> Told:
    rows = Message.objects.filter(kind=CLIMB, object_id=row.pk)
    return sorted(
        (f"{timezone.localtime(m.created_at):%m-%d %H:%M}", m.recipient.username) for m in rows
    )


def sweep(*moments: str) -> None:
    for moment in moments:
        climb(local(moment))


def test_late_climbs_a_step_a_working_day(world: World) -> None:
    """Due on Thursday at ten; over the weekend nobody hears."""
    row = ordered(world)
    sweep("2026-12-03T09:59")
    assert climbed(row) == []
    sweep("2026-12-03T10:00", "2026-12-03T10:10", "2026-12-03T23:00", "2026-12-04T07:50")
    sweep("2026-12-04T08:00", "2026-12-04T08:10", "2026-12-05T12:00", "2026-12-06T12:00")
    sweep("2026-12-07T08:00", "2026-12-07T09:00", "2026-12-08T08:00", "2026-12-20T08:00")
    assert climbed(row) == [
        ("12-03 10:00", "inspector"),
        ("12-04 08:00", "manager"),  # nobody leads a plan of it
        ("12-07 08:00", "manager"),
        ("12-08 08:00", "committee"),
        ("12-08 08:00", "secretary"),
    ]
    row.refresh_from_db()
    assert (row.step, row.step_at) == (Step.MEETING, None)
    assert row.to_meeting_at == local("2026-12-08T08:00")


def test_what_nobody_orders_is_late_after_three_days(world: World) -> None:
    check(world, on_round(world, lead=world.desk))
    row = Hazard.objects.get()
    sweep("2026-12-03T09:59", "2026-12-03T10:00", "2026-12-04T08:00")
    assert climbed(row) == [("12-03 10:00", "inspector"), ("12-04 08:00", "desk")]
    hazards.grade(row, actor=world.inspector, at=AT, grade="general")
    row.refresh_from_db()
    assert row.step == Step.LEAD


def test_another_deadline_begins_anew_and_the_meeting_keeps_it(world: World) -> None:
    row = ordered(world)
    sweep("2026-12-03T10:00", "2026-12-04T08:00", "2026-12-07T08:00", "2026-12-08T08:00")
    at = local("2026-12-08T09:00")
    hazards.extend(row, actor=world.manager, at=at, due_at=at + 3 * DAY, reason="缺货")
    row.refresh_from_db()
    assert (row.step, row.step_at) == (Step.NONE, at + 3 * DAY)
    assert Hazard.objects.visible_to(world.secretary).get() == row
    sweep("2026-12-09T10:00", "2026-12-11T09:00")
    row.refresh_from_db()
    assert row.step == Step.INSPECTOR


def test_what_is_sent_back_late_goes_on_where_it_was(world: World) -> None:
    row = ordered(world)
    hazards.begin(row, actor=world.technician, at=AT)
    sweep("2026-12-03T10:00")
    at = local("2026-12-03T15:00")
    keys = [photo(world.technician)]
    hazards.submit(row, actor=world.technician, at=at, result="好了", photos=keys)
    sweep("2026-12-04T08:00", "2026-12-07T08:00")
    hazards.send_back(row, actor=world.inspector, at=local("2026-12-07T09:00"), reason="没好")
    sweep("2026-12-07T12:00", "2026-12-08T08:00")
    assert climbed(row) == [("12-03 10:00", "inspector"), ("12-08 08:00", "manager")]


def test_a_table_of_workdays_that_changes_moves_the_step(world: World) -> None:
    row = ordered(world)
    Workday.objects.update_or_create(day=date(2026, 12, 3), defaults={"is_workday": False})
    sweep("2026-12-03T10:00", "2026-12-04T07:00")
    assert climbed(row) == []
    row.refresh_from_db()
    assert row.step_at == local("2026-12-04T08:00")
    sweep("2026-12-04T08:00")
    assert climbed(row) == [("12-04 08:00", "inspector")]


def test_climb_is_the_portal_s_and_for_what_is_late(world: World) -> None:
    row = ordered(world)
    with pytest.raises(NotAllowed):
        hazards.climb(row, actor=world.admin, at=DUE)
    with pytest.raises(WrongState):
        hazards.climb(row, actor=SYSTEM, at=DUE - HOUR)


def test_the_sweep_is_on_the_clock() -> None:
    assert app.conf.beat_schedule["safety.climb"]["task"] == "safety.climb"
    assert tasks.climb.name == "safety.climb"
    assert app.conf.beat_schedule["safety.deadlines"]["task"] == tasks.deadlines.name


MOMENTS = st.lists(st.integers(0, 12 * 24), min_size=1, max_size=25)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(MOMENTS, st.integers(0, 12 * 24))
def test_each_step_is_taken_once_and_none_once_it_is_closed(
    world: World, hours: list[int], closes: int
) -> None:
    """However often, late or twice the sweep runs: one step at most a working day, in the daytime,
    each recorded and told once; none after the end."""
    with transaction.atomic():
        row = ordered(world)
        ended = DUE + closes * HOUR
        for moment in sorted(DUE + hour * HOUR for hour in hours):
            if moment > ended and row.is_open:
                shut(world, row, ended)
            climb(moment)
            climb(moment)
            row.refresh_from_db()
        entries = list(Entry.objects.for_row(row).filter(code=CLIMB).order_by("pk"))
        steps = [entry.after["step"] for entry in entries]
        days = [timezone.localtime(entry.at) for entry in entries]
        assert steps == list(range(1, len(steps) + 1))
        assert len({day.date() for day in days}) == len(days)
        assert all(day.weekday() < 5 and day.hour >= 8 for day in days)
        assert all(entry.at <= ended for entry in entries)
        listeners = {1: 1, 2: 1, 3: 1, 4: 2}
        sent = Counter(m.created_at for m in Message.objects.filter(kind=CLIMB))
        assert sent == {e.at: listeners[e.after["step"]] for e in entries}
        looked = sorted({(DUE + hour * HOUR) for hour in hours if DUE + hour * HOUR <= ended})
        awake = [timezone.localtime(one) for one in looked]
        worked = {one.date() for one in awake if one.weekday() < 5 and one.hour >= 8}
        assert len(steps) == min(len(worked), Step.MEETING)
        transaction.set_rollback(True)
    for person in world.people().values():
        forget(person)


def shut(world: World, row: Hazard, at: datetime) -> None:
    hazards.begin(row, actor=world.technician, at=at)
    keys = [photo(world.technician)]
    hazards.submit(row, actor=world.technician, at=at, result="好了", photos=keys)
    hazards.close(row, actor=world.inspector, at=at, photos=[photo(world.inspector)])


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_take_each_step_once(world: World) -> None:
    rows = [ordered(world, title=f"隐患 {n}") for n in range(8)]
    assert at_once(lambda: climb(DUE), lambda: climb(DUE)) == ["done", "done"]
    assert Counter(Entry.objects.filter(code=CLIMB).values_list("object_id", flat=True)) == {
        row.pk: 1 for row in rows
    }
    assert Message.objects.filter(kind=CLIMB).count() == 8


def test_what_is_over_is_not_in_the_sweep(world: World) -> None:
    for state in Hazard.Status.values:
        make.make_hazard(
            world.court,
            status=state,
            responsible=world.technician,
            step_at=AT,
            inspected_by=world.manager if state == "closed" else None,
        )
    due = Hazard.objects.to_climb(AT)
    assert {one.status for one in due} == set(CLIMBING)


# --- what is held of a person


def test_what_a_person_takes_along_and_leaves(world: World) -> None:
    row = hazards.report(
        actor=world.resident, at=AT, estate=world.court, title="井盖", words="我家门口"
    )
    taken = privacy.export(world.resident)["hazards"]
    assert [(one["number"], one["words"]) for one in taken] == [(row.number, "我家门口")]
    privacy.erase(world.resident)
    row.refresh_from_db()
    assert (row.reporter, row.words) == (None, "我家门口")


def test_who_works_here_no_more_puts_nothing_right(world: World) -> None:
    row = ordered(world)
    Posting.objects.filter(user=world.technician).update(ended_at=timezone.now())
    forget(world.technician)
    with pytest.raises(NotAllowed):
        hazards.begin(row, actor=world.technician, at=AT)
    assert not Hazard.objects.visible_to(world.technician).exists()


# --- the list


def test_the_list_is_what_is_open_and_is_taken_along(world: World, as_: Any) -> None:
    late = timezone.now() - timedelta(hours=3)
    work: dict[str, Any] = {"responsible": world.technician, "due_at": late}
    rows = {
        "found": make.make_hazard(world.court, title="松动的栏杆"),
        "late": make.make_hazard(world.court, title="堵住的出口", status="ordered", **work),
        "closed": make.make_hazard(
            world.court,
            title="暗的楼道",
            status="closed",
            submitted_by=world.technician,
            inspected_by=world.inspector,
            **work,
        ),
    }

    def listed(client: Any, query: str = "") -> set[str]:
        page = client.get(f"/safety/hazards/{query}").content.decode()
        return {name for name, row in rows.items() if row.number in page}

    client = as_(world.inspector)
    assert listed(client) == {"found", "late"}
    for view, names in {
        "to_grade": {"found"},
        "late": {"late"},
        "mine": set(),
        "closed": {"closed"},
        "all": set(rows),
    }.items():
        assert listed(client, f"?view={view}") == names, view
    assert listed(client, "?view=all&status=closed") == {"closed"}
    assert listed(as_(world.technician), "?view=mine") == {"late"}
    url = "/safety/hazards/export/?view=open&form=csv"
    sheet = b"".join(client.get(url)).decode()
    assert ("松动的栏杆" in sheet, "暗的楼道" in sheet) == (True, False)
    assert listed(as_(world.outsider), "?view=all") == set()
    assert as_(world.resident).get("/safety/hazards/").status_code == 403


def test_what_nobody_ordered_stands_before_what_has_time(world: World, as_: Any) -> None:
    ordered(world, title="有期限的")
    found(world, title="没人管的")
    page = as_(world.manager).get("/safety/hazards/?view=open").content.decode()
    assert page.index("没人管的") < page.index("有期限的")


def test_several_are_begun_at_once_by_whoever_they_are_before(world: World, as_: Any) -> None:
    mine = [ordered(world, title=f"隐患 {n}") for n in range(2)]
    other = ordered(world, world.desk)
    picked = {"verb": "begin", "pick": [row.number for row in (*mine, other)]}
    as_(world.technician).post("/safety/hazards/bulk/", picked)
    states = [Hazard.objects.get(pk=row.pk).status for row in (*mine, other)]
    assert states == ["rectifying", "rectifying", "ordered"]


# --- entered and reported


def test_a_resident_finds_the_tile_and_reports_with_a_photo(world: World, as_: Any) -> None:
    client = as_(world.resident)
    for url in ("/", "/repairs/new/"):
        assert 'href="/safety/report/"' in client.get(url).content.decode()
    place = make.make_place(world.court, "地下车库")
    said = {"title": "飞线充电", "place": place.pk, "photos_kept": [photo(world.resident)]}
    assert client.post("/safety/report/", {**said, "title": " "}).status_code == 422
    answer = client.post("/safety/report/", said)
    row = Hazard.objects.get()
    assert answer["Location"] == row.get_absolute_url()
    assert (row.reporter, row.place, row.title) == (world.resident, place, "飞线充电")
    assert [one.stage for one in of(row)] == ["before"]
    listed = client.get("/safety/hazards/reported/").content.decode()
    assert row.number in listed
    assert row.number not in as_(world.neighbour).get("/safety/hazards/reported/").content.decode()
    assert "飞线充电" in client.get(row.get_absolute_url()).content.decode()


def test_where_it_is_must_be_said(world: World, as_: Any) -> None:
    far = make.make_place(world.garden, "梧桐苑车库")
    client = as_(world.resident)
    for said in ({}, {"place": far.pk}, {"place": "x"}):
        assert client.post("/safety/report/", {"title": "堆物", **said}).status_code == 422
    assert not Hazard.objects.exists()
    client.post("/safety/report/", {"title": "堆物", "where_words": "一楼门口"})
    assert Hazard.objects.get().where == "一楼门口"


def test_the_staff_enter_one_with_its_facility_and_where_it_comes_from(
    world: World, as_: Any
) -> None:
    pump = make.make_facility(make.make_place(world.court, "泵房"), "排水泵")
    ticket = make.make_ticket(world.pipes, unit=world.home)
    url = f"/safety/hazards/new/?origin=repairs.ticket.{ticket.pk}"
    said = {"title": "漏电", "facility": pump.pk}
    as_(world.desk).post(url, said)
    row = Hazard.objects.get()
    assert (row.found_by, row.reporter, row.place) == (world.desk, None, pump.place)
    assert row.origin == ticket
    assert as_(world.resident).get("/safety/hazards/new/").status_code == 403
    assert as_(world.far_member).get("/safety/report/").status_code == 200
    wrong = {"title": "漏电", "facility": pump.pk, "place": make.make_place(world.court, "顶").pk}
    answer = as_(world.desk).post("/safety/hazards/new/", wrong)
    assert answer.status_code == 422


def test_the_api_enters_for_staff_and_reports_for_residents(world: World, as_: Any) -> None:
    said = {"estate": world.court.pk, "title": "井盖松动", "where_words": "东门"}
    made = {}
    for name in ("desk", "resident"):
        person = getattr(world, name)
        sent = {**said, "photos": [photo(person)]}
        answer = as_(person).post("/api/v1/hazards/", sent, content_type="application/json")
        assert answer.status_code == 201, answer.content
        made[name] = Hazard.objects.get(number=answer.json()["number"])
        assert of(made[name]).count() == 1
    assert (made["desk"].reporter, made["resident"].reporter) == (None, world.resident)
    answer = as_(world.stranger).post("/api/v1/hazards/", said, content_type="application/json")
    assert answer.status_code == 400


def test_whoever_may_look_at_it_again_does_so_on_its_page(world: World, as_: Any) -> None:
    row = submitted(world)
    url = f"/safety/hazards/{row.number}/"
    form = f'action="{url}close/"'
    assert form in as_(world.inspector).get(url).content.decode()
    assert form not in as_(world.technician).get(url).content.decode()
    said = {"inspection": "门能全开", "photos_kept": [photo(world.inspector)]}
    as_(world.inspector).post(f"{url}close/", said)
    page = as_(world.technician).get(url).content.decode()
    assert "门能全开" in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_and_the_page_cost_the_same_for_one_as_for_three(
    world: World, as_: Any, number: int
) -> None:
    for n in range(number):
        place = make.make_place(world.court, f"处{n}")
        row = make.make_hazard(world.court, title=f"隐患{n}", place=place)
    client = as_(world.inspector)
    costs = []
    for url in ("/safety/hazards/", row.get_absolute_url()):
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url).status_code == 200
        costs.append(len(caught))
    assert costs == [7, 8]
