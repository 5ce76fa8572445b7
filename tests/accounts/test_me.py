from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from audit.models import Entry

As = Callable[[User | None], Client]


def test_name_is_changed_and_recorded(as_: As, lin: User) -> None:
    answer = as_(lin).post("/accounts/me/", {"display_name": "林阿姨"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/me/")
    lin.refresh_from_db()
    assert lin.display_name == "林阿姨"
    entry = Entry.objects.for_row(lin).get()
    assert (entry.code, entry.before, entry.after) == (
        "accounts.edit",
        {"display_name": "•••"},
        {"display_name": "•••"},
    )


def test_same_name_again_records_nothing(as_: As, lin: User) -> None:
    as_(lin).post("/accounts/me/", {"display_name": "林秀英"})
    assert Entry.objects.count() == 0


def test_name_is_needed(as_: As, lin: User) -> None:
    answer = as_(lin).post("/accounts/me/", {"display_name": ""})
    assert list(answer.context["form"].errors) == ["display_name"]


def test_nobody_is_asked_to_sign_in(as_: As, db: None) -> None:
    assert as_(None).get("/accounts/me/")["Location"] == "/accounts/login/?next=/accounts/me/"
    assert as_(None).get("/accounts/")["Location"] == "/accounts/me/"


def test_privacy_text_is_open_to_all(client: Client, db: None) -> None:
    client.cookies["django_language"] = "en"
    assert (
        "in plain words".casefold() in client.get("/accounts/privacy/").content.decode().casefold()
    )
    client.cookies["django_language"] = "zh-hans"
    assert "平常话" in client.get("/accounts/privacy/").content.decode()


def test_consent_is_noted_with_its_number(as_: As, lin: User) -> None:
    assert "not agreed to the privacy text yet" in as_(lin).get("/accounts/me/").content.decode()
    as_(lin).post("/accounts/privacy/agree/")
    lin.refresh_from_db()
    assert (lin.privacy_version, lin.privacy_agreed_at is not None) == ("1", True)
    assert "privacy text yet" not in as_(lin).get("/accounts/me/").content.decode()
    assert Entry.objects.for_row(lin).get().code == "accounts.agree"


@pytest.mark.parametrize(
    ("url", "page"),
    [("/accounts/privacy/agree/", "/accounts/privacy/"), ("/accounts/export/", "/accounts/me/")],
)
def test_get_leads_to_the_page_and_changes_nothing(as_: As, lin: User, url: str, page: str) -> None:
    assert as_(lin).get(url)["Location"] == page
    assert not Entry.objects.for_row(lin).exists()
