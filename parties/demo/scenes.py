"""Three organisations, their members, wishes, and matters in every state."""

from __future__ import annotations

from workflow.scenes import Scene, Stage


def lay(stage: Stage) -> None:
    # Read when they are laid, not whenever the portal starts.
    from parties.demo.lay import lay_league
    from parties.demo.today import Week, date_rows, sweep

    league = lay_league(stage.props["grids"]["banyan-court"], stage)
    Week(league).act()
    sweep(league)
    date_rows(league)
    stage.props["parties"] = {"banyan-shade": league}


SCENES = (Scene("parties", 40, lay),)
