"""The API's key: `Authorization: Bearer <token>`. Django REST framework loads it by name."""

from __future__ import annotations

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import Token
from accounts.services import SET_UP_FIRST, needs_second_factor, use_token

SCHEME = "Bearer"


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        scheme, _space, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        token = use_token(secret.strip(), at=timezone.now())
        if token is None:
            raise AuthenticationFailed(_("This token is unknown or was revoked."))
        refuse_without_second_factor(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


def refuse_without_second_factor(token: Token) -> None:
    """A token from before somebody came to work here is no way around the second step."""
    if not needs_second_factor(token.user):
        return
    if not is_mfa_enabled(token.user):
        raise AuthenticationFailed(SET_UP_FIRST)
    if not token.second_factor:
        raise AuthenticationFailed(
            _("This token was made without the second step that your work needs. Make a new one.")
        )


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes the key; drf-spectacular finds it by being defined."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
