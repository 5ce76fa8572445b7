"""Whoever sees a round may be told of it, and nobody else; plans likewise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from estates.models import Posting
from safety.audiences import lead, plan_watchers, walker, watchers
from safety.models import Plan, Round
from tests import factories as make
from tests.everything import only, people
from tests.people import World

NOW = timezone.now()


@pytest.fixture
def rounds(world: World) -> dict[str, Round]:
    """One of each way in which somebody may stand to a round."""
    route = make.make_route(world.court)
    far = make.make_route(world.garden, name="梧桐苑")
    plan = make.make_plan(route)
    led = make.make_plan(route, lead=world.dispatcher)
    hours = iter(range(1, 20))

    def at(**fields: Any) -> Round:
        of = fields.pop("plan", plan)
        return make.make_round(of, planned_at=NOW + timedelta(hours=next(hours)), **fields)

    return {
        "nobody's": at(),
        "technician's": at(assignee=world.technician),
        "taken from him": at(assignee=world.inspector, handed_from=world.technician),
        "led": at(plan=led),
        "led by who left": at(plan=make.make_plan(route, lead=world.stranger)),
        "of who left": at(assignee=world.stranger),
        "far": at(plan=make.make_plan(far, lead=world.outsider)),
    }


SAFETY = {"manager", "inspector"}
SEEN = {
    "nobody's": SAFETY,
    "technician's": SAFETY | {"technician"},
    "taken from him": SAFETY | {"technician"},
    "led": SAFETY | {"dispatcher"},
    "led by who left": SAFETY,
    "of who left": SAFETY,
    "far": {"outsider"},
}
WALKS = {
    "nobody's": {"inspector"},
    "technician's": {"technician"},
    "taken from him": {"inspector"},
    "led": {"inspector"},
    "led by who left": {"inspector"},
    "of who left": {"inspector"},
    "far": set(),
}
LEADS = {**{key: {"manager"} for key in SEEN}, "led": {"dispatcher"}, "far": {"outsider"}}


def names(audience: Any) -> set[str]:
    return {person.username for person in people(audience)}


def test_who_sees_may_be_told(world: World, rounds: dict[str, Round]) -> None:
    found = {key: names(watchers(only(row))) for key, row in rounds.items()}
    seen = {
        key: {
            name
            for name, person in world.people().items()
            if name != "admin" and Round.objects.visible_to(person).filter(pk=row.pk).exists()
        }
        for key, row in rounds.items()
    }
    assert (found, seen) == (SEEN, SEEN)


def test_who_is_sent_and_who_leads(rounds: dict[str, Round]) -> None:
    assert {key: names(walker(only(row))) for key, row in rounds.items()} == WALKS
    assert {key: names(lead(only(row))) for key, row in rounds.items()} == LEADS


def test_all_rows_are_asked_at_once(rounds: dict[str, Round]) -> None:
    """One statement for all of them says the same."""
    rows = Round.objects.all()
    for who, wanted in ((watchers, SEEN), (walker, WALKS), (lead, LEADS)):
        found: dict[int, set[str]] = {row.pk: set() for row in rows}
        for reader in who(rows):
            found[reader.row].add(User.objects.get(pk=reader.person).username)
        assert found == {rounds[key].pk: wanted[key] for key in rounds}


def test_plans_are_seen_by_those_who_may_be_told(world: World, rounds: dict[str, Round]) -> None:
    Plan.objects.filter(pk=rounds["nobody's"].plan_id).update(assignee=world.technician)
    for plan in Plan.objects.all():
        seen = {
            name
            for name, person in world.people().items()
            if name != "admin" and Plan.objects.visible_to(person).filter(pk=plan.pk).exists()
        }
        assert names(plan_watchers(only(plan))) == seen


def test_a_posting_for_the_community_stands_at_each_of_its_estates(
    world: World, rounds: dict[str, Round]
) -> None:
    far_inspector = make.make_user("far_inspector")
    make.make_posting(far_inspector, world.court.community, "inspector")
    row = rounds["nobody's"]
    assert names(walker(only(row))) == {"inspector", "far_inspector"}
    assert names(watchers(only(row))) == SAFETY | {"far_inspector"}


def test_whoever_is_on_duty_then_is_asked_before_all_inspectors(
    world: World, rounds: dict[str, Round]
) -> None:
    row = rounds["nobody's"]
    on_duty = make.make_user("on_duty")
    posting = make.make_posting(on_duty, world.court, "inspector")
    shift = posting.shifts.create(
        starts_at=row.planned_at - timedelta(hours=1), ends_at=row.planned_at + timedelta(hours=1)
    )
    assert names(walker(only(row))) == {"on_duty"}
    shift.called_off_at = NOW
    shift.save(update_fields=["called_off_at"])
    assert names(walker(only(row))) == {"inspector", "on_duty"}


def test_who_works_here_no_more_sees_nothing(world: World, rounds: dict[str, Round]) -> None:
    Posting.objects.filter(user=world.technician).update(ended_at=NOW)
    world.technician = User.objects.get(pk=world.technician.pk)
    assert not Round.objects.visible_to(world.technician).exists()
    assert names(walker(only(rounds["technician's"]))) == {"inspector"}
