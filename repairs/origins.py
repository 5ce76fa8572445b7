"""What becomes of a ticket: its place and its title begin the form of whatever is made of it. What
was written and whom to call stays with the ticket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from repairs.models import Ticket
from workflow.follow_ups import Origin


def facts(ticket: Ticket) -> Mapping[str, Any]:
    known = {
        "estate": ticket.estate,
        "unit": ticket.unit,
        "place": ticket.place,
        "facility": ticket.facility,
        "title": ticket.title,
        "public_title": ticket.title,  # whoever reported it wrote it, or reads it already
        "resident": ticket.reporter,
    }
    return {name: fact for name, fact in known.items() if fact}


def label(ticket: Ticket) -> str:
    return f"{ticket.number} {ticket.title}"


def known(user: Any) -> Any:
    return Ticket.objects.known_to(user)


ORIGINS = (Origin(Ticket, facts, label, rows=known),)
