"""docs/ticket.md shows the table as it is."""

from pathlib import Path

from django.conf import settings

from repairs.services import MOVES
from workflow.diagram import staying

PAGE = Path(settings.BASE_DIR) / "docs" / "ticket.md"


def test_the_docs_name_every_verb_that_keeps_the_state() -> None:
    names = ", ".join(f"`{verb}`" for verb in staying(MOVES))
    assert names in PAGE.read_text(encoding="utf-8")
