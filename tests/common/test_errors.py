"""The pages of refusal and failure, in the look of the house and with a way on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.views import defaults

from tests.people import World


@pytest.mark.django_db
def test_what_is_not_there_is_said(client: Client) -> None:
    page = client.get("/no/such/page/", headers={"accept-language": "en"})
    assert page.status_code == 404
    assert "There is nothing here" in page.content.decode()
    assert 'href="/"' in page.content.decode()


def test_an_expired_form_is_said(world: World) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    page = strict.post("/switch/", {"shell": "staff"})
    assert page.status_code == 403
    assert "This page was open too long" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "error", "status", "words"),
    [
        (defaults.bad_request, BadRequest(), 400, "This request was not understood"),
        (defaults.permission_denied, PermissionDenied(), 403, "Not allowed"),
    ],
)
def test_refusals_are_said(
    answer: Callable[..., HttpResponse], error: Exception, status: int, words: str
) -> None:
    page = answer(RequestFactory().get("/"), error)
    assert page.status_code == status
    assert words in page.content.decode()


def test_a_failure_needs_nothing_but_its_template(rf: RequestFactory) -> None:
    """No database, no context processors: they may be what failed."""
    request: HttpRequest = rf.get("/")
    page: Any = defaults.server_error(request)
    assert page.status_code == 500
    assert "Something went wrong" in page.content.decode()
