"""The table of a noun's life as a picture (Mermaid) and as a list, for the docs."""

from workflow.lives import Lifecycle
from workflow.moves import Moves


def diagram_of(life: Lifecycle) -> str:
    """One arrow per change of state."""
    lines = ["stateDiagram-v2", f"    [*] --> {life.first}"]
    for start in life.model.Status.values:
        for verb, m in life.moves.items():
            if start not in m.start or m.to is None:
                continue
            target = life.back[verb] if callable(m.to) else m.to
            lines.append(f"    {start} --> {target}: {verb}")
    return "\n".join(lines)


def staying(moves: Moves) -> list[str]:
    """The verbs that leave the state as it is."""
    return [verb for verb, m in moves.items() if m.to is None]
