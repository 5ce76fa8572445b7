"""Environment values that refuse rather than guess; every NAME may also be given as NAME_FILE."""

import hashlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from django.core.exceptions import ImproperlyConfigured

# A Unix socket's path may have 107 bytes on Linux and 103 on macOS.
SOCKET_PATH_BYTES = 103
STRONG = (
    "at least 50 random characters, for example"
    ' from python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
)


def env(name: str, default: str = "") -> str:
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: cannot read {path}: {error}") from error
    return os.environ.get(name, default)


def env_bool(name: str, default: bool) -> bool:
    value = env(name).lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    if value == "":
        return default
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def env_int(name: str, default: int) -> int:
    value = env(name)
    if value == "":
        return default
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def env_list(name: str, default: list[str]) -> list[str]:
    value = env(name)
    return [part.strip() for part in value.split(",") if part.strip()] if value else default


def env_secret(name: str, *, trial: bool) -> str:
    """A key that cannot be guessed; a trial (DEMO or DEBUG) may go without one of its own."""
    value = env(name)
    if not value and trial:
        return "for-trials-only-" * 4
    if _is_weak(value):
        state = "is too easy to guess" if value else "is missing"
        raise ImproperlyConfigured(
            f"{name} {state}: set it (or {name}_FILE) to {STRONG}; for a trial set DEMO=1 instead."
        )
    return value


def env_keys(name: str) -> list[str]:
    """Keys that cannot be guessed, the one in use first."""
    keys = env_list(name, [])
    if any(_is_weak(key) for key in keys):
        raise ImproperlyConfigured(f"{name}: one is too easy to guess. Each must be {STRONG}.")
    return keys


def _is_weak(key: str) -> bool:
    return len(key) < 50 or len(set(key)) < 10


def socket_dir(var_dir: Path) -> Path:
    """Where the embedded engines listen: beside their data, or under /tmp if that lies too deep."""
    near = var_dir / "run"
    if len(os.fsencode(near / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES:
        return near
    digest = hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:16]
    return Path("/tmp") / f"banyan-{os.getuid()}-{digest}"  # noqa: S108


def env_database(name: str, var_dir: Path) -> dict[str, Any]:
    default = "postgres://banyan@:5432/banyan?" + urlencode({"host": socket_dir(var_dir)})
    parts = urlsplit(env(name) or default)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"{name} must look like postgres://user:password@host:5432/name."
        )
    options = dict(parse_qsl(parts.query))
    # Each statement of a page is short: to compile it, or to try all orders of nine joins, takes
    # longer than to run it.
    short = "-c jit=off -c join_collapse_limit=4"
    options["options"] = f"{short} {options.get('options', '')}".strip()
    return {
        "ENGINE": "django_prometheus.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        # Threads keep their connection for a while and look whether it still lives.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def env_redis(name: str, var_dir: Path) -> str:
    value = env(name) or f"unix://{socket_dir(var_dir) / 'redis.sock'}?db=0"
    # Celery's spelling of a socket is understood too.
    value = value.replace("redis+socket://", "unix://").replace("?virtual_host=", "?db=")
    if urlsplit(value).scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured(f"{name} must look like redis://:password@host:6379/0.")
    return value


def broker_url(redis_url: str) -> str:
    """The same Redis in Celery's spelling, which differs for a Unix socket."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    return f"redis+socket://{parts.path}?virtual_host={redis_number(redis_url)}"


def redis_number(redis_url: str) -> int:
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        return int(dict(parse_qsl(parts.query)).get("db", 0))
    return int(parts.path.strip("/") or 0)


def with_redis_number(redis_url: str, number: int) -> str:
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return parts._replace(path=f"/{number}").geturl()


def cache_url(redis_url: str) -> str:
    """The database beside the broker's, so that emptying the cache loses no task."""
    return with_redis_number(redis_url, redis_number(redis_url) + 1)


def env_email(name: str) -> dict[str, Any]:
    """smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465 (TLS)."""
    parts = urlsplit(env(name))
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must look like smtp://user:password@host:587.")
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and not local,
        "EMAIL_TIMEOUT": 10,
    }


def env_storage(name: str, var_dir: Path) -> dict[str, Any]:
    """Private files: under VAR_DIR, or s3://key:secret@host/bucket for S3-compatible storage."""
    value = env(name)
    if not value:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": str(var_dir / "files"),
                "base_url": None,
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
    parts = urlsplit(value)
    if parts.scheme != "s3" or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"{name} must look like s3://key:secret@host/bucket?region=name."
        )
    query = dict(parse_qsl(parts.query))
    secure = query.get("tls", "1") != "0"
    host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": parts.path.strip("/"),
            "access_key": unquote(parts.username or "") or None,
            "secret_key": unquote(parts.password or "") or None,
            "endpoint_url": f"{'https' if secure else 'http'}://{host}" if host else None,
            "region_name": query.get("region"),
            "default_acl": "private",
            "file_overwrite": False,
        },
    }
