"""What must be in place before the first page: tables and the official days off, demo people,
static files. (Every process compiles the words when it starts: config.apps.)"""

import hashlib
from io import StringIO
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from config.supervisor import Screen


class Command(BaseCommand):
    help = "Migrations, demo data (with DEMO=1, once), static files."

    def handle(self, *args: Any, **options: Any) -> None:
        reach_servers()
        screen = Screen()
        with screen.step("Tables"):
            call_command("migrate", interactive=False, verbosity=0)
            call_command("seed_workdays", stdout=StringIO())
        if settings.DEMO and "seed_demo" in get_commands() and not anybody():
            with screen.step("Demo people, homes and tickets"):
                call_command("seed_demo", stdout=StringIO())
        if not settings.WHITENOISE_USE_FINDERS:
            collect_static(screen)


def collect_static(screen: Screen) -> None:
    """Compressing takes a while, so it is done only when a file has changed."""
    now, seen = fingerprint(), Path(settings.STATIC_ROOT) / ".fingerprint"
    if seen.exists() and seen.read_text() == now:
        return
    with screen.step("Static files"):
        # The second set of API pages is shown nowhere.
        unused = ["redoc"]
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=unused)
        seen.write_text(now)


def reach_servers() -> None:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise CommandError(
            f"The database does not answer; look at DATABASE_URL: {error}"
        ) from error
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5) as client:
            client.ping()
    except redis.RedisError as error:
        raise CommandError(f"Redis does not answer; look at REDIS_URL: {error}") from error


def anybody() -> bool:
    return bool(get_user_model()._default_manager.exists())


def fingerprint() -> str:
    """Of name, size and time of every static file."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
