from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from accounts import services
from accounts.adapter import MfaAdapter
from accounts.models import Token, User
from tests.accounts.conftest import PASSWORD
from tests.people import World

pytestmark = pytest.mark.usefixtures("in_english")

As = Callable[[User | None], Client]
ASKED = "Your work here needs a second step when you sign in. Set it up first."


@pytest.fixture
def demanded(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Second factors are asked for, and the manager is on duty."""
    settings.REQUIRE_MFA = True
    monkeypatch.setattr(services, "_duties", [lambda user: user.username == "manager"])


def code_of(secret: str) -> str:
    now = list(yield_hotp_counters_from_time())[1]
    return format_hotp_value(hotp_value(secret, now))


@pytest.mark.usefixtures("demanded")
def test_staff_are_led_to_set_it_up(as_: As, world: World) -> None:
    answer = as_(world.manager).get("/accounts/me/", follow=True)
    assert answer.redirect_chain == [("/accounts/2fa/", 302)]
    assert ASKED in answer.content.decode()


@pytest.mark.usefixtures("demanded")
def test_staff_can_do_nothing_else(as_: As, world: World) -> None:
    client = as_(world.manager)
    assert client.post("/accounts/tokens/", {"name": "x"})["Location"] == "/accounts/2fa/"
    assert Token.objects.count() == 0
    answer = client.get("/api/v1/me/")
    assert (answer.status_code, answer.json()) == (403, {"detail": ASKED, "code": "second_factor"})


@pytest.mark.usefixtures("demanded")
def test_staff_may_always_leave(as_: As, world: World) -> None:
    client = as_(world.manager)
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("demanded")
def test_residents_are_not_asked(as_: As, world: World) -> None:
    assert as_(world.resident).get("/accounts/me/").status_code == 200


@pytest.mark.usefixtures("demanded")
def test_staff_with_one_go_on(as_: As, world: World) -> None:
    TOTP.activate(world.manager, generate_totp_secret())
    assert as_(world.manager).get("/accounts/me/").status_code == 200


def test_nobody_is_asked_where_it_is_not_required(
    as_: As, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "_duties", [lambda user: True])
    assert as_(world.manager).get("/accounts/me/").status_code == 200


@pytest.mark.usefixtures("demanded")
def test_staff_cannot_be_without(world: World) -> None:
    TOTP.activate(world.manager, generate_totp_secret())
    only = Authenticator.objects.get(user=world.manager)
    assert not MfaAdapter().can_delete_authenticator(only)


def test_sign_in_asks_for_the_second_step(client: Client, lin: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(lin, secret)
    answer = client.post("/accounts/login/", {"login": "lin", "password": PASSWORD})
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert client.session["_auth_user_id"] == str(lin.pk)


def test_resident_sets_up_an_app_and_gets_recovery_codes(here: Client, lin: User) -> None:
    page = here.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    here.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert set(Authenticator.objects.filter(user=lin).values_list("type", flat=True)) == {
        "totp",
        "recovery_codes",
    }
    assert here.get("/accounts/2fa/recovery-codes/").status_code == 200


def test_token_wants_the_second_step_too(client: Client, lin: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(lin, secret)
    data = {"login": "lin", "password": PASSWORD, "name": "x"}
    url = "/api/v1/tokens/"
    assert client.post(url, data, "application/json").status_code == 400
    assert client.post(url, {**data, "code": "000000"}, "application/json").status_code == 400
    assert Token.objects.count() == 0
    given = client.post(url, {**data, "code": code_of(secret)}, "application/json")
    assert given.status_code == 201


@pytest.mark.parametrize(
    "url",
    [
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/sessions/",
        "/accounts/password/change/",
        "/accounts/phone/change/",
        "/accounts/email/",
    ],
)
def test_pages_open_after_signing_in(here: Client, url: str) -> None:
    page = here.get(url)
    assert page.status_code == 200
    assert " style=" not in page.content.decode()
