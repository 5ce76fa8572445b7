"""The official days off: as they were announced, and never over what somebody has written."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from estates.models import Workday
from estates.services import workdays

DATA = Path(__file__).parents[2].parent / "shared/data/festival-calendars"


@pytest.mark.skipif(not DATA.exists(), reason="the real calendars are not here")
@pytest.mark.parametrize("year", sorted(workdays.OFFICIAL))
def test_they_are_the_days_that_were_announced(year: int) -> None:
    said = json.loads((DATA / f"holiday_cn_{year}.json").read_text())
    found = {(row.day.isoformat(), not row.is_workday) for row in workdays.official(year)}
    assert found == {(one["date"], one["isOffDay"]) for one in said["days"]}
    assert workdays.OFFICIAL[year][0] in said["papers"]


@pytest.mark.django_db
def test_a_year_that_somebody_has_begun_is_left_alone() -> None:
    Workday.objects.create(day=date(2025, 1, 1), is_workday=True, name="我们上班")
    for _ in range(2):
        call_command("seed_workdays")
    years = [day.year for day in Workday.objects.values_list("day", flat=True)]
    assert {year: years.count(year) for year in (2024, 2025, 2026)} == {2024: 36, 2025: 1, 2026: 39}
    assert Workday.objects.get(day=date(2026, 10, 10)).is_workday
    assert not Workday.objects.get(day=date(2026, 10, 7)).is_workday
