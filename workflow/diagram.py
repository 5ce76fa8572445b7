"""The table of a noun's life as a picture (Mermaid) and as a list, for the docs."""

from collections.abc import Mapping

from django.db.models import TextChoices

from workflow.moves import Moves


def diagram(moves: Moves, states: type[TextChoices], first: str, back: Mapping[str, str]) -> str:
    """One arrow per change of state. `back` says where a verb whose target is a function leads."""
    lines = ["stateDiagram-v2", f"    [*] --> {first}"]
    for start in states.values:
        for verb, m in moves.items():
            if start not in m.start or m.to is None:
                continue
            target = back[verb] if callable(m.to) else m.to
            lines.append(f"    {start} --> {target}: {verb}")
    return "\n".join(lines)


def staying(moves: Moves) -> list[str]:
    """The verbs that leave the state as it is."""
    return [verb for verb, m in moves.items() if m.to is None]
