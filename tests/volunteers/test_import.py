"""Activities of another portal become shifts of a team: row by row, once, or with the reason why
not."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.models import Entry
from notifications.models import Message
from tests import factories as make
from tests.people import World
from volunteers.models import Shift, ShiftPost

SHARED = Path(settings.BASE_DIR).parent / "shared" / "data" / "volunteer-opportunities"
real = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is absent")

HEADER = [
    "title", "summary", "vol_requests", "locality", "recurrence_type", "hours",
    "start_date_date", "end_date_date", "start_time", "end_time",
]  # fmt: skip
USUAL = {
    "title": "Home Rescue Fair",
    "summary": "Help at the tables.",
    "vol_requests": "50",
    "recurrence_type": "onetime",
    "hours": "0",
    "start_date_date": "July 30 2011",
    "end_date_date": "July 30 2011",
}


def row(**cells: str) -> list[str]:
    return [({**USUAL, **cells}).get(name, "") for name in HEADER]


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(*rows: list[str], header: list[str] = HEADER, encoding: str = "utf-8") -> Path:
        path = tmp_path / "activities.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return path

    return write


def load(path: Path, world: World, **options: Any) -> None:
    call_command("import_shifts", str(path), estate="court", **{"team": world.team.name, **options})


def test_a_past_activity_is_a_shift_that_has_ended(world: World, write: Any, capsys: Any) -> None:
    load(write(row(locality="Brooklyn")), world)
    shift = Shift.objects.get()
    assert (shift.team, shift.title, shift.status) == (world.team, USUAL["title"], "ended")
    assert (shift.description, shift.place_words) == (USUAL["summary"], "Brooklyn")
    # nine in the morning in Shanghai, and two hours, for the file says no more
    assert shift.starts_at == shift.gate_at == datetime(2011, 7, 30, 1, tzinfo=UTC)
    assert shift.ends_at - shift.starts_at == timedelta(hours=2)
    assert (shift.wanted, shift.places, shift.remind_at) == (50, 50, None)
    post = ShiftPost.objects.get()
    assert (post.shift, post.wanted, post.places, post.taken) == (shift, 50, 50, 0)
    [entry] = Entry.objects.filter(code="volunteers.shift.import")
    assert (entry.actor, entry.object_id, entry.after) == (None, shift.pk, {"title": shift.title})
    assert Message.objects.count() == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "1 taken, 0 not taken; 1 of no said length last two hours."
    )


def test_a_future_activity_is_open(world: World, write: Any) -> None:
    day = (timezone.localdate() + timedelta(days=10)).isoformat()
    load(write(row(start_date_date=day, end_date_date="", hours="3.5")), world)
    shift = Shift.objects.get()
    assert (shift.status, shift.ends_at - shift.starts_at) == ("open", timedelta(hours=3.5))
    assert shift.remind_at == shift.starts_at - timedelta(days=1)


def test_times_of_the_file_are_kept(world: World, write: Any) -> None:
    load(write(row(start_time="6:30 PM", end_time="02:00", end_date_date="July 31 2011")), world)
    shift = Shift.objects.get()
    assert shift.starts_at == datetime(2011, 7, 30, 10, 30, tzinfo=UTC)
    assert shift.ends_at == datetime(2011, 7, 30, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"title": " "}, "“title” is empty."),
        ({"title": "<b></b>\u200b"}, "“title” is empty."),
        ({"title": "<" * 60 + "a>" * 60}, "“title” cannot be read."),
        ({"recurrence_type": "ongoing"}, "It is ongoing: a shift has one day."),
        ({"recurrence_type": "weekly"}, "“weekly” is no kind of recurrence."),
        ({"vol_requests": "0"}, "“0” is no number of places from 1 to 500."),
        ({"vol_requests": "-3"}, "“-3” is no number of places from 1 to 500."),
        ({"vol_requests": ""}, "“” is no number of places from 1 to 500."),
        ({"vol_requests": "501"}, "“501” is no number of places from 1 to 500."),
        ({"vol_requests": "many"}, "“many” is no number of places from 1 to 500."),
        ({"vol_requests": "²"}, "“²” is no number of places from 1 to 500."),
        ({"start_date_date": ""}, "“start_date_date” is empty."),
        ({"start_date_date": "soon"}, "“soon” in “start_date_date” is no date."),
        ({"start_date_date": "June 31 2011"}, "“June 31 2011” in “start_date_date” is no date."),
        ({"start_date_date": "0001-01-01"}, "“0001-01-01” in “start_date_date” is no date."),
        ({"end_date_date": "never"}, "“never” in “end_date_date” is no date."),
        ({"end_date_date": "July 29 2011"}, "It ends before it begins."),
        ({"start_time": "10:00", "end_time": "09:00"}, "It ends before it begins."),
        ({"end_date_date": "July 31 2011"}, "A shift takes a day at most."),
        ({"end_date_date": "August 2 2011", "end_time": "9:00"}, "A shift takes a day at most."),
        ({"hours": "25"}, "A shift takes a day at most."),
        ({"hours": "-1"}, "“-1” in “hours” is no number."),
        ({"hours": "nan"}, "“nan” in “hours” is no number."),
        ({"start_time": "25:00"}, "“25:00” in “start_time” is no time."),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_is_refused_with_the_reason(
    world: World, write: Any, capsys: Any, cells: dict[str, str], why: str
) -> None:
    load(write(row(title="First"), row(**cells), row(title="Last")), world)
    said = capsys.readouterr()
    assert said.err.splitlines() == [f"line 3: {why}"]
    assert set(Shift.objects.values_list("title", flat=True)) == {"First", "Last"}
    assert said.out.splitlines()[-1].startswith("2 taken, 1 not taken;")


def test_a_row_of_too_many_cells_is_refused(world: World, write: Any, capsys: Any) -> None:
    load(write([*row(end_time="12:00"), "more"]), world)
    assert capsys.readouterr().err.splitlines() == ["line 2: The row has 11 cells, the header 10."]


def test_the_same_file_twice_doubles_nothing(world: World, write: Any, capsys: Any) -> None:
    path = write(row(), row(), row(title="Another"))
    load(path, world)
    load(path, world)
    assert Shift.objects.count() == 2
    said = capsys.readouterr()
    there = "It is there already."
    assert said.err.splitlines() == [f"line {n}: {there}" for n in (3, 2, 3, 4)]
    assert [line.partition(";")[0] for line in said.out.splitlines()] == [
        "2 taken, 1 not taken",
        "0 taken, 3 not taken",
    ]


def test_a_long_title_is_cut_and_comes_once(world: World, write: Any) -> None:
    path = write(row(title="x" * 98, summary="y" * 2500))
    load(path, world)
    load(path, world)
    shift = Shift.objects.get()
    assert shift.title == "x" * 79 + "…"
    assert (len(shift.description), shift.description[-1]) == (2000, "…")


def test_tags_and_marks_are_not_kept(world: World, write: Any) -> None:
    summary = "<p>Sort &amp; fold.</p>\r\n<script>1</script>\x85Bring\u200b gloves"
    load(write(row(title="Stop <b>’N’</b>\n Swap", summary=summary)), world)
    shift = Shift.objects.get()
    assert shift.title == "Stop ’N’  Swap"
    assert shift.description == "Sort & fold.\n1Bring gloves"


def test_dry_run_writes_nothing(world: World, write: Any, capsys: Any) -> None:
    load(write(row(), row()), world, dry_run=True)
    assert Shift.objects.count() == 0
    assert capsys.readouterr().out == (
        "1 would be taken, 1 cannot be; 1 of no said length would last two hours.\n"
    )


def test_a_byte_order_mark_is_no_part_of_the_title(world: World, write: Any) -> None:
    load(write(row(), encoding="utf-8-sig"), world)
    assert Shift.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04\x00\x00", "This is no CSV file."),
        (b"<html><body>no</body></html>", "This is a web page"),
        (b"a,b\n1,2\n", "These columns are missing: title, vol_requests"),
        (b"title,vol_requests\n\xff\xff\x80,2\n", "The characters of the file cannot be read"),
        (b'title,vol_requests\n"' + b"x" * 200_000, "cannot be read. Is a quotation mark missing?"),
    ],
)
def test_wrong_files_are_refused(
    world: World, tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "wrong.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=sentence):
        load(path, world)


def test_missing_file_estate_and_team_are_refused(world: World, write: Any, tmp_path: Path) -> None:
    far = make.make_team(world.garden.community, "远处的队")
    path = write(row())
    for wrong, sentence in (
        ({"path": tmp_path / "nothing.csv"}, "cannot be opened"),
        ({"path": tmp_path}, "cannot be opened"),
        ({"estate": "nowhere"}, "There is no estate “nowhere”"),
        ({"team": "nobody"}, "There is no team “nobody”"),
        ({"team": "9" * 40}, "There is no team"),
        ({"team": far.name}, "is of another community"),
        ({"team": str(far.pk)}, "is of another community"),
    ):
        said: dict[str, Any] = {"path": path, "estate": "court", "team": world.team.name, **wrong}
        with pytest.raises(CommandError, match=sentence):
            call_command(
                "import_shifts", str(said["path"]), estate=said["estate"], team=said["team"]
            )
    assert Shift.objects.count() == 0


def test_a_team_is_named_by_its_key_too(world: World, write: Any) -> None:
    load(write(row()), world, team=str(world.team.pk))
    assert Shift.objects.get().team == world.team


@real
def test_the_real_file(world: World, capsys: Any) -> None:
    path = SHARED / "opportunities.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    load(path, world)
    said = capsys.readouterr()
    reasons = [line.partition(": ")[2] for line in said.err.splitlines()]
    taken = Shift.objects.count()
    assert taken + len(reasons) == len(rows)
    ongoing = [one for one in rows if one["recurrence_type"] == "ongoing"]
    assert reasons.count("It is ongoing: a shift has one day.") == len(ongoing)
    once = {
        (one["title"].strip()[:70], one["start_date_date"])
        for one in rows
        if one["recurrence_type"] == "onetime" and 1 <= int(one["vol_requests"]) <= 500
    }
    assert taken == len(once)
    assert set(Shift.objects.values_list("status", flat=True)) == {"ended"}
    summary = f"{taken} taken, {len(reasons)} not taken; {taken} of no said length last two hours."
    assert said.out.splitlines()[-1] == summary
    load(path, world)
    assert Shift.objects.count() == taken
