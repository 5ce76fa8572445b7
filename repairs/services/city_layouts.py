"""What the rows of city service-request exports say, by layout: NYC 311, MyLA311, NYC HPD."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from common.sheets import BadRow
from estates.models import Trade
from repairs.models import Priority, Ticket
from repairs.states import ENDED

FILLERS = {"", "n/a", "na", "none", "null", "unspecified", "unknown"}
S = Ticket.Status
SOURCE = Ticket.Source

Cells = Mapping[str, str]


@dataclass(frozen=True)
class Request:
    """One row, understood."""

    external_id: str
    kind: str
    detail: str
    opened: datetime
    status: str
    closed: datetime | None = None
    updated: datetime | None = None
    place_words: str = ""
    setting: str = ""
    outcome: str = ""
    source: str = SOURCE.API
    priority: str = Priority.NORMAL
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    name: str
    header: frozenset[str]
    read: Callable[[Cells], Request]


def layout_of(header: list[str]) -> Layout | None:
    present = set(header)
    return next((layout for layout in LAYOUTS if layout.header <= present), None)


# --- cells ---------------------------------------------------------------------------------------


def cell(cells: Cells, name: str) -> str:
    """One line of text; fillers are empty."""
    text = " ".join(cells.get(name, "").replace("\0", "").split())
    return "" if text.lower() in FILLERS else text


def needed(cells: Cells, name: str) -> str:
    if text := cell(cells, name):
        return text
    raise BadRow(_("“%(column)s” is empty.") % {"column": name})


FORMATS = (
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d",
)


def moment(cells: Cells, name: str, zone: ZoneInfo) -> datetime | None:
    """The files give the city's local time and no zone."""
    text = cell(cells, name)
    if not text:
        return None
    for form in FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone)
        except ValueError:
            continue
    raise BadRow(_("“%(text)s” in “%(column)s” is no date.") % {"text": text, "column": name})


def opening(cells: Cells, name: str, zone: ZoneInfo) -> datetime:
    if (opened := moment(cells, name, zone)) is None:
        raise BadRow(_("“%(column)s” is empty.") % {"column": name})
    return opened


def joined(*parts: str, by: str = ", ") -> str:
    return by.join(dict.fromkeys(part for part in parts if part))


# --- states --------------------------------------------------------------------------------------

STATES = {
    "open": S.NEW,
    "new": S.NEW,
    "closed": S.CLOSED,
    "close": S.CLOSED,
    "cancelled": S.CANCELLED,
    "canceled": S.CANCELLED,
    "referred out": S.REJECTED,
    "duplicate": S.CLOSED,
    # Somebody is at it, but nobody of ours: accepted, with a flag that keeps the city's word.
    "in progress": S.ACCEPTED,
    "started": S.ACCEPTED,
    "assigned": S.ACCEPTED,
    "pending": S.ACCEPTED,
    "forward": S.ACCEPTED,
}


def state(word: str) -> tuple[str, tuple[str, ...]]:
    """Our state for the city's, and what would be lost in between as a flag."""
    status = STATES.get(word.lower())
    if status is None:
        raise BadRow(_("The state “%(word)s” is not known.") % {"word": word})
    if word.lower() == "duplicate":
        return status, ("duplicate",)
    if status in (S.ACCEPTED, S.REJECTED):
        return status, ("was_" + word.lower().replace(" ", "_"),)
    return status, ()


DUPLICATE = re.compile(r"\bis a duplicate of\b", re.I)


def repeats(outcome: str) -> tuple[str, ...]:
    """The city says that it is a duplicate, but never of which request: flagged, not merged."""
    return ("duplicate",) if DUPLICATE.search(outcome) else ()


# --- the layouts ---------------------------------------------------------------------------------

NEW_YORK = ZoneInfo("America/New_York")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")

NYC_SOURCES = {"online": SOURCE.WEB, "mobile": SOURCE.WEB, "phone": SOURCE.PHONE}
LA_SOURCES = {
    "call": SOURCE.PHONE,
    "voicemail": SOURCE.PHONE,
    "mobile app": SOURCE.WEB,
    "self service": SOURCE.WEB,
    "email": SOURCE.WEB,
    "walk-in": SOURCE.DESK,
    "council's office": SOURCE.DESK,
    "driver self report": SOURCE.INSPECTION,
}


