from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.models import Token, User
from audit.models import Entry
from common import personal
from common.personal import Held
from tests.accounts.conftest import PASSWORD
from tests.people import World
from workflow.refusals import WrongState

As = Callable[[User | None], Client]
URL = "/accounts/erase/"


def test_person_erases_the_account(
    client: Client, lin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    detached: list[str] = []
    made_up = Held(dict, lambda user: detached.append(user.username))
    monkeypatch.setattr(personal, "_held", {**personal.held(), "made_up": made_up})
    at = timezone.now()
    _token, secret = services.issue_token(lin, name="laptop", actor=lin, at=at)
    EmailAddress.objects.create(user=lin, email=lin.email, verified=True, primary=True)
    client.post("/accounts/login/", {"login": "lin", "password": PASSWORD})
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": "lin", "password": PASSWORD})

    answer = client.post(URL, {"password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    lin.refresh_from_db()
    assert (lin.username, lin.display_name, lin.phone, lin.email, lin.is_active) == (
        f"erased-{lin.pk}", "", None, None, False,
    )  # fmt: skip
    assert lin.name == "erased account"
    assert detached == ["lin"]
    assert (EmailAddress.objects.count(), Token.objects.live().count()) == (0, 0)
    assert services.use_token(secret, at=at) is None
    assert elsewhere.get("/accounts/me/").status_code == 302
    assert Entry.objects.for_row(lin).last().code == "accounts.erase"

    back = Client()
    back.post("/accounts/login/", {"login": "lin", "password": PASSWORD})
    assert "_auth_user_id" not in back.session


def test_log_keeps_no_name_or_number(lin: User) -> None:
    at = timezone.now()
    services.set_phone(lin, "+8613900001111", verified=True, actor=lin, at=at)
    services.erase(lin, actor=lin, at=at)
    words = str(list(Entry.objects.for_row(lin).values_list("before", "after", "note")))
    assert "13900001111" not in words
    assert "13812342207" not in words


def test_wrong_password_erases_nothing(as_: As, lin: User) -> None:
    answer = as_(lin).post(URL, {"password": "wrong"})
    assert answer.context["form"].errors["password"] == ["This is not your password."]
    lin.refresh_from_db()
    assert lin.is_active


def test_looking_erases_nothing(as_: As, lin: User) -> None:
    assert as_(lin).get(URL).status_code == 200
    lin.refresh_from_db()
    assert lin.is_active


def test_staff_end_their_duties_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_duties", {"made_up": lambda user: user.username == "manager"})
    with pytest.raises(WrongState):
        services.erase(world.manager, actor=world.manager, at=timezone.now())
    world.manager.refresh_from_db()
    assert world.manager.is_active


def test_erased_account_is_not_brought_back(lin: User, world: World) -> None:
    services.erase(lin, actor=lin, at=timezone.now())
    with pytest.raises(WrongState):
        services.reactivate(lin, actor=world.admin, at=timezone.now())
