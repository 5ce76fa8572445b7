from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from audit.models import Entry
from tests.accounts.conftest import EMAIL, code_in, mailed_code

URL = "/accounts/password/reset/"
CONFIRM = "/accounts/password/reset/confirm/"
COMPLETE = "/accounts/password/reset/complete/"
NEW = "another-long-word"


def complete(client: Client, code: str) -> None:
    client.post(CONFIRM, {"code": code})
    client.post(COMPLETE, {"password1": NEW, "password2": NEW})


def test_password_is_reset_by_text(client: Client, lin: User, texts: Callable[[], str]) -> None:
    assert client.post(URL, {"email": "138 1234 2207"})["Location"] == CONFIRM
    complete(client, code_in(texts()))
    lin.refresh_from_db()
    assert lin.check_password(NEW)
    assert list(Entry.objects.for_row(lin).values_list("code", flat=True)) == [
        "accounts.set_password"
    ]


def test_password_is_reset_by_mail(client: Client, lin: User) -> None:
    client.post(URL, {"email": EMAIL})
    complete(client, mailed_code())
    lin.refresh_from_db()
    assert lin.check_password(NEW)


def test_wrong_code_resets_nothing(client: Client, lin: User) -> None:
    client.post(URL, {"email": EMAIL})
    complete(client, "000000")
    lin.refresh_from_db()
    assert not lin.check_password(NEW)
    assert client.get(COMPLETE).status_code == 302


@pytest.mark.parametrize("contact", [EMAIL, "13812342207", "no@example.org", "13900001111"])
def test_asking_does_not_tell_who_has_an_account(
    client: Client, lin: User, texts: Callable[[], str], contact: str
) -> None:
    answer = client.post(URL, {"email": contact})
    assert (answer.status_code, answer["Location"]) == (302, CONFIRM)
    assert client.get(CONFIRM).status_code == 200


def test_asking_is_limited(client: Client, lin: User) -> None:
    answers = [client.post(URL, {"email": EMAIL}).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]
    assert len(mail.outbox) == 3
