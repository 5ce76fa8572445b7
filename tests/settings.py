"""Settings of the tests: those of production, on engines and Redis databases of their own."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The environment is inherited by the workers of pytest-xdist, which must not nest it again.
TEST_VAR_DIR = os.environ.setdefault(
    "TEST_VAR_DIR", str(Path(os.environ.get("VAR_DIR", ROOT / "var")) / "test")
)
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
os.environ["VAR_DIR"] = TEST_VAR_DIR
os.environ["SECRET_KEY"] = "only-for-the-tests-0123456789-abcdefghijklmnopqrstuvwxyz"
for trial in ("DEMO", "DEBUG"):
    os.environ.pop(trial, None)
os.environ.setdefault("HTTPS_ONLY", "0")

from config.env import broker_url, cache_url, redis_number, with_redis_number  # noqa: E402
from config.settings import *  # noqa: F403, E402
from config.settings import REDIS_URL as BASE_REDIS_URL  # noqa: E402
from config.settings import STORAGES as BASE_STORAGES  # noqa: E402

ALLOWED_HOSTS = ["*"]
# Two databases of Redis per worker: the broker's and the cache's.
REDIS_URL = with_redis_number(BASE_REDIS_URL, redis_number(BASE_REDIS_URL) + 2 * WORKER)
CELERY_BROKER_URL = broker_url(REDIS_URL)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": cache_url(REDIS_URL),
    }
}
# Tasks run at once where they are queued; real_worker() in tests/engines.py runs them apart.
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
REQUIRE_MFA = False
# Static files straight from where they lie.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
STORAGES = {
    **BASE_STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# A noun that takes the fewest lines, for tests/workflow/test_lives.py.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.tiny", "tests.wishes"]  # noqa: F405
MIGRATION_MODULES = {"tiny": None}
