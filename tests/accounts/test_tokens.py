from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.models import Token, User
from audit.models import Entry
from tests.accounts.conftest import PASSWORD
from tests.people import World

AT = timezone.now()
As = Callable[[User | None], Client]


def bearer(secret: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {secret}"}}


@pytest.fixture
def issued(lin: User) -> tuple[Token, str]:
    return services.issue_token(lin, name="laptop", actor=lin, at=AT)


def codes(token: Token) -> list[str]:
    return list(Entry.objects.for_row(token).values_list("code", flat=True))


def test_page_makes_a_token_and_shows_it_once(as_: As, lin: User) -> None:
    answer = as_(lin).post("/accounts/tokens/", {"name": "kiosk"})
    secret = answer.context["secret"]
    token = Token.objects.get()
    assert (token.user, token.name, token.token_hash) == (lin, "kiosk", services.hash_of(secret))
    assert secret in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert secret not in as_(lin).get("/accounts/tokens/").content.decode()
    assert codes(token) == ["accounts.issue_token"]


def test_token_opens_the_api(client: Client, issued: tuple[Token, str], lin: User) -> None:
    answer = client.get("/api/v1/me/", **bearer(issued[1]))
    assert answer.json() == {
        "id": lin.pk,
        "username": "lin",
        "display_name": "林秀英",
        "phone": "+8613812342207",
        "phone_verified": True,
        "email": "lin@example.org",
        "language": "en",
    }


def test_api_without_or_with_a_wrong_token_answers_401(
    client: Client, issued: tuple[Token, str]
) -> None:
    assert client.get("/api/v1/me/").status_code == 401
    wrong = client.get("/api/v1/me/", **bearer("wrong"))
    assert (wrong.status_code, wrong["WWW-Authenticate"]) == (401, "Bearer")


def test_revoked_token_opens_nothing(as_: As, client: Client, issued: tuple[Token, str]) -> None:
    token, secret = issued
    answer = as_(token.user).post(f"/accounts/tokens/{token.pk}/revoke/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/tokens/")
    assert client.get("/api/v1/me/", **bearer(secret)).status_code == 401
    as_(token.user).post(f"/accounts/tokens/{token.pk}/revoke/")
    assert codes(token) == ["accounts.issue_token", "accounts.revoke_token"]


def test_token_of_a_closed_account_opens_nothing(
    client: Client, issued: tuple[Token, str], lin: User
) -> None:
    User.objects.filter(pk=lin.pk).update(is_active=False)
    assert client.get("/api/v1/me/", **bearer(issued[1])).status_code == 401


def test_others_cannot_revoke_it(as_: As, issued: tuple[Token, str], world: World) -> None:
    token, _secret = issued
    assert as_(world.manager).post(f"/accounts/tokens/{token.pk}/revoke/").status_code == 404
    assert as_(None).post(f"/accounts/tokens/{token.pk}/revoke/").status_code == 302
    assert Token.objects.live().count() == 1


def test_get_revokes_nothing(as_: As, issued: tuple[Token, str]) -> None:
    token, _secret = issued
    answer = as_(token.user).get(f"/accounts/tokens/{token.pk}/revoke/")
    assert (answer["Location"], Token.objects.live().count()) == ("/accounts/tokens/", 1)


def test_use_is_noted_once_a_minute(issued: tuple[Token, str]) -> None:
    token, secret = issued
    noted = []
    for seconds in (0, 30, 59, 61):
        services.use_token(secret, at=AT + timedelta(seconds=seconds))
        token.refresh_from_db()
        noted.append(token.last_used_at)
    assert noted == [AT, AT, AT, AT + timedelta(seconds=61)]


def test_device_asks_for_a_token_with_the_password(client: Client, lin: User) -> None:
    data = {"login": "138 1234 2207", "password": PASSWORD, "name": "phone app"}
    answer = client.post("/api/v1/tokens/", data, "application/json")
    token = Token.objects.get()
    assert (answer.status_code, answer.json()["name"]) == (201, "phone app")
    assert token.token_hash == services.hash_of(answer.json()["token"])


def test_wrong_password_gets_no_token(client: Client, lin: User) -> None:
    data = {"login": "lin", "password": "wrong", "name": "x"}
    answer = client.post("/api/v1/tokens/", data, "application/json")
    assert answer.status_code == 400
    assert Token.objects.count() == 0


def test_asking_for_tokens_is_throttled(client: Client, lin: User) -> None:
    data = {"login": "x", "password": "wrong", "name": "x"}
    answers = [
        client.post("/api/v1/tokens/", {**data, "login": f"x{n}"}, "application/json").status_code
        for n in range(11)
    ]
    assert answers == [400] * 10 + [429]


def test_api_lists_and_revokes_ones_own_only(
    client: Client, issued: tuple[Token, str], world: World
) -> None:
    token, secret = issued
    other, _ = services.issue_token(world.resident, name="other", actor=world.resident, at=AT)
    rows = client.get("/api/v1/tokens/", **bearer(secret)).json()["results"]
    assert [row["name"] for row in rows] == ["laptop"]
    assert client.delete(f"/api/v1/tokens/{other.pk}/", **bearer(secret)).status_code == 404
    assert client.delete(f"/api/v1/tokens/{token.pk}/", **bearer(secret)).status_code == 204
    assert list(Token.objects.live()) == [other]


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_the_same_for_one_and_three(
    as_: As, lin: User, rows: int, django_assert_num_queries: Any
) -> None:
    for n in range(rows):
        services.issue_token(lin, name=f"d{n}", actor=lin, at=AT)
    client = as_(lin)
    client.get("/accounts/tokens/")
    with django_assert_num_queries(TOKENS_PAGE_QUERIES):
        client.get("/accounts/tokens/")


# user, postings, tokens; what the bars say is cached
TOKENS_PAGE_QUERIES = 3
