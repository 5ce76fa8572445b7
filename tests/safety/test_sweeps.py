"""What the portal does with plans and rounds by itself: twice, late, or on two machines."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from celery.schedules import crontab
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit.models import SWEEPS, Entry, SweepRun
from config.celery import app
from estates.models import DutyShift, Posting
from notifications.models import Message
from safety import querysets, tasks
from safety.models import Plan, Round, RoundPoint
from safety.services import plans, sweeps
from safety.services.rounds import lay_points
from safety.services.sweeps import close_ended, make_due, remind
from tests import factories as make
from tests.people import World, build_world
from tests.races import at_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POINTS = ("1 栋楼道", "2 栋楼道", "水泵房")


def local(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


AT = local("2026-11-27T08:00")


def planned(world: World, **said: Any) -> Plan:
    """Every day at nine for two hours, from 27 November on, made at eight."""
    said.setdefault("name", f"晨巡 {Plan.objects.count() + 1}")
    said.setdefault("rule", "FREQ=DAILY")
    said.setdefault("starts_on", date(2026, 11, 27))
    route = world.court.routes.first() or make.make_route(world.court, *POINTS)
    return plans.make(
        actor=world.manager,
        at=AT,
        estate=world.court,
        route=route,
        time=time(9),
        window_minutes=120,
        **said,
    )


def once(world: World, day: str, **said: Any) -> Round:
    """The only round of a plan of its own."""
    said = {"rule": "FREQ=DAILY;COUNT=1", "starts_on": date.fromisoformat(day), **said}
    return planned(world, **said).rounds.get()


def told(kind: str, row: Round | None = None) -> list[str]:
    found = Message.objects.filter(kind=f"safety.round.{kind}")
    if row is not None:
        found = found.about(row)
    return sorted(found.values_list("recipient__username", flat=True))


def moments(plan: Plan) -> list[datetime]:
    return list(plan.rounds.order_by("planned_at").values_list("planned_at", flat=True))


# --- making


def test_rounds_stand_sixty_days_ahead_and_are_made_once(world: World) -> None:
    plan = planned(world)
    nine = local("2026-11-27T09:00")
    assert moments(plan) == [nine + n * DAY for n in range(60)]
    # the next is in reach only when its own time is less than sixty days away
    assert [make_due(at).done for at in (AT, AT + HOUR)] == [0, 0]
    assert [make_due(AT + HOUR + timedelta(minutes=1)).done for _turn in range(2)] == [1, 0]
    assert moments(plan) == [nine + n * DAY for n in range(61)]
    plan.refresh_from_db()
    assert plan.next_at == nine + 61 * DAY


def test_a_rule_that_ends_is_not_asked_again(world: World) -> None:
    plan = planned(world, rule="FREQ=DAILY;COUNT=62")
    assert [make_due(AT + n * DAY).done for n in (1, 2, 3)] == [1, 1, 0]
    plan.refresh_from_db()
    assert (plan.rounds.count(), plan.next_at) == (62, None)


def test_a_paused_plan_makes_none(world: World) -> None:
    plan = planned(world)
    plans.pause(plan, actor=world.manager, at=AT)
    assert (make_due(AT + 9 * DAY).done, plan.rounds.standing().count()) == (0, 0)


def test_an_outage_is_made_up_for_and_closed_as_missed(world: World) -> None:
    """Of seventy days nobody looked; sixty had been made before."""
    plan = planned(world, leads=[1440, 60])
    late = AT + 70 * DAY
    assert (make_due(late).done, make_due(late).done) == (1, 0)
    assert moments(plan) == [local("2026-11-27T09:00") + n * DAY for n in range(130)]
    assert (close_ended(late).done, close_ended(late).done) == (70, 0)
    past = plan.rounds.filter(ends_at__lte=late)
    assert set(past.values_list("status", "finished_at", "remind_at")) == {("missed", late, None)}
    assert RoundPoint.objects.filter(round__in=past, reached_at=None).count() == 70 * 3
    assert RoundPoint.objects.count() == 70 * 3
    assert set(plan.rounds.filter(ends_at__gt=late).values_list("status", flat=True)) == {"planned"}
    assert Entry.objects.filter(code="safety.round.close").count() == 70
    # nobody is reminded of what is over, nor for a moment at which the round was not there
    assert (remind(late).done, remind(late + HOUR).done) == (0, 1)


# --- closing


def test_ten_days_away_are_ten_missed_rounds_with_the_names_of_their_points(world: World) -> None:
    User.objects.update(language="en")
    plan = planned(world, name="晨巡", lead=world.technician)
    assert close_ended(AT + 10 * DAY).done == 10
    assert told("close") == ["technician"] * 10
    first = Message.objects.about(plan.rounds.order_by("planned_at")[0]).get()
    assert first.title == "Round missed: 晨巡, 11-27 09:00"
    assert first.body == "Nobody was at its 3 points: 1 栋楼道 · 2 栋楼道 · 水泵房"


def test_without_somebody_who_leads_the_managers_hear_of_it(world: World) -> None:
    row = once(world, "2026-11-28")
    close_ended(AT + 9 * DAY)
    assert told("close", row) == ["manager"]


def test_where_the_lead_works_here_no_more_the_managers_hear_of_it(world: World) -> None:
    row = once(world, "2026-11-28", lead=world.technician)
    Posting.objects.filter(user=world.technician).update(to_date=date(2020, 1, 1))
    close_ended(AT + 9 * DAY)
    assert told("close", row) == ["manager"]


def test_whoever_was_sent_hears_of_it_too(world: World) -> None:
    row = once(world, "2026-11-28", assignee=world.inspector)
    close_ended(AT + 9 * DAY)
    assert told("close", row) == ["inspector", "manager"]


def test_at_its_end_a_round_is_what_was_reached(world: World) -> None:
    User.objects.update(language="en")
    reached = {"missed": 0, "partial": 2, "done": 3}
    rows = {name: once(world, "2026-11-28", name=name) for name in (*reached, "untouched")}
    for name, count in reached.items():
        lay_points([rows[name]])
        points = RoundPoint.objects.filter(round=rows[name], position__lte=count)
        points.update(reached_at=AT, reached_by=world.inspector)
        Round.objects.filter(pk=rows[name].pk).update(status="in_progress", started_at=AT)
    end = local("2026-11-28T11:00")
    assert [close_ended(at).done for at in (end - timedelta(minutes=1), end, end)] == [0, 4, 0]
    found = {name: Round.objects.get(pk=row.pk).status for name, row in rows.items()}
    assert found == {
        "missed": "missed",
        "partial": "partial",
        "done": "done",
        "untouched": "missed",
    }
    said = {name: Message.objects.about(row).get().body for name, row in rows.items()}
    nobody = "Nobody was at its 3 points: 1 栋楼道 · 2 栋楼道 · 水泵房"
    assert said == {
        "missed": nobody,
        "partial": "1 point was not reached: 水泵房",
        "done": "All points were reached.",
        "untouched": nobody,
    }


def test_what_is_over_in_any_way_stays_as_it_is(world: World) -> None:
    plan = make.make_plan(make.make_route(world.court))
    states = ("done", "partial", "missed", "excused", "called_off")
    for n, state in enumerate(states):
        make.make_round(plan, status=state, planned_at=AT - n * DAY)
    assert close_ended(AT + 9 * DAY).done == 0
    found = plan.rounds.order_by("-planned_at").values_list("status", flat=True)
    assert (tuple(found), Message.objects.count()) == (states, 0)


# --- reminding


def test_each_moment_before_a_round_is_one_message(world: World) -> None:
    row = once(world, "2026-11-30", leads=[2880, 1440, 60], assignee=world.technician)
    due = [local(f"2026-11-{moment}") for moment in ("28T09:00", "29T09:00", "30T08:00")]
    minute = timedelta(minutes=1)
    for n, moment in enumerate(due):
        assert [remind(at).done for at in (moment - minute, moment, moment)] == [0, 1, 0]
        assert told("remind", row) == ["technician"] * (n + 1)
    assert remind(local("2026-11-30T08:59")).done == 0
    row.refresh_from_db()
    assert row.remind_at is None


def test_several_moments_that_fell_into_an_outage_are_one_message(world: World) -> None:
    row = once(world, "2026-11-30", leads=[2880, 1440, 60], assignee=world.technician)
    assert [remind(local("2026-11-29T12:00")).done for _turn in range(2)] == [1, 0]
    assert told("remind", row) == ["technician"]
    assert [remind(local("2026-11-30T08:00")).done for _turn in range(2)] == [1, 0]
    assert told("remind", row) == ["technician"] * 2


def test_nobody_is_reminded_when_its_time_has_come(world: World) -> None:
    once(world, "2026-11-30", leads=[2880, 60])
    assert [remind(local(f"2026-11-30T{at}")).done for at in ("09:00", "10:00", "23:00")] == [0] * 3
    assert told("remind") == []


def test_no_moment_before_the_round_was_made_is_made_up_for(world: World) -> None:
    """Made at eight of the same day: the day before, and eight itself, are over."""
    row = once(world, "2026-11-27", leads=[1440, 60, 30])
    assert row.remind_at == local("2026-11-27T08:30")
    assert [remind(AT).done, remind(AT + HOUR / 2).done, remind(AT + HOUR / 2).done] == [0, 1, 0]


@pytest.mark.parametrize("state", ["in_progress", "done", "excused", "called_off"])
def test_nobody_is_reminded_of_what_is_not_ahead(world: World, state: str) -> None:
    row = once(world, "2026-11-30", leads=[60])
    Round.objects.filter(pk=row.pk).update(status=state, finished_at=AT)
    assert (remind(local("2026-11-30T08:30")).done, told("remind")) == (0, [])


def on_shift(user: User, begin: datetime, **said: Any) -> None:
    posting = Posting.objects.get(user=user)
    DutyShift.objects.create(posting=posting, starts_at=begin, ends_at=begin + 8 * HOUR, **said)


def of_the_second_inspector(world: World, **said: Any) -> list[str]:
    """Who is reminded, where there are two inspectors and one's shift is then, the other's not."""
    other = make.make_user("other_inspector")
    make.make_posting(other, world.court, "inspector")
    nine = local("2026-11-30T09:00")
    on_shift(other, nine, **said)
    on_shift(world.inspector, nine - 8 * HOUR)
    row = once(world, "2026-11-30", leads=[60])
    remind(nine - HOUR)
    return told("remind", row)


def test_where_nobody_is_sent_the_inspectors_on_shift_then_are_reminded(world: World) -> None:
    assert of_the_second_inspector(world) == ["other_inspector"]


def test_a_shift_that_was_called_off_is_none(world: World) -> None:
    assert of_the_second_inspector(world, called_off_at=AT) == ["inspector", "other_inspector"]


def test_inspectors_of_the_community_are_on_shift_too(world: World) -> None:
    around = make.make_user("around")
    make.make_posting(around, world.court.community, "inspector")
    on_shift(around, local("2026-11-30T06:00"))
    row = once(world, "2026-11-30", leads=[60])
    remind(local("2026-11-30T08:00"))
    assert told("remind", row) == ["around"]


def test_where_whoever_is_sent_works_here_no_more_the_inspectors_are_reminded(world: World) -> None:
    row = once(world, "2026-11-30", leads=[60], assignee=world.technician)
    Posting.objects.filter(user=world.technician).update(to_date=date(2020, 1, 1))
    remind(local("2026-11-30T08:00"))
    assert told("remind", row) == ["inspector"]


# --- what fails


def swept(name: str, late: datetime, caplog: Any) -> dict[str, int]:
    with caplog.at_level("CRITICAL"):
        return dict(SWEEPS[name].run(late))


def test_a_plan_that_fails_stops_no_other(world: World, caplog: Any) -> None:
    broken, *others = [planned(world) for _ in range(5)]
    # what no verb would write
    Plan.objects.filter(pk=broken.pk).update(rule="FREQ=OFTEN")
    late = AT + 10 * DAY
    assert swept("safety.make_rounds", late, caplog) == {"plans": 4, "failed": 1}
    assert [one.rounds.count() for one in (broken, *others)] == [60, 70, 70, 70, 70]
    run = SweepRun.objects.get(pk="safety.make_rounds")
    assert (run.failed, f"safety.Plan {broken.pk}: BadRule" in run.error) == (True, True)


def test_a_reminder_that_fails_stops_no_other(world: World, caplog: Any) -> None:
    rows = [once(world, "2026-11-30", leads=[60]) for _ in range(5)]
    # so many minutes lead to before the first year
    Plan.objects.filter(pk=rows[2].plan_id).update(leads=[2**31 - 1])
    at = local("2026-11-30T08:00")
    assert swept("safety.remind", at, caplog) == {"reminded": 4, "failed": 1}
    assert [told("remind", row) for row in rows] == [
        ["inspector"], ["inspector"], [], ["inspector"], ["inspector"]
    ]  # fmt: skip
    assert swept("safety.remind", at, caplog) == {"reminded": 0, "failed": 1}


def test_a_round_that_fails_to_close_stops_no_other(world: World, caplog: Any) -> None:
    rows = [once(world, "2026-11-30") for _ in range(5)]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE safety_round ADD CONSTRAINT stays_open"
            f" CHECK (id <> {rows[1].pk} OR status = 'planned')"
        )
    late = local("2026-11-30T11:00")
    assert swept("safety.close", late, caplog) == {"closed": 4, "failed": 1}
    found = [Round.objects.get(pk=row.pk).status for row in rows]
    assert found == ["missed", "planned", "missed", "missed", "missed"]
    assert told("close") == ["manager"] * 4


# --- two at once


def two_at_once(
    monkeypatch: pytest.MonkeyPatch, where: str, sweep: Callable[[datetime], Any], at: datetime
) -> list[int]:
    """Both have read what is due before either writes, if the lock lets them; what each did."""
    meeting, done = threading.Barrier(2), []
    work = getattr(sweeps, where)

    def meet(*given: Any) -> Any:
        # With a lock the second never comes here while the first holds the rows.
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=1)
        return work(*given)

    monkeypatch.setattr(sweeps, where, meet)
    assert at_once(*[lambda: done.append(sweep(at).done)] * 2) == ["done", "done"]
    return sorted(done)


def unlocked(rows: Any, **_how: Any) -> Any:
    """`select_for_update` as it would be without a lock."""
    return rows


@pytest.fixture
def race_world(transactional_db: None) -> World:
    return build_world()


LATE = AT + 10 * DAY


def test_without_the_lock_two_makers_both_go_on(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That no harm follows is the constraint's work alone."""
    plan = planned(race_world)
    monkeypatch.setattr(querysets.PlanQuerySet, "select_for_update", unlocked)
    assert two_at_once(monkeypatch, "extend", make_due, LATE) == [1, 1]
    assert plan.rounds.count() == 70


