"""What was walked without signal arrives later, with the time of the phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from notifications.models import Message
from safety.models import Round
from safety.services import rounds, sweeps
from safety.services.rounds import Given
from tests import factories as make
from tests.people import World
from workflow.refusals import WrongState

END = timezone.now().replace(microsecond=0)
BEGIN = END - timedelta(hours=2)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def walked(world: World) -> Round:
    """From two hours ago until now, three points."""
    plan = make.make_plan(make.make_route(world.court))
    return make.make_round(plan, planned_at=BEGIN, ends_at=END, assignee=world.inspector)


def say(world: World, row: Round, name: str, at: datetime, **said: Any) -> Round:
    """Whatever verb the page would choose."""
    point = world.court.checkpoints.get(name=name)
    given = {point.checklist.items.get().pk: Given(said.pop("value", "pass"))}
    verb = rounds.arrive if row.status in {"missed", "partial"} else rounds.check
    actor = said.pop("actor", world.inspector)
    return verb(row, checkpoint=point, answers=given, actor=actor, at=at, **said)


def told() -> list[str]:
    kinds = Message.objects.filter(kind="safety.round.arrived").order_by("pk")
    return [message.title for message in kinds]


def test_the_phone_says_when_and_the_portal_when_it_heard(world: World, walked: Round) -> None:
    at_point, heard = BEGIN + 10 * MINUTE, BEGIN + 40 * MINUTE
    say(world, walked, "1 栋楼道", heard, walked_at=at_point)
    point = walked.points.get(position=1)
    assert (point.reached_at, point.arrived_at, walked.started_at) == (at_point, heard, at_point)


def test_with_signal_there_is_one_time(world: World, walked: Round) -> None:
    say(world, walked, "1 栋楼道", BEGIN + MINUTE, walked_at=BEGIN + MINUTE - timedelta(seconds=3))
    assert walked.points.get(position=1).arrived_at is None


@pytest.mark.parametrize(
    ("phone", "kept"),
    [
        (BEGIN - 30 * HOUR, BEGIN - HOUR),  # a clock that is a day behind
        (END + 300 * HOUR, BEGIN + 30 * MINUTE),  # or weeks ahead
    ],
)
def test_the_phones_clock_is_held_to_what_can_be(
    world: World, walked: Round, phone: datetime, kept: datetime
) -> None:
    say(world, walked, "1 栋楼道", BEGIN + 30 * MINUTE, walked_at=phone)
    assert walked.points.get(position=1).reached_at == kept


def test_a_missed_round_becomes_partial_and_then_done(world: World, walked: Round) -> None:
    sweeps.close_ended(END)
    walked.refresh_from_db()
    assert walked.status == "missed"
    states = []
    for n, name in enumerate(("1 栋楼道", "2 栋楼道", "水泵房"), 1):
        say(world, walked, name, END + n * HOUR, walked_at=BEGIN + n * 20 * MINUTE)
        states.append(walked.status)
    assert states == ["partial", "partial", "done"]
    assert (walked.finished_at, walked.started_at) == (BEGIN + HOUR, BEGIN + 20 * MINUTE)
    assert len(told()) == 2
    assert "所有点位都到了。" in Message.objects.latest("pk").body


@pytest.mark.parametrize(
    ("walked_at", "heard"),
    [
        (None, END + HOUR),  # says no time of its own: it is walked now
        (END + MINUTE, END + HOUR),  # walked after its time
        (BEGIN + MINUTE, END + 25 * HOUR),  # a day is over
        (BEGIN - 25 * HOUR, END + HOUR),  # by a clock that is a day behind
    ],
)
def test_what_comes_too_late_is_refused(
    world: World, walked: Round, walked_at: datetime | None, heard: datetime
) -> None:
    sweeps.close_ended(END)
    walked.refresh_from_db()
    with pytest.raises(WrongState):
        say(world, walked, "1 栋楼道", heard, walked_at=walked_at)
    walked.refresh_from_db()
    assert (walked.status, walked.points.missing().count(), told()) == ("missed", 3, [])


def test_the_same_twice_is_once(world: World, walked: Round) -> None:
    sweeps.close_ended(END)
    walked.refresh_from_db()
    for _again in range(2):
        say(world, walked, "1 栋楼道", END + HOUR, walked_at=BEGIN + MINUTE)
    assert Entry.objects.for_row(walked).filter(code="safety.round.arrive").count() == 1
    assert len(told()) == 1


def test_the_page_takes_it_by_itself(world: World, walked: Round, as_: Any) -> None:
    """The outbox of the phone sends to the same address as ever."""
    now = timezone.now()
    Round.objects.filter(pk=walked.pk).update(
        status="missed", finished_at=now, planned_at=now - 3 * HOUR, ends_at=now - HOUR
    )
    point = world.court.checkpoints.get(name="1 栋楼道")
    item = point.checklist.items.get()
    url = f"/safety/rounds/{walked.pk}/points/{point.pk}/"
    client = as_(world.inspector)
    sent = {"checkpoint": point.pk, f"item_{item.pk}": "pass"}
    assert client.post(url, sent).status_code == 409
    when = (now - 2 * HOUR).isoformat()
    assert client.post(url, sent | {"walked_at": when}).status_code == 302
    walked.refresh_from_db()
    assert walked.status == "partial"
    assert walked.points.get(checkpoint=point).reached_at == now - 2 * HOUR


def test_what_was_said_in_time_is_not_said_anew(world: World, walked: Round) -> None:
    say(world, walked, "1 栋楼道", BEGIN + MINUTE, value="fail")
    sweeps.close_ended(END)
    walked.refresh_from_db()
    with pytest.raises(WrongState):
        say(world, walked, "1 栋楼道", END + HOUR, walked_at=BEGIN + 2 * MINUTE)
    assert walked.points.get(position=1).failed == 1
