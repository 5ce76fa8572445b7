"""What the portal does with visits and flags by itself: twice, late, or on two machines."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Entry
from config.celery import app
from estates.models import Occupant
from grids import querysets, tasks
from grids.models import CareFlag, GridPosting, Household, Rhythm, Visit
from grids.services import flags, planning, sweeps, visits
from grids.services.sweeps import (
    ask_for_review,
    climb,
    end_expired,
    end_moved_out,
    plan_visits,
)
from grids.states import Need
from notifications.models import Message
from tests import factories as make
from tests.people import World, build_world
from tests.races import at_once

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
KIND = "grids.flag.review"


def local(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


AT = local("2026-11-27T10:00")
TODAY = AT.date()


def person_of(world: World, home: str = "home") -> Occupant:
    return Occupant.objects.get(unit=getattr(world, home))


def flagged(person: Occupant, **said: Any) -> CareFlag:
    """Confirmed at ten of the day."""
    said = {"confirmed_at": AT, "review_on": TODAY + 90 * DAY} | said
    return make.make_flag(person, **said)


def planned(unit: Any = None) -> list[tuple[date, str, str]]:
    rows = Visit.objects.planned().order_by("unit", "pk")
    if unit is not None:
        rows = rows.filter(unit=unit)
    return [(v.due_on, v.tier, v.assignee.username if v.assignee else "") for v in rows]


def told(kind: str) -> list[str]:
    found = Message.objects.filter(kind=kind)
    return sorted(found.values_list("recipient__username", flat=True))


def twice(sweep: Callable[[datetime], Any], at: datetime) -> list[int]:
    return [sweep(at).done for _turn in range(2)]


# --- planning


@pytest.mark.parametrize(("tier", "days"), [("red", 7), ("yellow", 30), ("green", 91)])
def test_a_visit_is_planned_by_tier_from_the_day_of_the_flag(
    world: World, tier: str, days: int
) -> None:
    flagged(person_of(world), tier=tier)
    assert twice(plan_visits, AT) == [1, 0]
    assert planned() == [(TODAY + days * DAY, tier, "grid_member")]
    entry = Entry.objects.get(code="grids.visit.plan")
    assert (entry.actor, entry.object_id) == (None, Visit.objects.get().pk)


def test_an_estate_has_a_rhythm_of_its_own(world: World) -> None:
    Rhythm.objects.create(estate=world.court, red_days=3, yellow_days=10, green_days=40)
    flagged(person_of(world), tier="yellow")
    flagged(Occupant.objects.get(unit=world.far_home), tier="yellow")
    assert twice(plan_visits, AT) == [2, 0]
    assert planned(world.home) == [(TODAY + 10 * DAY, "yellow", "grid_member")]
    assert planned(world.far_home) == [(TODAY + 30 * DAY, "yellow", "far_member")]


def test_the_highest_tier_of_a_home_counts(world: World) -> None:
    flagged(person_of(world), tier="green")
    flagged(make.make_occupant(world.home, name="奶奶"), tier="red", confirmed_at=AT + DAY)
    assert twice(plan_visits, AT + DAY) == [1, 0]
    assert planned() == [(TODAY + 7 * DAY, "red", "grid_member")]


def test_it_is_reckoned_from_when_somebody_was_last_reached(world: World) -> None:
    flagged(person_of(world), confirmed_at=AT - 60 * DAY)
    for status, days in (("met", 9), ("phoned", 4), ("not_met", 1), ("refused", 2)):
        make.make_visit(world.home, status=status, visited_at=AT - days * DAY)
    assert twice(plan_visits, AT) == [1, 0]
    assert planned() == [(TODAY + 3 * DAY, "red", "grid_member")]


def test_after_an_outage_it_is_planned_for_when_it_was_due(world: World) -> None:
    flagged(person_of(world))
    assert twice(plan_visits, AT + 40 * DAY) == [1, 0]
    assert planned() == [(TODAY + 7 * DAY, "red", "grid_member")]


@pytest.mark.parametrize("state", ["proposed", "refused", "ended"])
def test_only_what_is_confirmed_is_planned(world: World, state: str) -> None:
    make.make_flag(person_of(world), status=state)
    assert (twice(plan_visits, AT), planned()) == ([0, 0], [])


def test_nobody_visits_who_has_moved_out_nor_where_nobody_looks_after(world: World) -> None:
    person = person_of(world)
    flagged(person)
    Occupant.objects.filter(pk=person.pk).update(to_date=TODAY - DAY)
    lost = make.make_unit(world.court, "9 栋", "1 单元", "101")
    flagged(make.make_occupant(lost, name="奶奶"))
    assert (twice(plan_visits, AT), planned()) == ([0, 0], [])


def test_where_two_keep_the_micro_grid_it_is_nobodys(world: World) -> None:
    second = make.make_user("second_member")
    make.make_grid_posting(second, world.micro, "member")
    flagged(person_of(world))
    plan_visits(AT)
    assert planned() == [(TODAY + 7 * DAY, "red", "")]


def test_where_the_second_has_left_it_is_the_first_ones(world: World) -> None:
    second = make.make_user("second_member")
    make.make_grid_posting(second, world.micro, "member", to_date=TODAY, ended_at=AT - MINUTE)
    flagged(person_of(world))
    plan_visits(AT)
    assert planned() == [(TODAY + 7 * DAY, "red", "grid_member")]


def test_where_nobody_keeps_it_it_is_nobodys(world: World) -> None:
    GridPosting.objects.filter(grid=world.micro).delete()
    flagged(person_of(world))
    plan_visits(AT)
    assert planned() == [(TODAY + 7 * DAY, "red", "")]


def test_what_is_planned_stays_however_often_the_sweep_runs(world: World) -> None:
    flagged(person_of(world))
    made = make.make_visit(world.home, tier="green", due_on=TODAY + 50 * DAY)
    assert [plan_visits(AT + n * DAY).done for n in range(5)] == [0] * 5
    assert list(Visit.objects.all()) == [made]


def test_what_was_called_off_is_planned_again(world: World) -> None:
    flagged(person_of(world))
    make.make_visit(world.home, status="called_off")
    assert twice(plan_visits, AT) == [1, 0]


# --- the plan follows the flags


def test_raising_a_tier_brings_the_day_forward(world: World) -> None:
    flag = flagged(person_of(world), tier="green")
    plan_visits(AT)
    flags.change(flag, actor=world.grid_leader, at=AT + DAY, tier="yellow")
    assert planned() == [(TODAY + 30 * DAY, "yellow", "grid_member")]
    flags.change(flag, actor=world.grid_leader, at=AT + 2 * DAY, tier="red")
    assert planned() == [(TODAY + 7 * DAY, "red", "grid_member")]


def test_lowering_it_puts_nothing_off(world: World) -> None:
    flag = flagged(person_of(world), tier="red")
    plan_visits(AT)
    flags.change(flag, actor=world.grid_leader, at=AT + DAY, tier="green")
    assert planned() == [(TODAY + 7 * DAY, "green", "grid_member")]


def test_confirming_plans_at_once(world: World) -> None:
    flag = make.make_flag(person_of(world), status="proposed")
    flags.confirm(flag, actor=world.grid_leader, at=AT)
    assert planned() == [(TODAY + 7 * DAY, "red", "grid_member")]
    assert twice(plan_visits, AT) == [0, 0]


def test_with_the_last_flag_goes_the_visit(world: World) -> None:
    person = person_of(world)
    red, green = flagged(person), flagged(person, tier="green", kind="disabled")
    plan_visits(AT)
    flags.end(red, actor=world.grid_leader, at=AT)
    assert planned() == [(TODAY + 7 * DAY, "green", "grid_member")]
    flags.end(green, actor=world.grid_leader, at=AT)
    assert planned() == []
    assert list(Visit.objects.values_list("status", flat=True)) == ["called_off"]
    assert twice(plan_visits, AT) == [0, 0]


def test_what_somebody_planned_without_a_flag_stays(world: World) -> None:
    flag = flagged(person_of(world))
    make.make_visit(world.home, due_on=TODAY)
    flags.end(flag, actor=world.grid_leader, at=AT)
    assert planned() == [(TODAY, "", "")]


# --- reviews


def test_a_review_is_asked_for_once_on_the_day(world: World) -> None:
    flag = flagged(person_of(world), review_on=TODAY)
    midnight = local("2026-11-27T00:00")
    assert [ask_for_review(at).done for at in (midnight - MINUTE, midnight, midnight, AT)] == [
        *(0, 1, 0, 0)
    ]
    assert told(KIND) == ["grid_leader", "grid_member"]
    flag.refresh_from_db()
    assert flag.review_asked_at == midnight
    assert [ask_for_review(AT + n * DAY).done for n in range(60)] == [0] * 60
    assert told(KIND) == ["grid_leader", "grid_member"]


def test_who_says_that_it_holds_is_asked_again_on_the_next_day(world: World) -> None:
    flag = flagged(person_of(world), review_on=TODAY)
    ask_for_review(AT)
    flags.renew(flag, actor=world.grid_leader, at=AT, review_on=TODAY + 50 * DAY)
    assert [ask_for_review(AT + n * DAY).done for n in (1, 49, 50, 51)] == [0, 0, 1, 0]
    assert told(KIND) == ["grid_leader"] * 2 + ["grid_member"] * 2
    assert end_expired(AT + 79 * DAY).done == 0
    assert end_expired(AT + 80 * DAY).done == 1


def test_a_flag_that_nobody_reviewed_ends_after_thirty_days_and_not_before(world: World) -> None:
    flag = flagged(person_of(world), review_on=TODAY, note="耳背")
    plan_visits(AT)
    ask_for_review(AT)
    assert [end_expired(AT + n * DAY).done for n in (0, 1, 29)] == [0, 0, 0]
    assert twice(end_expired, AT + 30 * DAY) == [1, 0]
    flag.refresh_from_db()
    assert (flag.status, flag.end_reason, flag.sealed_note, flag.consent_by) == (
        *("ended", "expired"),
        *("", ""),
    )
    assert (told("grids.flag.end"), planned()) == (["grid_member"], [])


def test_a_flag_of_which_nobody_was_asked_does_not_end(world: World) -> None:
    """After an outage of two months they are asked first."""
    flagged(person_of(world), review_on=TODAY)
    late = AT + 60 * DAY
    assert (end_expired(late).done, ask_for_review(late).done) == (0, 1)


def test_what_is_only_proposed_is_neither_asked_for_nor_ended(world: World) -> None:
    make.make_flag(person_of(world), status="proposed", review_on=TODAY)
    assert twice(ask_for_review, AT) == [0, 0]
    assert twice(end_expired, AT + 99 * DAY) == [0, 0]


def test_moving_out_ends_flags_on_the_day_after(world: World) -> None:
    person = person_of(world)
    standing = [
        flagged(person),
        make.make_flag(person, status="proposed", kind="disabled", note="耳背"),
    ]
    flagged(person_of(world, "next_door"))
    plan_visits(AT)
    Occupant.objects.filter(pk=person.pk).update(to_date=TODAY)
    assert twice(end_moved_out, AT) == [0, 0]
    assert twice(end_moved_out, AT + DAY) == [2, 0]
    for flag in standing:
        flag.refresh_from_db()
        assert (flag.status, flag.end_reason, flag.sealed_note) == ("ended", "moved", "")
    assert planned() == [(TODAY + 7 * DAY, "red", "grid_member")]
    assert planned(world.home) == []


# --- climbing


def late_visit(world: World, **said: Any) -> Visit:
    return make.make_visit(
        world.home, **{"tier": "red", "due_on": TODAY, "assignee": world.grid_member} | said
    )


def test_a_red_visit_climbs_from_eight_of_the_next_day_once(world: World) -> None:
    visit = late_visit(world)
    moments = (
        "2026-11-27T08:00",
        "2026-11-27T23:59",
        "2026-11-28T00:00",
        "2026-11-28T07:59",
        "2026-11-28T08:00",
        "2026-11-28T08:00",
        "2026-11-28T08:10",
        "2026-11-29T08:00",
        "2026-12-30T12:00",
    )
    assert [climb(local(at)).done for at in moments] == [0, 0, 0, 0, 1, 0, 0, 0, 0]
    assert told("grids.visit.climb") == ["grid_leader"]
    visit.refresh_from_db()
    assert visit.climbed_at == local("2026-11-28T08:00")


@pytest.mark.parametrize("tier", ["yellow", "green", ""])
def test_no_other_climbs(world: World, tier: str) -> None:
    late_visit(world, tier=tier)
    assert ([climb(AT + n * DAY).done for n in range(40)], told("grids.visit.climb")) == (
        *([0] * 40, []),
    )


@pytest.mark.parametrize("state", ["met", "not_met", "phoned", "refused", "moved", "called_off"])
def test_what_was_held_or_called_off_does_not_climb(world: World, state: str) -> None:
    late_visit(world, status=state)
    assert climb(AT + 9 * DAY).done == 0


def test_what_fell_into_an_outage_climbs_when_it_is_over(world: World) -> None:
    late_visit(world)
    assert [climb(local(at)).done for at in ("2026-12-09T03:00", "2026-12-09T19:00")] == [0, 1]
    assert climb(local("2026-12-10T08:00")).done == 0
    assert told("grids.visit.climb") == ["grid_leader"]


def test_only_leaders_of_this_grid_hear_of_it(world: World) -> None:
    """Those of the grid and of the micro-grid; none of elsewhere, no former one, no member."""
    _far, _micro = make.make_grids(world.garden, name="三号")
    for name, grid, said in (
        ("micro_leader", world.micro, {}),
        ("old_leader", world.grid, {"to_date": TODAY - DAY}),
        ("far_leader", _far, {}),
        ("second_member", world.micro, {}),
    ):
        duty = "member" if "member" in name else "leader"
        make.make_grid_posting(make.make_user(name), grid, duty, **said)
    late_visit(world)
    assert climb(AT + DAY).done == 1
    assert told("grids.visit.climb") == ["grid_leader", "micro_leader"]


def test_put_off_and_late_again_it_climbs_again(world: World) -> None:
    make.make_visit(world.next_door, tier="green", due_on=TODAY)
    visit = late_visit(world)
    flagged(person_of(world))
    climb(AT + DAY)
    visits.put_off(visit, actor=world.grid_member, at=AT + DAY, due_on=TODAY + 3 * DAY)
    assert [climb(AT + n * DAY).done for n in (2, 3, 4, 5)] == [0, 0, 1, 0]
    assert told("grids.visit.climb") == ["grid_leader"] * 2


# --- what fails stops no other


def test_a_household_that_fails_stops_no_other(world: World, caplog: Any) -> None:
    flagged(person_of(world))
    flagged(person_of(world, "next_door"))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            f"ALTER TABLE grids_visit ADD CONSTRAINT never CHECK (unit_id <> {world.home.pk})"
        )
    with caplog.at_level("CRITICAL"):
        swept = plan_visits(AT)
    assert (swept.done, len(swept.errors)) == (1, 1)
    assert planned() == [(TODAY + 7 * DAY, "red", "grid_member")]
    # what a failure says is kept with the run: no name, no why
    assert person_of(world).name not in swept.errors[0]


# --- two at once


def two_at_once(
    monkeypatch: pytest.MonkeyPatch, where: str, sweep: Callable[[datetime], Any], at: datetime
) -> tuple[list[int], list[str]]:
    """Both have read what is due before either writes, if the lock lets them; what each did, and
    what went wrong."""
    meeting, work = threading.Barrier(2), getattr(sweeps, where)
    done: list[int] = []
    wrong: list[str] = []

    def meet(*given: Any, **said: Any) -> Any:
        # With a lock the second never comes here while the first holds the rows.
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=1)
        return work(*given, **said)

    def run() -> None:
        swept = sweep(at)
        done.append(swept.done)
        wrong.extend(error.split(": ")[1] for error in swept.errors)

    monkeypatch.setattr(sweeps, where, meet)
    assert at_once(run, run) == ["done", "done"]
    return sorted(done), wrong


def unlocked(rows: Any, **_how: Any) -> Any:
    """`select_for_update` as it would be without a lock."""
    return rows


@pytest.fixture
def race_world(transactional_db: None) -> World:
    return build_world()


def test_without_the_lock_two_planners_both_go_on(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That there is one visit all the same is the constraint's work alone."""
    flagged(person_of(race_world))
    monkeypatch.setattr(querysets.HouseholdQuerySet, "select_for_update", unlocked)
    assert two_at_once(monkeypatch, "plan", plan_visits, AT) == ([0, 1], ["IntegrityError"])
    assert Visit.objects.count() == 1


