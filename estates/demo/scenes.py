"""The two estates of the demo and who lives there; and who wants in."""

from __future__ import annotations

from estates.demo.ground import Ground, build_court, build_garden, invite
from workflow.scenes import Scene, Stage


def lay_estates(stage: Stage) -> None:
    built = [build(stage.cast, stage.dice, stage.now) for build in (build_court, build_garden)]
    stage.props["estates"] = {ground.estate.code: ground for ground in built}


def lay_letters(stage: Stage) -> None:
    court, _garden = grounds(stage)
    invite(court, stage.cast, stage.dice, stage.now)


def grounds(stage: Stage) -> tuple[Ground, Ground]:
    """The court and the garden, for the scenes of the apps above."""
    laid: dict[str, Ground] = stage.props["estates"]
    return laid["banyan-court"], laid["sycamore-garden"]


# The letters roll the dice after the year of repairs (10): so each demo stays as the last one was.
SCENES = (Scene("estates", 0, lay_estates), Scene("estates.letters", 11, lay_letters))
