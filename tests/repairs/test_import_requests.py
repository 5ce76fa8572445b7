"""A city's service requests become tickets: with their times and states, once, row by row."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from audit.models import Entry
from estates.models import Estate
from repairs.models import Category, Ticket
from repairs.services.imports import MAX_LINE
from tests import factories as make

SHARED = Path(settings.BASE_DIR).parent / "shared" / "data" / "service-requests-311"
real = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is absent")

NYC = [
    "Unique Key", "Created Date", "Closed Date", "Complaint Type", "Descriptor", "Incident Address",
    "Borough", "Status", "Resolution Description", "Resolution Action Updated Date",
    "Open Data Channel Type",
]  # fmt: skip
NOON = "05/01/2022 12:00:00 PM"
ONE = "05/01/2022 01:00:00 PM"


def row(key: str, **cells: str) -> list[str]:
    usual = {
        "Unique Key": key,
        "Created Date": NOON,
        "Complaint Type": "HEATING",
        "Descriptor": "No heat",
        "Incident Address": "1 MAIN STREET",
        "Borough": "BRONX",
        "Status": "Open",
        "Open Data Channel Type": "PHONE",
    }
    return [({**usual, **cells}).get(name, "") for name in NYC]


CLOSED = {"Status": "Closed", "Closed Date": ONE}


@pytest.fixture
def estate(db: None) -> Estate:
    return make.make_estate("city", ticket_prefix="C")


@pytest.fixture
def write(tmp_path: Path):  # type: ignore[no-untyped-def]
    def write(*rows: list[str], header: list[str] = NYC, encoding: str = "utf-8") -> Path:
        path = tmp_path / "requests.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return path

    return write


def load(path: Path, **options: object) -> None:
    call_command("import_requests", str(path), estate="city", **options)


def test_open_request_is_a_new_ticket_with_deadlines(estate, write) -> None:  # type: ignore[no-untyped-def]
    load(write(row("1")))
    ticket = Ticket.objects.get()
    assert (ticket.number, ticket.status, ticket.source, ticket.external_id, ticket.flags) == (
        "C2022-000001", "new", "phone", "NYC-1", [],
    )  # fmt: skip
    # noon in New York, in May
    assert ticket.reported_at == datetime(2022, 5, 1, 16, tzinfo=UTC)
    assert (ticket.title, ticket.place_words) == ("HEATING: No heat", "1 MAIN STREET, BRONX")
    assert ticket.resolve_by is not None
    assert [(e.code, e.object_id) for e in Entry.objects.all()] == [
        ("repairs.ticket.import", ticket.pk)
    ]


@pytest.mark.parametrize(
    ("cells", "status", "flags"),
    [
        (CLOSED, "closed", []),
        ({**CLOSED, "Closed Date": "05/01/2022 11:00:00 AM"}, "closed", ["closed_before_created"]),
        ({"Status": "Closed"}, "closed", ["no_close_date"]),
        ({**CLOSED, "Status": "Cancelled"}, "cancelled", []),
        ({"Status": "In Progress"}, "accepted", ["was_in_progress"]),
        ({"Status": "Pending"}, "accepted", ["was_pending"]),
        ({"Status": "Open", "Closed Date": ONE}, "new", ["open_with_close_date"]),
        (
            {**CLOSED, "Resolution Description": "This complaint is a duplicate of another."},
            "closed",
            ["duplicate"],
        ),
    ],
)
def test_states(estate, write, cells, status, flags) -> None:  # type: ignore[no-untyped-def]
    load(write(row("1", **cells)))
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.flags) == (status, flags)
    assert (ticket.closed_at is None) == (status in ("new", "accepted"))
    assert (ticket.resolve_by is None) == (status not in ("new", "accepted"))


def test_same_file_twice_adds_nothing(estate, write, capsys) -> None:  # type: ignore[no-untyped-def]
    path = write(row("1"), row("2"), row("2"))
    load(path)
    load(path)
    assert Ticket.objects.count() == 2
    first, second = capsys.readouterr().out.splitlines()
    assert first == "NYC 311: 2 added, 1 unchanged, 0 not taken."
    assert second == "NYC 311: 0 added, 3 unchanged, 0 not taken."


def test_dry_run_writes_nothing(estate, write, capsys) -> None:  # type: ignore[no-untyped-def]
    load(write(row("1")), dry_run=True)
    assert (Ticket.objects.count(), Category.objects.count(), Entry.objects.count()) == (0, 0, 0)
    assert capsys.readouterr().out.startswith("NYC 311: 1 would be added")


def test_one_category_for_heating_in_any_case(estate, write) -> None:  # type: ignore[no-untyped-def]
    load(write(row("1"), row("2", **{"Complaint Type": "Heating"})))
    assert list(Category.objects.values_list("code", "name", "trade", "is_active")) == [
        ("imported", "导入", "general", False),
        ("imported-heating", "Heating", "plumbing", False),
    ]


def test_fillers_newlines_and_a_byte_order_mark(estate, write) -> None:  # type: ignore[no-untyped-def]
    cells = {"Descriptor": "N/A", "Incident Address": "1 MAIN\nSTREET", "Borough": "Unspecified"}
    load(write(row("1", **cells), encoding="utf-8-sig"))
    ticket = Ticket.objects.get()
    assert (ticket.title, ticket.place_words) == ("HEATING", "1 MAIN STREET")


def test_bad_rows_are_named_and_the_others_taken(estate, write, tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    path = write(
        row("1", **{"Incident Address": "1 MAIN\nSTREET"}),
        row(""),
        row("3", **{"Created Date": "soon", "Descriptor": "=1+1"}),
        row("4", Status="Lost"),
        row("5")[:-1],
        row("6", **{"Created Date": "01/01/2999"}),
        row("7"),
    )
    report = tmp_path / "report.csv"
    load(path, report=report)
    assert list(Ticket.objects.values_list("external_id", flat=True)) == ["NYC-7", "NYC-1"]
    assert capsys.readouterr().err.splitlines() == [
        "line 4: “Unique Key” is empty.",
        "line 5: “soon” in “Created Date” is no date.",
        "line 6: The state “Lost” is not known.",
        "line 7: The row has 10 cells, the header 11.",
        "line 8: The request was opened in the future.",
    ]
    with report.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    assert [line["line"] for line in written] == ["4", "5", "6", "7", "8"]
    assert written[1]["Descriptor"] == "'=1+1"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04\x00\x00", "This is no CSV file."),
        (b"<html><body>no</body></html>", "The columns are not those of NYC 311"),
        (b"a,b\n1,2\n", "The columns are not those of NYC 311"),
    ],
)
def test_wrong_files_are_refused(estate, tmp_path, content, sentence) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "wrong.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=sentence):
        load(path)


def test_missing_file_and_unknown_estate_are_refused(estate, tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CommandError, match="cannot be opened"):
        load(tmp_path / "nothing.csv")
    with pytest.raises(CommandError, match="There is no estate “nowhere”"):
        call_command("import_requests", "x.csv", estate="nowhere")


def test_a_line_without_end_is_rows_not_taken_and_the_next_is_read(estate, write, capsys) -> None:  # type: ignore[no-untyped-def]
    path = write(row("1"))
    with path.open("ab") as file:
        file.write(b"x" * (3 * MAX_LINE) + b"\n")
        file.write((",".join(row("2")) + "\r\n").encode())
    load(path)
    said = capsys.readouterr()
    assert said.out.splitlines()[0].startswith("NYC 311: 2 added, 0 unchanged")
    assert "The row cannot be read." in said.err


@real
@pytest.mark.parametrize(
    ("name", "rows", "flags"),
    [
        ("la_2017_10k.csv", 9999, {"closed_before_created": 12, "was_referred_out": 9}),
        ("nyc_2022-05-01_924.csv", 924, {"was_in_progress": 440}),
        ("nyc_2025-03-24_235.csv", 235, {"duplicate": 16, "no_close_date": 3}),
        ("nyc_hpd_housing_complaints_10.csv", 10, {}),
    ],
)
def test_real_exports_are_taken_whole(estate, name, rows, flags) -> None:  # type: ignore[no-untyped-def]
    load(SHARED / name)
    assert Ticket.objects.count() == rows
    for flag, count in flags.items():
        assert Ticket.objects.filter(flags__contains=[flag]).count() == count
