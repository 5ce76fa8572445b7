"""What somebody heard at a door becomes a ticket in the words that were said there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _

from estates.models import Estate
from grids.models import Visit
from grids.services.matters import Matter
from notifications.services import notify
from repairs.models import Category, Ticket
from repairs.services.moves import MOVES
from repairs.services.reporting import report
from workflow.follow_ups import facts_of
from workflow.refusals import Invalid

# Where nobody at the door knows what it is; the desk gives it another category.
ANYTHING = "other"


def topics(estate: Estate) -> list[tuple[str, str]]:
    """The tiles of what may be broken in a home."""
    tiles = Category.objects.tiles().filter(estate=estate)
    return [(tile.code, tile.label) for tile in tiles if tile.place_kind != Category.For.PUBLIC]


def report_heard(
    origin: Any, *, actor: Any, at: datetime, words: str, topic: str = "", person: Any = None
) -> Ticket:
    """On behalf of `person`, somebody of the roster, who sees how it goes on if they have signed
    up, and is told. Raises what `report` raises, and Invalid where nothing takes such a topic."""
    unit = facts_of(origin)["unit"]
    said = {} if person is None else {"on_behalf_of": person.name, "contact_name": person.name}
    with transaction.atomic():
        ticket = report(
            actor=actor,
            at=at,
            category=_category(unit.estate, topic),
            description=words,
            unit=unit,
            source=Ticket.Source.VISIT,
            origin=origin,
            reporter=person.user if person else None,
            contact_phone=person.phone if person else "",
            **said,
        )
        notify(MOVES.code_of("heard"), ticket, actor=actor, at=at)
    return ticket


def _category(estate: Estate, topic: str) -> Category:
    tiles = Category.objects.tiles().filter(estate=estate)
    found: Category | None = tiles.filter(code=topic or ANYTHING).first()
    if found is None and not topic:
        found = tiles.last()
    if found is None:
        raise Invalid(_("Nothing of this kind is repaired here."))
    return found


# --- what whoever looks after a household knows of it: number, what, state and days


def matters_of_homes(units: Collection[int]) -> Sequence[Matter]:
    return _matters(Ticket.objects.under_way().filter(unit__in=units))


def matters_of_visits(visits: Collection[int]) -> Sequence[Matter]:
    kind = ContentType.objects.get_for_model(Visit)
    return _matters(Ticket.objects.filter(origin_type=kind, origin_id__in=visits))


def _matters(tickets: Any) -> Sequence[Matter]:
    """Nothing that somebody keeps to themselves, neither phones nor what was said."""
    kind = ContentType.objects.get_for_model(Visit)
    shown = tickets.filter(private=False).select_related("category").order_by("pk")
    return [
        Matter(
            unit_id=ticket.unit_id,
            number=ticket.number,
            title=ticket.title,
            state=ticket.get_status_display(),
            at=ticket.reported_at,
            icon=ticket.category.icon or "tool",
            row=ticket,
            visit_id=ticket.origin_id if ticket.origin_type_id == kind.pk else None,
        )
        for ticket in shown
    ]
