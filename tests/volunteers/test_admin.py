"""The administrator's door: every noun is listed and opened, and nothing is written by hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.people import World
from tests.volunteers.test_api import all_rows
from volunteers.models import ShiftSeries

MODELS = (
    *("team", "membership", "qualification", "shiftseries", "shift"),
    *("entry", "swap", "hourline", "certificate"),
)


def rows(world: World, n: int = 0) -> dict[str, Any]:
    made = all_rows(world, n)
    now = timezone.localtime()
    series = ShiftSeries.objects.create(
        team=world.team, rule="FREQ=DAILY", starts_on=now.date(), time=now.time()
    )
    return {
        "team": made["teams"],
        "membership": made["memberships"],
        "qualification": made["qualifications"],
        "shiftseries": series,
        "shift": made["shifts"],
        "entry": made["entries"],
        "swap": made["swaps"],
        "hourline": made["hours"],
        "certificate": made["certificates"],
    }


@pytest.mark.parametrize("model", MODELS)
def test_lists_and_rows_open(world: World, as_: Any, model: str) -> None:
    """The list costs the same for one row and three."""
    client, row = as_(world.admin), rows(world)[model]
    address = reverse(f"admin:volunteers_{model}_changelist")

    def queries() -> int:
        assert client.get(address).status_code == 200
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        return len(found)

    one = queries()
    change = reverse(f"admin:volunteers_{model}_change", args=[row.pk])
    assert client.get(change).status_code == 200
    for n in (1, 2):
        rows(world, n)
    assert queries() == one
    add = client.get(reverse(f"admin:volunteers_{model}_add"))
    assert add.status_code == (200 if model == "team" else 403)
    assert client.get(f"{address}?q=x").status_code == 200
