"""The demo as a whole: every app's scenes on one stage, and then all that happens, in its order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import translation

from attachments.models import Comment
from common.worktime import WorkHours
from portal.demo.cast import Cast
from portal.demo.script import Script
from portal.demo.times import Times
from workflow.scenes import scenes

# Of a hundred parts of the work, those that laying the scenes takes.
LAYING = 35

Progress = Callable[[int], None]


class Stage:
    """What `workflow.scenes.Stage` promises."""

    def __init__(self, now: datetime, dice: Random) -> None:
        self.now = now.replace(second=0, microsecond=0)
        self.dice = dice
        self.cast = Cast(dice)
        self.script = Script(self.now)
        self.props: dict[str, Any] = {}

    def clock(self, hours: WorkHours) -> Times:
        return Times(self.now, hours, self.dice)


def seed(now: datetime, dice: Random, on_progress: Progress) -> None:
    """All of it or nothing."""
    # The people of the demo write Chinese, whatever the language of the command.
    with transaction.atomic(), translation.override("zh-hans"):
        last = Comment.objects.aggregate(last=Max("pk"))["last"] or 0
        stage = Stage(now, dice)
        _lay(stage, on_progress)
        stage.script.play(
            lambda done, total: on_progress(LAYING + (100 - LAYING) * done // total),
        )
        # Words were written when they were said.
        Comment.objects.filter(pk__gt=last).update(created_at=F("at"))


def _lay(stage: Stage, on_progress: Progress) -> None:
    laid = scenes()
    for done, scene in enumerate(laid, start=1):
        scene.lay(stage)
        on_progress(LAYING * done // len(laid))
    # The admin comes last, for nothing of the stories is theirs.
    stage.cast.role("admin", "管理员", is_superuser=True, is_staff=True)
