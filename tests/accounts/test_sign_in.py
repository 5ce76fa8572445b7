from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from audit.models import Entry
from tests.accounts.conftest import EMAIL, PASSWORD, code_in, mailed_code

LOGIN = "/accounts/login/"
CODE = "/accounts/login/code/"
CONFIRM = "/accounts/login/code/confirm/"


def signed_in(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


pytestmark = pytest.mark.usefixtures("in_english")


@pytest.mark.parametrize(
    "login",
    [
        "13812342207",
        "138 1234 2207",
        "138-1234-2207",
        "+86 138 1234 2207",
        "8613812342207",
        "lin",
        "LIN",
    ],
)
def test_phone_in_any_writing_or_user_name_signs_in(client: Client, lin: User, login: str) -> None:
    answer = client.post(LOGIN, {"login": login, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert signed_in(client) == str(lin.pk)
    assert list(Entry.objects.for_row(lin).values_list("code", "actor_id")) == [
        ("accounts.sign_in", lin.pk)
    ]


def test_email_signs_in_once_it_is_proven(client: Client, lin: User) -> None:
    answer = client.post(LOGIN, {"login": "Lin@Example.org", "password": PASSWORD})
    assert answer["Location"] == "/accounts/confirm-email/"
    assert signed_in(client) is None
    assert [message.to for message in mail.outbox] == [[EMAIL]]
    client.post("/accounts/confirm-email/", {"code": mailed_code()})
    assert signed_in(client) == str(lin.pk)

    again = Client()
    again.post(LOGIN, {"login": EMAIL, "password": PASSWORD})
    assert signed_in(again) == str(lin.pk)


def test_unproven_phone_is_nobodys(client: Client, lin: User) -> None:
    User.objects.filter(pk=lin.pk).update(phone_verified=False)
    client.post(LOGIN, {"login": "13812342207", "password": PASSWORD})
    assert signed_in(client) is None


@pytest.mark.parametrize("login", ["lin", "13812342207", EMAIL, "nobody", "13900000000"])
def test_wrong_password_and_unknown_name_answer_alike(
    client: Client, lin: User, login: str
) -> None:
    answer = client.post(LOGIN, {"login": login, "password": "wrong"})
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors() == [
        "No account has this name and password together. Mind capital letters."
    ]
    assert answer.context["form"]["login"].value() == login
    assert signed_in(client) is None


def test_deactivated_account_is_not_signed_in(client: Client, lin: User) -> None:
    User.objects.filter(pk=lin.pk).update(is_active=False)
    answer = client.post(LOGIN, {"login": "lin", "password": PASSWORD})
    assert answer["Location"] == "/accounts/inactive/"
    assert signed_in(client) is None


def test_next_address_of_another_host_is_not_followed(client: Client, lin: User) -> None:
    data = {"login": "lin", "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post(LOGIN, data)["Location"] == "/"


def test_tries_are_limited_whatever_the_writing(client: Client, lin: User) -> None:
    for login in ("13812342207", "138 1234 2207", "+8613812342207", "138-12342207", "013812342207"):
        client.post(LOGIN, {"login": login, "password": "wrong"})
    answer = client.post(LOGIN, {"login": "13812342207", "password": PASSWORD})
    assert answer.context["form"].non_field_errors() == [
        "Too many tries. Wait a few minutes, or ask for a new code."
    ]
    assert signed_in(client) is None


def test_code_by_text_signs_in(client: Client, lin: User, texts: Callable[[], str]) -> None:
    answer = client.post(CODE, {"contact": "138 1234 2207"})
    assert answer["Location"] == CONFIRM
    client.post(CONFIRM, {"code": code_in(texts())})
    assert signed_in(client) == str(lin.pk)


def test_code_by_mail_signs_in(client: Client, lin: User) -> None:
    client.post(CODE, {"contact": EMAIL})
    assert [message.to for message in mail.outbox] == [[EMAIL]]
    client.post(CONFIRM, {"code": mailed_code()})
    assert signed_in(client) == str(lin.pk)


def test_wrong_code_three_times_ends_it(client: Client, lin: User) -> None:
    client.post(CODE, {"contact": EMAIL})
    code = mailed_code()
    for _ in range(3):
        client.post(CONFIRM, {"code": "000000"})
    client.post(CONFIRM, {"code": code})
    assert signed_in(client) is None


@pytest.mark.parametrize("contact", ["13812342207", "13900001111", EMAIL, "nobody@example.org"])
def test_asking_for_a_code_does_not_tell_who_has_an_account(
    client: Client, lin: User, texts: Callable[[], str], contact: str
) -> None:
    answer = client.post(CODE, {"contact": contact})
    assert (answer.status_code, answer["Location"]) == (302, CONFIRM)
    assert client.get(CONFIRM).status_code == 200


def test_without_a_gateway_a_phone_is_told_so(client: Client, lin: User) -> None:
    answer = client.post(CODE, {"contact": "13812342207"})
    assert answer.context["form"].errors["contact"] == [
        "Text messages are not set up here. Use your e-mail, or ask the front desk."
    ]


def test_nonsense_is_no_contact(client: Client, lin: User) -> None:
    answer = client.post(CODE, {"contact": "12345"})
    assert answer.context["form"].errors["contact"] == [
        "This is not a phone number. Write a mobile number, or a landline with area code."
    ]


def test_page_holds_nothing_inline(client: Client, db: None) -> None:
    page = client.get(LOGIN).content.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
