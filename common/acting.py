"""Addresses that only act: opened like a page they lead to the page they belong to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

View = TypeVar("View", bound=Callable[..., HttpResponse])


def acts(*, leads_to: str | Callable[..., Any]) -> Callable[[View], View]:
    """POST acts. GET changes nothing: somebody who comes back from the sign-in, or opens the
    address by hand, is led on.

    `leads_to` is a route, or a function of what the view takes that returns a route, a row or an
    address; where the address names a row, it fetches it, so that what one does not see is not
    there.
    """

    def of(view: View) -> View:
        @wraps(view)
        def act(request: HttpRequest, **named: Any) -> HttpResponse:
            if request.method == "POST":
                return view(request, **named)
            return redirect(leads_to if isinstance(leads_to, str) else leads_to(request, **named))

        return cast(View, require_http_methods(["GET", "HEAD", "POST"])(act))

    return of
