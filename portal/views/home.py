"""Home, for each role in one screen. The portal owns no tables and no verbs."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from common.acting import acts
from common.dates import part_of_day
from common.navigation import COOKIE, RESIDENT, STAFF, Navigation
from portal.panels import landing
from workflow.panels import home_of

TEMPLATES = {STAFF: "portal/workbench.html", RESIDENT: "portal/home.html"}
YEAR = 60 * 60 * 24 * 365


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    if not request.user.is_authenticated:
        return render(request, "portal/landing.html", {"at": at, **landing()})
    side = Navigation(request).shell
    context = {"at": at, "greeting": part_of_day(at), "home": home_of(request.user, side, at)}
    return render(request, TEMPLATES[side], context)


@acts(leads_to="portal:home")
def switch(request: HttpRequest) -> HttpResponse:
    """Somebody who both works and lives here changes sides; the choice is kept on the device."""
    shell = RESIDENT if request.POST.get("shell") == RESIDENT else STAFF
    answer = redirect("portal:home")
    answer.set_cookie(COOKIE, shell, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return answer


@require_safe
@cache_control(public=True, max_age=86400)
def manifest(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/manifest.webmanifest", content_type="application/manifest+json")


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker stands at the root, for it answers for pages of all apps."""
    script = (settings.BASE_DIR / "static" / "js" / "worker.js").read_text(encoding="utf-8")
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(no_cache=True)
def offline(request: HttpRequest) -> HttpResponse:
    """What a phone shows without signal where it has nothing kept; it knows nobody."""
    return render(request, "portal/offline.html")
