from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.models import Token, User
from audit.models import Entry
from tests.people import World

As = Callable[[User | None], Client]
USERS = "/admin/accounts/user/"
TOKENS = "/admin/accounts/token/"


def act(client: Client, url: str, verb: str, row: Any) -> None:
    client.post(url, {"action": verb, "_selected_action": [row.pk]})


def codes(row: Any) -> list[str]:
    return list(Entry.objects.for_row(row).values_list("code", flat=True))


def test_administrator_deactivates_and_reactivates(as_: As, lin: User, world: World) -> None:
    services.issue_token(lin, name="laptop", actor=lin, at=timezone.now())
    act(as_(world.admin), USERS, "deactivate", lin)
    lin.refresh_from_db()
    assert (lin.is_active, Token.objects.live().count()) == (False, 0)
    act(as_(world.admin), USERS, "reactivate", lin)
    lin.refresh_from_db()
    assert lin.is_active
    assert codes(lin) == ["accounts.deactivate", "accounts.reactivate"]


def test_administrator_cannot_deactivate_himself(as_: As, world: World) -> None:
    act(as_(world.admin), USERS, "deactivate", world.admin)
    world.admin.refresh_from_db()
    assert world.admin.is_active


def test_administrator_revokes_a_token(as_: As, lin: User, world: World) -> None:
    token, _secret = services.issue_token(lin, name="laptop", actor=lin, at=timezone.now())
    act(as_(world.admin), TOKENS, "revoke", token)
    assert Token.objects.live().count() == 0
    assert codes(token) == ["accounts.issue_token", "accounts.revoke_token"]


def test_edit_is_written_to_the_log(as_: As, lin: User, world: World) -> None:
    data = {
        "username": "lin", "display_name": "林大姐", "phone": "139 0000 1111",
        "phone_verified": "on", "email": "Lin@Example.org", "language": "en",
    }  # fmt: skip
    answer = as_(world.admin).post(f"{USERS}{lin.pk}/change/", data)
    assert answer.status_code == 302
    lin.refresh_from_db()
    assert (lin.display_name, lin.phone, lin.email) == (
        "林大姐",
        "+8613900001111",
        "lin@example.org",
    )
    entry = Entry.objects.for_row(lin).get()
    assert (entry.code, entry.actor) == ("admin.edit", world.admin)
    assert entry.before == {"display_name": "•••", "phone": "138****2207"}


def test_new_account_has_no_password_yet(as_: As, world: World) -> None:
    data = {"username": "new", "display_name": "新人", "language": "zh-hans"}
    assert as_(world.admin).post(f"{USERS}add/", data).status_code == 302
    user = User.objects.get(username="new")
    assert (user.has_usable_password(), user.phone, user.email) == (False, None, None)
    assert codes(user) == ["admin.add"]


@pytest.mark.parametrize("url", [USERS, TOKENS, "/admin/audit/entry/"])
def test_only_administrators_open_it(as_: As, world: World, url: str) -> None:
    assert as_(world.admin).get(url).status_code == 200
    assert as_(world.manager).get(url).status_code == 302


def test_log_opens_and_cannot_be_touched(as_: As, lin: User, world: World) -> None:
    services.edit(lin, actor=lin, at=timezone.now(), display_name="x")
    entry = Entry.objects.get()
    client = as_(world.admin)
    assert client.get(f"/admin/audit/entry/{entry.pk}/change/").status_code == 200
    assert client.get(f"/admin/audit/entry/{entry.pk}/delete/").status_code == 403
    history = client.get(f"{USERS}{lin.pk}/history/", follow=True)
    assert history.status_code == 200
    assert history.context["cl"].result_count == 1


def test_accounts_cannot_be_deleted(as_: As, lin: User, world: World) -> None:
    assert as_(world.admin).get(f"{USERS}{lin.pk}/delete/").status_code == 403
