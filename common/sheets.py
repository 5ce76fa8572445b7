"""Tables as files: careful readers of what people upload, safe writers of what they take away."""

from __future__ import annotations

import csv
import io
import math
import re
import time as clocks
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any
from xml.etree.ElementTree import iterparse

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet._reader import (
    DATA_TAG,
    FORMULA_TAG,
    INLINE_STRING,
    ROW_TAG,
    WorkSheetParser,
)
from openpyxl.xml.constants import ARC_STYLE, SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring

Cell = str | int | float | bool | datetime | date | time | None
Row = tuple[int, list[Cell]]

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_STRINGS = 60 * 1024 * 1024
MAX_PARTS = 5_000
MAX_TAGS = 7_000_000
MAX_TAGS_OUTSIDE_SHEETS = 200_000
MAX_FORMATS = 5_000
MAX_TEXTS = 500_000
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_SHEETS = 50
# Excel's own limits of a sheet and of a cell.
MAX_LINES = 1_048_576
MAX_CELL = 32_767
# A home takes some ten cells of ten characters.
MAX_ROW = 100_000
MAX_CELLS = 1_000_000
MAX_CHARACTERS = 20_000_000
BLOCK = 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Told(ValueError):
    """`str()` is the sentence, in the language of whoever reads it."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)

    def __str__(self) -> str:
        return str(self.args[0])


class Unreadable(_Told):
    """The file cannot be read as a table; the sentence says why and what to do."""


class BadRow(_Told):
    """The row cannot be taken; the sentence says why."""


class Deadline:
    """When work on an upload ends, done or not; without seconds, never."""

    def __init__(
        self, seconds: float = math.inf, clock: Callable[[], float] = clocks.monotonic
    ) -> None:
        self.clock = clock
        self.end = clock() + seconds

    def check(self) -> None:
        if self.clock() > self.end:
            raise Unreadable(
                _("The work on this file takes too long. Split it, by building for example.")
            )


@dataclass(frozen=True)
class Sheet:
    """`rows()` reads from the start each time: line number and cells of rows that hold any."""

    title: str
    rows: Callable[[], Iterator[Row]]


def read(file: IO[bytes], name: str, deadline: Deadline | None = None) -> list[Sheet]:
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
    tally = _Tally(deadline or Deadline())
    if head.startswith(b"PK"):
        return _read_xlsx(file, tally)
    return [Sheet(name.rsplit(".", 1)[0], _limited(_csv_rows(file.read()), tally))]


class _Tally:
    """What the rows of one upload come to, all sheets together."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.cells = self.characters = 0

    def pass_line(self, line: int) -> None:
        """Empty lines cost time as well."""
        self.deadline.check()
        if line > MAX_LINES:
            raise Unreadable(_("The file has more than 1,048,576 lines. Delete the empty ones."))

    def add(self, line: int, cells: list[Cell]) -> None:
        lengths = [_length(cell) for cell in cells]
        if max(lengths) > MAX_CELL:
            raise Unreadable(
                _("A cell of line %(line)s holds more than 32,767 characters. Shorten it.")
                % {"line": line}
            )
        characters = sum(lengths)
        if characters > MAX_ROW:
            raise Unreadable(
                _("Line %(line)s holds more than 100,000 characters. Shorten it.") % {"line": line}
            )
        self.cells += len(cells)
        self.characters += characters
        if self.cells > MAX_CELLS or self.characters > MAX_CHARACTERS:
            raise _too_many()


def _too_many() -> Unreadable:
    return Unreadable(
        _("The file holds more than 1 million cells or 20 million characters. Split it.")
    )


def _length(cell: Cell) -> int:
    """In characters, roughly: 1E308 is short in the file and long when written out."""
    if isinstance(cell, str):
        return len(cell)
    if isinstance(cell, float):
        return int(cell).bit_length() // 3 if cell.is_integer() else 20
    return cell.bit_length() // 3 if isinstance(cell, int) else 0


def _limited(rows: Callable[[], Iterator[Row]], tally: _Tally) -> Callable[[], Iterator[Row]]:
    """Leave empty rows out, and refuse what is no roster any more: every row passes here."""

    def limited() -> Iterator[Row]:
        count = 0
        for line, cells in rows():
            tally.pass_line(line)
            while cells and (cells[-1] is None or cells[-1] == ""):
                cells.pop()
            if not cells:
                continue
            count += 1
            if count > MAX_ROWS:
                raise Unreadable(_("A sheet has more than 100,000 rows. Split the file."))
            tally.add(line, cells)
            yield line, cells

    return limited


# XLSX

