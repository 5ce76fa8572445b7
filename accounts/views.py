from __future__ import annotations

from typing import cast

from allauth.account.utils import perform_login
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.forms import EraseForm, PreferencesForm, ProfileForm, TokenForm
from accounts.models import Token, User
from common import personal
from common.acting import acts

YEAR = 60 * 60 * 24 * 365


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = ProfileForm(request.POST or None, instance=User.objects.visible_to(user).get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        services.edit(user, actor=user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("accounts:me")
    context = {
        "form": form,
        "has_second_factor": Authenticator.objects.filter(user=user).exists(),
        "live_tokens": Token.objects.visible_to(user).live().filter(user=user).count(),
        "privacy_version": services.PRIVACY_VERSION,
        "data_pages": personal.pages(),
    }
    return render(request, "accounts/me.html", context)


@acts(leads_to="portal:home")
def preferences(request: HttpRequest) -> HttpResponse:
    """Switches of the page: for everybody in cookies; the language also in the account."""
    form = PreferencesForm(request.POST)
    answer = redirect(_back(request))
    if not form.is_valid():
        return answer
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    if language := chosen.pop("language", ""):
        chosen[settings.LANGUAGE_COOKIE_NAME] = language
        if request.user.is_authenticated:
            user = _user(request)
            services.edit(user, actor=user, at=timezone.now(), language=language)
    for name, value in chosen.items():
        answer.set_cookie(
            name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        _token, secret = services.issue_token(user, name=name, actor=user, at=timezone.now())
        form = TokenForm()
    live = Token.objects.visible_to(user).live().filter(user=user).order_by("-pk")
    context = {
        "form": form,
        "tokens": live,
        "secret": secret,
        "needs_second_factor": services.needs_second_factor(user),
    }
    answer = render(request, "accounts/tokens.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _tokens_page(request: HttpRequest, pk: int) -> str:
    get_object_or_404(Token.objects.visible_to(request.user), pk=pk)
    return "accounts:tokens"


@login_required
@acts(leads_to=_tokens_page)
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    user = _user(request)
    token = get_object_or_404(Token.objects.visible_to(user), pk=pk)
    services.revoke_token(token, actor=user, at=timezone.now())
    messages.success(request, _("“%(name)s” can no longer sign in.") % {"name": token.name})
    return redirect("accounts:tokens")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    language = "en" if translation.get_language() == "en" else "zh"
    context = {
        "text": f"accounts/privacy_text.{language}.html",
        "version": services.PRIVACY_VERSION,
    }
    return render(request, "accounts/privacy.html", context)


@login_required
@acts(leads_to="accounts:privacy")
def agree(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    services.agree(user, actor=user, at=timezone.now())
    messages.success(request, _("Thank you. Your consent is noted."))
    return redirect("accounts:me")


@login_required
@acts(leads_to="accounts:me")
def export(request: HttpRequest) -> HttpResponse:
    user, at = _user(request), timezone.now()
    data = services.export(user, actor=user, at=at)
    answer = JsonResponse(
        data, encoder=DjangoJSONEncoder, json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    day = timezone.localtime(at).date().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="banyan-{day}.json"'
    answer["Cache-Control"] = "no-store"
    return answer


@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = EraseForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        services.erase(user, actor=user, at=timezone.now())
        logout(request)
        messages.success(request, _("Your account is erased. Goodbye, and thank you."))
        return redirect("account_login")
    return render(request, "accounts/erase.html", {"form": form})


def _sign_in_page(request: HttpRequest, username: str) -> str:
    if not settings.DEMO or services.demo_user(username) is None:
        raise Http404
    return "account_login"


@acts(leads_to=_sign_in_page)
def demo(request: HttpRequest, username: str) -> HttpResponse:
    """One click signs in as one of the cast, on a trial only."""
    user = services.demo_user(username) if settings.DEMO else None
    if user is None:
        raise Http404
    if request.user.is_authenticated:
        logout(request)
    return cast(HttpResponse, perform_login(request, user, redirect_url=_next(request)))


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _back(request: HttpRequest) -> str:
    return _next(request) or _safe(request, request.headers.get("Referer", "")) or "/"


def _next(request: HttpRequest) -> str:
    return _safe(request, request.POST.get("next", ""))


def _safe(request: HttpRequest, url: str) -> str:
    here = {request.get_host()}
    return url if url_has_allowed_host_and_scheme(url, here, request.is_secure()) else ""
