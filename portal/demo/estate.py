"""The demo as a whole: two estates, their people, a year of repairs and the present day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random

from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from django.utils import translation

from attachments.models import Comment
from estates.models import Estate
from portal.demo.ground import Cast, Ground, build_court, build_garden, invite
from portal.demo.history import write_history
from portal.demo.script import Script
from portal.demo.times import Times
from portal.demo.today import Scene, act_court, act_garden, act_last_days
from repairs.models import Ticket
from repairs.services import alarm_after_deadlines, remind_before_deadlines

COURT_TICKETS, GARDEN_TICKETS = 1140, 138
COURT_RECENT, GARDEN_RECENT = 28, 5

Progress = Callable[[int], None]


def seed(now: datetime, dice: Random, on_progress: Progress) -> None:
    """Call it in a transaction. The admin comes last, for nothing of the stories is theirs."""
    # The people of the demo write Chinese, whatever the language of the command.
    with translation.override("zh-hans"):
        cast = Cast()
        court = build_court(cast, dice, now)
        garden = build_garden(cast, dice, now)
        cast.role("admin", "管理员", is_superuser=True, is_staff=True)
        on_progress(15)
        named = [court.home("3 栋", "2 单元", "1204"), court.home("3 栋", "2 单元", "1104")]
        times = Times(now, court.estate.work_hours())
        write_history(court, dice, times, COURT_TICKETS, own=named)
        write_history(
            garden, dice, times, GARDEN_TICKETS, own=[garden.home("1 栋", "1 单元", "302")]
        )
        invite(court, cast, dice, now)
        on_progress(35)
        _live(court, garden, times, dice, on_progress)


def _live(court: Ground, garden: Ground, times: Times, dice: Random, on_progress: Progress) -> None:
    script = Script(times.now)
    scenes = Scene(court, script, times, dice), Scene(garden, script, times, dice)
    act_court(scenes[0])
    act_garden(scenes[1])
    act_last_days(scenes[0], COURT_RECENT)
    act_last_days(scenes[1], GARDEN_RECENT)
    # What the sweeps would have told by now.
    script.sweep(alarm_after_deadlines)
    script.sweep(remind_before_deadlines)
    script.play(lambda done, total: on_progress(35 + 65 * done // total))
    _dated([court.estate, garden.estate])


def _dated(estates: list[Estate]) -> None:
    """Rows were created when it happened."""
    tickets = Ticket.objects.filter(estate__in=estates)
    tickets.update(created_at=F("reported_at"))
    # By keys: a join over tables that were only just filled is planned blindly, and slowly.
    keys = list(tickets.values_list("pk", flat=True))
    kind = ContentType.objects.get_for_model(Ticket)
    said = Comment.objects.filter(content_type=kind, object_id__in=keys)
    said.update(created_at=F("at"))
