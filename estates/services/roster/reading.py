"""From cells to homes and people; whatever makes no sense becomes a Problem."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from common import phones
from common.written import folded, key, visible, with_digits
from estates.models import Relation, Unit
from estates.services.roster import addresses
from estates.services.roster.columns import Column, Table
from estates.services.roster.problems import BadCell, Problem

Cells = dict[str, Any]

EXCEL_EPOCH = date(1899, 12, 30)
# A row that names thousands, or a number that thousands share, would multiply without end.
MAX_PEOPLE = 50
# Of a wrong value, in characters.
SHOWN = 80
# Of the name of a building, an entrance or a room.
NAME_LENGTH = 30
# All but tabs and ends of lines, at which cells are parted.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

RELATIONS = {
    Relation.OWNER: "owner 业主 户主 产权人 房主 1001 本人",
    Relation.CO_OWNER: "co-owner coowner 共有人 共有 共同产权人",
    Relation.TENANT: "tenant 租户 租客 房屋租客 承租人 租住 1003",
    Relation.FAMILY: "family 家庭成员 家属 家人 配偶 子女 父母 儿子 女儿 妻子 丈夫 母亲 父亲 1002",
}
USES = {
    Unit.Use.HOME: "home flat apartment 住宅 住房 宿舍 110 119 1010301",
    Unit.Use.SHOP: "shop commercial 商铺 商业 门面 2020602",
    Unit.Use.OFFICE: "office 办公 办公室 写字楼 120 2020702",
    Unit.Use.PARKING: "parking 车位 停车位 车库 2020902",
    Unit.Use.STORAGE: "storage warehouse 储物间 储藏室 杂物间 128",
    Unit.Use.OTHER: "other 其他 其它 学校 2020802",
}
STATES = {
    Unit.State.LIVED_IN: "livedin lived-in occupied 入住 已入住 自住 在住 2001",
    Unit.State.LET: "let rented 出租 已出租 2006",
    Unit.State.EMPTY: "empty vacant 空置 空闲 未入住 空房 2002 2004 2008",
    Unit.State.DECORATING: "decorating beingdecorated 装修 装修中 2009",
    Unit.State.UNKNOWN: "unknown 未知 已交房 已售 已出售 已装修 2003 2005 2007",
}


def _words(choices: dict[Any, str]) -> dict[str, str]:
    return {word: str(value) for value, words in choices.items() for word in words.split()}


WORDS = {
    Column.RELATION: _words(RELATIONS),
    Column.USE: _words(USES),
    Column.STATE: _words(STATES),
}


@dataclass(slots=True)
class Person:
    name: str
    phone: str = ""
    relation: str = ""
    share: Decimal | None = None
    from_date: date | None = None
    to_date: date | None = None


@dataclass(slots=True)
class Home:
    """One row: where, what is said of the home (None: nothing), and who lives there."""

    sheet: str
    line: int
    address: addresses.Address
    values: dict[str, Any] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)


@dataclass(slots=True)
class House:
    """A row about a building rather than a home."""

    sheet: str
    line: int
    building: str
    entrances: list[str]
    floors: int | None


# Cells


def text(value: object, column: str = "", limit: int = 0) -> str:
    """Plain text: numbers without .0, no signs that cannot be seen."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    clean = CONTROL.sub("", visible(str(value))).strip()
    return _short(clean, column, limit)


def place(value: object, column: str, limit: int = NAME_LENGTH) -> str:
    """The name or number of a place, as it will be stored."""
    return _short(key(text(value)), column, limit)


def _short(clean: str, column: str, limit: int) -> str:
    if limit and len(clean) > limit:
        raise BadCell("too_long", column, clean[:40])
    return clean


def whole(value: object, column: str, code: str, low: int, high: int) -> int | None:
    plain = re.sub("[层楼f]$", "", with_digits(folded(text(value))))
    if not plain:
        return None
    if not re.fullmatch(r"-?\d{1,6}", plain) or not low <= int(plain) <= high:
        raise BadCell(code, column, plain)
    return int(plain)


def amount(value: object, column: str, high: int) -> Decimal | None:
    plain = re.sub(r"(m2|平方米|平米|平|%|,|\s)", "", folded(text(value)))
    if not plain:
        return None
    try:
        number = Decimal(plain).quantize(Decimal("0.01"))
        possible = 0 <= number <= high  # to ask this of “nan” is an error, too
    except InvalidOperation as error:
        raise BadCell(column, column, plain) from error
    if not possible:
        raise BadCell(column, column, plain)
    return number