STRING_TAG, STRINGS_TAG, TEXT_TAG, RUN_TAG = (
    f"{{{SHEET_MAIN_NS}}}{name}" for name in ("si", "sst", "t", "r")
)
FORMATS, STYLES = (
    f"{{{SHEET_MAIN_NS}}}{outer}/{{{SHEET_MAIN_NS}}}{inner}"
    for outer, inner in (("numFmts", "numFmt"), ("cellXfs", "xf"))
)
# In another code than ASCII's, `<` and `<!ENTITY` would be other bytes, and not be found.
PLAIN_XML = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<\?xml((?!encoding)[^?>]){0,100}"
    rb"(encoding\s*=\s*[\"'](utf-?8|us-ascii)[\"'][^?>]{0,100})?\?>)?\s*<(?!\?xml\s)",
    re.IGNORECASE,
)


def _read_xlsx(file: IO[bytes], tally: _Tally) -> list[Sheet]:
    _inspect(file, tally.deadline)
    try:
        book = _Book(file, tally.deadline)
        book.read()
    except Unreadable:
        raise
    except Exception as error:  # openpyxl lets KeyError, ParseError, TypeError … through
        raise _damaged() from error
    security = book.wb.security
    if security is not None and (security.workbookPassword or security.workbookHashValue):
        raise Unreadable(
            _("The workbook is locked with a password. Unlock it, save it and upload it again.")
        )
    return [
        Sheet(title, _limited(_xlsx_rows(book, part), tally)) for part, title in book.sheets.items()
    ]


def _damaged() -> Unreadable:
    return Unreadable(
        _("The workbook is damaged. Open it in Excel or WPS, save it as .xlsx and upload that.")
    )


def _too_much() -> Unreadable:
    return Unreadable(_("The workbook unpacks to far too much data."))


def _inspect(file: IO[bytes], deadline: Deadline) -> None:
    """Unpack every part once and count: told sizes may lie."""
    total = tags = values = 0
    try:
        with zipfile.ZipFile(file) as archive:
            if len(archive.infolist()) > MAX_PARTS:
                raise _too_much()
            for info in archive.infolist():
                strings, size, tail = info.filename.endswith("sharedStrings.xml"), 0, b""
                with archive.open(info) as part:
                    for block in iter(lambda: part.read(BLOCK), b""):
                        deadline.check()
                        size, total = size + len(block), total + len(block)
                        tags += block.count(b"<")
                        values += block.count(b"<v>") + block.count(b"<is>")
                        if values > MAX_CELLS:
                            raise _too_many()
                        if total > MAX_UNPACKED or tags > MAX_TAGS:
                            raise _too_much()
                        if strings and size > MAX_STRINGS:
                            raise _too_much()
                        # one tag or text as long as this is no cell, and slow to parse
                        endless = len(block) == BLOCK and b"<" not in block
                        if endless and info.filename.endswith(".xml"):
                            raise _too_much()
                        seam, tail = tail + block[:8], block[-8:]
                        if any(b"<!DOCTYPE" in b or b"<!ENTITY" in b for b in (block, seam)):
                            raise Unreadable(
                                _("The workbook holds XML entities, as only attacks do.")
                            )
    except Unreadable:
        raise
    except Exception as error:  # zipfile and zlib raise a dozen kinds for broken archives
        raise _damaged() from error
    finally:
        file.seek(0)


class _Part(io.BufferedIOBase):
    """A part of a workbook, read only while there is time."""

    def __init__(self, part: IO[bytes], deadline: Deadline) -> None:
        self.part, self.deadline = part, deadline
        self.begun = False

    def read(self, size: int | None = -1) -> bytes:
        self.deadline.check()
        data = self.part.read(-1 if size is None else size)
        if not self.begun and not PLAIN_XML.match(data):
            raise _damaged()
        self.begun = True
        return data

    def close(self) -> None:
        self.part.close()
        super().close()


class _Archive(zipfile.ZipFile):
    def __init__(self, file: IO[bytes], deadline: Deadline) -> None:
        super().__init__(file)
        self.deadline = deadline
        self.tags = 0

    def open(self, *args: Any, **options: Any) -> Any:
        return _Part(super().open(*args, **options), self.deadline)

    def read(self, *args: Any, **options: Any) -> bytes:
        """openpyxl reads thus what it makes objects of, which is slow: all but sheets and texts."""
        data = super().read(*args, **options)
        self.tags += data.count(b"<")
        if self.tags > MAX_TAGS_OUTSIDE_SHEETS:
            raise _too_much()
        return data


