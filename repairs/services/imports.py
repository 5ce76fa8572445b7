"""City service requests as tickets: read as a stream, written by the thousand, never twice."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import IO

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.models import Entry
from common.sheets import BadRow
from common.worktime import WorkHours
from estates.models import Estate
from repairs.models import Category, Ticket
from repairs.services.city_layouts import (
    Layout,
    Request,
    layout_of,
    trade_of,
)
from repairs.services.deadlines import deadlines
from repairs.services.reporting import next_numbers
from repairs.states import ENDED
from workflow.actors import SYSTEM
from workflow.refusals import Invalid

CHUNK = 1000
MAX_LINE = 1024 * 1024
PARENT = "imported"
S = Ticket.Status


@dataclass(frozen=True)
class Rejected:
    """A row that was not taken: where it stands, why, and its cells to mend."""

    line: int
    why: str
    cells: list[str]


@dataclass
class Outcome:
    layout: str
    header: list[str]
    added: int = 0
    unchanged: int = 0
    rejected: int = 0
    flags: Counter[str] = field(default_factory=Counter)


def import_requests(
    file: IO[bytes],
    estate: Estate,
    *,
    at: datetime,
    dry_run: bool = False,
    on_rejected: Callable[[Outcome, Rejected], None] = lambda outcome, rejected: None,
    on_progress: Callable[[int], None] = lambda position: None,
) -> Outcome:
    """Take the file into the estate. Each thousand rows is one transaction; started again after an
    accident it goes on where it stopped, for what is there already stays unchanged.

    Raises Invalid for a file that is no such export.
    """
    with closing(_rows(file)) as rows:
        _line, header = next(rows)
        layout = layout_of(header) if isinstance(header, list) else None
        if layout is None or isinstance(header, str):
            raise Invalid(
                _("The columns are not those of NYC 311, MyLA311 or HPD. Is it the right file?")
            )
        outcome = Outcome(layout.name, header)
        writer = _Writer(estate, at)

        def reject(line: int, why: str, cells: list[str]) -> None:
            outcome.rejected += 1
            on_rejected(outcome, Rejected(line, why, cells))

        understood = _understood(layout, header, rows, at, reject)
        while chunk := list(islice(understood, CHUNK)):
            fresh = writer.fresh(chunk)
            if not dry_run:
                writer.write(fresh)
            outcome.added += len(fresh)
            outcome.unchanged += len(chunk) - len(fresh)
            outcome.flags.update(flag for request in fresh for flag in _flags(request))
            on_progress(file.tell())
    return outcome


# --- reading -------------------------------------------------------------------------------------

TEXT_ONLY = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def _rows(file: IO[bytes]) -> Generator[tuple[int, list[str] | str], None, None]:
    """The line a row begins on, and its cells, or the sentence why it has none."""
    head = file.read(64 * 1024)
    file.seek(0)
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise Invalid(_("The file is empty."))
    if TEXT_ONLY.search(head):
        raise Invalid(_("This is no CSV file."))
    # Bytes that are no UTF-8 spoil their row, not the file.
    text = io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        # A longer line comes in pieces, which are no rows: it must not fill the memory.
        yield from _parsed(csv.reader(iter(lambda: text.readline(MAX_LINE), "")))
    finally:
        text.detach()


def _parsed(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str] | str]]:
    while True:
        line = reader.line_num + 1  # type: ignore[attr-defined]
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, _("The row cannot be read. Is a quotation mark missing?")
            continue
        if cells:
            yield line, cells


def _understood(
    layout: Layout,
    header: list[str],
    rows: Iterable[tuple[int, list[str] | str]],
    at: datetime,
    reject: Callable[[int, str, list[str]], None],
) -> Iterator[Request]:
    for line, cells in rows:
        if isinstance(cells, str):
            reject(line, cells, [])
            continue
        try:
            yield _request(layout, header, cells, at)
        except BadRow as error:
            reject(line, str(error), cells)


def _request(layout: Layout, header: list[str], cells: list[str], at: datetime) -> Request:
    if len(cells) != len(header):
        raise BadRow(
            _("The row has %(cells)d cells, the header %(columns)d.")
            % {"cells": len(cells), "columns": len(header)}
        )
    if any("\udc80" <= sign <= "\udcff" for cell in cells for sign in cell if not sign.isascii()):
        raise BadRow(_("Some characters are not UTF-8."))
    request = layout.read(dict(zip(header, cells, strict=True)))
    if request.opened > at:
        raise BadRow(_("The request was opened in the future."))
    if len(request.external_id) > 60:
        raise BadRow(_("The number is too long."))
    return request


# --- understanding -------------------------------------------------------------------------------


def _closed_at(request: Request) -> datetime | None:
    """An ended request without a date ended when it was last touched, as far as anybody knows."""
    if request.status not in ENDED:
        return None
    return request.closed or request.updated or request.opened


def _flags(request: Request) -> list[str]:
    flags = list(request.flags)
    ended = request.status in ENDED
    if ended and request.closed is None:
        flags.append("no_close_date")
    if ended and request.closed is not None and request.closed < request.opened:
        flags.append("closed_before_created")
    if not ended and request.closed is not None:
        flags.append("open_with_close_date")
    return flags


def _title(request: Request) -> str:
    return (f"{request.kind}: {request.detail}" if request.detail else request.kind)[:120]


def _description(request: Request) -> str:
    lines = (request.kind, request.detail, request.setting)
    return "\n".join(dict.fromkeys(line for line in lines if line))[:4000]


def category_code(kind: str) -> str:
    """One code for HEATING, Heating and heating."""
    words = re.sub(r"[\W_]+", "-", kind.casefold()).strip("-")
    return f"{PARENT}-{words}"[:60]


# --- writing -------------------------------------------------------------------------------------


class _Writer:
    """Turns requests into tickets of one estate, a chunk at a time."""

    def __init__(self, estate: Estate, at: datetime) -> None:
        self.estate = estate
        self.at = at
        self.hours: WorkHours = estate.work_hours()
        self.categories: dict[str, Category] = {}
        self.kind = ContentType.objects.get_for_model(Ticket)

    def fresh(self, requests: list[Request]) -> list[Request]:
        """Those that the estate does not have yet, each once."""
        by_id = {request.external_id: request for request in reversed(requests)}
        known = Ticket.objects.filter(estate=self.estate, external_id__in=by_id)
        for external_id in known.values_list("external_id", flat=True):
            by_id.pop(external_id, None)
        return list(reversed(by_id.values()))

    def write(self, requests: list[Request]) -> None:
        with transaction.atomic():
            numbers = self._numbers(requests)
            tickets = Ticket.objects.bulk_create(
                [
                    self._ticket(request, number)
                    for request, number in zip(requests, numbers, strict=True)
                ]
            )
            Entry.objects.bulk_create([self._entry(ticket) for ticket in tickets])

    def _numbers(self, requests: list[Request]) -> list[str]:
        """A block of the year's numbers for each year of the chunk."""
        years = [timezone.localtime(request.opened).year for request in requests]
        blocks = {
            year: iter(next_numbers(self.estate, year, count))
            for year, count in sorted(Counter(years).items())
        }
        return [next(blocks[year]) for year in years]

    def _ticket(self, request: Request, number: str) -> Ticket:
        category = self._category(request.kind)
        closed = _closed_at(request)
        waits = request.status == S.NEW
        due = {} if closed else deadlines(category, request.priority, request.opened, self.hours)
        return Ticket(
            number=number,
            estate=self.estate,
            category=category,
            priority=request.priority,
            source=request.source,
            status=request.status,
            title=_title(request),
            description=_description(request),
            place_words=request.place_words[:200],
            reported_at=request.opened,
            clock_from=request.opened,
            responded_at=None if waits else request.updated or closed or request.opened,
            resolved_at=closed if request.status == S.CLOSED else None,
            closed_at=closed,
            resolution=request.outcome[:2000] if request.status != S.REJECTED else "",
            reason=request.outcome[:500] if request.status == S.REJECTED else "",
            external_id=request.external_id,
            flags=_flags(request),
            **due,
        )

    def _category(self, kind: str) -> Category:
        """Of history: nobody reports into it, so it is no choice in forms."""
        code = category_code(kind)
        if code not in self.categories:
            parent, _made = Category.objects.get_or_create(
                estate=self.estate,
                code=PARENT,
                defaults={"name": "导入", "name_en": "Imported", "is_active": False, "order": 999},
            )
            name = kind.capitalize() if kind.isupper() else kind
            self.categories[code], _made = Category.objects.get_or_create(
                estate=self.estate,
                code=code,
                defaults={
                    "parent": parent,
                    "name": name[:80],
                    "trade": trade_of(kind),
                    "is_active": False,
                    "order": 999,
                },
            )
        return self.categories[code]

    def _entry(self, ticket: Ticket) -> Entry:
        return Entry(
            at=self.at,
            actor_id=SYSTEM.pk,
            code="repairs.ticket.import",
            content_type=self.kind,
            object_id=ticket.pk,
            after={"number": ticket.number, "external_id": ticket.external_id},
        )
