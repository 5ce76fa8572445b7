from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
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
from django.apps import apps
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.adapter import MfaAdapter
from accounts.models import Token, User
from audit.models import Entry
from common.secrets import decrypt
from tests.accounts.conftest import PASSWORD
from tests.people import World

pytestmark = pytest.mark.usefixtures("in_english")

As = Callable[[User | None], Client]
ASKED = "Your work here needs a second step when you sign in. Set it up first."


@pytest.fixture
def demanded(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Second factors are asked for, and the manager is on duty."""
    settings.REQUIRE_MFA = True
    monkeypatch.setattr(services, "_duties", {"made_up": lambda user: user.username == "manager"})


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
    assert with_both_steps(as_(world.manager)).get("/accounts/me/").status_code == 200


def with_both_steps(browser: Client) -> Client:
    """As after a sign-in that went through the second step."""
    session = browser.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return browser


# --- a session that passed only the password


@pytest.mark.parametrize("path", ["/accounts/me/", "/repairs/triage/", "/accounts/2fa/"])
def test_session_with_the_password_alone_ends_once_there_is_a_second_step(
    as_: As, world: World, path: str
) -> None:
    browser = as_(world.manager)
    TOTP.activate(world.manager, generate_totp_secret())
    answer = browser.get(path, follow=True)
    assert answer.redirect_chain == [(f"/accounts/login/?next={path}", 302)]
    assert "Sign in once more, with both steps." in answer.content.decode()
    assert "_auth_user_id" not in browser.session


def test_such_a_session_can_neither_write_nor_use_the_api(as_: As, world: World) -> None:
    reader, writer = as_(world.manager), as_(world.manager)
    TOTP.activate(world.manager, generate_totp_secret())
    answer = reader.get("/api/v1/me/")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor")
    assert writer.post("/accounts/tokens/", {"name": "x"})["Location"].startswith(
        "/accounts/login/"
    )
    assert Token.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_setting_up_a_second_step_ends_what_passed_only_the_password(
    here: Client, lin: User
) -> None:
    thief = Client()
    thief.post("/accounts/login/", {"login": "lin", "password": PASSWORD})
    assert thief.get("/accounts/me/").status_code == 200
    old = _token(lin)
    set_up(here)
    assert thief.get("/accounts/me/").status_code == 302
    assert _answer(Client(), old)[0] == 401
    assert here.get("/accounts/me/").status_code == 200


def test_second_device_ends_nothing(here: Client, lin: User) -> None:
    secret = set_up(here)
    other = Client()
    other.post("/accounts/login/", {"login": "lin", "password": PASSWORD})
    Authenticator.objects.filter(user=lin).update(last_used_at=None)
    other.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    key = Authenticator.objects.create(user=lin, type="webauthn", data={})
    services.add_second_factor(lin, kind=key.type, at=timezone.now(), keep=None)
    assert (other.get("/accounts/me/").status_code, here.get("/accounts/me/").status_code) == (
        200,
        200,
    )


def test_nobody_is_asked_where_it_is_not_required(
    as_: As, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "_duties", {"made_up": lambda user: True})
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
    set_up(here)
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


@pytest.mark.usefixtures("demanded")
def test_token_from_before_the_duty_is_refused(client: Client, world: World) -> None:
    """Until the second step stands, and for good if the token was made without it."""
    assert _answer(client, secret := _token(world.manager)) == (401, ASKED)
    TOTP.activate(world.manager, generate_totp_secret())
    assert _answer(client, secret) == (
        401,
        "This token was made without the second step that your work needs. Make a new one.",
    )
    assert _answer(client, _token(world.manager)) == (200, None)


@pytest.mark.usefixtures("demanded")
def test_token_falls_with_the_second_step(client: Client, world: World) -> None:
    TOTP.activate(world.manager, generate_totp_secret())
    secret = _token(world.manager)
    services.reset_second_factor(world.manager, actor=world.admin, at=timezone.now())
    assert _answer(client, secret) == (401, ASKED)


@pytest.mark.usefixtures("demanded")
def test_residents_token_needs_no_second_step(client: Client, world: World) -> None:
    assert _answer(client, _token(world.resident)) == (200, None)


@pytest.mark.usefixtures("demanded")
def test_page_says_which_tokens_no_longer_serve(as_: As, world: World) -> None:
    _token(world.manager)
    TOTP.activate(world.manager, generate_totp_secret())
    services.issue_token(world.manager, name="new", actor=world.manager, at=timezone.now())
    page = with_both_steps(as_(world.manager)).get("/accounts/tokens/").content.decode()
    assert page.count("refused: make a new one") == 1


def _token(user: User) -> str:
    return services.issue_token(user, name="laptop", actor=user, at=timezone.now())[1]


def _answer(client: Client, secret: str) -> tuple[int, str | None]:
    answer = client.get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"})
    return answer.status_code, answer.json().get("detail")


# --- at rest, and in the log


def test_secrets_lie_encrypted(here: Client, lin: User) -> None:
    secret = set_up(here)
    stored = {row.type: row.data for row in Authenticator.objects.filter(user=lin)}
    assert decrypt(stored["totp"]["secret"], purpose="second_factor") == secret
    seed = stored["recovery_codes"]["seed"]
    assert len(decrypt(seed, purpose="second_factor")) == 80


def test_lost_key_is_a_sentence(client: Client, lin: User, settings: Any) -> None:
    TOTP.activate(lin, generate_totp_secret())
    client.post("/accounts/login/", {"login": "lin", "password": PASSWORD})
    Authenticator.objects.update(data={"secret": "from another server"})
    answer = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert answer.status_code == 409
    assert "Ask an administrator to reset it." in answer.content.decode()


def test_older_secrets_are_encrypted_by_the_migration(lin: User) -> None:
    Authenticator.objects.create(user=lin, type="totp", data={"secret": "plain"})
    migration = import_module("accounts.migrations.0004_encrypt_second_factors")
    operation = migration.Migration.operations[0]
    operation.code(apps, None)
    assert decrypt(_stored(lin), purpose="second_factor") == "plain"
    operation.reverse_code(apps, None)
    assert _stored(lin) == "plain"


def _stored(user: User) -> str:
    return str(Authenticator.objects.get(user=user).data["secret"])


@pytest.mark.django_db(transaction=True)
def test_log_says_what_became_of_the_second_step(here: Client, lin: User) -> None:
    set_up(here)
    here.post("/accounts/2fa/recovery-codes/generate/")
    here.post("/accounts/2fa/totp/deactivate/")
    entries = Entry.objects.filter(code__contains="factor") | Entry.objects.filter(
        code__contains="recovery"
    )
    assert [(e.code, e.actor, e.before, e.after) for e in entries.order_by("pk")] == [
        ("accounts.add_second_factor", lin, {}, {"kind": "totp"}),
        ("accounts.add_second_factor", lin, {}, {"kind": "recovery_codes"}),
        ("accounts.renew_recovery_codes", lin, {}, {}),
        ("accounts.remove_second_factor", lin, {"kind": "totp"}, {}),
        ("accounts.remove_second_factor", lin, {"kind": "recovery_codes"}, {}),
    ]


def test_log_says_that_the_password_changed(here: Client, lin: User) -> None:
    words = {"oldpassword": PASSWORD, "password1": "another-long-word"}
    here.post("/accounts/password/change/", {**words, "password2": "another-long-word"})
    lin.refresh_from_db()
    assert lin.check_password("another-long-word")
    assert [entry.code for entry in Entry.objects.for_row(lin)] == [
        "accounts.sign_in",
        "accounts.set_password",
    ]


def test_passkey_is_offered_for_signing_in_alone(here: Client) -> None:
    form = here.get("/accounts/2fa/webauthn/add/").context["form"]
    assert (form["name"].value(), form["passwordless"].value()) == ("My device", True)


def set_up(browser: Client) -> str:
    """Through the pages; the secret that the app was given."""
    secret: str = browser.get("/accounts/2fa/totp/activate/").context["form"].secret
    browser.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    return secret


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
