"""Reading what people upload, and writing what opens without harm."""

from __future__ import annotations

import csv
import io
import json
import time
import zipfile
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from common import sheets

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "bad-inputs"
with_data = pytest.mark.skipif(not DATA.exists(), reason="the sibling folder shared/ is absent")


def cells(data: bytes, name: str = "a.csv") -> list[list[Any]]:
    return [row for _line, row in sheets.read(io.BytesIO(data), name)[0].rows()]


def book(rows: list[list[Any]]) -> io.BytesIO:
    workbook, file = Workbook(), io.BytesIO()
    assert workbook.active is not None
    for row in rows:
        workbook.active.append(row)
    workbook.save(file)
    return file


@with_data
@pytest.mark.parametrize("path", sorted(DATA.glob("csv-spectrum/*.csv")), ids=lambda p: p.stem)
def test_csv_spectrum(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text())
    header, *rows = cells(path.read_bytes())
    padded = [[*row, *[""] * (len(header) - len(row))] for row in rows]
    assert [dict(zip(header, row, strict=True)) for row in padded] == expected


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "big5"])
def test_encodings_of_csv(codec: str) -> None:
    text = "姓名,電話,地址\n王小明,13800000000,中山路的一個房子\n"
    assert cells(text.encode(codec)) == [
        ["姓名", "電話", "地址"],
        ["王小明", "13800000000", "中山路的一個房子"],
    ]


def test_simplified_chinese_in_gb2312() -> None:
    text = "姓名,电话,楼栋\n张三,13800000000,三栋二单元的业主\n"
    assert cells(text.encode("gb2312"))[1][2] == "三栋二单元的业主"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    text = f"姓名{delimiter}电话\n张,三{delimiter}1\n李四{delimiter}2\n"
    text = text.replace("张,三", '"张,三"')
    assert cells(text.encode())[1] == ["张,三", "1"]


def test_lines_are_those_of_the_file() -> None:
    rows = list(sheets.read(io.BytesIO(b'a,b\n\n"x\ny",1\nz,2\n'), "a.csv")[0].rows())
    assert rows == [(1, ["a", "b"]), (3, ["x\ny", "1"]), (5, ["z", "2"])]


def test_xlsx_is_told_by_content_and_keeps_line_numbers() -> None:
    file = book([["姓名", None, None], [None], ["张三", 1, None]])
    rows = list(sheets.read(file, "wrongly-named.csv")[0].rows())
    assert rows == [(1, ["姓名"]), (3, ["张三", 1])]


def test_a_formula_that_was_never_computed_reads_as_written() -> None:
    assert list(sheets.read(book([["=79000000000", 5]]), "a.xlsx")[0].rows()) == [
        (1, ["=79000000000", 5])
    ]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><table><tr><td>1", "web page"),
        (b"\n <table><tr><td>1", "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password"),
        (b"PK\x03\x04 no archive", "damaged"),
        (b"%PDF-1.7\n\x00\x01\x02\x03", "neither"),
        (b'a,b\n"never closed,' + b"x" * 200_000, "cannot be read"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(data: bytes, word: str) -> None:
    with pytest.raises(sheets.Unreadable) as refused:
        list(sheets.read(io.BytesIO(data), "a.csv")[0].rows())
    assert word in str(refused.value)


@with_data
@pytest.mark.parametrize(
    "path",
    [
        DATA / "spreadsheets" / "poc-xmlbomb.xlsx",
        DATA / "spreadsheets" / "workbookProtection-workbook_password-2013.xlsx",
        DATA / "encodings" / "GB2312___mozilla_bug171813_text.html",
    ],
    ids=lambda p: p.name,
)
def test_hostile_files_are_refused_within_five_seconds(path: Path) -> None:
    began = time.perf_counter()
    with path.open("rb") as file, pytest.raises(sheets.Unreadable):
        list(sheets.read(file, "roster.csv")[0].rows())
    assert time.perf_counter() - began < 5


def test_a_zip_bomb_is_refused_whatever_sizes_it_tells() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (sheets.MAX_UNPACKED + 1))
    assert bomb.tell() < 1_000_000
    with pytest.raises(sheets.Unreadable, match="far too much"):
        sheets.read(bomb, "a.xlsx")


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_ROWS", 2)
    with pytest.raises(sheets.Unreadable, match="100,000"):
        cells(b"a\nb\nc\n")


# What a small file may come to

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MIB = 1024 * 1024
SHARED = '<c t="s"><v>0</v></c>'


def by_hand(
    rows: str,
    strings: str = "",
    *,
    styles: str = "",
    after: str = "",
    sheets: int = 1,
    declaration: str = "",
) -> io.BytesIO:
    """A workbook of the given XML; all its sheets are one and the same part."""
    names = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r"/>' for n in range(1, sheets + 1))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{TYPE}.sharedStrings+xml"/>'
        "</Types>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r" Type="{OFFICE}/worksheet" Target="worksheets/sheet.xml"/>'
        "</Relationships>",
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/worksheets/sheet.xml": f'{declaration}<worksheet xmlns="{MAIN}">'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>",
    }
    if styles:
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in parts.items():
            archive.writestr(name, xml)
    return file


