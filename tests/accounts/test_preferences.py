from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User

As = Callable[[User | None], Client]
URL = "/accounts/preferences/"


def cookies(client: Client) -> dict[str, str]:
    return {
        name: morsel.value
        for name, morsel in client.cookies.items()
        if name in ("theme", "large_type", "django_language")
    }


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        ({"theme": "dark"}, {"theme": "dark"}),
        ({"large_type": "on"}, {"large_type": "on"}),
        ({"language": "en"}, {"django_language": "en"}),
        ({"theme": "purple"}, {}),
        ({"language": "fr"}, {}),
        ({}, {}),
    ],
)
def test_visitor_keeps_it_in_a_cookie(
    client: Client, db: None, chosen: dict[str, str], kept: dict[str, str]
) -> None:
    answer = client.post(URL, {**chosen, "next": "/accounts/privacy/"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/privacy/")
    assert cookies(client) == kept


def test_language_goes_with_the_account(as_: As, lin: User) -> None:
    as_(lin).post(URL, {"language": "zh-hans"})
    lin.refresh_from_db()
    assert lin.language == "zh-hans"


def test_language_of_the_account_wins_over_the_browser(as_: As, lin: User) -> None:
    elsewhere = as_(lin)
    elsewhere.cookies["django_language"] = "zh-hans"
    answer = elsewhere.get("/accounts/me/", headers={"Accept-Language": "zh"})
    assert answer["Content-Language"] == "en"
    assert '<html lang="en"' in answer.content.decode()


def test_visitor_reads_chinese_by_default(client: Client, db: None) -> None:
    assert '<html lang="zh-Hans"' in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_next_address_elsewhere_is_not_followed(client: Client, db: None, address: str) -> None:
    assert client.post(URL, {"theme": "dark", "next": address})["Location"] == "/"


def test_get_changes_nothing(client: Client, db: None) -> None:
    answer = client.get(URL, {"theme": "dark"})
    assert (answer["Location"], "theme" in answer.cookies) == ("/", False)
