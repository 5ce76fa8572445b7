from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from audit.models import Entry
from common import personal
from common.personal import Held

As = Callable[[User | None], Client]


def test_download_holds_what_is_known(as_: As, lin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        personal,
        "_held",
        {
            "accounts": personal.held()["accounts"],
            "homes": Held(lambda user: [user.username], print),
        },
    )
    answer = as_(lin).post("/accounts/export/")
    assert answer["Content-Disposition"].startswith('attachment; filename="banyan-')
    assert answer["Cache-Control"] == "no-store"
    data = answer.json()
    assert list(data) == ["accounts", "homes"]
    assert data["homes"] == ["lin"]
    assert (data["accounts"]["display_name"], data["accounts"]["phone"]) == (
        "林秀英",
        "+8613812342207",
    )
    assert "林秀英" in answer.content.decode()
    assert Entry.objects.for_row(lin).get().code == "accounts.export"


def test_nobody_downloads_nothing(as_: As, db: None) -> None:
    assert as_(None).post("/accounts/export/").status_code == 302
