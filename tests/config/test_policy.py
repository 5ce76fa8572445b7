"""The content security policy: strict everywhere, but what the admin's looks need."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.people import World

AsUser = Callable[[User | None], Client]


def directives(header: str) -> dict[str, set[str]]:
    parts = (part.split() for part in header.split(";"))
    return {name: set(values) for name, *values in parts}


@pytest.mark.parametrize(
    "path", ["/", "/accounts/login/", "/repairs/new/", "/api/docs/", "/no/such/"]
)
def test_pages_allow_nothing_inline(world: World, as_: AsUser, path: str) -> None:
    policy = directives(as_(world.resident).get(path)["Content-Security-Policy"])
    assert policy["default-src"] == {"'self'"}
    assert {"'unsafe-inline'", "'unsafe-eval'"} & set().union(*policy.values()) == set()


def test_the_admin_may_evaluate_but_not_run_inline_scripts(world: World, as_: AsUser) -> None:
    policy = directives(as_(world.admin).get("/admin/")["Content-Security-Policy"])
    assert (policy["script-src"], policy["style-src"]) == (
        {"'self'", "'unsafe-eval'"},
        {"'self'", "'unsafe-inline'"},
    )
