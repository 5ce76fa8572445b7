"""manage.py sweep: what the portal does by the clock, listed or done now."""

from __future__ import annotations

from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.models import SWEEPS, SweepRun
from repairs.models import Ticket
from tests import factories as make
from tests.people import World

pytestmark = pytest.mark.django_db
LATER = "2030-01-01T09:00"


def sweep(*words: str) -> str:
    out = StringIO()
    call_command("sweep", *words, stdout=out)
    return out.getvalue()


def test_all_are_listed_with_their_last_run() -> None:
    assert set(SWEEPS) == {line.split()[0] for line in sweep().splitlines()}
    assert "never" in next(line for line in sweep().splitlines() if "repairs.wake" in line)
    sweep("repairs.wake")
    assert "never" not in next(line for line in sweep().splitlines() if "repairs.wake" in line)


def test_one_is_done_now_and_recorded(world: World) -> None:
    make.make_ticket(world.pipes, respond_by=timezone.now())
    assert sweep("repairs.alarm") == "repairs.alarm: alarmed 1\n"
    assert SweepRun.objects.get(pk="repairs.alarm").counts == {"alarmed": 1}
    assert "alarmed 1" in sweep()


def test_as_if_it_were_then_in_a_trial_alone(world: World, settings: Any) -> None:
    at = timezone.now()
    held = {"held_at": at, "held_until": datetime(2029, 1, 1, tzinfo=at.tzinfo)}
    ticket = make.make_ticket(world.pipes, status="on_hold", held_from="accepted", **held)
    with pytest.raises(CommandError, match="DEMO=1"):
        sweep("repairs.wake", "--at", LATER)
    settings.DEBUG = True
    assert sweep("repairs.wake", "--at", LATER) == "repairs.wake: woken 1\n"
    assert Ticket.objects.get(pk=ticket.pk).status == "accepted"
    assert SweepRun.objects.get(pk="repairs.wake").started_at >= at  # the run itself is of now


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(("no.such",), "There is no sweep no.such"), (("repairs.wake", "--at", "x"), "x is no time")],
)
def test_what_is_wrong_is_said(words: tuple[str, ...], sentence: str, settings: Any) -> None:
    settings.DEBUG = True
    with pytest.raises(CommandError, match=sentence):
        sweep(*words)
