"""Changing phone and e-mail."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from accounts.models import User
from audit.models import Entry
from tests.accounts.conftest import EMAIL, PHONE, code_in, mailed_code
from tests.factories import make_user


def test_phone_changes_when_the_code_comes_back(
    here: Client, lin: User, texts: Callable[[], str]
) -> None:
    answer = here.post("/accounts/phone/change/", {"phone": "139 0000 1111"})
    assert answer["Location"] == "/accounts/phone/verify/"
    lin.refresh_from_db()
    assert lin.phone == PHONE
    here.post("/accounts/phone/verify/", {"code": code_in(texts())})
    lin.refresh_from_db()
    assert (lin.phone, lin.phone_verified) == ("+8613900001111", True)
    entry = Entry.objects.for_row(lin).get(code="accounts.set_phone")
    assert (entry.before, entry.after) == ({"phone": "138****2207"}, {"phone": "139****1111"})


def test_phone_of_somebody_else_cannot_be_taken(
    here: Client, lin: User, texts: Callable[[], str]
) -> None:
    make_user("other", phone="+8613900001111", phone_verified=True)
    here.post("/accounts/phone/change/", {"phone": "13900001111"})
    here.post("/accounts/phone/verify/", {"code": code_in(texts())})
    lin.refresh_from_db()
    assert lin.phone == PHONE


def test_wrong_code_changes_nothing(here: Client, lin: User, texts: Callable[[], str]) -> None:
    here.post("/accounts/phone/change/", {"phone": "13900001111"})
    here.post("/accounts/phone/verify/", {"code": "000000"})
    lin.refresh_from_db()
    assert lin.phone == PHONE


def test_mail_changes_when_the_code_comes_back(here: Client, lin: User) -> None:
    here.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    lin.refresh_from_db()
    assert lin.email == EMAIL
    here.post("/accounts/confirm-email/", {"code": mailed_code()})
    lin.refresh_from_db()
    assert lin.email == "new@example.org"
    assert Entry.objects.for_row(lin).filter(code="accounts.set_email").count() == 1


def test_password_is_asked_again_after_a_while(lin: User) -> None:
    late = Client()
    late.force_login(lin)
    late.post("/accounts/phone/change/", {"phone": "13900001111"})
    assert late.get("/accounts/phone/verify/").status_code == 302
    lin.refresh_from_db()
    assert lin.phone == PHONE


def test_mail_cannot_be_removed(here: Client, lin: User) -> None:
    here.get("/accounts/email/")
    here.post("/accounts/email/", {"email": EMAIL, "action_remove": ""})
    lin.refresh_from_db()
    assert lin.email == EMAIL
