"""A new password ends the other sessions and the tokens, unless their owner wants them kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.models import User
from audit.models import Entry
from tests.accounts.conftest import EMAIL, PASSWORD, mailed_code

URL = "/accounts/password/change/"
NEW = "another-long-word"
WORDS = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
Opens = Callable[[], tuple[int, int]]


@pytest.fixture
def others(lin: User) -> Opens:
    """Another browser and a program of Lin's: what they are answered."""
    browser = Client()
    browser.post("/accounts/login/", {"login": "lin", "password": PASSWORD})
    _token, secret = services.issue_token(lin, name="laptop", actor=lin, at=timezone.now())
    bearer = {"Authorization": f"Bearer {secret}"}
    return lambda: (
        browser.get("/accounts/me/").status_code,
        Client().get("/api/v1/me/", headers=bearer).status_code,
    )


def test_it_is_asked_plainly_and_ticked(here: Client) -> None:
    field = here.get(URL).context["form"]["end_others"]
    assert (field.value(), field.field.required) == (True, False)
    assert str(field.label) == "Sign out all other devices, and end the API tokens"


def test_others_end(here: Client, lin: User, others: Opens) -> None:
    assert others() == (200, 200)
    here.post(URL, {**WORDS, "end_others": "on"})
    assert (here.get("/accounts/me/").status_code, others()) == (200, (302, 401))
    codes = Entry.objects.for_row(lin).values_list("code", flat=True)
    assert list(codes).count("accounts.set_password") == 1


def test_others_go_on_when_their_owner_wants_it(here: Client, others: Opens) -> None:
    here.post(URL, WORDS)
    assert (here.get("/accounts/me/").status_code, others()) == (200, (200, 200))


def test_refused_change_ends_nothing(here: Client, others: Opens) -> None:
    here.post(URL, {**WORDS, "oldpassword": "wrong", "end_others": "on"})
    assert others() == (200, 200)


@pytest.mark.parametrize(("kept", "left"), [(False, (302, 401)), (True, (200, 200))])
def test_reset_ends_all_unless_told_otherwise(
    client: Client, lin: User, others: Opens, kept: bool, left: tuple[int, int]
) -> None:
    client.post("/accounts/password/reset/", {"email": EMAIL})
    client.post("/accounts/password/reset/confirm/", {"code": mailed_code()})
    words = {"password1": NEW, "password2": NEW} | ({} if kept else {"end_others": "on"})
    client.post("/accounts/password/reset/complete/", words)
    lin.refresh_from_db()
    assert (lin.check_password(NEW), others()) == (True, left)
