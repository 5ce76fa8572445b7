"""A database with every migration, made once: each worker of the tests copies it, where to migrate
took each of them half a minute."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg2
from django.conf import settings

from tests.engines import database_url

BEGINS = "migrated_"


def migrated() -> str:
    """Its name. Made anew, and the old one dropped, when a migration or a package changes."""
    name = BEGINS + _hash()
    with (Path(settings.VAR_DIR) / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection = psycopg2.connect(database_url("postgres"))
        try:
            connection.autocommit = True  # no database is made within a transaction
            with connection.cursor() as cursor:
                cursor.execute("SELECT datname FROM pg_database")
                there = {row[0] for row in cursor.fetchall()}
                if name not in there:
                    for old in (one for one in there if one.startswith(BEGINS)):
                        cursor.execute(f'DROP DATABASE "{old}"')
                    half = f"{BEGINS}half"
                    cursor.execute(f'CREATE DATABASE "{half}"')
                    _migrate(half)
                    cursor.execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')
        finally:
            connection.close()
    return name


def _migrate(database: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": database_url(database)},
        cwd=settings.BASE_DIR,
        check=True,
    )


def _hash() -> str:
    root, found = Path(settings.BASE_DIR), hashlib.sha256()
    for path in (root / "requirements.txt", *sorted(root.glob("*/migrations/*.py"))):
        found.update(str(path.relative_to(root)).encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:16]
