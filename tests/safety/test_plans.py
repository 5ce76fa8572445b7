"""Plans made, changed, paused and resumed, and what becomes of their rounds."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from notifications.models import Message
from safety.models import Plan, Round, Route
from safety.services import plans, rounds
from safety.services.sweeps import close_ended, make_due
from tests import factories as make
from tests.people import World
from workflow.refusals import Invalid, NotAllowed

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
API = "/api/v1/plans/"


def local(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


AT = local("2026-11-27T08:00")
NINE = local("2026-11-27T09:00")


@pytest.fixture(autouse=True)
def read_english(world: World) -> None:
    User.objects.update(language="en")


@pytest.fixture
def route(world: World) -> Route:
    return make.make_route(world.court)


def planned(world: World, **said: Any) -> Plan:
    """Every day at nine for two hours, by the technician, from 27 November on; made at eight."""
    words = {
        "actor": world.manager,
        "at": AT,
        "estate": world.court,
        "name": "晨巡",
        "rule": "FREQ=DAILY",
        "starts_on": date(2026, 11, 27),
        "time": time(9),
        "window_minutes": 120,
        "assignee": world.technician,
    }
    if "route" not in said:
        words["route"] = world.court.routes.get()
    return plans.make(**(words | said))


def changed(plan: Plan, world: World, at: datetime = AT, **said: Any) -> int:
    """How many rounds it touched."""
    plans.change(plan, actor=world.manager, at=at, **said)
    return plan.touched


def moments(plan: Plan) -> list[datetime]:
    rows = plan.rounds.standing().order_by("planned_at")
    return list(rows.values_list("planned_at", flat=True))


def of(plan: Plan, **wanted: Any) -> dict[int, tuple[Any, ...]]:
    """What a change may write, by pk."""
    rows = plan.rounds.filter(**wanted)
    values = rows.values_list("pk", "status", "ends_at", "assignee", "remind_at")
    return {pk: rest for pk, *rest in values}


# --- what is refused

WRONG = [
    ("foreign", "This route is in another estate."),
    ("bare", "This route has no points yet."),
    ({"rule": "every day"}, "This is no rule of recurrence, such as FREQ=WEEKLY;BYDAY=TU,FR."),
    ({"rule": "FREQ=MINUTELY"}, "That is more than 24 times a day."),
    ({"rule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}, "This rule never comes true: no day fits it."),
    ({"season_from": "summer"}, "A day of the year is written MM-DD, such as 05-01."),
    (
        {"rule": "FREQ=YEARLY;BYMONTH=1", "season_from": "05-01", "season_to": "09-30"},
        "This rule never comes true: no day fits it.",
    ),
    *(
        ({"leads": leads}, "At most five reminders, each between a minute and 30 days before.")
        for leads in ([60, 50, 40, 30, 20, 10], [0], [30 * 24 * 60 + 1])
    ),
    ("stranger", "Only who works at the estate walks or leads its rounds."),
    ("resident", "Only who works at the estate walks or leads its rounds."),
    ("led by a stranger", "Only who works at the estate walks or leads its rounds."),
    ({"name": "夜巡"}, "The estate has a plan of this name."),
]


def wrong(world: World, said: Any) -> dict[str, Any]:
    match said:
        case "foreign":
            return {"route": make.make_route(world.garden)}
        case "bare":
            return {"route": Route.objects.create(estate=world.court, name="空路线")}
        case "stranger":
            return {"assignee": world.outsider}
        case "resident":
            return {"assignee": world.resident}
        case "led by a stranger":
            return {"lead": world.outsider}
    return dict(said)


@pytest.mark.parametrize(("said", "sentence"), WRONG)
def test_what_makes_no_sense_is_neither_made_nor_changed_into(
    world: World, route: Route, said: Any, sentence: str
) -> None:
    planned(world, name="夜巡")
    plan = planned(world, name="昼巡")
    before = (of(plan), Plan.objects.filter(pk=plan.pk).values().get())
    for do in (planned, lambda world, **said: changed(plan, world, **said)):
        with pytest.raises(Invalid) as refused:
            do(world, **wrong(world, said))
        assert str(refused.value) == sentence
        Route.objects.filter(name="空路线").delete()
        Route.objects.filter(estate=world.garden).delete()
    assert (of(plan), Plan.objects.filter(pk=plan.pk).values().get()) == before
    assert Plan.objects.count() == 2


@pytest.mark.parametrize("name", ["inspector", "technician", "resident", "outsider", "dispatcher"])
def test_plans_are_made_by_the_manager(world: World, route: Route, name: str) -> None:
    with pytest.raises(NotAllowed):
        planned(world, actor=getattr(world, name))
    assert (Plan.objects.count(), Round.objects.count()) == (0, 0)


def test_another_estate_may_have_a_plan_of_the_same_name(world: World, route: Route) -> None:
    far = make.make_route(world.garden)
    planned(world)
    planned(world, actor=world.outsider, estate=world.garden, route=far, assignee=None)
    assert Plan.objects.filter(name="晨巡").count() == 2


def test_leads_and_season_are_kept_in_one_writing(world: World, route: Route) -> None:
    plan = planned(world, leads=[60, 1440, 60], season_from="2026-11-01", season_to="--03-31")
    assert (plan.leads, plan.season_from, plan.season_to) == ([1440, 60], "11-01", "03-31")


# --- making


def test_a_plan_has_its_rounds_and_tells_who_walks(world: World, route: Route) -> None:
    plan = planned(world, leads=[60])
    assert (plan.touched, plan.next_at) == (60, NINE + 60 * DAY)
    assert moments(plan) == [NINE + n * DAY for n in range(60)]
    [first, *others] = plan.rounds.order_by("planned_at")
    # an hour before the first is the moment at which it is made
    assert (first.ends_at, first.assignee, first.remind_at) == (
        NINE + 2 * HOUR, world.technician, None
    )  # fmt: skip
    assert [row.remind_at for row in others] == [row.planned_at - HOUR for row in others]
    assert [m.recipient for m in Message.objects.filter(kind="safety.plan.make")] == [
        world.technician
    ]
    assert Entry.objects.for_row(plan).get().code == "safety.plan.make"


def test_of_what_has_begun_only_what_is_not_over_is_due(world: World, route: Route) -> None:
    begun, over = NINE + HOUR, NINE + 2 * HOUR
    assert moments(planned(world, at=begun, name="一"))[0] == NINE
    assert moments(planned(world, at=over, name="二"))[0] == NINE + DAY


# --- changing


@pytest.mark.parametrize(
    ("said", "touched"),
    [
        ({}, 0),
        ({"name": "早巡"}, 0),
        ({"leads": []}, 0),
        ({"leads": [30]}, 60),
        ({"window_minutes": 60}, 60),
        ({"time": time(10)}, 120),
        ({"rule": "FREQ=DAILY;INTERVAL=2"}, 30),
        # 27 November is a Friday
        ({"rule": "FREQ=WEEKLY;BYDAY=FR"}, 51),
        ({"season_from": "11-01", "season_to": "12-31"}, 25),
    ],
)
def test_touched_are_the_rounds_that_were_made_changed_or_called_off(
    world: World, route: Route, said: dict[str, Any], touched: int
) -> None:
    plan = planned(world)
    assert changed(plan, world, **said) == touched
    assert changed(plan, world, **said) == 0
    assert plan.rounds.filter(status="called_off").count() == {
        30: 30, 51: 51, 25: 25, 120: 60
    }.get(touched, 0)  # fmt: skip


def test_a_change_of_who_walks_touches_all_that_are_ahead(world: World, route: Route) -> None:
    plan = planned(world)
    assert changed(plan, world, assignee=world.inspector) == 60
    assert set(plan.rounds.values_list("assignee", flat=True)) == {world.inspector.pk}
    assert changed(plan, world, assignee=None) == 60
    assert set(plan.rounds.values_list("assignee", flat=True)) == {None}


def test_what_has_begun_is_open_or_over_stays_as_it_is(world: World, route: Route) -> None:
    """At half past nine the round of nine is open, that of ten was begun before its time."""
    plan = planned(world, rule="FREQ=DAILY;BYHOUR=9,10", leads=[1440])
    now = local("2026-11-29T09:30")
    close_ended(now)
    point = route.stops.first().checkpoint
    item = point.checklist.items.get()
    ahead = plan.rounds.get(planned_at=local("2026-11-29T10:00"))
    answers = {item.pk: rounds.Given("pass")}
    rounds.check(ahead, actor=world.technician, at=now, checkpoint=point, answers=answers)
    excused = plan.rounds.get(planned_at=local("2026-11-30T09:00"))
    rounds.excuse(excused, actor=world.manager, at=now, reason="停电")
    kept = {"planned_at__lte": local("2026-11-29T10:00")}
    before, before_excused = of(plan, **kept), of(plan, pk=excused.pk)
    assert sorted(state for state, *_rest in before.values()) == [
        "in_progress", "missed", "missed", "missed", "missed", "planned"
    ]  # fmt: skip
    last = plan.rounds.count()
    said = {"rule": "FREQ=DAILY;BYHOUR=9", "window_minutes": 60, "assignee": world.inspector}
    assert changed(plan, world, now, **said) > 0
    assert of(plan, **kept) == before
    assert of(plan, pk=excused.pk) == before_excused
    later = plan.rounds.filter(planned_at__gt=local("2026-11-29T10:00")).exclude(pk=excused.pk)
    nine, ten = [later.filter(planned_at__hour=hour) for hour in (9, 10)]
    assert set(nine.values_list("status", "assignee")) == {("planned", world.inspector.pk)}
    assert {row.ends_at - row.planned_at for row in nine} == {HOUR}
    assert set(ten.values_list("status", "assignee")) == {("called_off", world.technician.pk)}
    assert plan.rounds.count() == last + 3


def test_rounds_that_stay_are_the_same_rows(world: World, route: Route) -> None:
    """Calendars know them by their key."""
    plan = planned(world)
    before = dict(plan.rounds.values_list("planned_at", "pk"))
    changed(plan, world, window_minutes=30, assignee=world.inspector, leads=[10])
    assert dict(plan.rounds.values_list("planned_at", "pk")) == before
    fridays = [moment for moment in before if timezone.localtime(moment).weekday() == 4]
    assert changed(plan, world, rule="FREQ=WEEKLY;BYDAY=FR") == 51
    assert moments(plan) == fridays
    assert changed(plan, world, rule="FREQ=DAILY", window_minutes=45) == 60
    assert dict(plan.rounds.values_list("planned_at", "pk")) == before
    found = {(state, who) for state, _ends, who, _remind in of(plan).values()}
    assert found == {("planned", world.inspector.pk)}
    assert {row.ends_at - row.planned_at for row in plan.rounds.all()} == {timedelta(minutes=45)}


def test_a_round_that_was_given_to_somebody_else_stays_theirs(world: World, route: Route) -> None:
    plan = planned(world)
    row = plan.rounds.get(planned_at=NINE + 3 * DAY)
    words = {"actor": world.manager, "at": AT, "reason": "请假"}
    rounds.transfer(row, worker=world.inspector, **words)
    changed(plan, world, assignee=world.other_technician, window_minutes=60)
    row.refresh_from_db()
    assert (row.assignee, row.ends_at) == (world.inspector, row.planned_at + HOUR)
    others = plan.rounds.exclude(pk=row.pk).values_list("assignee", flat=True)
    assert set(others) == {world.other_technician.pk}


def test_rounds_follow_the_plan_as_it_is_not_as_it_was_read(world: World, route: Route) -> None:
    """Two change who walks, the second with a copy from before the first."""
    plan = planned(world)
    copy = Plan.objects.get(pk=plan.pk)
    changed(plan, world, assignee=world.inspector)
    assert changed(copy, world, assignee=world.other_technician) == 60
    found = plan.rounds.values_list("assignee", flat=True)
    assert set(found) == {world.other_technician.pk}


def test_after_an_outage_what_fell_due_by_the_old_rule_is_made_first(
    world: World, route: Route
) -> None:
    """Sixty rounds are there; on the sixty-fifth day the plan is changed, before any sweep ran."""
    plan = planned(world)
    late = AT + 65 * DAY
    changed(plan, world, late, time=time(20))
    evening = NINE + 65 * DAY + 11 * HOUR
    assert moments(plan) == [
        *(NINE + n * DAY for n in range(65)), *(evening + n * DAY for n in range(60))
    ]  # fmt: skip
    assert (close_ended(late).done, plan.rounds.filter(status="missed").count()) == (65, 65)
    assert make_due(late).done == 0


# --- resting


def test_a_pause_calls_off_and_the_end_of_it_revives_the_same_rows(
    world: World, route: Route
) -> None:
    plan = planned(world, leads=[60])
    before = dict(plan.rounds.values_list("planned_at", "pk"))
    paused = plans.pause(plan, actor=world.manager, at=NINE + HOUR)
    assert (plan.touched, paused.next_at) == (59, None)
    # that of nine is open, and stays
    assert moments(plan) == [NINE]
    off = of(plan, status="called_off")
    assert {remind for _state, _ends, _who, remind in off.values()} == {None}
    assert make_due(AT + 3 * DAY).done == 0

    back = local("2026-11-30T12:00")
    resumed = plans.resume(plan, actor=world.manager, at=back)
    # that of the 27th stands; those of the 28th, 29th and 30th fell into the pause
    assert plan.touched == 56 + 4
    assert moments(plan) == [NINE, *(NINE + n * DAY for n in range(4, 64))]
    now = dict(plan.rounds.values_list("planned_at", "pk"))
    assert {moment: now[moment] for moment in before} == before
    ahead = plan.rounds.filter(planned_at__gt=back)
    assert {row.planned_at - row.remind_at for row in ahead} == {HOUR}
    assert set(ahead.values_list("status", "assignee")) == {("planned", world.technician.pk)}
    assert resumed.next_at == NINE + 64 * DAY


def test_a_pause_after_an_outage_first_makes_what_fell_due(world: World, route: Route) -> None:
    plan = planned(world)
    plans.pause(plan, actor=world.manager, at=AT + 65 * DAY)
    assert moments(plan) == [NINE + n * DAY for n in range(65)]


def test_a_change_during_a_pause_makes_none(world: World, route: Route) -> None:
    plan = planned(world)
    plans.pause(plan, actor=world.manager, at=AT)
    assert changed(plan, world, time=time(20), assignee=None) == 0
    assert moments(plan) == []
    plans.resume(plan, actor=world.manager, at=AT)
    assert plan.touched == 60
    assert moments(plan) == [NINE + 11 * HOUR + n * DAY for n in range(60)]


# --- by the API


def words(world: World, **said: Any) -> dict[str, Any]:
    return {
        "estate": world.court.pk,
        "route": world.court.routes.get().pk,
        "name": "晨巡",
        "rule": "FREQ=DAILY",
        "starts_on": f"{timezone.localdate() + DAY}",
        "time": "09:00",
        "window_minutes": 120,
        **said,
    }


def post(client: Any, sent: dict[str, Any]) -> Any:
    return client.post(API, sent, content_type="application/json")


def test_the_api_makes_a_plan(world: World, route: Route, as_: Any) -> None:
    sent = words(world, leads=[60, 1440], lead=world.inspector.pk, assignee=world.technician.pk)
    answer = post(as_(world.manager), sent | {"season_from": "--01-01"})
    assert answer.status_code == 201
    plan = Plan.objects.get()
    body = answer.json()
    assert (body.pop("actions"), body.pop("next_at") is None) == (["change", "pause"], False)
    assert body == {
        "id": plan.pk,
        "estate": world.court.pk,
        "route": route.pk,
        "name": "晨巡",
        "rule": "FREQ=DAILY",
        "starts_on": sent["starts_on"],
        "time": "09:00:00",
        "window_minutes": 120,
        "leads": [1440, 60],
        "season_from": "01-01",
        "season_to": "",
        "assignee": world.technician.pk,
        "on_duty": False,
        "lead": world.inspector.pk,
        "status": "active",
    }
    assert len(moments(plan)) in {59, 60}


def test_whoever_is_on_duty_walks(world: World, route: Route, as_: Any) -> None:
    body = post(as_(world.manager), words(world, on_duty=True)).json()
    assert (body["on_duty"], body["assignee"]) == (True, None)


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"name": ""}, {"name": ["This field may not be blank."]}),
        ({"window_minutes": 0},
         {"window_minutes": ["Ensure this value is greater than or equal to 1."]}),
        ({"leads": [1, 2, 3, 4, 5, 6]},
         {"leads": ["Ensure this field has no more than 5 elements."]}),
        ({"rule": "often"}, {
            "detail": "This is no rule of recurrence, such as FREQ=WEEKLY;BYDAY=TU,FR.",
            "code": "invalid",
        }),
        ({"season_to": "soon"}, {
            "detail": "A day of the year is written MM-DD, such as 05-01.", "code": "invalid"
        }),
    ],
)  # fmt: skip
def test_the_api_says_what_is_wrong(
    world: World, route: Route, as_: Any, said: dict[str, Any], refused: dict[str, Any]
) -> None:
    answer = post(as_(world.manager), words(world, **said))
    assert (answer.status_code, answer.json()) == (400, refused)
    assert Plan.objects.count() == 0


def test_the_api_asks_for_what_a_plan_needs(world: World, as_: Any) -> None:
    needed = ("estate", "route", "name", "rule", "starts_on", "time", "window_minutes")
    answer = post(as_(world.manager), {})
    said = {name: ["This field is required."] for name in needed}
    assert (answer.status_code, answer.json()) == (400, said)


def test_somebody_or_whoever_is_on_duty(world: World, route: Route, as_: Any) -> None:
    answer = post(as_(world.manager), words(world, on_duty=True, assignee=world.technician.pk))
    said = {"on_duty": ["Either an assignee walks, or whoever is on duty."]}
    assert (answer.status_code, answer.json()) == (400, said)


def test_a_name_twice_and_a_stranger_are_refused(world: World, route: Route, as_: Any) -> None:
    manager = as_(world.manager)
    assert post(manager, words(world)).status_code == 201
    said = [
        post(manager, words(world, **more)).json()
        for more in ({}, {"name": "夜巡", "assignee": world.stranger.pk})
    ]
    assert [one["detail"] for one in said] == [
        "The estate has a plan of this name.",
        "Only who works at the estate walks or leads its rounds.",
    ]


@pytest.mark.parametrize("name", ["inspector", "technician", "dispatcher", "resident", "stranger"])
def test_only_managers_make_plans_by_the_api(
    world: World, route: Route, as_: Any, name: str
) -> None:
    answer = post(as_(getattr(world, name)), words(world))
    said = {"detail": "Plans are made by the manager.", "code": "not_allowed"}
    assert (answer.status_code, answer.json()) == (403, said)
    assert post(as_(None), words(world)).status_code in {401, 403}
    assert Plan.objects.count() == 0


def test_other_estates_and_their_routes_are_unknown(world: World, route: Route, as_: Any) -> None:
    far = make.make_route(world.garden)
    foreign = {"estate": world.garden.pk, "route": far.pk}
    answer = post(as_(world.manager), words(world, **foreign))
    said = {name: [f'Invalid pk "{pk}" - object does not exist.'] for name, pk in foreign.items()}
    assert (answer.status_code, answer.json()) == (400, said)
    # whoever sees both is told that they do not fit
    answer = post(as_(world.admin), words(world, route=far.pk))
    assert (answer.status_code, answer.json()["detail"]) == (
        400,
        "This route is in another estate.",
    )
    assert Plan.objects.count() == 0


# --- posted, then swept


def sweep(at: datetime) -> str:
    out = StringIO()
    call_command("sweep", "safety.make_rounds", "--at", at.isoformat(), stdout=out)
    return out.getvalue().strip()


@pytest.mark.parametrize(
    "text", ["FREQ=DAILY;BYHOUR=8,20", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"]
)
def test_a_posted_plan_swept_once_or_twice_has_the_same_rounds(
    world: World, route: Route, as_: Any, settings: Any, text: str
) -> None:
    settings.DEMO = True
    starts_on = timezone.localdate() + DAY
    assert post(as_(world.manager), words(world, rule=text)).status_code == 201
    plan = Plan.objects.get()
    later = timezone.now().replace(microsecond=0) + 100 * DAY
    assert sweep(later) == "safety.make_rounds: plans 1"
    once = of(plan)
    assert sweep(later) == "safety.make_rounds: plans 0"
    assert of(plan) == once
    plain = rrulestr(text, dtstart=datetime.combine(starts_on, time(9)))
    until = timezone.localtime(later + 60 * DAY).replace(tzinfo=None)
    wanted = plain.between(datetime.combine(starts_on, time()), until, inc=True)
    assert moments(plan) == [timezone.make_aware(one) for one in wanted]
