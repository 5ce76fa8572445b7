"""The uploaded rows between preview and import, kept without what must never be kept.

A file of JSON lines, compressed: `["sheet", title]`, then `[line, cells]` of its rows. The values
of sensitive columns, and whatever looks like an identity number, are dropped while copying.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import chain, islice
from typing import IO, Any

from common.sheets import Cell, Row, Sheet
from estates.services.roster.columns import (
    HEADER_WITHIN,
    ID_NUMBER,
    Table,
    guess_table,
    is_sensitive,
)


def copy(sheets: Iterable[Sheet], out: IO[bytes]) -> list[Table]:
    """Write the rows; return what each sheet seems to be."""
    tables = []
    with gzip.open(out, "wt", encoding="utf-8", compresslevel=3) as lines:
        for sheet in sheets:
            rows = sheet.rows()
            head = list(islice(rows, HEADER_WITHIN))
            table = guess_table(sheet.title, head)
            tables.append(table)
            lines.write(json.dumps(["sheet", sheet.title]) + "\n")
            lines.writelines(_kept(chain(head, rows), table))
    return tables


def _kept(rows: Iterable[Row], table: Table) -> Iterator[str]:
    never = {index for index, header in enumerate(table.headers) if is_sensitive(header)}
    for line, cells in rows:
        below = line > table.header_line
        plain = [
            None if below and index in never else _plain(cell) for index, cell in enumerate(cells)
        ]
        yield json.dumps([line, plain], ensure_ascii=False) + "\n"


def _plain(cell: Cell) -> str | int | float | bool | None:
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell)
    if len(text) >= 15 and ID_NUMBER.search(text):
        return None
    return cell


def rows(file: IO[bytes], wanted: set[str]) -> Iterator[tuple[str, int, list[Any]]]:
    """(sheet, line, cells) of the wanted sheets, one at a time."""
    title = ""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for text in lines:
            line, cells = json.loads(text)
            if line == "sheet":
                title = cells
            elif title in wanted:
                yield title, line, cells


def samples(file: IO[bytes], tables: list[Table], count: int = 3) -> dict[str, list[list[Any]]]:
    """The first rows under each header, for the page that asks what the columns are."""
    found: dict[str, list[list[Any]]] = {table.title: [] for table in tables}
    heads = {table.title: table.header_line for table in tables}
    for title, line, cells in rows(file, set(found)):
        if line > heads[title] and len(found[title]) < count:
            found[title].append(cells)
    return found