def read_nyc(cells: Cells) -> Request:
    status, flags = state(needed(cells, "Status"))
    outcome = cell(cells, "Resolution Description")
    crossing = joined(
        cell(cells, "Intersection Street 1"), cell(cells, "Intersection Street 2"), by=" & "
    )
    return Request(
        external_id=f"NYC-{needed(cells, 'Unique Key')}",
        kind=needed(cells, "Complaint Type"),
        detail=cell(cells, "Descriptor"),
        opened=opening(cells, "Created Date", NEW_YORK),
        closed=moment(cells, "Closed Date", NEW_YORK),
        updated=moment(cells, "Resolution Action Updated Date", NEW_YORK),
        status=status,
        place_words=joined(
            cell(cells, "Incident Address") or crossing or cell(cells, "Street Name"),
            cell(cells, "Borough"),
            cell(cells, "Incident Zip"),
        ),
        setting=cell(cells, "Location Type"),
        outcome=outcome,
        source=NYC_SOURCES.get(cell(cells, "Open Data Channel Type").lower(), SOURCE.API),
        flags=flags + repeats(outcome),
    )


def read_la(cells: Cells) -> Request:
    word = needed(cells, "Status")
    status, flags = state(word)
    return Request(
        external_id=f"LA-{needed(cells, 'SRNumber')}",
        kind=needed(cells, "RequestType"),
        detail="",
        opened=opening(cells, "CreatedDate", LOS_ANGELES),
        closed=moment(cells, "ClosedDate", LOS_ANGELES),
        updated=moment(cells, "UpdatedDate", LOS_ANGELES),
        status=status,
        place_words=cell(cells, "Address"),
        setting=cell(cells, "NCName"),
        outcome=word if status == S.REJECTED else "",
        source=LA_SOURCES.get(cell(cells, "RequestSource").lower(), SOURCE.API),
        flags=flags,
    )


HPD_PRIORITY = {"IMMEDIATE EMERGENCY": Priority.EMERGENCY, "EMERGENCY": Priority.URGENT}


def read_hpd(cells: Cells) -> Request:
    status, flags = state(needed(cells, "Problem Status"))
    outcome = cell(cells, "Status Description")
    ended = status in ENDED
    changed = moment(cells, "Problem Status Date", NEW_YORK)
    double = ("duplicate",) if cell(cells, "Problem Duplicate Flag").upper() == "Y" else ()
    return Request(
        external_id=f"HPD-{needed(cells, 'Problem ID')}",
        kind=needed(cells, "Major Category"),
        detail=joined(cell(cells, "Minor Category"), cell(cells, "Problem Code"), by=": "),
        opened=opening(cells, "Received Date", NEW_YORK),
        closed=changed if ended else None,
        updated=changed,
        status=status,
        place_words=joined(
            f"{cell(cells, 'House Number')} {cell(cells, 'Street Name')}".strip(),
            cell(cells, "Apartment"),
            cell(cells, "Borough"),
            cell(cells, "Post Code"),
        ),
        setting=joined(cell(cells, "Unit Type"), cell(cells, "Space Type"), by=" · "),
        outcome=outcome,
        priority=HPD_PRIORITY.get(cell(cells, "Type").upper(), Priority.NORMAL),
        flags=tuple(dict.fromkeys(flags + double + repeats(outcome))),
    )


LAYOUTS = (
    Layout(
        "NYC 311",
        frozenset({"Unique Key", "Created Date", "Closed Date", "Complaint Type", "Status"}),
        read_nyc,
    ),
    Layout(
        "MyLA311",
        frozenset({"SRNumber", "CreatedDate", "ClosedDate", "RequestType", "Status"}),
        read_la,
    ),
    Layout(
        "NYC HPD",
        frozenset({"Problem ID", "Received Date", "Major Category", "Problem Status"}),
        read_hpd,
    ),
)


# --- trades --------------------------------------------------------------------------------------

# The first word found in the name of a type decides.
TRADE_WORDS = (
    ("elevator", Trade.LIFT),
    ("gas", Trade.FIRE),
    ("fire", Trade.FIRE),
    ("light", Trade.ELECTRICAL),
    ("electric", Trade.ELECTRICAL),
    ("heat", Trade.PLUMBING),
    ("water", Trade.PLUMBING),
    ("plumbing", Trade.PLUMBING),
    ("sewer", Trade.PLUMBING),
    ("door", Trade.DOORS),
    ("paint", Trade.MASONRY),
    ("floor", Trade.MASONRY),
    ("tree", Trade.GREENING),
    ("plant", Trade.GREENING),
    ("bulky", Trade.CLEANING),
    ("waste", Trade.CLEANING),
    ("dumping", Trade.CLEANING),
    ("graffiti", Trade.CLEANING),
    ("appliances", Trade.CLEANING),
    ("collection", Trade.CLEANING),
    ("sanitary", Trade.CLEANING),
    ("sanitation", Trade.CLEANING),
    ("rodent", Trade.CLEANING),
    ("dead animal", Trade.CLEANING),
)


def trade_of(kind: str) -> str:
    name = kind.lower()
    return next((trade for word, trade in TRADE_WORDS if word in name), Trade.GENERAL)
