"""Is it alive, is it ready, how does it do: for load balancers and monitors."""

import secrets
from collections.abc import Callable
from functools import cache

import redis
from django.conf import settings
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from audit.models import SweepRun

HEARTBEAT_KEY = "worker-heartbeat"
HEARTBEAT_SECONDS = 30


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


@cache
def _broker() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=3, socket_connect_timeout=3)


def redis_answers() -> bool:
    try:
        return bool(_broker().ping())
    except redis.RedisError:
        return False


def worker_beats() -> bool:
    try:
        return bool(_broker().exists(HEARTBEAT_KEY))
    except redis.RedisError:
        return False


def beat_beats() -> bool:
    try:
        return SweepRun.objects.beat_lives(timezone.now())
    except Error:
        return False


def beat(**kwargs: object) -> None:
    """The worker says that it lives. Beats that stop are forgotten by Redis itself."""
    _broker().set(HEARTBEAT_KEY, 1, ex=HEARTBEAT_SECONDS)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"alive": True})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    checks = {
        "database": database_answers(),
        "redis": redis_answers(),
        "worker": worker_beats(),
        "beat": beat_beats(),
    }
    ready = all(checks.values())
    return JsonResponse({"ready": ready, **checks}, status=200 if ready else 503)


PROBES = {"/healthz": healthz, "/readyz": readyz}


class HealthMiddleware:
    """Answers the probes before host, scheme and session are looked at: they come by address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return PROBES.get(request.path, self.get_response)(request)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Open on a trial; elsewhere to whoever shows METRICS_TOKEN, and absent without one."""
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    known = settings.METRICS_TOKEN and secrets.compare_digest(shown, settings.METRICS_TOKEN)
    if not (known or settings.TRIAL):
        raise Http404
    exported: HttpResponse = ExportToDjangoView(request)
    return exported
