from collections.abc import Callable
from typing import ClassVar

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse

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
