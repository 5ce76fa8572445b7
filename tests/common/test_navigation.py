"""Who gets which bar, and which of its entries is the page one is on."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from accounts.models import User
from common import navigation
from common.navigation import RESIDENT, STAFF, Navigation, NavItem, Registry


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """A registry of this test's own."""
    registry = Registry(
        is_staff=lambda request: "staff" in str(request.user),
        is_resident=lambda request: "home" in str(request.user),
        place=lambda request: "Court",
    )
    monkeypatch.setattr(navigation, "registry", registry)
    navigation.register(
        NavItem("Me", "user", "accounts:me", RESIDENT, order=90),
        NavItem("Home", "home", "portal:home", RESIDENT, order=0),
        NavItem("Bench", "home", "portal:home", STAFF, order=0),
        NavItem("Keys", "key", "accounts:tokens", STAFF, order=5, section="Own", count=lambda r: 3),
        NavItem("Hidden", "lock", "accounts:privacy", STAFF, order=6, visible=lambda r: False),
    )
    return registry


def ask(username: str, path: str = "/", **cookies: str) -> Navigation:
    request: HttpRequest = RequestFactory().get(path)
    request.user = User(username=username) if username else AnonymousUser()
    request.COOKIES.update(cookies)
    return Navigation(request)


def labels(bars: Navigation) -> list[str]:
    return [entry.label for entry in bars.entries]


def test_residents_get_theirs_in_order() -> None:
    assert labels(ask("home")) == ["Home", "Me"]


def test_staff_get_theirs_without_what_they_may_not_see() -> None:
    assert labels(ask("staff")) == ["Bench", "Keys"]
    assert [name for name, _entries in ask("staff").sections] == ["", "Own"]
    assert [entry.count for entry in ask("staff").entries] == [None, 3]


def test_nobody_gets_nothing() -> None:
    assert labels(ask("")) == []
    assert ask("").shell == RESIDENT


def test_staff_who_live_here_may_change_sides() -> None:
    assert ask("staff home").can_switch
    assert ask("staff home", shell=RESIDENT).shell == RESIDENT
    assert ask("staff home").shell == STAFF


def test_staff_who_live_elsewhere_may_not() -> None:
    assert not ask("staff").can_switch
    assert ask("staff", shell=RESIDENT).shell == STAFF


@pytest.mark.parametrize(
    ("path", "current"),
    [("/", "Home"), ("/accounts/me/", "Me"), ("/accounts/me/more/", "Me"), ("/repairs/", None)],
)
def test_the_entry_of_the_page_is_marked(path: str, current: str | None) -> None:
    marked = [entry.label for entry in ask("home", path).entries if entry.current]
    assert marked == ([current] if current else [])


def test_registering_twice_adds_nothing() -> None:
    navigation.register(*navigation.registry.items)
    assert len(navigation.registry.items) == 5
