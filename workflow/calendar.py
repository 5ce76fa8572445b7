"""What stands in calendars, which apps register in ready().

    register_calendar(Source("safety.rounds", _("Safety rounds"), "checklist", rounds_of))

The page and the feeds of the portal ask all of them; nothing here knows any app.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from django.utils.functional import Promise

TENTH = timedelta(milliseconds=100)
# A SEQUENCE is a signed number of 32 bits.
MOST_SEQUENCE = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A span of somebody's time. `uid` is the same for ever, and no other source's
    (“visit-R2026-1”); `url` is a path of the site. `state` is a word of how it stands (“missed”);
    one that is `cancelled` stays in calendars, struck through, so that whoever had noted it learns
    of it.

    What is shown is said in the active language when the entry is made.
    """

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    url: str
    made_at: datetime
    changed_at: datetime
    place: str = ""
    words: str = ""
    icon: str = "calendar-event"
    state: str = ""
    cancelled: bool = False

    @property
    def sequence(self) -> int:
        """How often it was changed, as calendars count: each change must have a higher number than
        the last, but none need follow closely. The tenths of a second from the row's making to its
        last change are such a number, and every row knows both moments: no column has to be kept in
        step by whoever writes. It has room for 6.8 years; then it stays, and calendars go by
        LAST-MODIFIED."""
        return min(max((self.changed_at - self.made_at) // TENTH, 0), MOST_SEQUENCE)


Mine = Callable[[Any, datetime, datetime], Iterable[Entry]]
OfEstate = Callable[[Any, datetime, datetime], Iterable[Entry]]


@dataclass(frozen=True)
class Source:
    """Entries of one kind that begin in [start, end), in a fixed number of statements.

    `mine(user, start, end)` are those that concern a person, by `visible_to`; `of_estate(estate,
    start, end)` those that all staff of an estate may see. Whoever holds the address of a feed
    reads it without signing in: what is private to a home has no `of_estate`.
    """

    name: str
    label: str | Promise
    icon: str
    mine: Mine
    of_estate: OfEstate | None = None


_sources: dict[str, Source] = {}


def register_calendar(*sources: Source) -> None:
    """Called in ready(), once per source."""
    _sources.update({source.name: source for source in sources})


def sources() -> list[Source]:
    return sorted(_sources.values(), key=attrgetter("name"))


def entries_of(user: Any, start: datetime, end: datetime) -> list[Entry]:
    return _in_order(entry for source in sources() for entry in source.mine(user, start, end))


def entries_at(estate: Any, start: datetime, end: datetime) -> list[Entry]:
    shared = [source.of_estate for source in sources() if source.of_estate]
    return _in_order(entry for of_estate in shared for entry in of_estate(estate, start, end))


def _in_order(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=attrgetter("starts_at", "ends_at", "uid"))
