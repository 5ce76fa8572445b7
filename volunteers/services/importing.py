"""Activities of another portal as shifts of a team: each row once, or the reason why not."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO

from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from audit.services import record
from common import sheets
from common.lines import one_line
from common.sheets import BadRow
from common.written import visible
from volunteers.models import Shift, ShiftPost, Team
from volunteers.models.shifts import LONGEST_SHIFT, MOST_PLACES
from volunteers.services.moves import SHIFT_MOVES as MOVES
from volunteers.services.shifts import next_reminder
from volunteers.states import ShiftStatus
from workflow.actors import SYSTEM
from workflow.refusals import Invalid

COLUMNS = ("title", "vol_requests", "recurrence_type", "start_date_date")
ONCE, ONGOING = "onetime", "ongoing"
# Where the file does not say when it begins, and how long it takes.
USUAL_BEGIN = time(9)
USUAL_LENGTH = timedelta(hours=2)
LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_PLACE = 80, 2000, 120
# Other years are slips of the pen.
YEARS = range(1970, 2101)
DAYS = ("%B %d %Y", "%B %d, %Y", "%Y-%m-%d", "%m/%d/%Y")
CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I %p")
# Line breaks and tabs stay: a description has paragraphs.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
ZIP = b"PK"


@dataclass(frozen=True)
class Activity:
    """One row, understood."""

    title: str
    description: str
    place_words: str
    places: int
    starts_at: datetime
    ends_at: datetime
    # The file does not say how long it takes.
    usual: bool


@dataclass
class Outcome:
    taken: int = 0
    rejected: int = 0
    usual: int = 0


def import_shifts(
    file: IO[bytes],
    team: Team,
    *,
    at: datetime,
    dry_run: bool = False,
    on_rejected: Callable[[int, str], None] = lambda line, why: None,
) -> Outcome:
    """Take the file into the team. Each row is one transaction; started again after an accident it
    goes on where it stopped, for what is there already is not taken twice.

    Raises Invalid for a file that is no such table.
    """
    outcome = Outcome()
    seen: set[tuple[str, datetime]] = set()
    for line, cells in _rows(file):
        try:
            found = _activity(cells) if isinstance(cells, Mapping) else _refuse(cells)
            _take(found, team, at, seen, dry_run=dry_run)
        except BadRow as error:
            outcome.rejected += 1
            on_rejected(line, str(error))
        else:
            outcome.taken += 1
            outcome.usual += found.usual
    return outcome


def _refuse(why: str) -> Activity:
    raise BadRow(why)


# --- reading


def _rows(file: IO[bytes]) -> Iterator[tuple[int, Mapping[str, str] | str]]:
    """The line a row begins on, and its cells by column, or the sentence why it has none."""
    if file.read(len(ZIP)) == ZIP:
        raise Invalid(_("This is no CSV file."))
    try:
        [sheet] = sheets.read(file, "")
        rows = list(sheet.rows())
    except sheets.Unreadable as error:
        raise Invalid(str(error)) from error
    if not rows:
        raise Invalid(_("The file is empty."))
    header = [str(cell or "").strip() for cell in rows[0][1]]
    if missing := [name for name in COLUMNS if name not in header]:
        raise Invalid(_("These columns are missing: %(names)s.") % {"names": ", ".join(missing)})
    for line, cells in rows[1:]:
        # empty cells at a row's end are left out when it is read
        texts = ["" if cell is None else str(cell) for cell in cells]
        if len(texts) <= len(header):
            texts += [""] * (len(header) - len(texts))
            yield line, dict(zip(header, texts, strict=True))
        else:
            counts = {"cells": len(texts), "columns": len(header)}
            yield line, _("The row has %(cells)d cells, the header %(columns)d.") % counts


# --- understanding


def _activity(cells: Mapping[str, str]) -> Activity:
    title = _cut(one_line(_text(cells, "title")), LONGEST_TITLE)
    if not title:
        raise BadRow(_("“%(column)s” is empty.") % {"column": "title"})
    _check_once(cells)
    starts_at, ends_at, usual = _times(cells)
    return Activity(
        title=title,
        description=_cut(_text(cells, "summary"), LONGEST_DESCRIPTION),
        place_words=_cut(one_line(_text(cells, "locality")), LONGEST_PLACE),
        places=_places(cells),
        starts_at=starts_at,
        ends_at=ends_at,
        usual=usual,
    )


def _text(cells: Mapping[str, str], name: str) -> str:
    """Prose without tags, entities and control characters."""
    try:
        bare = html.unescape(strip_tags(cells.get(name, "")))
    except SuspiciousOperation as error:
        raise BadRow(_("“%(column)s” cannot be read.") % {"column": name}) from error
    return visible(CONTROL.sub("", bare.replace("\r\n", "\n"))).strip()


def _cell(cells: Mapping[str, str], name: str) -> str:
    return " ".join(cells.get(name, "").split())


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _check_once(cells: Mapping[str, str]) -> None:
    kind = _cell(cells, "recurrence_type").lower()
    if kind == ONGOING:
        raise BadRow(_("It is ongoing: a shift has one day."))
    if kind != ONCE:
        raise BadRow(_("“%(text)s” is no kind of recurrence.") % _said(kind, ""))


def _places(cells: Mapping[str, str]) -> int:
    said = _cell(cells, "vol_requests").removesuffix(".0")
    # longer numbers than these nobody means, and Python refuses the longest
    number = int(said) if said.isdecimal() and len(said) < len("10000000") else 0
    if not 1 <= number <= MOST_PLACES:
        raise BadRow(_("“%(text)s” is no number of places from 1 to 500.") % _said(said, ""))
    return number


def _times(cells: Mapping[str, str]) -> tuple[datetime, datetime, bool]:
    """Begin and end, and whether the length is the usual one."""
    first = _day(cells, "start_date_date")
    if first is None:
        raise BadRow(_("“%(column)s” is empty.") % {"column": "start_date_date"})
    last = _day(cells, "end_date_date") or first
    begin, end = _clock(cells, "start_time"), _clock(cells, "end_time")
    length = _length(cells)
    starts_at = _moment(first, begin or USUAL_BEGIN)
    if end is not None:
        ends_at = _moment(last, end)
    elif last > first:
        raise BadRow(_("A shift takes a day at most."))
    else:
        ends_at = starts_at + (length or USUAL_LENGTH)
    if last < first or ends_at <= starts_at:
        raise BadRow(_("It ends before it begins."))
    if ends_at - starts_at > LONGEST_SHIFT:
        raise BadRow(_("A shift takes a day at most."))
    return starts_at, ends_at, end is None and not length


def _moment(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


def _day(cells: Mapping[str, str], name: str) -> date | None:
    if not (text := _cell(cells, name)):
        return None
    found = _parsed(text, DAYS)
    if found is None or found.year not in YEARS:
        raise BadRow(_("“%(text)s” in “%(column)s” is no date.") % _said(text, name))
    return found.date()


def _clock(cells: Mapping[str, str], name: str) -> time | None:
    if not (text := _cell(cells, name)):
        return None
    if (found := _parsed(text, CLOCKS)) is None:
        raise BadRow(_("“%(text)s” in “%(column)s” is no time.") % _said(text, name))
    return found.time()


def _said(text: str, name: str) -> dict[str, str]:
    return {"text": _cut(text, LONGEST_TITLE), "column": name}


def _parsed(text: str, forms: tuple[str, ...]) -> datetime | None:
    for form in forms:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 — the portal's own zone is added
        except ValueError:
            continue
    return None


HOURS = re.compile(r"\d{1,4}(\.\d{1,4})?")


def _length(cells: Mapping[str, str]) -> timedelta:
    """Of many it is 0: nobody has said."""
    text = _cell(cells, "hours") or "0"
    if not HOURS.fullmatch(text):
        raise BadRow(_("“%(text)s” in “%(column)s” is no number.") % _said(text, "hours"))
    return timedelta(hours=float(text))


# --- writing


def _take(
    found: Activity,
    team: Team,
    at: datetime,
    seen: set[tuple[str, datetime]],
    *,
    dry_run: bool,
) -> None:
    with transaction.atomic():
        # Whoever imports the same file at the same time waits here.
        Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        there = Shift.objects.filter(team=team, title=found.title, starts_at=found.starts_at)
        if (found.title, found.starts_at) in seen or there.exists():
            raise BadRow(_("It is there already."))
        seen.add((found.title, found.starts_at))
        if not dry_run:
            _write(found, team, at)


def _write(found: Activity, team: Team, at: datetime) -> None:
    """What is over comes as ended: nobody is reminded of it, and nobody signs up."""
    over = found.ends_at <= at
    shift = Shift.objects.create(
        team=team,
        title=found.title,
        description=found.description,
        place_words=found.place_words,
        gate_at=found.starts_at,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        status=ShiftStatus.ENDED if over else ShiftStatus.OPEN,
        wanted=found.places,
        places=found.places,
        remind_at=None if over else next_reminder(found.starts_at, at),
    )
    ShiftPost.objects.create(
        shift=shift, name=_("helper"), wanted=found.places, places=found.places
    )
    record(MOVES.code_of("import"), shift, actor=SYSTEM, at=at, after={"title": shift.title})
