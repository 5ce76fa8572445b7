from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any, ClassVar

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict

# The camera and the place are asked for by our own pages alone; the rest nobody needs.
PERMISSIONS_POLICY = ", ".join(
    [
        "camera=(self)",
        "geolocation=(self)",
        *(f"{name}=()" for name in ("microphone", "payment", "usb", "midi", "display-capture")),
    ]
)


class PermissionsPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class AdminPolicyMiddleware:
    """The admin's looks (django-unfold) evaluate expressions in attributes and set styles inline.

    Its pages alone may; they are for administrators, and every other page keeps the strict policy.
    """

    UPDATE: ClassVar = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if match is not None and match.app_name == "admin":
            response._csp_update = self.UPDATE  # type: ignore[attr-defined]
        return response


class NoNulMiddleware:
    """Nobody types a NUL and PostgreSQL holds none: it is refused here, before any query.

    What machines send as JSON is looked at by its parser.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        sent = chain([request.path], _values(request.GET), _values(request.POST))
        if any("\0" in text for text in sent):
            raise BadRequest("a NUL in the request")


def _values(data: QueryDict) -> Iterable[str]:
    return chain.from_iterable(values for _name, values in data.lists())