def text(length: int) -> str:
    return f"<si><t>{'A' * length}</t></si>"


def taken(file: io.BytesIO, deadline: sheets.Deadline | None = None) -> tuple[int, str]:
    """How many rows came before the refusal, and the refusal."""
    rows = 0
    try:
        for sheet in sheets.read(file, "a", deadline):
            for _row in sheet.rows():
                rows += 1
    except sheets.Unreadable as refusal:
        return rows, str(refusal)
    return rows, ""


DAMAGED = "The workbook is damaged. Open it in Excel or WPS, save it as .xlsx and upload that."
TOO_MUCH = "The workbook unpacks to far too much data."
CELL = "A cell of line 1 holds more than 32,767 characters. Shorten it."
ROW = "Line 1 holds more than 100,000 characters. Shorten it."
ALL = "The file holds more than 1 million cells or 20 million characters. Split it."
EMPTY = "The file has more than 1,048,576 lines. Delete the empty ones."


@pytest.mark.parametrize(
    ("make", "rows", "sentence"),
    [
        (lambda: by_hand(f"<row>{SHARED}</row>" * 12_000, text(MIB)), 0, CELL),
        (lambda: by_hand(f"<row>{SHARED * 100}</row>" * 120, text(MIB)), 0, CELL),
        (lambda: by_hand(f"<row>{SHARED * 4}</row>" * 3000, text(32_000)), 0, ROW),
        (lambda: by_hand(f"<row>{SHARED}</row>" * 3000, text(32_000)), 625, ALL),
        (lambda: by_hand(f"<row>{SHARED * 200}</row>" * 6_000, text(1)), 0, ALL),
        (lambda: by_hand(f"<row>{'<c><v>1E308</v></c>' * 200}</row>" * 1_000), 293, ALL),
        (
            lambda: by_hand(f'<row><c t="inlineStr"><is>{text(MIB)[4:-5]}</is></c></row>'),
            0,
            CELL,
        ),
        (
            lambda: by_hand(f"<row>{SHARED}</row>", f"<si>{'<r><t>AAAA</t></r>' * 9000}</si>"),
            0,
            CELL,
        ),
        (lambda: by_hand(f"<row><c><f>{'A' * MIB}</f></c></row>"), 0, CELL),
        (lambda: by_hand(f'<row r="1048577">{SHARED}</row>', text(1)), 0, EMPTY),
        (lambda: by_hand("<row/>" * 7_000_000), 0, TOO_MUCH),
        (lambda: by_hand(f"<row>{'<c/>' * 200_000}</row>"), 0, TOO_MUCH),
        (lambda: by_hand(f"<row>{SHARED}</row>", "<si><t/></si>" * 500_001), 0, TOO_MUCH),
        (lambda: by_hand("", styles=f'<cellXfs x="{"a" * 8_000_000}"/>'), 0, TOO_MUCH),
        (lambda: by_hand("", styles=f"<cellXfs>{'<xf/>' * 200_000}</cellXfs>"), 0, TOO_MUCH),
        (
            lambda: by_hand(f"<row>{SHARED}</row>", text(1), sheets=51),
            0,
            DAMAGED,
        ),
        (lambda: io.BytesIO(b"a\n" + b"\n" * 19 * MIB), 1, EMPTY),
        (lambda: io.BytesIO((b"a," * 199 + b"a\n") * 6_000), 5_000, ALL),
        (lambda: io.BytesIO(b"x" * 32_768), 0, CELL),
        (lambda: io.BytesIO(b",".join([b"x" * 30_000] * 4)), 0, ROW),
    ],
    ids=[
        *("one string, 12,000 rows", "one string, 100 columns", "long rows", "long sheet"),
        *("cells", "long numbers", "inline", "rich runs", "formula", "line numbers", "empty rows"),
        *("one row", "strings", "attribute", "styles", "one part many times"),
        *("csv lines", "csv cells", "csv cell", "csv row"),
    ],
)
def test_what_expands_without_end_is_refused(
    make: Callable[[], io.BytesIO], rows: int, sentence: str
) -> None:
    assert taken(make()) == (rows, sentence)


def test_a_text_of_a_mebibyte_used_everywhere_is_refused_within_five_seconds() -> None:
    file = by_hand(f"<row>{SHARED}</row>" * 12_000, text(MIB))
    began = time.process_time()
    assert taken(file) == (0, CELL)
    assert time.process_time() - began < 5


def test_a_workbook_of_too_many_parts_is_refused() -> None:
    file = by_hand("")
    with zipfile.ZipFile(file, "a") as archive:
        for number in range(sheets.MAX_PARTS):
            archive.writestr(f"x/{number}", "")
    assert taken(file) == (0, TOO_MUCH)