def test_two_planners_at_once_plan_one_visit(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    flagged(person_of(race_world))
    assert two_at_once(monkeypatch, "plan", plan_visits, AT) == ([0, 1], [])
    assert planned() == [(TODAY + 7 * DAY, "red", "grid_member")]
    assert Entry.objects.filter(code="grids.visit.plan").count() == 1


def test_two_at_once_climb_once(race_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    late_visit(race_world)
    done = two_at_once(monkeypatch, "write_many", climb, AT + DAY)
    assert (done, told("grids.visit.climb")) == (([0, 1], []), ["grid_leader"])


def test_two_at_once_ask_once(race_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    flagged(person_of(race_world), review_on=TODAY)
    done = two_at_once(monkeypatch, "write_many", ask_for_review, AT)
    assert (done, told(KIND)) == (([0, 1], []), ["grid_leader", "grid_member"])


def test_a_planner_and_the_leader_at_once_plan_one_visit(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The flag is confirmed, which plans a visit, while the sweep is about another one's."""
    world, person = race_world, person_of(race_world)
    flagged(person)
    flag = make.make_flag(person, kind="disabled", status="proposed", tier="red")
    began, work = threading.Event(), planning.plan

    def slow(*given: Any, **said: Any) -> Any:
        began.set()
        threading.Event().wait(0.4)
        return work(*given, **said)

    def confirm() -> None:
        assert began.wait(5)
        flags.confirm(flag, actor=world.grid_leader, at=AT)

    monkeypatch.setattr(sweeps, "plan", slow)
    assert at_once(lambda: plan_visits(AT), confirm) == ["done", "done"]
    assert planned() == [(TODAY + 7 * DAY, "red", "grid_member")]


def test_the_sweep_that_ends_a_flag_and_who_changes_it_do_not_lock_each_other_out(
    race_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both lock the flag before its household: whoever comes second waits, and holds nothing."""
    world = race_world
    flag = flagged(person_of(world), review_on=TODAY - 40 * DAY, review_asked_at=AT - 40 * DAY)
    meeting, errors = threading.Barrier(2), []
    work = planning.replan

    def both_there(unit: int, *, at: Any) -> None:
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=2)
        work(unit, at=at)

    def swept() -> None:
        errors.extend(end_expired(AT).errors)

    def raised() -> None:
        flags.change(flag, actor=world.grid_leader, at=AT, tier="yellow")

    monkeypatch.setattr(flags, "replan", both_there)
    assert "OperationalError" not in at_once(swept, raised)
    assert errors == []


# --- what it costs


def many(world: World, count: int) -> None:
    for n in range(count):
        unit = make.make_unit(world.court, "6 栋", "1 单元", f"{Household.objects.count():04d}")
        Household.objects.create(unit=unit, grid=world.micro)
        person = make.make_occupant(unit, name=f"住户{n}")
        flagged(person, kind=Need.values[n % 5], review_on=TODAY)


@pytest.mark.parametrize("sweep", [plan_visits, ask_for_review])
def test_a_set_costs_the_statements_of_one_row(world: World, sweep: Any) -> None:
    def cost(count: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert sweep(AT).done == count
        return len(asked)

    many(world, 1)
    sweep(AT)  # what is read once and kept is read now
    many(world, 1)
    one = cost(1)
    many(world, 5)
    assert cost(5) == one


def test_each_matter_is_a_task_of_its_own_on_the_clock(world: World) -> None:
    now = timezone.now()
    today = timezone.localdate(now)
    flagged(person_of(world), confirmed_at=now, review_on=today)
    flagged(
        person_of(world, "next_door"), review_on=today - 30 * DAY, review_asked_at=now - 30 * DAY
    )
    gone = make.make_occupant(world.home, name="-", to_date=today - DAY)
    flagged(gone)
    assert [tasks.plan_visits() for _turn in range(2)] == [{"households": 2}, {"households": 0}]
    assert [tasks.end_moved_out() for _turn in range(2)] == [{"ended": 1}, {"ended": 0}]
    assert [tasks.review() for _turn in range(2)] == [{"asked": 1}, {"asked": 0}]
    assert [tasks.end_expired() for _turn in range(2)] == [{"ended": 1}, {"ended": 0}]
    assert tasks.climb() == {"told": 0}
    for task in (
        tasks.plan_visits,
        tasks.review,
        tasks.end_expired,
        tasks.end_moved_out,
        tasks.climb,
    ):
        assert app.conf.beat_schedule[task.name]["task"] == task.name


def test_a_household_is_locked_before_its_visit(world: World) -> None:
    assert planning.lock_household(world.home.pk) == Household.objects.get(pk=world.home.pk)
    assert planning.lock_household(0) is None
