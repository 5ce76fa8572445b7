"""The roster from a file: what is read, what is refused, and that nothing is doubled."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable
from csv import writer as csv_writer
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from audit.models import Entry
from common.sheets import Deadline
from estates.models import Building, Entrance, Occupant, RosterImport, Unit
from estates.services.roster import addresses, columns, imports, store
from estates.services.roster.problems import Report
from tests import factories as make
from tests.common.test_sheets import by_hand
from tests.people import World
from workflow.refusals import Invalid, NotAllowed, WrongState

SignIn = Callable[..., Client]
AT = timezone.now()
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
TEMPLATES = DATA / "property-import-templates"
with_data = pytest.mark.skipif(not DATA.exists(), reason="the sibling folder shared/ is absent")

HEADER = "楼栋,单元,房号,姓名,电话,业主类型"


def csv(*rows: str, header: str = HEADER) -> io.BytesIO:
    return io.BytesIO("\n".join([header, *rows]).encode())


def uploaded(world: World, file: Any, name: str = "roster.csv") -> RosterImport:
    return imports.upload(world.court, file, name, actor=world.desk, at=AT)


def previewed(world: World, file: Any) -> tuple[RosterImport, Report]:
    row = uploaded(world, file)
    return row, imports.preview(row, actor=world.desk, at=AT)


def imported(world: World, file: Any, **options: bool) -> dict[str, Any]:
    row = uploaded(world, file)
    imports.preview(row, actor=world.desk, at=AT)
    imports.apply(row, actor=world.desk, at=AT, **options)
    return row.counts


def wrong(report: Report) -> list[tuple[int, str, str]]:
    return [(p.line, p.column, p.code) for p in report.problems]


def standing(world: World) -> list[tuple[str, str, str]]:
    rows = Occupant.objects.filter(unit__entrance__building__estate=world.court, user=None)
    return sorted((str(o.unit), o.name, o.phone) for o in rows.with_address())


# Headers and addresses


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("房号", "number"),
        (" 业主姓名* ", "name"),
        ("建筑面积(㎡)", "area"),
        ("联系电话:", "phone"),
        ("电话(2)", "phone_2"),
        ("Phone*", "phone"),
        ("Full name*", "name"),
        ("Unit Name", "number"),
        ("身份证号", columns.SENSITIVE),
        ("ID Card No.", columns.SENSITIVE),
        ("政治面貌", columns.SENSITIVE),
        ("职业", None),
        (None, None),
    ],
)
def test_headers(header: str | None, column: str | None) -> None:
    assert columns.guess(header) == column


@with_data
def test_header_lines_of_other_systems() -> None:
    lines = (TEMPLATES / "header_variants.txt").read_text("utf-8").splitlines()
    guessed = [[columns.guess(header) for header in line.split(",")] for line in lines if line]
    assert guessed == [
        ["number", "name", None, "phone", None],
        ["floor", "number", "name", "phone", "area"],
        [
            *["name", None, "sensitive", "phone", None, "phone_2"],
            *["sensitive", "sensitive", "sensitive", "position", "area", None],
        ],
    ]


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("2栋3楼5号", ("2", "", "305", 3)),
        ("3-2-1204", ("3", "2", "1204", None)),
        ("3栋2单元1204室", ("3", "2", "1204", None)),
        ("三栋二单元1204", ("3", "2", "1204", None)),
        ("榕树郡12号楼1单元3层301", ("12", "1", "301", 3)),
        ("A座1204", ("A", "", "1204", None)),
        ("3－1204", ("3", "", "1204", None)),
        ("1-0-商铺", ("1", "", "商铺", None)),
        ("Building 3, Entrance 2, 1204", ("3", "2", "1204", None)),
    ],
)
def test_addresses_in_one_cell(written: str, address: tuple[Any, ...]) -> None:
    assert addresses.parse(written) == addresses.Address(*address)


@pytest.mark.parametrize("written", ["", "门口", "1204", "成都市中山路"])
def test_what_is_no_address(written: str) -> None:
    assert addresses.parse(written) is None


# The files of real systems


@with_data
@pytest.mark.parametrize(
    ("name", "units", "people", "buildings"),
    [
        ("hc_assets.xlsx", 9, 5, 13),
        ("owner_flat_sheet.xlsx", 1, 3, 1),
        ("condo_property_en.xlsx", 0, 0, 1),
    ],
)
def test_files_of_real_systems_import_once(
    world: World, name: str, units: int, people: int, buildings: int
) -> None:
    first = imported(world, io.BytesIO((TEMPLATES / name).read_bytes()))
    assert (first["units"]["created"], first["people"]["created"]) == (units, people)
    assert (first["buildings"], first["bad"]) == (buildings, 0)
    again = imported(world, io.BytesIO((TEMPLATES / name).read_bytes()))
    assert again["units"] == {"created": 0, "updated": 0, "unchanged": units}
    assert again["people"] == {"created": 0, "updated": 0, "unchanged": people}
    assert (again["buildings"], again["entrances"]) == (0, 0)


@with_data
def test_linked_sheets_join_by_number_and_say_who_is_absent(world: World) -> None:
    row = uploaded(world, io.BytesIO((TEMPLATES / "hc_assets.xlsx").read_bytes()))
    report = imports.preview(row, actor=world.desk, at=AT)
    assert [(p.line, p.column, p.code, p.value, p.notice) for p in report.problems] == [
        (7, "业主编号", "no_owner", "6", True),
        (8, "业主编号", "no_owner", "7", True),
        (9, "业主编号", "no_owner", "8", True),
    ]
    imports.apply(row, actor=world.desk, at=AT)
    home = Unit.objects.get(number="1011")
    assert (str(home), home.floor, str(home.area), home.use) == (
        "1 栋 1 单元 1011",
        1,
        "94.56",
        "home",
    )
    owner = Occupant.objects.get(unit=home)
    assert (owner.name, owner.phone, owner.relation) == ("吴某文", "+8618900000000", "owner")
    space = Unit.objects.get(number="C0001")
    assert (space.use, space.entrance.building.name) == ("parking", "停车场 1")


@with_data
def test_identity_numbers_are_not_even_in_the_kept_file(world: World) -> None:
    row = uploaded(world, io.BytesIO((TEMPLATES / "hc_assets.xlsx").read_bytes()))
    with row.file.open("rb") as file:
        kept = [cells for _s, _l, cells in store.rows(file, {"业主信息"})]
    assert kept[1] == [1, "吴某文", "男", 28, 18900000000, None, 1001, 1]
    assert [t.never_kept for t in imports.tables_of(row) if t.never_kept] == [["身份证号"]]


def test_an_identity_number_in_another_column_is_dropped(world: World) -> None:
    row = uploaded(world, csv("3 栋,2 单元,1,510704199612031234,,业主"))
    with row.file.open("rb") as file:
        kept = [cells for _s, _l, cells in store.rows(file, {"roster"})]
    assert "510704199612031234" not in json.dumps(kept)


@with_data
@pytest.mark.parametrize(
    "path",
    [
        *sorted((DATA / "bad-inputs" / "spreadsheets").glob("*.xlsx")),
        DATA / "bad-inputs" / "encodings" / "GB2312___mozilla_bug171813_text.html",
        DATA / "bad-inputs" / "encodings" / "Big5___ude_1.txt",
    ],
    ids=lambda path: path.name,
)
def test_bad_files_are_refused_and_nothing_is_kept(world: World, path: Path) -> None:
    with path.open("rb") as file, pytest.raises(Invalid) as refused:
        uploaded(world, file, "roster.csv")
    assert str(refused.value).endswith(".")
    assert RosterImport.objects.count() == 0


# Reading rows


def test_title_rows_above_and_remarks_beside_are_tolerated(world: World) -> None:
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["榕树郡业主花名册 2026"])
    sheet.append([])
    sheet.append(["姓名", "房号", "单元", "楼栋", None, "说明"])
    sheet.append(["张三", 301, 1, 8, None, "房号填数字"])
    sheet.append([None, None, None, None, None, "单元填数字"])
    book.save(file)
    assert imported(world, file)["people"]["created"] == 1
    assert standing(world) == [("8 栋 1 单元 301", "张三", "")]


def test_serial_dates_codes_joined_values_and_shares(world: World) -> None:
    file = csv(
        "8-1-301,张三#李四,13800000001#13800000002,1001,50%,42370",
        "8-1-302,王五,,租户,,2026年6月10日",
        header="位置,姓名,电话,业主类型,产权比例,入住时间",
    )
    assert imported(world, file)["bad"] == 0
    rows = {o.name: o for o in Occupant.objects.filter(user=None)}
    assert {n: (o.relation, o.share, o.from_date) for n, o in rows.items()} == {
        "张三": ("owner", 50, date(2016, 1, 1)),
        "李四": ("co_owner", 50, date(2016, 1, 1)),
        "王五": ("tenant", None, date(2026, 6, 10)),
    }


def test_every_bad_row_is_named_with_line_column_and_cure(world: World) -> None:
    _row, report = previewed(
        world,
        csv(
            "3 栋,2 单元,501,张三,138****0000,业主",
            "3 栋,2 单元,502,李四,12345,业主",
            "3 栋,2 单元,,王五,,业主",
            ",2 单元,503,赵六,,业主",
            "3 栋,2 单元,504,,13800000001,业主",
            "3 栋,2 单元,505,钱七,,房东的朋友",
            f"3 栋,2 单元,506,{'长' * 61},,业主",
            "3 栋,2 单元,507,好,13800000001,业主",
        ),
    )
    assert wrong(report) == [
        (2, "电话", "phone_masked"),
        (3, "电话", "phone"),
        (4, "房号", "no_number"),
        (5, "楼栋", "no_building"),
        (6, "姓名", "no_name"),
        (7, "业主类型", "relation"),
        (8, "姓名", "too_long"),
    ]
    assert all(p.what.endswith(".") and p.cure for p in report.problems)
    assert (report.bad, report.people["created"]) == (7, 1)


def test_a_preview_writes_nothing(world: World) -> None:
    before = (Building.objects.count(), Unit.objects.count(), Occupant.objects.count())
    row, report = previewed(world, csv("9,1,101,张三,13800000001,业主"))
    assert (report.buildings, report.units["created"], row.status) == (1, 1, "preview")
    assert (Building.objects.count(), Unit.objects.count(), Occupant.objects.count()) == before


def test_all_or_nothing_unless_good_rows_are_asked_for(world: World) -> None:
    rows = ("9,1,101,张三,13800000001,业主", "9,1,102,李四,1,业主")
    row, _report = previewed(world, csv(*rows))
    with pytest.raises(Invalid):
        imports.apply(row, actor=world.desk, at=AT)
    assert (RosterImport.objects.get().status, standing(world)) == ("preview", [])
    imports.apply(row, actor=world.desk, at=AT, good_rows=True)
    assert standing(world) == [("9 栋 1 单元 101", "张三", "+8613800000001")]
    with pytest.raises(WrongState):
        imports.apply(row, actor=world.desk, at=AT, good_rows=True)
    codes = Entry.objects.for_row(row).values_list("code", flat=True)
    assert list(codes) == ["estates.roster.upload", "estates.roster.apply"]


def test_again_updates_and_never_doubles(world: World) -> None:
    imported(world, csv("3,2,501,张三,13800000001,业主", "3栋,2单元,502,李四,,业主"))
    counts = imported(
        world, csv("三栋,二单元,501室,张三,13900000001,", "3号楼,2,502,李四,13900000002,租户")
    )
    assert counts["people"] == {"created": 0, "updated": 2, "unchanged": 0}
    assert counts["units"] == {"created": 0, "updated": 0, "unchanged": 2}
    assert (counts["buildings"], counts["entrances"]) == (0, 0)
    assert standing(world) == [
        ("3 栋 2 单元 501", "张三", "+8613900000001"),
        ("3 栋 2 单元 502", "李四", "+8613900000002"),
    ]


def test_an_empty_cell_erases_nothing(world: World) -> None:
    imported(world, csv("3,2,501,张三,13800000001,租户"))
    counts = imported(world, csv("3,2,501,张三,,"))
    assert counts["people"] == {"created": 0, "updated": 0, "unchanged": 1}
    occupant = Occupant.objects.get(name="张三")
    assert (occupant.phone, occupant.relation) == ("+8613800000001", "tenant")


def test_rows_that_contradict_one_another_change_nothing_the_second_time(world: World) -> None:
    def file() -> io.BytesIO:
        return csv("3,2,501,甲,90", "3,2,501,乙,91", header="楼栋,单元,房号,姓名,面积")

    row, report = previewed(world, file())
    assert [(p.line, p.code, p.notice) for p in report.problems] == [(3, "differs", True)]
    imports.apply(row, actor=world.desk, at=AT)
    assert imported(world, file())["units"] == {"created": 0, "updated": 0, "unchanged": 1}
    assert str(Unit.objects.get(number="501").area) == "90.00"


def test_who_is_no_longer_in_the_file_is_listed_and_ended_only_if_asked(world: World) -> None:
    imported(world, csv("3,2,501,张三,,业主", "3,2,501,租客甲,,租户", "3,2,502,李四,,业主"))
    file = csv("3,2,501,新业主,,业主")
    row, report = previewed(world, file)
    gone = Occupant.objects.get(name="张三")
    assert report.missing == [gone.pk]
    imports.apply(row, actor=world.desk, at=AT)
    gone.refresh_from_db()
    assert gone.to_date is None
    counts = imported(world, csv("3,2,501,新业主,,业主"), end_missing=True)
    gone.refresh_from_db()
    assert (counts["ended"], gone.to_date) == (1, timezone.localdate(AT))


def test_a_claimed_row_stays_claimed(world: World) -> None:
    Occupant.objects.filter(user=world.resident).update(name="林女士", phone="+8613800000001")
    imported(world, csv("3,2,1204,林女士,13800000009,业主"))
    occupant = Occupant.objects.get(user=world.resident)
    assert (occupant.phone, occupant.to_date) == ("+8613800000009", None)


def test_a_row_without_entrance_goes_where_the_room_is(world: World) -> None:
    make.make_unit(world.court, "3 栋", "1 单元", "101")
    make.make_unit(world.court, "3 栋", "2 单元", "101")
    _row, report = previewed(world, csv("3-1204,甲", "3-101,乙", "3-999,丙", header="位置,姓名"))
    assert [(p.line, p.code, p.notice) for p in report.problems] == [
        (3, "no_entrance", False),
        (4, "nameless_entrance", True),
    ]
    assert (report.units["unchanged"], report.units["created"], report.entrances) == (1, 1, 1)
    assert [p.where for p in report.problems] == ["entrance", "entrance"]


CONTROL = re.compile(r"[\x00-\x1f\x7f#、]")


def naughty() -> list[str]:
    texts = (
        json.loads((DATA / "bad-inputs" / "blns.json").read_text("utf-8")) if DATA.exists() else []
    )
    return [t for t in texts if 0 < len(t.strip()) <= 60 and not CONTROL.search(t)]


def test_naughty_names_are_kept_or_refused_and_shown_unharmed(world: World, as_: SignIn) -> None:
    names = ["<script>alert(1)</script>", "'; DROP TABLE estates_unit;--", *naughty()]
    file = io.StringIO()
    writer = csv_writer(file)
    writer.writerow(["位置", "姓名"])
    writer.writerows([f"8-1-{index + 100}", name] for index, name in enumerate(names))
    counts = imported(world, io.BytesIO(file.getvalue().encode()), good_rows=True)
    assert counts["people"]["created"] >= len(names) * 0.9
    page = as_(world.desk).get(reverse("estates:occupants"), {"q": "script>alert"})
    assert b"<script>alert" not in page.content
    assert page.status_code == 200
    export = as_(world.desk).get(reverse("estates:occupants"), {"export": "csv"})
    cells = export.getvalue().decode("utf-8-sig")
    assert not [line for line in cells.splitlines() if line.startswith(("=", "+", "@"))]


# Who may, and the pages


@pytest.mark.parametrize("who", ["technician", "resident", "outsider"])
def test_others_may_not_import(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        imports.upload(world.court, csv("3,2,1,a,,"), "a.csv", actor=getattr(world, who), at=AT)
    row = uploaded(world, csv("3,2,1,a,,"))
    for verb in (imports.preview, imports.apply, imports.discard):
        with pytest.raises(NotAllowed):
            verb(row, actor=getattr(world, who), at=AT)


def test_from_upload_to_import_by_pages(world: World, as_: SignIn) -> None:
    desk = as_(world.desk)
    data = csv("9,1,101,张三,13800000001,1", "9,1,102,李四,xx,2", header="栋,门,房号,谁,电话,备注")
    file = SimpleUploadedFile("名册.csv", data.getvalue())
    sent = desk.post(reverse("estates:roster"), {"estate": world.court.pk, "file": file})
    row = RosterImport.objects.get()
    asks = reverse("estates:roster-columns", args=[row.pk])
    assert (sent.status_code, sent["Location"], row.name) == (302, asks, "名册.csv")
    form = desk.get(asks).context["form"]
    guessed = {f.label: f.initial for n, f in form.fields.items() if n != "building"}
    assert guessed == {
        "栋": "building",
        "门": "",
        "房号": "number",
        "谁": "",
        "电话": "phone",
        "备注": "",
    }
    chosen = {"0-0": "building", "0-1": "entrance", "0-2": "number", "0-4": "phone"}
    twice = desk.post(asks, {**chosen, "0-3": "building"})
    assert (twice.status_code, b"chosen for two columns" in twice.content) == (422, True)
    shown = desk.post(asks, {**chosen, "0-3": "name"}, follow=True)
    assert shown.context["row"].counts["bad"] == 1
    assert "11 digits" in shown.content.decode()

    rejected = desk.get(reverse("estates:roster-rejected", args=[row.pk]))
    content = rejected.getvalue()
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0] == ("栋", "门", "房号", "谁", "电话", "备注", "line", "error")
    assert (lines[1][:7], len(lines)) == (("9", "1", "102", "李四", "xx", "2", 3), 2)

    url = reverse("estates:apply-roster", args=[row.pk])
    assert desk.get(url)["Location"] == row.get_absolute_url()
    assert standing(world) == []
    assert desk.post(url, {"rows": "all"}).status_code == 400
    assert desk.post(url, {"rows": "good"}).status_code == 302
    assert desk.post(url, {"rows": "good"}).status_code == 409
    assert standing(world) == [("9 栋 1 单元 101", "张三", "+8613800000001")]


def test_pages_of_an_import_are_invisible_to_others(world: World, as_: SignIn) -> None:
    row = uploaded(world, csv("9,1,101,张三,13800000001,业主"))
    pages = ("roster-import", "roster-columns", "roster-rejected")
    for who in ("outsider", "resident", "technician"):
        client = as_(getattr(world, who))
        statuses = [client.get(reverse(f"estates:{p}", args=[row.pk])).status_code for p in pages]
        assert statuses == [404, 404, 404]


def test_a_bad_file_keeps_the_page_and_says_why(world: World, as_: SignIn) -> None:
    file = SimpleUploadedFile("roster.csv", b"<html><table>")
    sent = as_(world.desk).post(reverse("estates:roster"), {"estate": world.court.pk, "file": file})
    assert sent.status_code == 422
    assert "This is a web page" in sent.content.decode()


def test_a_small_workbook_that_expands_without_end_is_refused(world: World, as_: SignIn) -> None:
    strings = f"<si><t>房号</t></si><si><t>{'A' * 2**20}</t></si>"
    rows = '<row><c t="s"><v>0</v></c></row>' + '<row><c t="s"><v>1</v></c></row>' * 12_000
    data = by_hand(rows, strings).getvalue()
    assert len(data) < 120_000
    file = SimpleUploadedFile("roster.xlsx", data)
    sent = as_(world.desk).post(reverse("estates:roster"), {"estate": world.court.pk, "file": file})
    assert sent.status_code == 422
    assert sent.context["form"].errors["file"] == [
        "A cell of line 2 holds more than 32,767 characters. Shorten it."
    ]
    assert RosterImport.objects.count() == 0


def late(looks: int) -> Deadline:
    """Each look at the clock finds it a second later."""
    return Deadline(looks, count().__next__)


def test_each_step_ends_when_its_time_is_over(world: World) -> None:
    rows = [f"9,1,{number},张三,,业主" for number in range(100)]
    sentence = "The work on this file takes too long. Split it, by building for example."
    with pytest.raises(Invalid) as refused:
        imports.upload(world.court, csv(*rows), "a.csv", actor=world.desk, at=AT, deadline=late(50))
    assert (str(refused.value), RosterImport.objects.count()) == (sentence, 0)
    row = uploaded(world, csv(*rows))
    for verb in (imports.preview, imports.apply):
        with pytest.raises(Invalid) as refused:
            verb(row, actor=world.desk, at=AT, deadline=late(50))
        assert str(refused.value) == sentence
    row.refresh_from_db()
    assert (row.status, row.counts, standing(world)) == ("preview", {}, [])
    imports.preview(row, actor=world.desk, at=AT, deadline=late(1000))
    assert row.counts["people"]["created"] == 100


def test_one_row_cannot_fill_a_house(world: World) -> None:
    fifty, more = "#".join(["张"] * 50), "#".join(["张"] * 51)
    _row, report = previewed(
        world,
        csv(f"9,1,101,{fifty},,业主", f"9,1,102,{more},,业主", f"9,1,103,李四,{'1' * 900},业主"),
    )
    assert [(p.line, p.code, len(p.value)) for p in report.problems] == [
        (3, "crowd", 2),
        (4, "phone", 80),
    ]


def test_a_number_that_everybody_shares_fills_no_home(world: World) -> None:
    book, file = Workbook(), io.BytesIO()
    homes = book.active
    assert homes is not None
    for cells in (["楼栋", "单元", "房号", "业主编号"], [9, 1, 101, "1"], [9, 1, 102, "2"]):
        homes.append(cells)
    people = book.create_sheet("people")
    people.append(["业主编号", "姓名"])
    for number in range(51):
        people.append(["1", f"张{number}"])
    people.append(["2", "李四"])
    book.save(file)
    _row, report = previewed(world, file)
    assert wrong(report) == [(2, "业主编号", "crowd")]
    assert report.people["created"] == 1


@pytest.mark.parametrize("sign", ["(", "[", "1"])
def test_cells_of_one_sign_take_no_time(world: World, sign: str) -> None:
    cell = sign * 32_000
    began = time.process_time()
    assert columns.guess(cell) is None
    _row, report = previewed(world, csv(f"{cell},张三", header="位置,姓名"))
    assert wrong(report) == [(2, "位置", "too_long")]
    assert time.process_time() - began < 2


def test_discarding_deletes_the_kept_rows(world: World) -> None:
    row = uploaded(world, csv("9,1,101,张三,13800000001,业主"))
    storage, name = row.file.storage, row.file.name
    imports.discard(row, actor=world.desk, at=AT)
    assert not storage.exists(name)
    assert RosterImport.objects.get().file.name == ""


def test_kept_rows_are_forgotten_after_a_month(world: World) -> None:
    row = uploaded(world, csv("9,1,101,张三,1,业主"))
    assert imports.forget_old(at=AT) == 0
    assert imports.forget_old(at=AT + imports.KEPT_FOR * 2) == 1
    assert imports.forget_old(at=AT + imports.KEPT_FOR * 2) == 0
    row.refresh_from_db()
    assert not row.file


# The command


def run(path: Path, *flags: str) -> str:
    out = io.StringIO()
    call_command("import_roster", str(path), "--estate", "court", *flags, stdout=out)
    return out.getvalue()


def test_command_imports_and_reports(world: World, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv("9,1,101,张三,13800000001,业主", "9,1,102,李四,12,业主").getvalue())
    with pytest.raises(CommandError, match="1 row is wrong"):
        run(path)
    assert standing(world) == []
    with pytest.raises(CommandError):
        run(path, "--dry-run")
    said = run(path, "--good-rows")
    assert "a:3 [电话] “12” error: This is not a phone number." in said
    assert "Homes: 1 new" in said
    assert standing(world) == [("9 栋 1 单元 101", "张三", "+8613800000001")]
    assert Entrance.objects.filter(building__name="9 栋").count() == 1


def test_command_refuses_with_a_sentence(world: World, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"<html>")
    with pytest.raises(CommandError, match="web page"):
        run(path)
    with pytest.raises(CommandError, match="court"):
        call_command("import_roster", str(path), estate="nowhere")
