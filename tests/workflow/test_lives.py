"""A tiny noun gets every door from its declaration; a declaration that does not fit is refused."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from estates.lives import CLAIM
from estates.models import Claim, Occupant
from tests.people import World
from tests.tiny import doors
from tests.tiny.doors import LAMP
from tests.tiny.models import Lamp
from tests.workflow.lives import AT, LifecycleBattery
from workflow.forms import VerbForm
from workflow.lives import all_lives
from workflow.moves import Move, Moves
from workflow.threads import CommentForm
from workflow.timeline import FOLDED_FROM, timeline

STAFF = {"technician", "other_technician", "dispatcher", "manager", "inspector", "desk", "admin"}


@pytest.mark.urls("tests.tiny.urls")
class TestLamp(LifecycleBattery):
    life = LAMP
    roles = ("resident", "neighbour", *sorted(STAFF))
    blind = ("stranger", "outsider")
    may = {
        "light": {"manager", "desk", "admin"},
        "put_out": {"manager", "desk", "admin"},
        "comment": {"resident", "neighbour", *STAFF},
        "note": STAFF,
    }
    told = {"light": {"manager"}}
    api = "lamps"

    def row(self, world: World, state: str) -> Lamp:
        number = f"L{Lamp.objects.count()}"
        return Lamp.objects.create(estate=world.court, number=number, status=state)

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        return {"put_out": {"reason": "天亮了"}}.get(verb, {"body": "好"} if "o" in verb else {})


class TestClaim(LifecycleBattery):
    life = CLAIM
    roles = ("neighbour", "desk", "dispatcher", "manager", "admin")
    blind = ("resident", "technician", "inspector", "stranger", "outsider")
    may = {
        "approve": {"desk", "dispatcher", "manager", "admin", "portal"},
        "refuse": {"desk", "dispatcher", "manager", "admin", "portal"},
        "withdraw": {"neighbour"},
    }
    told = {"approve": {"neighbour"}, "refuse": {"neighbour"}}
    api = "claims"
    docs = "claim.md"

    def row(self, world: World, state: str) -> Claim:
        Claim.objects.all().delete()
        Occupant.objects.filter(unit=world.home, user=world.neighbour).delete()
        decided = None if state == "pending" else AT
        return Claim.objects.create(
            user=world.neighbour, unit=world.home, name="邻居", status=state, decided_at=decided
        )

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        return {"reason": "请带合同"} if verb == "refuse" else {}


def test_the_tiny_noun_is_small() -> None:
    """What it takes beside model and rules, without imports, comments and blank lines."""
    text = Path(str(doors.__file__)).read_text(encoding="utf-8")
    imports = (ast.Import, ast.ImportFrom)
    _title, *body = [node for node in ast.parse(text).body if not isinstance(node, imports)]
    numbers = {n for node in body for n in range(node.lineno, (node.end_lineno or 0) + 1)}
    written = [line for n, line in enumerate(text.splitlines(), 1) if n in numbers and line.strip()]
    assert len(written) <= 40


def test_every_life_of_the_house_has_its_battery() -> None:
    from tests.events import test_lives as events
    from tests.events import test_slots as turns
    from tests.grids import test_lives as grids
    from tests.parties import test_lives as parties
    from tests.repairs import test_matrix  # their batteries stand there
    from tests.safety import test_drill_life as drills
    from tests.safety import test_hazard_life as hazards
    from tests.safety import test_lives as safety
    from tests.volunteers import test_lives as volunteers

    theirs = {
        test_matrix.TestTicket,
        safety.TestPlan,
        safety.TestRound,
        hazards.TestHazard,
        drills.TestDrill,
        drills.TestRequirement,
        drills.TestImprovement,
        grids.TestFlag,
        grids.TestVisit,
        parties.TestMatter,
        parties.TestPart,
        parties.TestRegistration,
        parties.TestWish,
        volunteers.TestMembership,
        volunteers.TestQualification,
        volunteers.TestShift,
        volunteers.TestEntry,
        volunteers.TestSwap,
        volunteers.TestCertificate,
        events.TestEvent,
        events.TestSignup,
        turns.TestSlot,
    }
    assert theirs <= _all_below(LifecycleBattery)
    tried = {battery.life.code for battery in _all_below(LifecycleBattery)}
    assert {life.code for life in all_lives()} == tried


def _all_below(base: type[Any]) -> set[type[Any]]:
    return {one for sub in base.__subclasses__() for one in {sub, *_all_below(sub)}}


# --- declarations that do not fit


def broken(**changes: Any) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        replace(LAMP, **changes).check()
    return str(refused.value)


class Wants(VerbForm):
    body = CommentForm.base_fields["body"]


def test_a_move_without_a_service_ends_the_start() -> None:
    fly = Move({"dark"}, None, lambda user, row: True, "Fly", did="flew", done="It flies.")
    assert (
        broken(moves=Moves("tiny.lamp", {**LAMP.moves, "fly": fly})) == "tiny.lamp: no service fly"
    )


def test_a_move_that_does_not_say_what_it_did_ends_the_start() -> None:
    mute = replace(LAMP.moves["light"], done="")
    assert broken(moves=Moves("tiny.lamp", {"light": mute}), forms={}) == (
        "tiny.lamp: light does not say what it did"
    )


@pytest.mark.parametrize(
    ("forms", "sentence"),
    [
        ({"fly": Wants}, "tiny.lamp: forms without a move: ['fly']"),
        ({"light": Wants}, "tiny.lamp: light does not take ['body']"),
        ({}, "tiny.lamp: put_out is not asked for ['reason']"),
    ],
)
def test_a_form_that_does_not_fit_ends_the_start(forms: Any, sentence: str) -> None:
    assert broken(forms=forms) == sentence


# --- the timeline


@override_settings(ROOT_URLCONF="tests.tiny.urls")
def test_many_like_lines_that_are_no_moves_fold_into_one(world: World) -> None:
    from audit.services import record
    from repairs.lives import TICKET
    from tests import factories as make

    ticket = make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)
    people = [world.desk, world.manager, world.technician]
    for count, person in enumerate(people, start=1):
        record("repairs.ticket.follow", ticket, actor=person, at=AT)
        labels = [event.label for event in timeline(TICKET, ticket, world.desk)]
        folded = count >= FOLDED_FROM
        assert labels == (["3 neighbours follow it"] if folded else ["follows it"] * count)
    assert timeline(TICKET, ticket, world.resident) == []
