from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from audit.models import Entry
from tests.accounts.conftest import EMAIL, PASSWORD, PHONE, code_in, mailed_code

pytestmark = pytest.mark.usefixtures("in_english")

URL = "/accounts/signup/"


def form(address: str, **changes: str) -> dict[str, str]:
    data = {"display_name": "周婷", "contact": address, "password1": PASSWORD, "agree": "on"}
    return {key: value for key, value in {**data, **changes}.items() if value}


def test_newcomer_signs_up_by_phone(client: Client, db: None, texts: Callable[[], str]) -> None:
    answer = client.post(URL, form("138 1234 2207"))
    assert answer["Location"] == "/accounts/phone/verify/"
    user = User.objects.get()
    assert (user.phone, user.phone_verified, user.email) == (PHONE, False, None)
    assert client.session.get("_auth_user_id") is None

    client.post("/accounts/phone/verify/", {"code": code_in(texts())})
    user.refresh_from_db()
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.display_name, user.phone_verified, user.privacy_version) == ("周婷", True, "1")
    assert user.privacy_agreed_at is not None
    codes = list(Entry.objects.for_row(user).values_list("code", flat=True))
    assert codes == [
        "accounts.set_phone",
        "accounts.sign_up",
        "accounts.agree",
        "accounts.set_phone",
        "accounts.sign_in",
    ]


def test_newcomer_signs_up_by_mail(client: Client, db: None) -> None:
    answer = client.post(URL, form("Zhou@Example.org"))
    assert answer["Location"] == "/accounts/confirm-email/"
    client.post("/accounts/confirm-email/", {"code": mailed_code()})
    user = User.objects.get()
    assert (user.email, user.phone) == ("zhou@example.org", None)
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"agree": ""}, "agree"),
        ({"display_name": ""}, "display_name"),
        ({"contact": ""}, "contact"),
        ({"contact": "12"}, "contact"),
        ({"contact": "a@"}, "contact"),
        ({"password1": "12345678"}, "password1"),
    ],
)
def test_what_is_missing_is_asked_for(
    client: Client, db: None, changes: dict[str, str], field: str
) -> None:
    answer = client.post(URL, form("zhou@example.org", **changes))
    assert list(answer.context["form"].errors) == [field]
    assert User.objects.count() == 0


def test_known_phone_looks_like_a_new_one(
    client: Client, lin: User, texts: Callable[[], str]
) -> None:
    answer = client.post(URL, form(PHONE))
    assert answer["Location"] == "/accounts/phone/verify/"
    assert client.get("/accounts/phone/verify/").status_code == 200
    assert User.objects.count() == 1
    assert "has one already" in texts()


def test_known_mail_looks_like_a_new_one(client: Client, lin: User) -> None:
    answer = client.post(URL, form(EMAIL))
    assert answer["Location"] == "/accounts/confirm-email/"
    assert client.get("/accounts/confirm-email/").status_code == 200
    assert User.objects.count() == 1
    assert [message.to for message in mail.outbox] == [[EMAIL]]


def test_number_claimed_without_proof_is_free_for_its_owner(
    client: Client, db: None, texts: Callable[[], str]
) -> None:
    client.post(URL, form(PHONE, display_name="squatter"))
    cache.clear()
    owner = Client()
    owner.post(URL, form(PHONE, display_name="owner"))
    owner.post("/accounts/phone/verify/", {"code": code_in(texts())})
    squatter, user = User.objects.order_by("pk")
    assert (squatter.phone, user.phone, user.phone_verified) == (None, PHONE, True)


def test_codes_to_one_number_are_limited(
    client: Client, db: None, texts: Callable[[], str]
) -> None:
    assert client.post(URL, form(PHONE)).status_code == 302
    assert Client().post(URL, form(PHONE)).status_code == 429


def test_short_password_is_refused_in_chinese(client: Client, db: None) -> None:
    data = {"display_name": "王", "contact": "13912349988", "password1": "ab3x", "agree": "on"}
    answer = client.post("/accounts/signup/", data, headers={"Accept-Language": "zh-Hans"})
    assert "密码太短，至少要 8 位。" in answer.content.decode()