def day(value: object, column: str) -> date | None:
    """2026-06-10, 2026/6/10, 2026年6月10日, 20260610, or Excel's count of days (42370)."""
    plain = key(text(value))
    if not plain:
        return None
    if re.fullmatch(r"\d{5}(\.\d+)?", plain):
        return EXCEL_EPOCH + timedelta(days=int(plain.split(".")[0]))
    match = re.match(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T\s]|$)", plain)
    try:
        return date(*(int(part) for part in match.groups())) if match else _no_day(plain, column)
    except ValueError as error:
        raise BadCell("date", column, plain) from error


def _no_day(plain: str, column: str) -> date:
    raise BadCell("date", column, plain)


def choice(value: object, column: Column) -> str:
    """The word, a code of other systems, or our own value."""
    plain = re.sub(r"[\s_]+", "", folded(text(value)))
    if not plain:
        return ""
    if plain not in WORDS[column]:
        raise BadCell(column.value, column, plain)
    return WORDS[column][plain]


def phone(value: object, column: str = Column.PHONE) -> str:
    if not text(value):
        return ""
    try:
        return phones.normalise(value)
    except phones.BadPhone as error:
        raise BadCell(error.code, column, text(value)) from error


# Rows


def people(cells: Cells) -> list[Person]:
    """The people of a row; a cell may hold several, joined by # or 、."""
    names = [text(n, Column.NAME, 60) for n in _parts(cells.get(Column.NAME))]
    numbers = phones.split(cells.get(Column.PHONE) or "") or phones.split(
        cells.get(Column.PHONE_2) or ""
    )
    if not names:
        if numbers:
            raise BadCell("no_name", Column.NAME)
        return []
    if len(names) > MAX_PEOPLE:
        raise BadCell("crowd", Column.NAME, len(names))
    if len(names) > 1 and len(numbers) not in (0, len(names)):
        raise BadCell("people", Column.PHONE, text(cells.get(Column.PHONE)))
    shared = _about_person(cells)
    found = [
        Person(name, phone(numbers[index]) if index < len(numbers) else "", *shared)
        for index, name in enumerate(names)
    ]
    for other in found[1:]:
        if other.relation in ("", Relation.OWNER):
            other.relation = Relation.CO_OWNER
    return found


def _about_person(cells: Cells) -> tuple[str, Decimal | None, date | None, date | None]:
    from_date = day(cells.get(Column.FROM), Column.FROM)
    to_date = day(cells.get(Column.TO), Column.TO)
    if from_date and to_date and from_date > to_date:
        raise BadCell("dates", Column.TO, to_date.isoformat())
    relation = choice(cells.get(Column.RELATION), Column.RELATION)
    return relation, amount(cells.get(Column.SHARE), Column.SHARE, 100), from_date, to_date


def _parts(value: object) -> list[str]:
    """Only where every part is something: a name may hold a lone # as well."""
    plain = text(value)
    parts = [part.strip() for part in re.split(r"[#、\n]", plain)]
    return parts if all(parts) else [plain] if plain else []


def keys(value: object) -> list[str]:
    parts = [key(part) for part in text(value).split("#")]
    return [part for part in parts if part not in ("", "0")]


def address(cells: Cells, default_building: str) -> addresses.Address:
    """From columns of their own, or taken apart from one cell."""
    if position := text(cells.get(Column.POSITION), Column.POSITION, 200):
        return _taken_apart(position, Column.POSITION)
    number = place(cells.get(Column.NUMBER), Column.NUMBER)
    if not number:
        raise BadCell("no_number", Column.NUMBER)
    building = place(text(cells.get(Column.BUILDING)) or default_building, Column.BUILDING)
    if not building:
        if parsed := addresses.parse(number):
            return _storable(parsed, Column.NUMBER)
        raise BadCell("no_building", Column.BUILDING)
    entrance = place(cells.get(Column.ENTRANCE), Column.ENTRANCE)
    return addresses.Address(building, entrance, addresses.number_name(number))


def _taken_apart(position: str, column: str) -> addresses.Address:
    parsed = addresses.parse(position)
    if parsed is None:
        raise BadCell("position", column, position[:60])
    return _storable(parsed, column)


def _storable(parsed: addresses.Address, column: str) -> addresses.Address:
    for name in (parsed.building, parsed.entrance, parsed.number):
        _short(name, column, NAME_LENGTH)
    if parsed.floor is not None and not -9 <= parsed.floor <= 200:
        raise BadCell("floor", column, parsed.floor)
    return parsed


def home(sheet: str, line: int, cells: Cells, default_building: str) -> Home:
    where = address(cells, default_building)
    floor = whole(cells.get(Column.FLOOR), Column.FLOOR, "floor", -9, 200)
    values = {
        "floor": where.floor if floor is None else floor,
        "area": amount(cells.get(Column.AREA), Column.AREA, 999_999),
        "use": choice(cells.get(Column.USE), Column.USE) or None,
        "state": choice(cells.get(Column.STATE), Column.STATE) or None,
    }
    return Home(sheet, line, where, {k: v for k, v in values.items() if v is not None})