def test_rows_left_out_cost_nothing_and_merged_cells_neither() -> None:
    rows = f'<row r="1">{SHARED}</row><row r="1048576">{SHARED}</row>'
    merged = '<mergeCell ref="A1:B2"/>' * 300_000
    file = by_hand(rows, text(3), after=f"<mergeCells>{merged}</mergeCells>")
    began = time.process_time()
    assert list(sheets.read(file, "a")[0].rows()) == [(1, ["AAA"]), (1_048_576, ["AAA"])]
    assert time.process_time() - began < 2


def test_as_much_as_a_sheet_may_hold_is_read() -> None:
    longest = by_hand(f"<row>{SHARED}</row>", text(sheets.MAX_CELL))
    assert list(sheets.read(longest, "a")[0].rows()) == [(1, ["A" * 32_767])]
    roster = io.BytesIO(b"12,2,1204,Wang Xiaoming,13800000000,owner,89.5,2026-06-10\n" * 100_000)
    assert sum(1 for _row in sheets.read(roster, "a")[0].rows()) == 100_000


def test_formulas_of_every_kind_read_as_text() -> None:
    file = by_hand(
        '<row><c><f t="array" ref="A1">A1+1</f></c><c><f t="shared" si="0">A2</f></c>'
        '<c><f t="shared" si="0"/></c><c><f>1+1</f><v>2</v></c></row>'
    )
    assert list(sheets.read(file, "a")[0].rows()) == [(1, ["=A1+1", "=A2", None, 2])]


LATE = "The work on this file takes too long. Split it, by building for example."


@pytest.mark.parametrize(
    "file",
    [
        by_hand(f"<row>{SHARED}</row>" * 5000, text(1)),
        io.BytesIO(b"a\n" * 5000),
    ],
    ids=["xlsx", "csv"],
)
def test_reading_ends_when_its_time_is_over(file: io.BytesIO) -> None:
    looks = count()  # each look at the clock finds it a second later
    deadline = sheets.Deadline(1000, lambda: next(looks))
    rows, sentence = taken(file, deadline)
    assert (900 < rows <= 1000, sentence) == (True, LATE)


@pytest.mark.parametrize(
    "declaration",
    [
        '<?xml version="1.0" encoding="cp037"?>',
        "<?xml version='1.0' encoding='utf-16'?>",
        f'<?xml version="1.0" {" " * 300} encoding="cp037"?>',
    ],
)
def test_xml_in_a_code_that_hides_its_tags_is_refused(declaration: str) -> None:
    file = by_hand(f"<row>{SHARED}</row>", text(1), declaration=declaration)
    assert taken(file) == (0, DAMAGED)


def test_days_and_what_is_none() -> None:
    styles = (
        '<numFmts><numFmt numFmtId="200" formatCode="yyyy/m/d"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="200"/></cellXfs>'
    )
    cells = '<c><v>46183</v></c><c s="1"><v>46183</v></c><c s="2"><v>46183</v></c>'
    others = '<c s="1"><v>1E9</v></c><c s="1"/><c s="1"><f>NOW()</f></c>'
    file = by_hand(f"<row>{cells}{others}</row>", styles=styles)
    day = datetime(2026, 6, 10)  # noqa: DTZ001 — a sheet knows no zone
    assert list(sheets.read(file, "a")[0].rows()) == [
        (1, [46183, day, day, "#VALUE!", None, "=NOW()"])
    ]


PAYLOADS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1", "＝1+1"]


def first_cell(value: str) -> tuple[Any, str]:
    """The value and type of a cell that was written and read back."""
    with sheets.xlsx_file(["a"], [[value]]) as file:
        sheet = load_workbook(file).active
        assert sheet is not None
        return sheet["A2"].value, sheet["A2"].data_type


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_of_an_export_starts_a_formula(payload: str) -> None:
    line = b"".join(sheets.csv_lines(["a"], [[payload]])).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(line, newline="")))[1] == [f"'{payload}"]
    # XML itself makes a line feed of a carriage return
    assert first_cell(payload) == (f"'{payload}".replace("\r", "\n"), "s")


@with_data
def test_formula_payloads_of_the_wild_are_harmless() -> None:
    payloads = (DATA / "csv_formula_payloads.txt").read_text("utf-8", "replace").splitlines()
    for payload in payloads:
        assert not str(sheets.safe(payload)).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_what_was_made_harmless_reads_back_as_it_was() -> None:
    data = b"".join(sheets.csv_lines(["name"], [["=1+1"], ["'quoted'"]]))
    assert cells(data) == [["name"], ["=1+1"], ["'quoted'"]]


def test_signs_that_xml_cannot_hold_are_left_out() -> None:
    assert first_cell("x\x00\x0b￿y") == ("xy", "s")
