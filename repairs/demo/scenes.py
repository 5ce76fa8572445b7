"""A year of repairs, and those of the present day. The stories are read when they are laid, not
whenever the portal starts."""

from __future__ import annotations

from django.db.models import F

from estates.demo.scenes import grounds
from repairs.models import Ticket
from repairs.services import alarm_after_deadlines, remind_before_deadlines
from repairs.services.categories import seed_categories
from workflow.scenes import Scene, Stage

COURT_TICKETS, GARDEN_TICKETS = 1140, 138
COURT_RECENT, GARDEN_RECENT = 28, 5


def lay_year(stage: Stage) -> None:
    from repairs.demo.history import write_history

    court, garden = grounds(stage)
    for ground in (court, garden):
        seed_categories(ground.estate)
    named = [court.home("3 栋", "2 单元", "1204"), court.home("3 栋", "2 单元", "1104")]
    times = stage.clock(court.estate.work_hours())
    write_history(court, stage.dice, times, COURT_TICKETS, own=named)
    own = [garden.home("1 栋", "1 单元", "302")]
    write_history(garden, stage.dice, times, GARDEN_TICKETS, own=own)


def lay_today(stage: Stage) -> None:
    from repairs.demo.script import Repairs
    from repairs.demo.today import Present, act_court, act_garden, act_last_days

    court, garden = grounds(stage)
    script, times = stage.script, stage.clock(court.estate.work_hours())
    presents = [Present(one, Repairs(script), times, stage.dice) for one in (court, garden)]
    act_court(presents[0])
    act_garden(presents[1])
    act_last_days(presents[0], COURT_RECENT)
    act_last_days(presents[1], GARDEN_RECENT)
    # What the sweeps would have told by now.
    script.sweep(alarm_after_deadlines)
    script.sweep(remind_before_deadlines)
    # Rows were created when it happened.
    tickets = Ticket.objects.filter(estate__in=[court.estate, garden.estate])
    script.note(stage.now, lambda: tickets.update(created_at=F("reported_at")))


SCENES = (Scene("repairs.year", 10, lay_year), Scene("repairs.today", 12, lay_today))