def space(sheet: str, line: int, cells: Cells) -> Home:
    """A parking space: a unit of a building that is the car park."""
    number = place(cells.get(Column.SPACE), Column.SPACE)
    if not number:
        raise BadCell("no_number", Column.SPACE)
    park = place(cells.get(Column.PARK), Column.PARK, 20)
    name = f"停车场 {park}".strip() if len(park) < 5 else park
    values: dict[str, Any] = {"use": Unit.Use.PARKING.value}
    if area := amount(cells.get(Column.AREA), Column.AREA, 999_999):
        values["area"] = area
    return Home(sheet, line, addresses.Address(name, "", number), values)


def house(sheet: str, line: int, cells: Cells) -> House:
    building = place(cells.get(Column.BUILDING), Column.BUILDING)
    if not building:
        raise BadCell("no_building", Column.BUILDING)
    entrance = place(cells.get(Column.ENTRANCE), Column.ENTRANCE)
    count = whole(cells.get(Column.ENTRANCES), Column.ENTRANCES, "count", 1, 200)
    floors = whole(cells.get(Column.FLOORS), Column.FLOORS, "count", 1, 200)
    entrances = [entrance] if entrance else [str(n) for n in range(1, (count or 0) + 1)]
    return House(sheet, line, building, entrances, floors)


class Reader:
    """Reads the rows of all tables; `problems` fills while `read` is walked."""

    def __init__(self, tables: Iterable[Table], default_building: str = "") -> None:
        self.tables = {table.title: table for table in tables if table.holds}
        self.default_building = default_building
        self.problems: list[Problem] = []
        self.owners: dict[str, list[Person]] = {}
        self.count = 0

    @property
    def names_people(self) -> bool:
        return any(table.has(Column.NAME) for table in self.tables.values())

    def sheets(self, *kinds: str) -> set[str]:
        return {title for title, table in self.tables.items() if table.holds in kinds}

    def learn_people(self, rows: Iterable[tuple[str, int, list[Any]]]) -> None:
        """The sheet of people, whom the sheet of homes names by number."""
        for sheet, line, cells in rows:
            named = self._named(sheet, line, cells)
            if named and (found := self._try(sheet, line, people, named)):
                for number in keys(named.get(Column.OWNER_KEY)):
                    self.owners.setdefault(number, []).extend(found)

    def read(self, rows: Iterable[tuple[str, int, list[Any]]]) -> Iterator[Home | House]:
        for sheet, line, cells in rows:
            named = self._named(sheet, line, cells)
            if not named:
                continue
            self.count += 1
            row = self._try(sheet, line, self._row, sheet, line, named)
            if row is not None:
                yield row

    def _named(self, sheet: str, line: int, cells: list[Any]) -> Cells:
        """Cells by column; nothing of rows above the data, and of remarks beside or under it."""
        table = self.tables[sheet]
        if line <= table.header_line:
            return {}
        named = {c: cells[i] for i, c in table.columns.items() if i < len(cells)}
        return named if any(text(value) for value in named.values()) else {}

    def _row(self, sheet: str, line: int, cells: Cells) -> Home | House:
        holds = self.tables[sheet].holds
        if holds == "buildings":
            return house(sheet, line, cells)
        if holds == "parking":
            row = space(sheet, line, cells)
        else:
            row = home(sheet, line, cells, self.default_building)
        row.people = people(cells) + self._owners(sheet, line, cells)
        return row

    def _owners(self, sheet: str, line: int, cells: Cells) -> list[Person]:
        if not self.sheets("people"):
            return []
        found: list[Person] = []
        for number in keys(cells.get(Column.OWNER_KEY)):
            if number in self.owners:
                found += self.owners[number]
                if len(found) > MAX_PEOPLE:
                    raise BadCell("crowd", Column.OWNER_KEY, number)
            else:
                self.notice(sheet, line, Column.OWNER_KEY, "no_owner", number)
        return found

    def _try(self, sheet: str, line: int, make: Callable[..., Any], *args: Any) -> Any:
        try:
            return make(*args)
        except BadCell as bad:
            self.bad(sheet, line, bad)
            return None

    def bad(self, sheet: str, line: int, bad: BadCell) -> None:
        header = self.header(sheet, bad.column)
        self.problems.append(Problem(sheet, line, header, bad.code, text(bad.value)[:SHOWN]))

    def notice(self, sheet: str, line: int, column: str, code: str, value: object = "") -> None:
        header = self.header(sheet, column)
        shown = text(value)[:SHOWN]
        self.problems.append(Problem(sheet, line, header, code, shown, notice=True))

    def header(self, sheet: str, column: str) -> str:
        """The column as the file calls it, else as we do."""
        table = self.tables[sheet]
        for index, name in table.columns.items():
            if name == column and index < len(table.headers):
                return table.headers[index]
        return column
