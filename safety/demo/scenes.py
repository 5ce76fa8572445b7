"""Rounds: a year of them, the last days, and two months ahead. Then drills, in which grids and
volunteers have roles."""

from __future__ import annotations

from estates.demo.scenes import grounds
from workflow.scenes import Scene, Stage


def lay_rounds(stage: Stage) -> None:
    # Read when they are laid, not whenever the portal starts.
    from safety.demo import content
    from safety.demo.history import write_history
    from safety.demo.lay import lay
    from safety.demo.today import act_last_days, date_rows, sweep

    court, garden = grounds(stage)
    laid = [
        lay(court, stage, content.COURT_SPOTS, content.COURT_TOURS),
        lay(garden, stage, content.GARDEN_SPOTS, content.GARDEN_TOURS),
    ]
    for beat in laid:
        write_history(beat, stage.dice)
    for beat in laid:
        act_last_days(beat, stage)
    sweep(laid, stage)
    date_rows(laid, stage)
    stage.props["safety"] = {beat.ground.estate.code: beat for beat in laid}


def lay_drills(stage: Stage) -> None:
    from safety.demo.drills import act_drills

    court, garden = (stage.props["safety"][ground.estate.code] for ground in grounds(stage))
    act_drills(court, garden, stage)


# The drills come behind all whose people have roles in them.
SCENES = (Scene("safety", 20, lay_rounds), Scene("safety.drills", 70, lay_drills))
