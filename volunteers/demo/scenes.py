"""Three teams, a year of their shifts, and what is ahead of them."""

from __future__ import annotations

from workflow.scenes import Scene, Stage


def lay(stage: Stage) -> None:
    # Read when they are laid, not whenever the portal starts.
    from estates.demo.scenes import grounds
    from volunteers.demo.lay import lay_teams
    from volunteers.demo.today import Week, date_rows, sweep

    court, _garden = grounds(stage)
    force = lay_teams(court, stage)
    Week(force).act()
    sweep(force)
    date_rows(force)
    stage.props["volunteers"] = {"banyan-shade": force}


SCENES = (Scene("volunteers", 50, lay),)
