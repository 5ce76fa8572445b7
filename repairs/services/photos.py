"""How many photographs a ticket takes: docs/decisions/008-nine-photos.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attachments.services import MAX_PER_ROW, claim
from repairs.models import Ticket


def add_photos(
    keys: Sequence[str], *, ticket: Ticket, by: Any, stage: str = "", again: bool = False
) -> None:
    """Nine of the trouble and nine of the result, and nine more each time it is opened `again`."""
    rounds = 1 + ticket.reopens + again
    claim(keys, row=ticket, by=by, stage=stage, limit=MAX_PER_ROW * rounds)
