"""Reading what people upload, and writing what opens without harm."""

from __future__ import annotations

import csv
import io
import json
import time
import zipfile
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
