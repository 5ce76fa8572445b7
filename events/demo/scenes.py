"""A year of events, what is on and what is ahead."""

from __future__ import annotations

from workflow.scenes import Scene, Stage


def lay(stage: Stage) -> None:
    # Read when they are laid, not whenever the portal starts.
    from events.demo.lay import lay_year
    from events.demo.today import Ahead, ServiceDay, date_rows, sweep

    year = lay_year(stage.props["volunteers"]["banyan-shade"])
    Ahead(year).act()
    ServiceDay(year).act()
    sweep(year)
    date_rows(year)


SCENES = (Scene("events", 60, lay),)
