"""/api/v1/tokens/ and /api/v1/me/."""

from __future__ import annotations

from typing import Any, cast

from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle, BaseThrottle
from rest_framework.views import APIView

from accounts import services
from accounts.forms import LoginForm
from accounts.models import Token, User
from workflow.refusals import NotAllowed


class TokenThrottle(AnonRateThrottle):
    scope = "tokens"
    rate = "10/min"


class TokenSerializer(serializers.ModelSerializer[Token]):
    class Meta:
        model = Token
        fields = ["id", "name", "created_at", "last_used_at"]


class NewTokenSerializer(serializers.Serializer[Any]):
    login = serializers.CharField(help_text="Phone, e-mail or user name.")
    password = serializers.CharField(trim_whitespace=False, style={"input_type": "password"})
    name = serializers.CharField(max_length=60, help_text="What the device is called.")
    code = serializers.CharField(
        required=False, help_text="From the authenticator app, where a second step is set up."
    )


class IssuedTokenSerializer(TokenSerializer):
    token = serializers.CharField(help_text="Shown this once.")

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "token"]


class TokenViewSet(mixins.ListModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet[Token]):
    """Keys of one's devices. A new one is asked for with the password, not with another key."""

    serializer_class = TokenSerializer
    queryset = Token.objects.none()
    ordering = "-created_at"

    def get_queryset(self) -> Any:
        user = self.request.user
        return Token.objects.visible_to(user).live().filter(user_id=user.pk)

    def get_permissions(self) -> Any:
        return [AllowAny()] if self.action == "create" else super().get_permissions()

    def get_throttles(self) -> list[BaseThrottle]:
        return [TokenThrottle()] if self.action == "create" else super().get_throttles()

    @extend_schema(request=NewTokenSerializer, responses={201: IssuedTokenSerializer})
    def create(self, request: Request) -> Response:
        given = NewTokenSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        user = _known(request._request, **given.validated_data)
        token, secret = services.issue_token(
            user, name=given.validated_data["name"], actor=user, at=timezone.now()
        )
        answer = {**TokenSerializer(token).data, "token": secret}
        return Response(answer, status=status.HTTP_201_CREATED)

    def perform_destroy(self, token: Token) -> None:
        services.revoke_token(token, actor=cast(User, self.request.user), at=timezone.now())


def _known(request: HttpRequest, *, login: str, password: str, name: str, code: str = "") -> User:
    """Whose login, password and code these are, with the page's own form and limits."""
    form = LoginForm({"login": login, "password": password}, request=request)
    if not form.is_valid():
        said: dict[str, Any] = {name: list(errors) for name, errors in form.errors.items()}
        raise serializers.ValidationError(said)
    user: User = form.user
    if not user.is_active:
        raise NotAllowed(_("This account is closed."))
    if is_mfa_enabled(user):
        second = AuthenticateForm({"code": code}, user=user)
        if not second.is_valid():
            raise serializers.ValidationError(second.errors)
    elif services.needs_second_factor(user):
        raise NotAllowed(_("Set up the second step of signing in on the portal's pages first."))
    return user


class MeSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "username", "display_name", "phone", "phone_verified", "email", "language"]
        read_only_fields = ["id", "username", "phone", "phone_verified", "email"]


class MeView(APIView):
    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(cast(User, request.user)).data)

    @extend_schema(request=MeSerializer, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        user = cast(User, request.user)
        given = MeSerializer(user, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        services.edit(user, actor=user, at=timezone.now(), **given.validated_data)
        return Response(MeSerializer(user).data)
