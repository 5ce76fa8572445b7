from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import RateLimited
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import Sending
from accounts.services import SET_UP_FIRST, needs_second_factor

Answer = Callable[[HttpRequest], HttpResponse]

# Until a second factor stands, only its set-up, proving who one is, and leaving are open.
OPEN = {"account_reauthenticate", "account_logout", "accounts:preferences", "accounts:privacy"}
# What a browser names each thing by that it sends from its outbox.
KEY = "X-Outbox-Key"
KEYS = re.compile("[0-9a-f]{32,64}")
# Who wrote it.
PERSON = "X-Outbox-Person"
ERROR = 500
# A verb that was done leads on.
TAKEN = (302, 303)
CHECKED = "second_factor_checked"
SIGN_IN_AGAIN = _("A second step was set up for your account. Sign in once more, with both steps.")
# Who is put on duty in the middle of a session is asked within this time.
CHECK_EVERY = timedelta(minutes=10)


class UserLanguageMiddleware:
    """The language in one's account wins over the browser's."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class RateLimitMiddleware:
    """Limits that are met in the middle of a flow answer like those at its door."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return render(request, "429.html", status=429) if isinstance(error, RateLimited) else None


class SecondFactorMiddleware:
    """Who has a second factor must have shown it in this very session, else it ends. Staff who must
    have one and have none are led to where they set it up, and nowhere else."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or passed_second_factor(request) or _is_leaving(request):
            return None
        now = timezone.now().timestamp()
        if request.session.get(CHECKED, 0) > now - CHECK_EVERY.total_seconds():
            return None
        if is_mfa_enabled(user):
            return _turned_away(request, _end)
        if needs_second_factor(user) and not _is_open(request):
            return _turned_away(request, _lead_to_set_up)
        request.session[CHECKED] = now
        return None


def _turned_away(request: HttpRequest, lead: Answer) -> HttpResponse:
    """Nothing was done: a browser's outbox must not take the way on for a deed."""
    lead_on = lead(request)
    return HttpResponse(status=401) if request.headers.get(KEY) else lead_on


def passed_second_factor(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


def _is_leaving(request: HttpRequest) -> bool:
    return bool(request.resolver_match and request.resolver_match.view_name == "account_logout")


def _end(request: HttpRequest) -> HttpResponse:
    logout(request)
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": str(SIGN_IN_AGAIN), "code": "second_factor"}, status=403)
    messages.warning(request, SIGN_IN_AGAIN)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")


def _is_open(request: HttpRequest) -> bool:
    name = request.resolver_match.view_name if request.resolver_match else ""
    return name.startswith("mfa_") or name in OPEN


def _lead_to_set_up(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": str(SET_UP_FIRST), "code": "second_factor"}, status=403)
    messages.warning(request, SET_UP_FIRST)
    return redirect("mfa_index")


class SentOnceMiddleware:
    """What the outbox of a browser sends again, because it never heard the answer, is done once.

    The key and what the view writes are one transaction: a second request of the same key waits
    for the first. What was refused is not remembered: it may be sent again.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get(KEY, "")
        if request.method != "POST" or not request.user.is_authenticated or not KEYS.fullmatch(key):
            return self.get_response(request)
        if request.headers.get(PERSON, str(request.user.pk)) != str(request.user.pk):
            # Somebody else has signed in since, in another tab of the same browser.
            return HttpResponse(status=401)
        with transaction.atomic():
            sending, first = Sending.objects.get_or_create(user_id=request.user.pk, key=key)
            if not first:
                return redirect(sending.location or "/")
            answer = self.get_response(request)
            if answer.status_code in TAKEN:
                sending.location = answer.headers.get("Location", "")[:500]
                sending.save(update_fields=["location", "updated_at"])
            elif answer.status_code >= ERROR:
                transaction.set_rollback(True)
            else:
                sending.delete()
        return answer


class PrivateMiddleware:
    """A page that knows who reads it is kept by nobody but what this portal keeps itself."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        if is_page and request.user.is_authenticated and "Cache-Control" not in answer.headers:
            answer["Cache-Control"] = "private, no-store"
        return answer
