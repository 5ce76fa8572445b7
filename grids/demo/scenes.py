"""Two grids with their micro-grids, those who are looked after, and a year of visits."""

from __future__ import annotations

from estates.demo.scenes import grounds
from workflow.scenes import Scene, Stage


def lay(stage: Stage) -> None:
    # Read when they are laid, not whenever the portal starts.
    from grids.demo import content
    from grids.demo.lay import (
        choose_people,
        lay_district,
        lay_flags,
        people_of,
        somebody,
        store_entries,
        write_year,
    )
    from grids.demo.today import Week, date_rows, sweep

    court, garden = grounds(stage)
    leader = people_of(stage.cast)
    ours = lay_district(court, stage, content.COURT_GRID, content.COURT, leader)
    other = somebody(stage.cast)
    theirs = lay_district(garden, stage, content.GARDEN_GRID, content.GARDEN, other)
    choose_people(ours)
    lay_flags(ours)
    for district in (ours, theirs):
        write_year(district)
        store_entries(district)
    Week(ours).act()
    sweep(ours)
    date_rows(stage.script, stage.now, (ours, theirs))
    stage.props["grids"] = {one.ground.estate.code: one for one in (ours, theirs)}


SCENES = (Scene("grids", 30, lay),)
