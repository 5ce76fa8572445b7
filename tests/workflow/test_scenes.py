"""A scene of the demo is laid in its order, and its steps happen among those of the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation

from accounts.models import User
from attachments.models import Attachment, Comment
from audit.models import Entry
from common.worktime import WorkHours
from estates.demo.scenes import SCENES as OF_ESTATES
from notifications.models import Delivery, Message
from portal.demo import stage as demo
from repairs.demo.scenes import SCENES as OF_REPAIRS
from tests.attachments.pictures import upload
from tests.factories import make_estate, make_posting
from tests.tiny import doors
from tests.tiny.models import Lamp
from workflow import scenes as registry
from workflow.scenes import Clock, Scene, Stage, register_scene, scenes

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Monday morning.
NOW = datetime(2026, 11, 23, 10, 5, 30, tzinfo=SHANGHAI)
HOURS = WorkHours(time(9), time(18), weekends=False, zone=SHANGHAI)


def lay_lane(stage: Stage) -> None:
    """A lane, its keeper and its guard, and a lamp that they speak of."""
    lane = make_estate("lane")
    keeper, guard = stage.cast.role("keeper", "守夜人"), stage.cast.role("guard", "门卫")
    for person, duty in ((keeper, "manager"), (guard, "desk")):
        make_posting(person, lane, duty)
    clock, script = stage.clock(HOURS), stage.script
    stage.props["guard"] = guard
    script.do(clock.ago(days=4), hang, by=keeper, gives="lane:lamp", lane=lane)
    script.do(clock.ago(minutes=10), doors.comment, by=guard, row="lane:lamp", body="还亮着。")
    script.do(clock.ago(days=3), doors.light, by=guard, row="lane:lamp")


def hang(lane: Any, *, actor: Any, at: datetime) -> Lamp:
    return Lamp.objects.create(estate=lane, number="L1")


def lay_night(stage: Stage) -> None:
    """Another app's, which knows of the lane what was left of it."""
    clock, script = stage.clock(HOURS), stage.script
    guard = stage.props["guard"]
    assert guard == stage.cast.person("guard")
    script.do(
        clock.ago(hours=6), doors.note, by=guard, row="lane:lamp", body="照片", photos=[upload]
    )
    script.do(clock.ago(hours=2), doors.put_out, by=guard, row="lane:lamp", reason="天亮了")
    script.do(clock.ago(hours=1), doors.light, by=guard, row="lane:lamp", gives="lane:lit")
    script.sweep(lambda at: script.rows.update({"lane:swept": at}))
    neighbours = [(stage.cast.name(), stage.cast.phone()) for _ in range(2)]
    stage.props["neighbours"] = stage.cast.residents(neighbours)


LANE, NIGHT = Scene("lane", 0, lay_lane), Scene("night", 20, lay_night)


