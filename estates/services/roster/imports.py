"""The life of an uploaded roster: upload → columns → preview → apply, or discard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from audit.services import record
from common import sheets
from common.sheets import Deadline
from estates import rules
from estates.models import Estate, Occupant, RosterImport
from estates.services.roster import store
from estates.services.roster.columns import Table
from estates.services.roster.importing import Importer, Progress
from estates.services.roster.problems import Problem, Report
from estates.services.roster.reading import Reader
from workflow.moves import Move, Moves, lock, move
from workflow.refusals import Invalid, NotAllowed, WrongState

Status = RosterImport.Status
KEPT_FOR = timedelta(days=30)
# Seconds that one request may work on a file, well within the 60 after which gunicorn ends it.
READING = 20
IMPORTING = 40

MOVES = Moves(
    "estates.roster",
    {
        "apply": Move({Status.PREVIEW}, Status.APPLIED, rules.can_import, _("Import"), "check"),
        "discard": Move(
            {Status.PREVIEW}, Status.DISCARDED, rules.can_import, _("Discard"), "x", danger=True
        ),
    },
)


def upload(
    estate: Estate,
    file: IO[bytes],
    name: str,
    *,
    actor: Any,
    at: datetime,
    deadline: Deadline | None = None,
) -> RosterImport:
    """Keep the rows of a file and guess its columns. Raises Invalid where it is no roster."""
    row = RosterImport(estate=estate, name=name[-160:], uploaded_by_id=actor.pk)
    if not rules.can_import(actor, row):
        raise NotAllowed(_("You may not change the roster of this estate."))
    with TemporaryFile() as copy:
        tables = _copied(file, name, copy, deadline)
        row.mapping = {"tables": [table.to_json() for table in tables], "building": ""}
        copy.seek(0)
        row.file.save(f"{get_random_string(24)}.jsonl.gz", File(copy), save=False)
    with transaction.atomic():
        row.save()
        record("estates.roster.upload", row, actor=actor, at=at, after={"name": row.name})
    return row


def _copied(file: IO[bytes], name: str, copy: IO[bytes], deadline: Deadline | None) -> list[Table]:
    try:
        tables = store.copy(sheets.read(file, name, deadline), copy)
    except sheets.Unreadable as error:
        raise Invalid(str(error)) from error
    if not any(table.columns for table in tables):
        raise Invalid(
            _(
                "No column of this file looks like a roster."
                " It needs a line of headers such as building, room, name, phone."
            )
        )
    return tables


def tables_of(row: RosterImport) -> list[Table]:
    return [Table.from_json(table) for table in row.mapping["tables"]]


def set_columns(
    row: RosterImport,
    columns: dict[str, dict[int, str]],
    *,
    building: str,
    actor: Any,
    at: datetime,
) -> None:
    """What the person says the columns are, by sheet; sensitive ones cannot be chosen.

    The figures of other columns are none of these.
    """
    tables = [
        Table(t.title, t.header_line, t.headers, columns.get(t.title, t.columns))
        for t in tables_of(row)
    ]
    if not any(table.holds in ("units", "buildings", "parking") for table in tables):
        raise Invalid(
            _("Say which column holds the room or the address; without it there is no home.")
        )
    with transaction.atomic():
        locked = lock(row)
        check_open(locked, actor)
        locked.mapping = {"tables": [t.to_json() for t in tables], "building": building}
        locked.problems, locked.counts, locked.missing = [], {}, []
        locked.save(update_fields=["mapping", "problems", "counts", "missing", "updated_at"])
    row.refresh_from_db()


def check_open(row: RosterImport, actor: Any) -> None:
    """Neither applied nor discarded. What writes asks again under the lock."""
    if not rules.can_import(actor, row):
        raise NotAllowed(_("You may not change the roster of this estate."))
    if row.status != Status.PREVIEW:
        raise WrongState(_("This import is finished; upload the file again."), row=row)


class _Undo(Exception):
    """Rolls a preview back."""


def preview(
    row: RosterImport,
    *,
    actor: Any,
    at: datetime,
    progress: Progress | None = None,
    deadline: Deadline | None = None,
) -> Report:
    """Do it all and undo it: what would happen, with every problem.

    Under the row's lock throughout: an import applied meanwhile keeps its figures, and its rows do
    not vanish from under this.
    """
    report = Report()
    with transaction.atomic():
        locked = lock(row)
        check_open(locked, actor)
        with suppress(_Undo), transaction.atomic():
            _run(locked, report, at=at, progress=progress, deadline=deadline)
            raise _Undo
        locked.problems = [problem.to_json() for problem in report.problems]
        locked.counts, locked.missing = report.counts(), report.missing
        locked.save(update_fields=["problems", "counts", "missing", "updated_at"])
    row.refresh_from_db()
    return report


def _run(
    row: RosterImport,
    report: Report,
    *,
    at: datetime,
    progress: Progress | None = None,
    deadline: Deadline | None = None,
) -> None:
    """Two imports of one estate wait for each other."""
    estate = lock(row.estate)
    reader = Reader(tables_of(row), row.mapping["building"])
    reader.learn_people(_rows(row, reader.sheets("people"), deadline))
    homes = reader.read(_rows(row, reader.sheets("buildings"), deadline))
    importer = Importer(estate, reader, report, at=at)
    importer.run(homes)
    importer.run(reader.read(_rows(row, reader.sheets("units", "parking"), deadline)), progress)


def _rows(
    row: RosterImport, wanted: set[str], deadline: Deadline | None = None
) -> Iterator[tuple[str, int, list[Any]]]:
    name = _kept(row)
    if wanted:
        with row.file.storage.open(name, "rb") as file:
            for found in store.rows(file, wanted):
                _check(deadline)
                yield found


def _kept(row: RosterImport) -> str:
    """The name of the rows' file."""
    if not row.file.name:
        raise WrongState(_("The rows of this file are no longer kept; upload it again."), row=row)
    return row.file.name


