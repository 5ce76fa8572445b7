"""What may be wrong with a row, and the cure; stored as codes, read in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estates.services.roster.columns import Column

SENTENCES: dict[str, tuple[str | Promise, str | Promise]] = {
    "no_building": (
        _("There is no building."),
        _("Fill in the building in every row; unmerge cells that span several rows."),
    ),
    "nameless_entrance": (
        _("The building has several entrances and the row names none; it stands without one."),
        _("Fill in the entrance, or write the address like 3-2-1204."),
    ),
    "no_entrance": (
        _("Several entrances of the building have this room and the row names none."),
        _("Fill in the entrance, or write the address like 3-2-1204."),
    ),
    "no_number": (_("There is no room number."), _("Fill in the room number.")),
    "position": (
        _("The address cannot be taken apart."),
        _("Write it like 3-2-1204 or 3栋2单元1204."),
    ),
    "too_long": (_("The text is too long."), _("Shorten it.")),
    "floor": (_("The floor is not a whole number."), _("Write the floor as a number, e.g. 12.")),
    "area": (
        _("The area is not a number between 0 and 999,999."),
        _("Write square metres as a number, e.g. 89.5."),
    ),
    "use": (
        _("This use is unknown."),
        _("Write home, shop, office, parking, storage or other."),
    ),
    "state": (
        _("This state of a home is unknown."),
        _("Write lived in, let, empty or being decorated, or leave it empty."),
    ),
    "relation": (
        _("This relation is unknown."),
        _("Write owner, co-owner, tenant or family."),
    ),
    "share": (_("The share is not between 0 and 100."), _("Write a percentage, e.g. 50.")),
    "phone": (
        _("This is not a phone number."),
        _("Write 11 digits, or a landline with area code such as 028-85551234; or leave it empty."),
    ),
    "phone_masked": (
        _("Part of the phone number is hidden."),
        _("Export the file with full numbers, or leave the cell empty."),
    ),
    "date": (_("This is not a date."), _("Write it like 2026-06-10.")),
    "dates": (_("The first day is after the last."), _("Swap or correct the two days.")),
    "no_name": (
        _("There is a phone number but no name."),
        _("Fill in the name, or empty the phone."),
    ),
    "people": (
        _("Names and phone numbers of this cell do not match in count."),
        _("Write as many phone numbers as names, or one person per row."),
    ),
    "crowd": (
        _("More than 50 people would live in one home."),
        _("Write the people of each home in its own row."),
    ),
    "count": (_("This is not a whole number from 1 to 200."), _("Write the number alone.")),
    "no_owner": (
        _("The sheet of people has nobody of this number; the home is taken without its owner."),
        _("Add the person, or correct the number."),
    ),
    "differs": (
        _("Another row of the file says something else about this home; the first one counts."),
        _("Correct the row that is wrong."),
    ),
}


@dataclass(frozen=True)
class Problem:
    """A bad row is not taken; a notice is taken all the same."""

    sheet: str
    line: int
    column: str
    code: str
    value: str = ""
    notice: bool = False

    @property
    def where(self) -> str:
        """The header in the file, or what a column that it lacks is called."""
        return str(dict(Column.choices).get(self.column, self.column))

    @property
    def what(self) -> str:
        return str(SENTENCES[self.code][0])

    @property
    def cure(self) -> str:
        return str(SENTENCES[self.code][1])

    def to_json(self) -> list[Any]:
        return [self.sheet, self.line, self.column, self.code, self.value, self.notice]


class BadCell(ValueError):
    """One cell of a row makes no sense."""

    def __init__(self, code: str, column: str, value: object = "") -> None:
        super().__init__(code)
        self.code, self.column, self.value = code, column, value


def zero() -> dict[str, int]:
    return {"created": 0, "updated": 0, "unchanged": 0}


@dataclass
class Report:
    """What an import did, or would do."""

    buildings: int = 0
    entrances: int = 0
    rows: int = 0
    units: dict[str, int] = field(default_factory=zero)
    people: dict[str, int] = field(default_factory=zero)
    ended: int = 0
    problems: list[Problem] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)

    @property
    def bad(self) -> int:
        """Rows that are not taken; a row may have several things wrong."""
        return len({(p.sheet, p.line) for p in self.problems if not p.notice})

    def counts(self) -> dict[str, Any]:
        named = ("buildings", "entrances", "rows", "units", "people", "ended", "bad")
        return {**{n: getattr(self, n) for n in named}, "missing": len(self.missing)}