def test_two_makers_at_once_make_each_round_once(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(race_world)
    assert two_at_once(monkeypatch, "extend", make_due, LATE) == [0, 1]
    assert moments(plan) == [local("2026-11-27T09:00") + n * DAY for n in range(70)]


def closed_by_two(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], int, int]:
    once(world, "2026-11-28")
    done = two_at_once(monkeypatch, "lay_points", close_ended, LATE)
    return done, Entry.objects.filter(code="safety.round.close").count(), len(told("close"))


def test_without_the_lock_a_round_is_closed_twice(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(querysets.RoundQuerySet, "select_for_update", unlocked)
    assert closed_by_two(race_world, monkeypatch) == ([1, 1], 2, 2)


def test_two_at_once_close_a_round_once(race_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert closed_by_two(race_world, monkeypatch) == ([0, 1], 1, 1)
    assert RoundPoint.objects.count() == 3


def test_two_at_once_remind_once(race_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = once(race_world, "2026-11-30", leads=[60, 30])
    at = local("2026-11-30T08:00")
    assert two_at_once(monkeypatch, "first_reminder", remind, at) == [0, 1]
    assert told("remind", row) == ["inspector"]


# --- what it costs


def cost(sweep: Callable[[datetime], Any], at: datetime, done: int) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert sweep(at).done == done
    return len(asked)


def test_plans_that_are_not_due_cost_nothing(world: World) -> None:
    def beside(undue: int) -> int:
        Plan.objects.all().delete()
        for _ in range(undue):
            make.make_plan(route, next_at=AT + 90 * DAY)
        make.make_plan(route, next_at=AT, starts_on=AT.date())
        return cost(make_due, AT, 1)

    route = make.make_route(world.court)
    make_due(AT)
    Round.objects.all().delete()
    found = [beside(1)]
    Round.objects.all().delete()
    found.append(beside(30))
    assert found[0] == found[1]


def makers(world: World, number: int) -> Sequence[Plan]:
    route = world.court.routes.first() or make.make_route(world.court)
    return [make.make_plan(route, next_at=AT, starts_on=AT.date()) for _ in range(number)]


def rounds_due(world: World, number: int) -> Sequence[Round]:
    return [
        make.make_round(plan, planned_at=AT + HOUR, remind_at=AT) for plan in makers(world, number)
    ]


@pytest.mark.parametrize(
    ("sweep", "due", "at"),
    [
        (make_due, makers, AT),
        (remind, rounds_due, AT),
        (close_ended, rounds_due, AT + 3 * HOUR),
    ],
    ids=["make", "remind", "close"],
)
def test_a_set_costs_the_statements_of_one_row(
    world: World, sweep: Any, due: Callable[[World, int], Any], at: datetime
) -> None:
    due(world, 1)
    sweep(at)  # what is read once and kept is read now
    due(world, 1)
    one = cost(sweep, at, 1)
    due(world, 5)
    assert cost(sweep, at, 5) == one


def test_each_matter_is_a_task_of_its_own_on_the_clock(world: World) -> None:
    # in the middle of its time, and over: by the clock of the task itself
    plan = make.make_plan(make.make_route(world.court), leads=[30], next_at=timezone.now())
    make.make_round(plan, planned_at=timezone.now() - DAY)
    soon = timezone.now() + HOUR / 2
    make.make_round(plan, planned_at=soon, remind_at=soon - HOUR / 2)
    assert [tasks.make_rounds() for _turn in range(2)] == [{"plans": 1}, {"plans": 0}]
    assert [tasks.remind() for _turn in range(2)] == [{"reminded": 1}, {"reminded": 0}]
    assert [tasks.close() for _turn in range(2)] == [{"closed": 1}, {"closed": 0}]
    for task in (tasks.make_rounds, tasks.remind, tasks.close):
        planned = app.conf.beat_schedule[task.name]
        assert (planned["task"], planned["schedule"]) == (task.name, crontab())
        assert planned["options"] == {"expires": 60}