def _check(deadline: Deadline | None) -> None:
    try:
        if deadline:
            deadline.check()
    except sheets.Unreadable as error:
        raise Invalid(str(error)) from error


def apply(
    row: RosterImport,
    *,
    actor: Any,
    at: datetime,
    good_rows: bool = False,
    end_missing: bool = False,
    progress: Progress | None = None,
    deadline: Deadline | None = None,
) -> RosterImport:
    """All rows in one transaction, or with `good_rows` those that are right."""

    def write(locked: RosterImport) -> dict[str, Any]:
        report = Report()
        _run(locked, report, at=at, progress=progress, deadline=deadline)
        if report.bad and not good_rows:
            raise Invalid(_("Some rows are wrong. Correct the file, or import the good rows only."))
        if end_missing:
            report.ended = _end(report.missing, at=at)
        _keep_problems(locked, report)
        return {"counts": report.counts(), "applied_at": at}

    return move(MOVES, "apply", row, actor=actor, at=at, changes=write)


def _keep_problems(row: RosterImport, report: Report) -> None:
    """Beside the move, so that the log does not repeat thousands of lines."""
    row.problems = [problem.to_json() for problem in report.problems]
    row.missing = report.missing
    row.save(update_fields=["problems", "missing", "updated_at"])
    if not report.bad:
        transaction.on_commit(lambda: forget_file(row))


def _end(missing: list[int], *, at: datetime) -> int:
    today = timezone.localdate(at)
    standing = Occupant.objects.filter(pk__in=missing, to_date__isnull=True)
    return standing.exclude(from_date__gt=today).update(to_date=today, updated_at=at)


def discard(row: RosterImport, *, actor: Any, at: datetime) -> RosterImport:
    done = move(MOVES, "discard", row, actor=actor, at=at)
    forget_file(done)
    return done


def forget_file(row: RosterImport) -> None:
    if row.file:
        row.file.delete(save=False)
        RosterImport.objects.filter(pk=row.pk).update(file="")


def problems_of(row: RosterImport) -> list[Problem]:
    return [Problem(*values) for values in row.problems]


def rejected(row: RosterImport) -> tuple[list[str], Iterator[list[Any]]]:
    """The rows not taken as they were, with what is wrong with each: correct and upload again."""
    _kept(row)  # before anything is written of the download
    tables = {table.title: table for table in tables_of(row)}
    wrong: dict[tuple[str, int], list[Problem]] = {}
    for problem in problems_of(row):
        if not problem.notice:
            wrong.setdefault((problem.sheet, problem.line), []).append(problem)
    sheets_wrong = {sheet for sheet, _line in wrong}
    headers: list[str] = []
    for title in sorted(sheets_wrong):
        headers += [h for h in tables[title].headers if h and h not in headers]

    def rows() -> Iterator[list[Any]]:
        for sheet, line, cells in _rows(row, sheets_wrong):
            if found := wrong.get((sheet, line)):
                named = dict(zip(tables[sheet].headers, cells, strict=False))
                yield [*(named.get(header) for header in headers), *_said(found)]

    return [*headers, "line", "error"], rows()


def _said(problems: list[Problem]) -> tuple[int, str]:
    words = "; ".join(f"{p.where}: {p.what} {p.cure}" for p in problems)
    return problems[0].line, words


def forget_old(*, at: datetime) -> int:
    """Uploaded rows are kept for a month, for the file of rejected rows; a sweep calls this."""
    old = RosterImport.objects.filter(created_at__lt=at - KEPT_FOR).exclude(file="")
    for row in old:
        forget_file(row)
    return len(old)