class _Book(ExcelReader):
    """openpyxl's reader without what a table does not need: names, themes, charts, remarks."""

    def __init__(self, file: IO[bytes], deadline: Deadline) -> None:
        super().__init__(file, read_only=True, data_only=True, keep_links=False)
        self.archive = _Archive(file, deadline)
        self.sheets: dict[str, str] = {}
        self.dates: set[int] = set()
        self.spans: set[int] = set()

    def read(self) -> None:
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        if ARC_STYLE in self.valid_files:
            self.read_dates(fromstring(self.archive.read(ARC_STYLE)))
        self.read_worksheets()

    def read_strings(self) -> None:
        found = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if found is not None:
            with self.archive.open(found.PartName[1:]) as part:
                for string in _children(part, STRINGS_TAG, STRING_TAG):
                    self.shared_strings.append(_text(string).replace("x005F_", ""))
                    if len(self.shared_strings) > MAX_TEXTS:
                        raise _too_much()

    def read_dates(self, root: Any) -> None:
        """All that the styles tell here: which numbers are days or times."""
        codes = {int(f.get("numFmtId")): f.get("formatCode", "") for f in root.iterfind(FORMATS)}
        used = [int(style.get("numFmtId", 0)) for style in root.iterfind(STYLES)]
        formats = {n: codes.get(n, BUILTIN_FORMATS.get(n, ""))[:255] for n in used}
        if len(formats) > MAX_FORMATS:
            raise _too_much()
        dates = {n for n, code in formats.items() if is_date_format(code)}
        spans = {n for n, code in formats.items() if is_timedelta_format(code)}
        self.dates = {style for style, n in enumerate(used) if n in dates}
        self.spans = {style for style, n in enumerate(used) if n in spans}

    def read_worksheets(self) -> None:
        """Titles by part. Only an attack names a part twice, so that it is read many times."""
        for sheet, rel in self.parser.find_sheets():
            if rel.target in self.sheets:
                raise _damaged()
            if rel.target in self.valid_files and "chartsheet" not in rel.Type:
                self.sheets[rel.target] = sheet.name
            if len(self.sheets) > MAX_SHEETS:
                break
        if not 0 < len(self.sheets) <= MAX_SHEETS:
            raise Unreadable(_("A workbook must have between 1 and 50 sheets."))


def _children(part: IO[bytes], parent_tag: str, tag: str) -> Iterator[Any]:
    """One at a time, and let go once used: memory stays flat."""
    parent, parts = None, 0
    # The faster of the two parsers: `_inspect` and `_Part` have let no entity in.
    for event, element in iterparse(part, ("start", "end")):  # noqa: S314
        if event == "start":
            parts += 1
            if parts > MAX_TAGS_OUTSIDE_SHEETS:
                raise _too_much()
            if element.tag == parent_tag:
                parent = element
        elif element.tag == tag and parent is not None:
            yield element
            parent.clear()
            parts = 0
        elif element.tag == parent_tag:
            return


def _text(element: Any) -> str:
    """With its runs joined, without how it is spoken."""
    if len(element) == 1 and element[0].tag == TEXT_TAG:
        return element[0].text or ""
    runs = [element.findtext(TEXT_TAG), *(r.findtext(TEXT_TAG) for r in element.iterfind(RUN_TAG))]
    return "".join(run for run in runs if run)


class _Cells(WorkSheetParser):
    """Values as last computed; where a file was never computed, the formula as written."""

    def __init__(self, part: IO[bytes], book: _Book) -> None:
        super().__init__(part, book.shared_strings, data_only=True, epoch=book.wb.epoch)
        self.dates, self.spans = book.dates, book.spans

    def parse_cell(self, element: Any) -> dict[str, Any]:
        inline = element.find(INLINE_STRING)
        if inline is not None:
            element.remove(inline)
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and inline is not None:
            cell["value"] = _text(inline)
        elif cell["value"] is None and (formula := element.findtext(FORMULA_TAG)):
            cell["value"] = f"={formula}"
        style, value = cell["style_id"], cell["value"]
        if style in self.dates and cell["data_type"] == "n" and isinstance(value, int | float):
            cell["value"] = self._moment(value, span=style in self.spans)
        return cell

    def _moment(self, number: float, *, span: bool) -> Any:
        """openpyxl would warn of each that is none, and Python keeps every warning."""
        try:
            return from_excel(number, self.epoch, timedelta=span)
        except (OverflowError, ValueError):
            return "#VALUE!"


def _xlsx_rows(book: _Book, name: str) -> Callable[[], Iterator[Row]]:
    def rows() -> Iterator[Row]:
        try:
            with book.archive.open(name) as part:
                yield from _grid(book, part)
        except Unreadable:
            raise
        except Exception as error:  # the parts are parsed only now
            raise _damaged() from error

    return rows


def _grid(book: _Book, part: IO[bytes]) -> Iterator[Row]:
    """The rows that are there, in rising order; those that are left out cost nothing."""
    parser, last = _Cells(part, book), 0
    for row in _children(part, DATA_TAG, ROW_TAG):
        del row[MAX_COLUMNS:]
        line, found = parser.parse_row(row)
        if line > last:
            last = line
            yield line, _in_columns(found)


def _in_columns(found: list[dict[str, Any]]) -> list[Cell]:
    values = {cell["column"]: cell["value"] for cell in found if cell["column"] <= MAX_COLUMNS}
    return [values.get(column) for column in range(1, max(values, default=0) + 1)]


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
