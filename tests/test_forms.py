"""No form of ours leaves a sentence to the browser, nor to Django: both speak past the reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.forms import BaseForm
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from common.required import NamesMissing
from tests.everything import Rows, build_rows
from tests.factories import PASSWORD
from tests.people import World
from tests.routes_kwargs import kwargs_of
from tests.test_html import READERS, emptied, read_by, words_of
from tests.test_routes import route_names

AsUser = Callable[[Any], Client]
TEMPLATES = settings.BASE_DIR / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
MODULES = (
    "accounts.forms",
    "attachments.forms",
    "estates.forms",
    "notifications.forms",
    "repairs.forms.report",
    "repairs.forms.verbs",
    "workflow.forms",
    "workflow.threads",
)
# Their rows and menus hold buttons; what they ask, the desk answers with sentences of its own.
BESIDE = ("shell/", "repairs/parts/triage_")
# Django's own, in English and in Chinese.
DJANGOS = ("This field is required", "必填", "该字段是必填项", "这个字段是必填项")


def tags(text: str) -> Iterator[str]:
    """The opening tags of forms, whatever stands in them."""
    yield from re.findall(r"<form\b(?:{%.*?%}|{{.*?}}|[^>])*>", text)


def sends(tag: str) -> bool:
    return 'method="post"' in tag or "attrs.method" in tag


def test_the_browser_does_not_stand_in_the_way() -> None:
    texts = {str(path.relative_to(TEMPLATES)): path.read_text() for path in PAGES}
    found = {
        name: [tag for tag in tags(text) if sends(tag) and "novalidate" not in tag]
        for name, text in texts.items()
        if not name.startswith(BESIDE)
    }
    assert {name: those for name, those in found.items() if those} == {}


def forms_of(module: str) -> Iterator[type[BaseForm]]:
    for value in vars(import_module(module)).values():
        if isinstance(value, type) and issubclass(value, BaseForm) and value.__module__ == module:
            yield value


@pytest.mark.parametrize("module", MODULES)
def test_every_form_names_what_is_missing(module: str) -> None:
    assert [form.__name__ for form in forms_of(module) if not issubclass(form, NamesMissing)] == []


def test_every_form_of_signing_in_is_ours() -> None:
    """allauth's own would say Django's sentence."""
    named = {**settings.ACCOUNT_FORMS, **settings.MFA_FORMS}
    ours = {f"accounts.forms.{form.__name__}" for form in forms_of("accounts.forms")}
    assert set(named.values()) - ours == set()


@pytest.fixture
def rows(world: World) -> Rows:
    return build_rows(world)


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_says_djangos_sentence(
    language: str, role: str, world: World, rows: Rows, as_: AsUser
) -> None:
    User.objects.update(language=language)
    client = as_(None if role == "anonymous" else getattr(world, role))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    urls = {name: reverse(name, kwargs=kwargs_of(name, world, rows)) for name in read_by(role)}
    assert left_to_django({name: emptied(client, url) for name, url in urls.items()}) == []


def left_to_django(answers: dict[str, Any]) -> list[str]:
    words = {name: words_of(answer) for name, answer in answers.items()}
    return [name for name, said in words.items() if any(one in said for one in DJANGOS)]


@pytest.mark.parametrize("standing", ["nobody", "proven"])
def test_nor_does_any_of_signing_in(standing: str, world: World, as_: AsUser) -> None:
    client = as_(None)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    if standing == "proven":
        world.resident.language = "en"
        world.resident.set_password(PASSWORD)
        world.resident.save()
        client.post("/accounts/login/", {"login": "resident", "password": PASSWORD})
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answers = {}
    for name in route_names():
        if name.startswith(("account_", "mfa_")) and name != "account_logout":
            with suppress(NoReverseMatch):
                answers[name] = emptied(client, reverse(name))
    assert left_to_django(answers) == []
