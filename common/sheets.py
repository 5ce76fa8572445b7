"""Tables as files: careful readers of what people upload, safe writers of what they take away."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook, load_workbook

Cell = str | int | float | bool | datetime | date | time | None
Row = tuple[int, list[Cell]]

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_STRINGS = 60 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_SHEETS = 50
BLOCK = 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Unreadable(ValueError):
    """The file cannot be read as a table; `str()` is a sentence that says why and what to do."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Sheet:
    """`rows()` reads from the start each time: line number and cells of rows that hold any."""

    title: str
    rows: Callable[[], Iterator[Row]]


def read(file: IO[bytes], name: str) -> list[Sheet]:
    """The sheets of an XLSX or CSV file, told apart by content.

    Raises Unreadable, here or while rows are read.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size > MAX_BYTES:
        raise Unreadable(_("The file is larger than 20 MB. Split it, by building for example."))
    head = file.read(8)
    file.seek(0)
    if not head.strip():
        raise Unreadable(_("The file is empty."))
    if head.startswith(OLE):
        raise Unreadable(
            _("The file is locked with a password or in the old .xls form. Save it as plain .xlsx.")
        )
    if head.startswith(b"PK"):
        return _read_xlsx(file)
    return [Sheet(name.rsplit(".", 1)[0], _limited(_csv_rows(file.read())))]


def _limited(rows: Callable[[], Iterator[Row]]) -> Callable[[], Iterator[Row]]:
    """Leave empty rows out, and refuse what is no roster any more."""

    def limited() -> Iterator[Row]:
        count = 0
        for line, cells in rows():
            while cells and (cells[-1] is None or cells[-1] == ""):
                cells.pop()
            if not cells:
                continue
            count += 1
            if count > MAX_ROWS:
                raise Unreadable(_("A sheet has more than 100,000 rows. Split the file."))
            yield line, cells

    return limited


# XLSX


def _read_xlsx(file: IO[bytes]) -> list[Sheet]:
    formulas = _inspect(file)
    book = _load(file, data_only=True)
    if book.security is not None and (
        book.security.workbookPassword or book.security.workbookHashValue
    ):
        raise Unreadable(
            _("The workbook is locked with a password. Unlock it, save it and upload it again.")
        )
    sheets = list(book.worksheets)
    if not sheets or len(sheets) > MAX_SHEETS:
        raise Unreadable(_("A workbook must have between 1 and 50 sheets."))
    written = {s.title: s for s in _load(file, data_only=False).worksheets} if formulas else {}
    return [
        Sheet(sheet.title, _limited(_xlsx_rows(sheet, written.get(sheet.title))))
        for sheet in sheets
    ]


def _damaged() -> Unreadable:
    return Unreadable(
        _("The workbook is damaged. Open it in Excel or WPS, save it as .xlsx and upload that.")
    )


def _inspect(file: IO[bytes]) -> bool:
    """Unpack every part once and count: told sizes may lie. Does it hold formulas?"""
    total, formulas = 0, False
    try:
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                strings, size = info.filename.endswith("sharedStrings.xml"), 0
                with archive.open(info) as part:
                    for block in iter(lambda: part.read(BLOCK), b""):
                        size, total = size + len(block), total + len(block)
                        if total > MAX_UNPACKED or (strings and size > MAX_STRINGS):
                            raise Unreadable(_("The workbook unpacks to far too much data."))
                        if b"<!DOCTYPE" in block or b"<!ENTITY" in block:
                            raise Unreadable(
                                _("The workbook holds XML entities, as only attacks do.")
                            )
                        formulas = formulas or b"<f>" in block or b"<f " in block
    except Unreadable:
        raise
    except Exception as error:  # zipfile and zlib raise a dozen kinds for broken archives
        raise _damaged() from error
    finally:
        file.seek(0)
    return formulas


def _load(file: IO[bytes], *, data_only: bool) -> Any:
    try:
        file.seek(0)
        return load_workbook(file, read_only=True, data_only=data_only, keep_links=False)
    except Exception as error:  # openpyxl lets KeyError, ParseError, TypeError … through
        raise _damaged() from error


def _xlsx_rows(sheet: Any, written: Any | None) -> Callable[[], Iterator[Row]]:
    """Values as last computed; where a file was never computed, the formula as written."""

    def rows() -> Iterator[Row]:
        try:
            computed = _grid(sheet)
            if written is None:
                yield from ((line, list(cells)) for line, cells in computed)
                return
            for (line, cells), (_line, texts) in zip(computed, _grid(written), strict=False):
                yield line, [t if c is None else c for c, t in zip(cells, texts, strict=False)]
        except Unreadable:
            raise
        except Exception as error:  # the parts are parsed only now
            raise _damaged() from error

    return rows


def _grid(sheet: Any) -> Iterator[tuple[int, Sequence[Cell]]]:
    # The size that a sheet claims is often wrong: rows come as long as they are, up to a limit.
    sheet.reset_dimensions()
    yield from enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), start=1)


# CSV


def _csv_rows(data: bytes) -> Callable[[], Iterator[Row]]:
    text = decode(data)
    if re.match(r"\s*<(!doctype|html|head|body|meta|table|\?xml|div|script)", text, re.I):
        raise Unreadable(
            _("This is a web page or XML, not a table. Export the table as .xlsx or .csv instead.")
        )
    if re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text[:BLOCK]):
        raise Unreadable(_("This is neither an .xlsx nor a .csv file."))
    delimiter = _delimiter(text)

    def rows() -> Iterator[Row]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        line = 1
        try:
            for cells in reader:
                if len(cells) > MAX_COLUMNS:
                    raise Unreadable(_("A row has more than 200 columns."))
                yield line, [_unguarded(cell) for cell in cells]
                line = reader.line_num + 1
        except csv.Error as error:
            raise Unreadable(
                _("Line %(line)s of the file cannot be read. Is a quotation mark missing?")
                % {"line": line}
            ) from error

    return rows


MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def decode(data: bytes) -> str:
    """Text by its byte order mark, else UTF-8, else GB18030 or Big5, whichever reads as Chinese."""
    for mark, codec in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return _decoded(data, codec)
    sample = data[:4096]
    if sample.count(0) > len(sample) // 4:
        return _decoded(
            data, "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, max(("gb18030", "big5"), key=lambda codec: _commonness(data, codec)))


def _decoded(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise Unreadable(
            _("The characters of the file cannot be read. Save it as .xlsx, or as CSV in UTF-8.")
        ) from error


# Lead bytes of the everyday characters in the two codes.
COMMON = {"gb18030": ("gb2312", range(0xB0, 0xD8)), "big5": ("big5", range(0xA4, 0xC7))}


def _commonness(data: bytes, codec: str) -> float:
    """The share of everyday characters among the Chinese ones, were the bytes in this code."""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return -1
    charset, leads = COMMON[codec]
    chinese = [c for c in text[:20_000] if ord(c) > 127]
    common = 0
    for character in chinese:
        encoded = character.encode(charset, "ignore")
        common += bool(encoded) and encoded[0] in leads
    return common / max(len(chinese), 1)


def _delimiter(text: str) -> str:
    """The sign that cuts the first rows into the most columns, evenly."""
    sample = text[:65_536]

    def evenness(delimiter: str) -> tuple[int, int]:
        try:
            lines = list(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter))[:20]
        except csv.Error:
            return 0, 0
        widths = [len(cells) for cells in lines if len(cells) > 1]
        if not widths:
            return 0, 0
        width = max(set(widths), key=widths.count)
        return widths.count(width), width

    return max(",;\t|", key=evenness)


# Writing

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff￾￿]")


def safe(value: object) -> Cell:
    """A cell that no spreadsheet takes for a formula: such text gets an apostrophe before it."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if isinstance(value, date):
        return value
    text = UNWRITABLE.sub("", str(value))
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _unguarded(text: str) -> str:
    """What `safe` wrote, read back."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


class _Echo:
    """What csv.writer writes, handed on at once."""

    def write(self, text: str) -> str:
        return text


def csv_lines(header: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """UTF-8 with a mark, without which Excel takes Chinese for another code."""
    writer = csv.writer(_Echo())
    yield b"\xef\xbb\xbf"
    yield str(writer.writerow([safe(cell) for cell in header])).encode()
    for row in rows:
        yield str(writer.writerow([safe(cell) for cell in row])).encode()


def xlsx_file(
    header: Sequence[object], rows: Iterable[Sequence[object]], title: str = "Sheet1"
) -> IO[bytes]:
    """A temporary file; rows go to disk as they come."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "Sheet1")
    sheet.append([safe(cell) for cell in header])
    for row in rows:
        sheet.append([safe(cell) for cell in row])
    file = TemporaryFile()  # noqa: SIM115 — the response closes it
    book.save(file)
    file.seek(0)
    return file


def as_response(
    name: str, header: Sequence[object], rows: Iterable[Sequence[object]], form: str
) -> HttpResponseBase:
    """A download called `name`, form "csv" or "xlsx"."""
    response: HttpResponseBase
    if form == "xlsx":
        response = FileResponse(
            xlsx_file(header, rows, name), as_attachment=True, filename=f"{name}.xlsx"
        )
        response["Content-Type"] = XLSX_TYPE
        return response
    response = StreamingHttpResponse(
        csv_lines(header, rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{iri_to_uri(name)}.csv"
    return response