@pytest.fixture(autouse=True)
def _no_app_has_brought_any(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    monkeypatch.setattr(registry, "_scenes", {})
    settings.MEDIA_ROOT = tmp_path


def played(*brought: Scene) -> tuple[list[int], Stage]:
    """What was shown of the progress, and the stage as it was left."""
    kept: list[Stage] = []
    register_scene(*brought, Scene("last", 99, kept.append))
    progress: list[int] = []
    demo.seed(NOW, Random(1), progress.append)
    return progress, kept[0]


def moment(days: int = 0, **ago: Any) -> datetime:
    return clock().ago(days=days, **ago)


def clock() -> Clock:
    return demo.Stage(NOW, Random(1)).clock(HOURS)


def test_scenes_stand_in_their_order_once() -> None:
    register_scene(NIGHT, LANE)
    register_scene(LANE)
    register_scene(replace(NIGHT))
    assert scenes() == [LANE, NIGHT]


def test_two_scenes_of_one_name_are_refused() -> None:
    register_scene(LANE)
    with pytest.raises(ImproperlyConfigured, match="lane"):
        register_scene(replace(NIGHT, name="lane"))


def test_each_app_has_brought_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert {*OF_ESTATES, *OF_REPAIRS} <= set(scenes())


@pytest.mark.django_db
@pytest.mark.urls("tests.tiny.urls")
def test_steps_of_all_scenes_play_in_time() -> None:
    progress, stage = played(NIGHT, LANE)
    log = Entry.objects.filter(code__startswith="tiny.lamp.").order_by("pk")
    assert list(log.values_list("code", "at", "actor__username")) == [
        ("tiny.lamp.light", moment(days=3), "guard"),
        ("tiny.lamp.note", moment(hours=6), "guard"),
        ("tiny.lamp.put_out", moment(hours=2), "guard"),
        ("tiny.lamp.light", moment(hours=1), "guard"),
        ("tiny.lamp.comment", moment(minutes=10), "guard"),
    ]
    lamp = Lamp.objects.get()
    assert (lamp.status, stage.script.rows["lane:lit"]) == ("lit", lamp)
    assert stage.script.rows["lane:swept"] == stage.now == NOW.replace(second=0)
    assert progress == sorted(progress)
    assert progress[-1] == 100


@pytest.mark.django_db
@pytest.mark.urls("tests.tiny.urls")
def test_what_was_written_is_as_old_as_what_happened() -> None:
    played(LANE, NIGHT)
    told = Message.objects.filter(recipient__username="keeper", kind="tiny.lamp.light")
    assert list(told.order_by("created_at").values_list("created_at", "read_at")) == [
        (moment(days=3), moment(days=3) + timedelta(minutes=25)),
        (moment(hours=1), None),
    ]
    assert not Delivery.objects.exists()
    assert Attachment.objects.get().created_at == moment(hours=6)
    said = Comment.objects.order_by("at").values_list("body", "created_at")
    assert list(said) == [("照片", moment(hours=6)), ("还亮着。", moment(minutes=10))]


@pytest.mark.django_db
@pytest.mark.urls("tests.tiny.urls")
def test_the_cast_is_numbered_and_the_admin_comes_last() -> None:
    _progress, stage = played(NIGHT, LANE)
    assert list(User.objects.order_by("pk").values_list("username", "phone")) == [
        ("keeper", "+8619000000001"),
        ("guard", "+8619000000002"),
        ("u19000001000", "+8619000001000"),
        ("u19000001001", "+8619000001001"),
        ("admin", "+8619000000003"),
    ]
    one, _other = stage.props["neighbours"]
    assert not one.has_usable_password()
    assert User.objects.get(username="keeper").check_password("banyan-demo")


@pytest.mark.django_db
def test_scenes_are_laid_in_chinese_and_all_or_none() -> None:
    spoken: list[str] = []

    def lay(stage: Stage) -> None:
        spoken.append(translation.get_language())
        stage.cast.role("somebody", "某人")
        stage.script.note(stage.now, lambda: 1 // 0)

    with pytest.raises(ZeroDivisionError):
        played(Scene("fails", 1, lay))
    assert spoken == ["zh-hans"]
    assert not User.objects.exists()


def test_the_clock_knows_working_hours_and_the_night() -> None:
    monday = clock()
    # An hour and a little of Monday; the rest of it on Friday.
    assert monday.ago(hours=2) == datetime(2026, 11, 20, 17, 0, tzinfo=SHANGHAI)
    assert monday.on(1, "09:20") == datetime(2026, 11, 22, 9, 20, tzinfo=SHANGHAI)
    assert monday.awake(monday.on(1, "23:10")) == monday.on(0, "09:10")
    assert monday.awake(monday.on(1, "12:00")) == monday.on(1, "12:00")
    assert monday.some_moment(monday.on(3, "00:00")).date() == monday.on(3, "00:00").date()
    assert monday.next_visit()[0] == monday.on(0, "14:30")
