"""Each sweep leaves a record of its last run; /readyz and the administration read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import SWEEPS, SweepRun
from audit.querysets import PULSE
from audit.services import begin_sweep, end_sweep
from audit.tasks import pulse, sweep
from config.celery import app
from tests.people import World

pytestmark = pytest.mark.django_db
AT = timezone.now()
SECOND = timedelta(seconds=1)


TOLD: dict[str, int | Exception] = {}


@sweep("tests.water", "Waters the plants", plants="plants")
def water(at: datetime) -> Mapping[str, int]:
    plants = TOLD.get("plants", 3)
    if isinstance(plants, Exception):
        raise plants
    return {"plants": plants}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, int | Exception]:
    """What the sweep finds: a number of plants, or a failure."""
    monkeypatch.setattr("tests.audit.test_sweep.TOLD", {})
    return TOLD


def test_a_run_is_recorded() -> None:
    assert water() == {"plants": 3}
    row = SweepRun.objects.get(pk="tests.water")
    assert (row.counts, row.error, row.failed, row.title) == (
        {"plants": 3},
        "",
        False,
        "Waters the plants",
    )
    assert row.finished_at >= row.started_at >= AT


def test_a_failure_is_recorded_and_still_raised(told: dict[str, int | Exception]) -> None:
    told["plants"] = OSError("no water")
    with pytest.raises(OSError, match="no water"):
        water()
    row = SweepRun.objects.get(pk="tests.water")
    assert (row.failed, row.error, row.counts) == (True, "OSError: no water", {})


def test_the_last_failure_is_kept_when_the_next_run_succeeds(
    told: dict[str, int | Exception],
) -> None:
    told["plants"] = OSError("no water")
    with pytest.raises(OSError, match="no water"):
        water()
    told["plants"] = 1
    water()
    row = SweepRun.objects.get(pk="tests.water")
    assert (row.failed, row.error, row.counts) == (False, "OSError: no water", {"plants": 1})


def test_of_two_at_once_the_row_tells_of_the_later() -> None:
    begin_sweep("tests.twice", at=AT)
    begin_sweep("tests.twice", at=AT + SECOND)
    end_sweep("tests.twice", {"done": 1}, begun=AT, at=AT + 2 * SECOND)
    assert SweepRun.objects.get(pk="tests.twice").finished_at is None
    end_sweep("tests.twice", {"done": 2}, begun=AT + SECOND, at=AT + 3 * SECOND)
    row = SweepRun.objects.get(pk="tests.twice")
    assert (row.counts, row.duration) == ({"done": 2}, 2 * SECOND)


def test_all_that_beat_starts_keeps_a_record() -> None:
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} == set(SWEEPS) - {
        "tests.water"
    }


def test_beat_lives_until_it_was_silent_for_five_minutes() -> None:
    assert not SweepRun.objects.beat_lives(AT)
    begin_sweep(PULSE, at=AT)
    alive = [SweepRun.objects.beat_lives(AT + timedelta(minutes=m)) for m in (0, 4, 5)]
    assert alive == [True, True, False]


def test_readyz_hears_the_pulse(client: Client) -> None:
    assert client.get("/readyz").json()["beat"] is False
    pulse()
    assert client.get("/readyz").json()["beat"] is True


def test_the_administration_shows_each_sweep(world: World, as_: Callable[..., Client]) -> None:
    water()
    page = as_(world.admin).get("/admin/audit/sweeprun/").content.decode()
    assert page.count("Waters the plants") == 1
    assert "plants 3" in page
    shown = as_(world.admin).get("/admin/audit/sweeprun/tests.water/change/")
    assert (shown.status_code, b'name="_save"' in shown.content) == (200, False)
